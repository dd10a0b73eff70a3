"""The operator's program `microtask`, also run as `python -m ops`."""
