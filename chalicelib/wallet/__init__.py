"""The wallet: a double-entry ledger, with top-ups, withdrawals, statements and the nightly proof."""
