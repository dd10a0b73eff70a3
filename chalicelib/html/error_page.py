"""The page shown instead of a page that cannot be shown. Pure."""

from __future__ import annotations

from chalicelib.core.errors import Problem
from chalicelib.html.markup import element
from chalicelib.html.page_frame import page, section


def refusal(problem: Problem, request_id: str) -> str:
    """Return the page of a problem: its title and detail, and the request id to quote to the support."""
    kind = problem.kind
    return page(
        f"{kind.status} · {kind.title}",
        "en",
        element("header", element("p", f"Micro-task · {kind.status}", class_="kicker"), element("h1", kind.title)),
        section("What happened", element("p", problem.detail), element("p", _ADVICE[kind.status // 100])),
        foot=element("p", "Code ", element("code", problem.code), " · request ", element("code", request_id)),
    )


_ADVICE = {
    4: "Check the address: it may be misspelt or cut off, or what it led to was never here.",
    5: "This is our fault, not yours. Try again in a minute.",
}
