"""Events: the catalogue of event types, and the events of the last 90 days of each recipient."""
