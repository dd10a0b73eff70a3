"""Copies among comments."""

from __future__ import annotations

import pytest

from chalicelib.social.copied_comments import Copies, count_copies


@pytest.mark.parametrize(
    "again",
    [
        "这款茶真的很好喝",
        "这款茶，真的很好喝！！！",
        "这款茶真的很好喝[赞][心]",
        "回复@茶客:这款茶真的很好喝 http://t.cn/A6abc",
        "@小明 这款茶真的很好喝//@茶客:哈哈",
        "这款茶 真的 很好喝 \U0001f44d",
    ],
)
def test_equal_words_are_copies_despite_decoration(again: str) -> None:
    assert count_copies(["这款茶真的很好喝", again]) == Copies(2, 1)


def test_different_words_are_not_copies() -> None:
    assert count_copies(["这款茶真的很好喝", "这款茶真的不好喝", "This tea is nice", "THIS  tea is nice?"]) == Copies(
        4, 1
    )


def test_short_ones_are_alike_among_people_too() -> None:
    assert count_copies(["好看"] * 30 + ["[赞]", "@小明", "https://t.cn/A6abc", "一二三四五"]) == Copies(0, 0)


def test_each_further_one_counts() -> None:
    assert count_copies(["真的非常好用啊"] * 30 + [f"我买了{n}次,每次都喜欢" for n in range(20)]) == Copies(50, 29)
