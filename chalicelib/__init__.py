"""Micro-task: an open market place for sponsored posts. Each package is one room of the house; see docs/architecture.md."""
