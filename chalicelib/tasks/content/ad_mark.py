"""The mark that every post carries (rule 9), as the region of the deployment has it: 广告 anywhere, `#ad` at the beginning."""

from __future__ import annotations

from chalicelib.core.regions.region import region
from chalicelib.core.rules import rules


def ad_mark() -> str:
    """Return the mark that is added where one is missing."""
    return rules().ad_mark


def has_mark(text: str) -> bool:
    """Return True if the text is marked as advertising: it has one of the region's marks, not inside another word, and at the
    beginning where the region wants it there."""
    return region().ad_mark.is_in(text)


def without_mark(text: str) -> str:
    """Return the text with new lines in place of its marks, so that all positions in it stay the same."""
    return region().ad_mark.pattern.sub(lambda found: "\n" * len(found[0]), text)


def without_added_mark(text: str) -> str:
    """Return the text without the mark as `marked` adds it, so that the length of a text is the same before and after it."""
    if region().ad_mark.position == "start":
        return text.removeprefix(f"{ad_mark()} ")
    return text.removesuffix(f" {ad_mark()}")


def marked(text: str) -> str:
    """Return the text with the mark, added at the beginning or the end if it is missing."""
    if has_mark(text):
        return text
    return f"{ad_mark()} {text.lstrip()}" if region().ad_mark.position == "start" else f"{text.rstrip()} {ad_mark()}"
