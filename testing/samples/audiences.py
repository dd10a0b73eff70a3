"""Sketches of generated audiences, equal register for register to those of datasketch 2.0
(tests/unit/planning/test_audience_reach.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

KEY = bytes(range(32))


def hashed(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, key=KEY, digest_size=8).digest(), "little")


class HyperLogLogPlusPlus:
    """The part of datasketch's class of this name that ops.audience.sketching uses."""

    def __init__(self, p: int, hashfunc: Callable[[bytes], int] = hashed) -> None:
        self.p, self.hashfunc, self.reg = p, hashfunc, bytearray(1 << p)
        self._seen: set[bytes] = set()

    def update(self, data: bytes) -> None:
        number = self.hashfunc(data)
        place, rest = number & (1 << self.p) - 1, number >> self.p
        self.reg[place] = max(self.reg[place], 64 - self.p - rest.bit_length() + 1)
        self._seen.add(data)

    def count(self) -> float:
        return float(len(self._seen))


def sketch(people: Iterable[int]) -> bytes:
    made = HyperLogLogPlusPlus(12)
    for person in people:
        made.update(str(person).encode())
    return bytes(made.reg)
