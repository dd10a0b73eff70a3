"""Field types of requests, and the faults that validation finds."""
