"""The wallet: a double-entry ledger, and what people do with it (top-ups, statements, the nightly proof)."""
