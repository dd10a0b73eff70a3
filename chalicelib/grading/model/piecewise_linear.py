"""Piecewise linear functions in integers. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Table:
    """A piecewise linear function through points of integers, constant outside. Exact: integer arithmetic only."""

    points: tuple[tuple[int, int], ...]

    @cached_property
    def xs(self) -> tuple[int, ...]:
        """The x values of the points, rising."""
        return tuple(x for x, _ in self.points)

    @cached_property
    def pieces(self) -> tuple[tuple[int, int, int, int], ...]:
        """The start, start value, rise and length of each piece; the first and the last are constant."""
        inner = ((x0, y0, y1 - y0, x1 - x0) for (x0, y0), (x1, y1) in zip(self.points, self.points[1:], strict=False))
        return ((0, self.points[0][1], 0, 1), *inner, (0, self.points[-1][1], 0, 1))

    @cached_property
    def least(self) -> int:
        """The least value."""
        return min(y for _, y in self.points)

    def at(self, x: int) -> int:
        """Return the value at x, rounded down."""
        x0, y0, rise, run = self.pieces[bisect_left(self.xs, x)]
        return y0 + rise * (x - x0) // run

    def least_x(self, y: int) -> int | None:
        """Return the least x whose value reaches y; None if none does. The function must not fall."""
        points = self.points
        if y <= points[0][1]:
            return points[0][0]
        for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
            if y <= y1:
                return x0 + -(-(y - y0) * (x1 - x0) // (y1 - y0))
        return None


def table_of(points: Sequence[Sequence[int]], direction: str = "rises") -> Table:
    """Return the table through the points of a file. Raise ValueError if it does not go in the direction:
    `rises`, `falls` or `any`."""
    pairs = tuple((int(x), int(y)) for x, y in points)
    for (x0, y0), (x1, y1) in zip(pairs, pairs[1:], strict=False):
        if x1 <= x0 or (direction == "rises" and y1 < y0) or (direction == "falls" and y1 > y0):
            raise ValueError(f"a table must rise: {(x0, y0)}, {(x1, y1)}")
    return Table(pairs)


NOTHING = Table(((0, 0),))
"""The table that is 0 everywhere."""
