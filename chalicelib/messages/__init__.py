"""Messages between the two sides of an order, and with the auditor of a dispute."""
