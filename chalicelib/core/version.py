"""The version of the market, as CHANGELOG.md tells it."""

VERSION = "0.1.0"
