"""The served routes, and those that need a token."""

from __future__ import annotations

from chalicelib.api import ROUTES
from chalicelib.api.routing import Route


def served_routes() -> list[Route]:
    """Return the declared routes that app.py serves."""
    import app

    served = {(method, path) for path, methods in app.app.routes.items() for method in methods if method != "HEAD"}
    return [route for route in ROUTES if (route.method, route.path) in served]


CLOSED = sorted((route for route in served_routes() if route.roles is not None), key=lambda r: (r.path, r.method))
