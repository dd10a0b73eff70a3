"""How many of a post's comments say what another one said. Pure; texts are compared and not kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

FEWEST = 20
"""Fewer comments say nothing about copies."""
FEWEST_LETTERS = 6
"""Shorter ones are alike among people too: "good", "好看"."""

_ADDED = re.compile(r"https?://\S+|//@.*|回复\s*@[^\s::]+|@[^\s::]+|\[[^\[\]]{1,10}\]")
"""What networks and people put around the words: links, the chain of a repost, who is answered or mentioned, emoticons."""


class Copies(NamedTuple):
    """Of `read` comments that are long enough to compare, `copied` say what another of them said before."""

    read: int
    copied: int


def copies(texts: Sequence[str]) -> Copies:
    """Counts copies; case, punctuation, emoticons, mentions and links make no difference."""
    words = [word for text in texts if len(word := _words(text)) >= FEWEST_LETTERS]
    return Copies(len(words), len(words) - len(set(words)))


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _ADDED.sub("", text)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
