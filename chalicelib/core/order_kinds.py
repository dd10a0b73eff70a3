"""The kinds of orders: a new post of the creator, or a repost of an existing post."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["post", "repost"]
KINDS: tuple[Kind, ...] = get_args(Kind)
