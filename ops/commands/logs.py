"""Recent log lines."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import timedelta

from ops.command import Answer, Command
from ops.deployment import Deployment

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta:
    """`15m`, `2h`, `3d`."""
    found = re.fullmatch(r"(\d{1,4})([smhd])", text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is no span of time: 90s, 15m, 2h, 3d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _count(text: str) -> int:
    """`200`: a whole number above 0."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "function",
        nargs="?",
        metavar="FUNCTION",
        help="api-handler, task-step, order-step, outbox, sweep, regrade-nightly, regrade-step, reconcile; else all",
    )
    parser.add_argument("--request-id", metavar="ID", help="only lines of this request: X-Request-Id, or Lambda's own")
    parser.add_argument("--errors", action="store_true", help="only errors and failed calls")
    parser.add_argument("--since", type=span, default=span("15m"), metavar="SPAN", help="90s, 15m, 2h, 3d; default 15m")
    parser.add_argument("--limit", type=_count, default=200, metavar="N", help="the newest N lines; default 200")


def _logs(options: Namespace, deployment: Deployment) -> Answer:
    from ops.log_lines import lines_of

    found = lines_of(deployment, options.function, options.since, options.request_id, options.errors, options.limit)
    text = "\n".join(str(line) for line in found.lines) or "no lines"
    if found.cut:
        text += f"\n(older lines are left out after the newest {len(found.lines):,}: --limit)"
    if found.without:
        text += f"\n(no log of {', '.join(found.without)}: not called since it was deployed)"
    document = {"lines": [line.document() for line in found.lines], "cut": found.cut, "without": found.without}
    return Answer(document, text)


COMMANDS = (
    Command(
        "logs",
        "recent log lines of a function, or of one request",
        "Reads the functions' logs from CloudWatch, newest first, and says if older lines are left out. The local cloud keeps\n"
        "what its functions wrote in the same place; what MiniStack itself says is in `make logs`. Lines hold ids, codes and\n"
        "counts and no word of what anybody sent (docs/operations/security.md); every answer of the API names its request in\n"
        "X-Request-Id.",
        (
            "python -m ops logs api-handler --errors --since 2h --stage market",
            "python -m ops logs --request-id 6f1c9a52-0d1e-4a43-9d0e-0a8f1c2b3d4e --stage market --json",
        ),
        _logs,
        _arguments,
    ),
)
