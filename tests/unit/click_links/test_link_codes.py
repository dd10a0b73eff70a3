from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.click_links import link_codes
from chalicelib.core import ids

ORDERS = st.builds(lambda text: ids.derive("ord", text), st.text())


@given(order_id=ORDERS, place=st.integers(0, 61))
def test_a_code_contains_order_and_index(order_id: str, place: int) -> None:
    code = link_codes.code(order_id, place)
    assert link_codes.read(code) == (order_id, place)
    assert len(code) == 23
    assert code.isascii()
    assert code.isalnum()


def test_the_least_and_the_greatest_id() -> None:
    for order_id in ("ord_" + "0" * 26, "ord_7" + "Z" * 25):
        assert link_codes.read(link_codes.code(order_id, 0)) == (order_id, 0)


@given(text=st.text(max_size=30))
def test_a_text_is_invalid_or_its_own_code(text: str) -> None:
    known = link_codes.read(text)
    assert known is None or link_codes.code(*known) == text


def test_a_number_above_128_bits_is_no_code() -> None:
    assert link_codes.read("z" * 22 + "0") is None
