"""The changes between two submissions: the shortest script if it is short, otherwise one block, in limited time."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tasks.content.text_diff import EDITS_MAX, edit_script, pieces

TEXTS = st.text("甲乙a b", max_size=14)


def longest_common(before: str, after: str) -> int:
    """The length of the longest common subsequence, by the textbook."""
    row = [0] * (len(after) + 1)
    for one in before:
        new = [0]
        for place, other in enumerate(after):
            new.append(row[place] + 1 if one == other else max(new[-1], row[place + 1]))
        row = new
    return row[-1]


@given(before=TEXTS, after=TEXTS)
def test_a_script_is_shortest_and_gives_both_versions(before: str, after: str) -> None:
    edits = len(before) + len(after) - 2 * longest_common(before, after)
    script = edit_script(before, after, edits)
    assert script is not None
    assert "".join(part for change, part in script if change != "added") == before
    assert "".join(part for change, part in script if change != "removed") == after
    assert sum(change != "same" for change, _ in script) == edits
    assert edits == 0 or edit_script(before, after, edits - 1) is None


@given(before=TEXTS, after=TEXTS)
def test_pieces_give_both_versions_and_take_turns(before: str, after: str) -> None:
    found = [(change, "".join(parts)) for change, parts in pieces(before, after)]
    assert "".join(text for change, text in found if change != "added") == before
    assert "".join(text for change, text in found if change != "removed") == after
    assert all(one[0] != other[0] for one, other in pairwise(found))


def test_one_changed_word_is_one_removed_and_one_added_piece() -> None:
    found = [(change, "".join(parts)) for change, parts in pieces("今年的 autumn 茶", "今年的 winter 茶")]
    assert found == [("same", "今年的 "), ("removed", "autumn"), ("added", "winter"), ("same", " 茶")]


def test_a_rewritten_text_is_one_block() -> None:
    found = list(pieces("头" + "甲乙" * 990 + "尾", "头" + "甲丙" * 990 + "尾"))
    assert [change for change, _ in found] == ["same", "removed", "added", "same"]


class Counted(str):
    """A piece that counts how often it is compared."""

    compared: Counter[str] = Counter()

    def __eq__(self, other: object) -> bool:
        Counted.compared["all"] += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    ("old", "new"), [("甲乙", "甲丙"), ("甲", "乙"), ("甲甲乙", "甲乙甲"), ("甲乙丙", "乙丙丁"), ("甲", "甲甲")]
)
def test_the_comparisons_grow_with_the_length_of_the_texts(old: str, new: str) -> None:
    counts = []
    for repeated in (500, 2_000):
        Counted.compared.clear()
        edit_script([Counted(one) for one in old * repeated], [Counted(one) for one in new * repeated], EDITS_MAX)
        counts.append(Counted.compared["all"])
    assert counts[1] <= 5 * counts[0] + EDITS_MAX**2
