"""The kinds of orders: a post of the creator's own, or a repost of an existing one."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["post", "repost"]
KINDS: tuple[Kind, ...] = get_args(Kind)
