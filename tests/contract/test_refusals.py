"""A route says it refuses with every code that its code can refuse with.

Played tests see only the refusals they happen to meet; this reads the program instead: from a handler through every function
of chalicelib that it names, down to each `raise` of a Problem. Attributes of what is not a module are followed by name, if no
more than two methods are called so: it may see more than there is, and UNREACHED says what, and why."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import app
from apispec.openapi import codes_of
from chalicelib.api import ROUTES

ROOT = Path(__file__).parents[2]
EDGE = ("chalicelib.api.routing", "chalicelib.api.pagination", "chalicelib.api.callers")
"""What every route goes through: apispec.openapi.codes_of derives its codes from the route's declaration."""
UNREACHED = {
    ("PUT", "/v1/accounts/{account_id}/publishing"): {
        "ownership_code_missing": "an authorisation shows no code",
        "already_exists": "an authorisation names no id of the network",
    },
    ("POST", "/v1/accounts/{account_id}/metrics/fetch"): {"body_invalid": "another method is called `fen`"},
    ("GET", "/v1/accounts/{account_id}/grade"): {"body_invalid": "another method is called `fen`"},
    ("GET", "/grades/{account_id}"): {"body_invalid": "another method is called `fen`"},
    ("POST", "/v1/applications/{application_id}/decline"): {"state_conflict": "an application's end passes no gate"},
    ("POST", "/v1/applications/{application_id}/withdraw"): {"state_conflict": "an application's end passes no gate"},
    ("POST", "/v1/disputes/{dispute_id}/statements"): {"state_conflict": "a statement passes no gate"},
    ("POST", "/v1/plans"): {"not_found": "a kept plan is read by the advertiser who keeps it"},
}


class Program:
    """The functions of chalicelib by their full names, the codes each raises itself, and the names each mentions."""

    def __init__(self) -> None:
        self.functions: dict[str, ast.FunctionDef] = {}
        self.methods: dict[str, list[str]] = defaultdict(list)
        self.known: dict[str, dict[str, str]] = {}
        for path in sorted((ROOT / "chalicelib").rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            self._read(module, ast.parse(path.read_text("utf-8")))

    def _read(self, module: str, tree: ast.Module) -> None:
        known = self.known[module] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("chalicelib"):
                known.update({name.asname or name.name: f"{node.module}.{name.name}" for name in node.names})
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                known[node.name] = f"{module}.{node.name}"
            if isinstance(node, ast.FunctionDef):
                self.functions[f"{module}.{node.name}"] = node
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(method, ast.FunctionDef):
                    name = f"{module}.{node.name}.{method.name}"  # type: ignore[attr-defined]
                    self.functions[name] = method
                    self.methods[method.name].append(name)

    def mentioned(self, name: str) -> Iterator[str]:
        """The functions and classes that this one mentions."""
        owner = name.rpartition(".")[0]
        known = dict(self.known.get(owner) or self.known[owner.rpartition(".")[0]])
        nodes = list(ast.walk(self.functions[name]))
        for node in nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                known.pop(node.id, None)  # a variable of its own
        for node in nodes:
            if isinstance(node, ast.Name) and node.id in known:
                yield known[node.id]
            elif isinstance(node, ast.Attribute):
                base = node.value.id if isinstance(node.value, ast.Name) else ""
                if base in known:
                    yield f"{known[base]}.{node.attr}"
                elif base == "self" and f"{owner}.{node.attr}" in self.functions:
                    yield f"{owner}.{node.attr}"
                elif len(self.methods[node.attr]) <= 2:
                    yield from self.methods[node.attr]

    @cache  # noqa: B019 (one program for the whole module)
    def raised(self, name: str) -> frozenset[str]:
        """The codes that this function itself refuses with, as far as they stand there."""
        made = [node for node in ast.walk(self.functions[name]) if isinstance(node, ast.Call)]
        codes = set()
        for call in made:
            kind = getattr(call.func, "id", None)
            of_base = isinstance(call.func, ast.Attribute) and call.func.attr == "__init__" and call.args
            if (kind == "Problem" or of_base) and isinstance(call.args[0], ast.Constant):
                codes.add(str(call.args[0].value))
            elif kind in ("InvalidBody", "InsufficientFunds", "not_found"):
                codes.add({"InvalidBody": "body_invalid", "InsufficientFunds": "insufficient_funds"}.get(kind, kind))
        return frozenset(codes)

    def reached(self, handler: str) -> dict[str, str]:
        """The codes that the handler can refuse with, and the function that does."""
        seen: set[str] = set()
        found: dict[str, str] = {}
        waiting = [handler]
        while waiting:
            name = waiting.pop()
            if name in seen or name.startswith(EDGE):
                continue
            seen.add(name)
            if name in self.functions:
                found |= dict.fromkeys(self.raised(name), name)
                waiting += self.mentioned(name)
            waiting += [made for made in (f"{name}.__init__", f"{name}.__call__") if made in self.functions]
        return found


@pytest.fixture(scope="module")
def program() -> Program:
    return Program()


def test_every_refusal_is_declared(program: Program) -> None:
    assert app.app.routes
    undeclared, needless = [], []
    for route in ROUTES:
        reached = program.reached(f"{route.view.__module__}.{route.view.__name__}")
        excused = UNREACHED.get((route.method, route.path), {})
        undeclared += [
            f"{route.method} {route.path}: {code}, by {where}"
            for code, where in reached.items()
            if code not in codes_of(route) and code not in excused
        ]
        needless += [f"{route.method} {route.path}: {code}" for code in excused if code not in reached]
    assert not undeclared, "\n".join(undeclared)
    assert needless == [], "these excuses are needed no more"


def test_the_program_is_read(program: Program) -> None:
    """Each way that a refusal can lie behind: an import, a module's function, a method, a nested function."""
    found = program.reached("chalicelib.tasks.orders.counter_offers.accept")
    assert {"counter_not_open", "accept_by_passed", "frequency_cap", "insufficient_funds", "state_conflict"} <= set(
        found
    )
    assert found["frequency_cap"] == "chalicelib.tasks.frequency.post_calendar.promised"
