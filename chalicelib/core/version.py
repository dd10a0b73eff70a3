"""The version of the market; CHANGELOG.md and pyproject.toml name the same."""

VERSION = "0.2.0"
