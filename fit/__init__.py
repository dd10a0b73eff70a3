"""Fits a methodology to the figures of a real market. Offline; what it writes is read before it is put in force."""
