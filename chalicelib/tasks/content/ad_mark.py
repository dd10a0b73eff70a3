"""The mark that every post carries: 广告, "advertisement" (rule 9). Pure."""

from __future__ import annotations

import re

AD_MARK = "广告"
_MARK = re.compile(rf"(?<!\w){AD_MARK}(?!\w)")


def has_mark(text: str) -> bool:
    """Return True if the text is marked as advertising: it has the word 广告, and not only inside another word."""
    return _MARK.search(text) is not None


def without_mark(text: str) -> str:
    """Return the text with new lines in place of the ad mark, so that all positions in it stay the same."""
    return _MARK.sub("\n" * len(AD_MARK), text)


def marked(text: str) -> str:
    """Return the text with the ad mark, appended if it is missing."""
    return text if has_mark(text) else f"{text.rstrip()} {AD_MARK}"
