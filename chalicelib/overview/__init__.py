"""What a caller sees first: who the token is, what is the caller's own here, and what waits."""
