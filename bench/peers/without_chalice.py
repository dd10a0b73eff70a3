"""A stub of chalice for importing a peer: modules with our models import chalice, and a peer must not pay for it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class Blueprint:
    def __init__(self, name: str) -> None:
        self.name = name

    def route(self, *_: Any, **__: Any) -> Any:
        return lambda view: view


chalice: Any = ModuleType("chalice")
app: Any = ModuleType("chalice.app")
app.Blueprint, app.CognitoUserPoolAuthorizer = Blueprint, lambda *_, **__: None
app.__getattr__ = lambda _: object  # every other name of chalice.app
chalice.app = app
sys.modules.update({"chalice": chalice, "chalice.app": app})
