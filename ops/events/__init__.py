"""Forwarding stored events to a receiver on the operator's machine."""
