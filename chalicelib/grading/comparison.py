"""The groups of accounts that a grade's percentiles compare with, in words. Pure.

Methodologies from 2026-11-27 on name their groups (`compared_with`, `compared_accounts`, `score_accounts`); a published file never
changes, so those of 2026-11-23 are named here, from its `sources`."""

from __future__ import annotations

from typing import Any

from chalicelib.grading.model.grade import Factor, Grade, percentile_among

_LISTED = ("accounts on Weibo's Micro-task in 2017", 9_505)
_HONEST = ("honest Weibo accounts of 2017", None)
_OF_2026_11_23: dict[str, tuple[str, int | None]] = {
    "followers": _LISTED,
    "reach": _LISTED,
    "activity": _HONEST,
    "regularity": _HONEST,
    "originality": _HONEST,
}
_SMALL = 10_000_000
"""Below this many followers, in thousandths, 2026-11-23 compares engagement with Weibo accounts, above with creators of Xingtu."""
UNNAMED = "accounts that the methodology was fitted to"


def compared_with(graded: Grade, factor: Factor) -> str | None:
    """Return the group of the factor's percentile, with its size if that is known: `9,505 accounts on …`; None if the factor has no
    percentile, and for quality, whose percentile is not shown to people."""
    rule = factor.rule
    if factor.percentile is None or rule.name == "quality":
        return None
    document = next(one for one in graded.methodology.document["factors"] if one["name"] == rule.name)
    number: int | list[int] | None = document.get("compared_accounts")
    name: str | None = document.get("compared_with")
    if name is None and graded.methodology.version == "2026-11-23":
        name, number = _OF_2026_11_23.get(rule.name, (None, None))
    if not rule.sizes:
        return _counted(name or UNNAMED, number if isinstance(number, int) else None)
    place = factor.earned.size
    if name is None and graded.methodology.version == "2026-11-23":
        name = _HONEST[0] if rule.sizes[place][0] < _SMALL else "creators on Xingtu in 2025"
    most = rule.sizes[place + 1][0] if place + 1 < len(rule.sizes) else None
    whole = (
        f"{name or UNNAMED} with {size_words(rule.sizes[place][0] // 1_000, None if most is None else most // 1_000)}"
    )
    return _counted(whole, number[place] if isinstance(number, list) else None)


def scored_with(graded: Grade) -> str:
    """Return the group of the percentile of the score."""
    document: dict[str, Any] = graded.methodology.document
    among = percentile_among(graded)
    number = document.get("score_accounts", {}).get(among or "")
    if among is None and number is None and graded.methodology.version == "2026-11-23":
        number = _LISTED[1]
    where = _LISTED[0]
    return _counted(f"{among} {where}" if among else where, number)


def size_words(least: int, most: int | None) -> str:
    """Return a range of followers in words: `300 k-1 M followers`."""
    if most is None:
        return f"{_short(least)} followers or more"
    return f"fewer than {_short(most)} followers" if least == 0 else f"{_short(least)}-{_short(most)} followers"


def _short(number: int) -> str:
    for size, letter in ((1_000_000, " M"), (1_000, " k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return str(number)


def _counted(name: str, number: int | None) -> str:
    return name if number is None else f"{number:,} {name}"
