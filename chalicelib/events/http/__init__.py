"""HTTP route of events."""
