"""The limits of posts of each network, which are checked before a task is created. Pure.

They depend on the network's name, not on its adapter, as handles do. Networks that are not listed have no limit here: the market's
own limits (pictures, characters: core/rules.py) apply on every network, and a network can only have stricter ones.

bluesky   300 grapheme clusters and 3,000 bytes (lexicon app.bsky.feed.post), 4 pictures
mastodon  500 characters, of which a link counts as 23 (the defaults of an instance), 4 pictures"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.social.port import links_in

BLUESKY_BYTES = 3_000
MASTODON_LINK = 23
_REMOTE_NAME = re.compile(r"(@\w+)@[\w.-]+\w")


@dataclass(frozen=True)
class PostLimits:
    """The maximum number of characters as `count` counts them, of bytes (None: no limit), and of pictures."""

    characters: int
    count: Callable[[str], int]
    pictures: int
    bytes: int | None = None

    def excess(self, text: str) -> int | None:
        """Return the number of characters if the text is too long, else None."""
        counted = self.count(text)
        too_long = counted > self.characters or (self.bytes is not None and len(text.encode()) > self.bytes)
        return counted if too_long else None


def limits_of(network: str) -> PostLimits | None:
    """Return the limits of a network; None if it has none here."""
    return _LIMITS.get(network)


def graphemes(text: str) -> int:
    """Return the number of grapheme clusters: what a reader sees as characters. It follows Unicode's rules (UAX #29) without the
    conjoining letters of Hangul and Indic scripts, which `NFC` composes or which then count as more characters, never as fewer."""
    count, previous, flags, joined = 0, "", 0, False
    for character in unicodedata.normalize("NFC", text):
        is_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        flags = flags + 1 if is_flag else 0
        extends = _extends(character) or (previous == "\r" and character == "\n")
        pair = is_flag and flags % 2 == 0
        if not previous or not (extends or pair or (joined and _is_pictograph(character))):
            count += 1
        joined = character == "\u200d"
        previous = character
    return count


def _extends(character: str) -> bool:
    """Return whether the character belongs to the one before it: combining marks, joiners, and the modifiers of emoji."""
    is_modifier = "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"
    return is_modifier or character in "\u200c\u200d" or unicodedata.category(character) in ("Mn", "Me", "Mc")


def _is_pictograph(character: str) -> bool:
    return (
        "\U0001f000" <= character <= "\U0001faff"
        or "\u2190" <= character <= "\u2bff"
        or character in "\xa9\xae\u3030\u303d"
    )


def mastodon_characters(text: str) -> int:
    """Return the number of characters as Mastodon counts them: grapheme clusters, 23 for each link, and the names of accounts
    without their instance."""
    links = links_in(text)
    for link in links:
        text = text.replace(link, "", 1)
    return graphemes(_REMOTE_NAME.sub(r"\1", text)) + MASTODON_LINK * len(links)


_LIMITS = {
    "bluesky": PostLimits(300, graphemes, 4, BLUESKY_BYTES),
    "mastodon": PostLimits(500, mastodon_characters, 4),
}
