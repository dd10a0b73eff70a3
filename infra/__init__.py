"""Packages the market, deploys it to a cloud, and runs the local cloud."""
