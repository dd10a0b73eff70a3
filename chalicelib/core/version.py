"""The version of the market, as in CHANGELOG.md and pyproject.toml."""

VERSION = "0.2.0"
