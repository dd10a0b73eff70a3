"""Requests to addresses that users gave: all go through this package, which refuses addresses that are not public."""
