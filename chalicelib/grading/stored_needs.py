"""The figures that the next grade needs, stored with the grade: a search for them grades the account some forty times."""

from __future__ import annotations

import json

from chalicelib.grading.model.grade import Grade
from chalicelib.grading.model.next_grade import needed_by_factor
from chalicelib.grading.records import GradedAccount
from chalicelib.grading.response_types import Needed


def stored(graded: Grade) -> str:
    """Return the text to store: the score for which the values were found, and factor, present and needed value of each."""
    lines = [[line["name"], line["from"], line["to"]] for line in needed_by_factor(graded)]
    return json.dumps([graded.score, graded.rank, lines], separators=(",", ":"))


def read(account: GradedAccount, graded: Grade) -> list[Needed] | None:
    """Return the stored values; None if the account has none, or has values of another grade or score."""
    if account.needed is None:
        return None
    score, rank, lines = json.loads(account.needed)
    if (score, rank) != (graded.score, graded.rank):
        return None
    return [{"name": name, "from": present, "to": needed} for name, present, needed in lines]
