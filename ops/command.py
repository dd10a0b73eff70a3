"""What a command of the operator is made of, and what it answers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.deployment import Deployment


@dataclass(frozen=True)
class Answer:
    """`document` is for programs (`--json`), `text` for people. `status` is the exit status: 1 says that something is not as it
    should be, though the command itself was done."""

    document: Any
    text: str
    status: int = 0


def _none(parser: ArgumentParser) -> None:
    """The command has no arguments of its own."""


@dataclass(frozen=True)
class Command:
    """One command: its `name` of one word or two, what it does in a line, what one should know before, and lines that can be typed.

    Its modules import the market and boto3 only in `run`: names and rules of the deployment are read when they are imported."""

    name: str
    summary: str
    about: str
    examples: tuple[str, ...]
    run: Callable[[Namespace, Deployment], Answer]
    arguments: Callable[[ArgumentParser], None] = _none
