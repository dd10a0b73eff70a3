from __future__ import annotations

import hashlib

import pytest

from chalicelib.click_links import visitors

KEY = b"key"


@pytest.mark.parametrize("people", [0, 1, 10, 300, 2_000, 5_000, 40_000])
def test_sketches_of_older_counters_are_estimated(people: int) -> None:
    def rank(n: int) -> int:
        number = int.from_bytes(hashlib.sha256(str(n).encode()).digest()[:8], "big")
        return number % visitors.REGISTERS * 64 + 55 - (number // visitors.REGISTERS).bit_length()

    assert visitors.estimate({rank(n) for n in range(people)}) == pytest.approx(people, rel=0.1, abs=1)


def test_marks_of_a_visitor_differ_between_links() -> None:
    marks = [visitors.mark(KEY, "ord_1", place, "10.0.0.1") for place in (0, 0, 1)]
    assert marks[0] == marks[1] != marks[2]
    assert marks[0] != visitors.mark(KEY, "ord_2", 0, "10.0.0.1")
    assert marks[0] != visitors.mark(b"other", "ord_1", 0, "10.0.0.1")


def test_a_mark_is_one_of_sixteen_million() -> None:
    marks = {visitors.mark(KEY, "ord_1", 0, f"10.0.{n // 250}.{n % 250}") for n in range(10_000)}
    assert max(marks) < 1 << 24
    assert len(marks) > 9_980


def test_a_network_of_one_customer_is_one_visitor() -> None:
    def mark(address: str) -> int:
        return visitors.mark(KEY, "ord_1", 0, address)

    assert mark("2001:db8:1:2::1") == mark("2001:db8:1:2:ffff::9") != mark("2001:db8:1:3::1")
    assert mark("::ffff:203.0.113.9") == mark("203.0.113.9")
