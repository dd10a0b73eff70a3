"""Earlier published methodologies, for tests of their engines."""

from __future__ import annotations

from chalicelib.grading.model.methodology import Methodology, published


def version(name: str) -> Methodology:
    """Return the published methodology of that name."""
    found = published(name)
    assert found is not None, name
    return found


FITTED = version("2026-11-23")
"""The version before that in force: factors share the weight of what is unknown."""
