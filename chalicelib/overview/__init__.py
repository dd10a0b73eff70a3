"""Overview of a caller: identity, own advertiser and accounts, and counts of pending work."""
