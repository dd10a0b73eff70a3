"""Digests and MACs of the sealed days."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wallet.proof import seal_digests

KEY = b"key"
AMOUNTS = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8)


@given(AMOUNTS)
def test_weave_is_zero_exactly_for_a_balanced_transfer(amounts: list[int]) -> None:
    woven = 0
    for amount in amounts:
        woven = seal_digests.weave(woven, KEY, amount, "transfer", "settle")
    assert (woven == 0) == (sum(amounts) == 0)


def test_weave_shows_entries_that_disagree_about_their_transfer() -> None:
    one = seal_digests.weave(0, KEY, 5, "transfer", "settle", "2026-11-24")
    assert seal_digests.weave(one, KEY, -5, "transfer", "settle", "2026-11-24") == 0
    assert seal_digests.weave(one, KEY, -5, "transfer", "settle", "2026-11-25") != 0


def test_weaves_add_up_in_any_order() -> None:
    parts = [seal_digests.weave(0, KEY, amount, "transfer") for amount in (3, 4, -7)]
    assert seal_digests.add(seal_digests.add(parts[2], parts[0]), parts[1]) == 0


def test_root_of_a_day_ignores_the_order_of_accounts() -> None:
    macs = [seal_digests.seal(KEY, "", account, "2026-11-24", [1, 5, "digest"]) for account in ("a", "b", "c")]
    roots = set()
    for order in permutations(macs):
        root = ""
        for mac in order:
            root = seal_digests.merge(root, mac)
        roots.add(root)
    assert len(roots) == 1


def test_day_depends_on_every_field_and_on_the_order() -> None:
    def content(*entries: tuple[int, str]) -> list[object]:
        day = seal_digests.Day()
        for amount, field in entries:
            day.add(amount, field)
        return day.content()

    assert content((5, "a"), (-2, "b"))[:2] == [2, 3]
    contents = [
        content((5, "a"), (-2, "b")),
        content((-2, "b"), (5, "a")),
        content((5, "a"), (-2, "c")),
        content((3, "a")),
    ]
    assert len({str(one) for one in contents}) == 4


def test_macs_of_different_purposes_differ() -> None:
    macs = {
        seal_digests.progress(KEY, "x"),
        seal_digests.head(KEY, "x", "y"),
        seal_digests.item(KEY, "x", ["y"]),
        seal_digests.sign_off(KEY, "x", "y", {}),
        seal_digests.seal(KEY, "x", "y", "z", []),
        seal_digests.progress(b"another key", "x"),
    }
    assert len(macs) == 6
