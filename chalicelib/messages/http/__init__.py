"""HTTP routes of messages."""
