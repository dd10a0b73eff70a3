"""The code of a short link: an order's id and the index of a URL in it, both readable from the code alone. Pure.

A link needs no stored item, and the code of a URL never changes."""

from __future__ import annotations

from chalicelib.core import ids

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = 22
"""62^22 > 2^128: the digits that the number of an id needs."""
LENGTH = _DIGITS + 1


def code(order_id: str, place: int) -> str:
    """Return the code (23 letters and digits) of URL number `place` (0-61) of the order."""
    number = 0
    for character in order_id.partition("_")[2]:
        number = number << 5 | _CROCKFORD.index(character)
    digits = [_ALPHABET[place]]
    for _ in range(_DIGITS):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def read(text: str) -> tuple[str, int] | None:
    """Return the order's id and the index of the URL; None for an invalid code."""
    if len(text) != LENGTH or not all(character in _ALPHABET for character in text):
        return None
    number = 0
    for character in text[:-1]:
        number = number * 62 + _ALPHABET.index(character)
    order_id = "ord_" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))
    if number >= 1 << 128 or not ids.is_id("ord", order_id):
        return None
    return order_id, _ALPHABET.index(text[-1])
