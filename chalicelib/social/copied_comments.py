"""Count the comments of a post that repeat another comment. Pure; the texts are not stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

COMMENTS_MIN = 20
"""Fewer comments are not compared."""
LETTERS_MIN = 6
"""Shorter comments are alike among people too: "good", "好看"."""

_IGNORED = re.compile(r"https?://\S+|//@.*|回复\s*@[^\s::]+|@[^\s::]+|\[[^\[\]]{1,10}\]")
"""Parts that are not the writer's words: links, the chain of a repost, replied-to and mentioned names, emoticons."""


class Copies(NamedTuple):
    """The number of comments long enough to compare (`read`), and how many of them repeat another one (`copied`)."""

    read: int
    copied: int


def count_copies(texts: Sequence[str]) -> Copies:
    """Count copies, ignoring case, punctuation, emoticons, mentions and links."""
    words = [word for text in texts if len(word := _words(text)) >= LETTERS_MIN]
    return Copies(len(words), len(words) - len(set(words)))


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _IGNORED.sub("", text)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
