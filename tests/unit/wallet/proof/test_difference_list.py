"""The list of the differences of a proof."""

from __future__ import annotations

from chalicelib.wallet.proof.difference_list import LISTED_MAX, Differences


def test_equal_values_are_no_difference() -> None:
    found = Differences()
    found.expect("a", "balance", 5, 5, never_read)
    assert (found.found, found.listed) == (0, [])


def never_read() -> list[tuple[str, str, int]]:
    raise AssertionError("entries are read only beside a difference")


def test_all_are_counted_and_the_first_are_listed() -> None:
    found = Differences()
    for number in range(LISTED_MAX + 3):
        found.expect(f"account {number}", "balance", 1, 2)
    assert (found.found, len(found.listed)) == (LISTED_MAX + 3, LISTED_MAX)
    assert found.listed[0] == {"account": "account 0", "kind": "balance", "expected": 1, "found": 2, "near": []}


def test_a_difference_names_its_day_and_the_entries_beside_it() -> None:
    found = Differences()
    found.expect("a", "seal", "x", "y", lambda: [("2026-11-24T10:00:00.000Z", "t1", 5)], "2026-11-24")
    assert found.listed[0]["day"] == "2026-11-24"
    assert found.listed[0]["near"] == [{"at": "2026-11-24T10:00:00.000Z", "id": "t1", "amount": 5}]
