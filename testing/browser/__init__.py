"""The web console in a browser: a Chromium, and people who use its screens."""
