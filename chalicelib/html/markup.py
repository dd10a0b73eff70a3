"""HTML and SVG as values: every text is escaped when it becomes part of an element. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"br", "meta"})
"""Elements without an end tag."""


class Html(str):
    """Markup made by `element`. Every other string is text and gets escaped; nothing else in the market creates Html."""

    __slots__ = ()


Part = str | int | None | Iterable["Part"]
Value = str | int | float | bool | None


def element(name: str, /, *parts: Part, **attributes: Value) -> Html:
    """Return `<name …>parts</name>`. Parts and attributes that are None are left out, and so are attributes that are False; an
    attribute that is True has no value. `class_` is `class`, other underscores become hyphens."""
    shown = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    opened = f"<{name}{shown}>"
    return Html(opened if name in VOID else f"{opened}{_inner(parts)}</{name}>")


def joined(*parts: Part) -> Html:
    """Return the parts one after the other, without an element around them."""
    return Html(_inner(parts))


def _inner(part: Part) -> str:
    if part is None:
        return ""
    if isinstance(part, Html):
        return part
    if isinstance(part, str | int):
        return escape(str(part))
    return "".join(_inner(inner) for inner in part)


def _attribute(key: str, value: Value) -> str:
    name = "class" if key == "class_" else key.replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{escape(f"{value:.6g}" if isinstance(value, float) else str(value))}"'
