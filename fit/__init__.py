"""Fit a methodology to the figures of a real market. Offline; its output is reviewed before it comes into force."""
