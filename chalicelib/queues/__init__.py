"""The queues of staff: what waits in them, and claims of their items."""
