"""The category that the posts of an account propose."""

from __future__ import annotations

import pytest

from chalicelib.accounts.search.categories import CATEGORIES, _words, proposed_category

FOOD = "今天的火锅真好吃"


def test_every_word_list_belongs_to_a_category() -> None:
    assert set(_words()) <= set(CATEGORIES)


@pytest.mark.parametrize(
    ("texts", "proposed"),
    [
        ([FOOD] * 3, "美食"),
        ([FOOD] * 2, None),
        ([FOOD] * 3 + ["nothing"] * 20, None),
        ([FOOD] * 4 + ["试驾新车"] * 3, None),
        ([FOOD] * 6 + ["试驾新车"] * 3, "美食"),
        (["New RECIPE for tea", "a restaurant", "recipe"], "美食"),
        ([], None),
    ],
)
def test_a_clear_majority_of_posts_proposes_a_category(texts: list[str], proposed: str | None) -> None:
    assert proposed_category(texts) == proposed
