"""Searches the cheapest ways to raise a grade or an advised price without deserving it: `python -m bench.attacks`."""
