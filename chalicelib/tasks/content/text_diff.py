"""The difference between two texts, piece by piece. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from chalicelib.tasks.records.stored_documents import TextChange

PIECES = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
"""A Chinese character is one piece; Latin words and numbers are one piece each."""

EDITS_MAX = 200
"""The number of removed and added pieces up to which two texts are compared piece by piece. It limits the time, which is at most
EDITS_MAX times the length of the texts, and the stored size."""


def pieces(old: str, new: str) -> Iterator[tuple[TextChange, list[str]]]:
    """Yield the pieces of both texts in order: `(change, parts)` with `change` one of `same`, `removed`, `added`. If the texts
    differ in more than EDITS_MAX pieces, all between their first and their last difference is one removed and one added piece."""
    before, after = PIECES.findall(old), PIECES.findall(new)
    begin = _common(before, after)
    end = _common(before[begin:][::-1], after[begin:][::-1])
    removed, added = before[begin : len(before) - end], after[begin : len(after) - end]
    script = edit_script(removed, added, EDITS_MAX)
    if script is None:
        script = [*(("removed", part) for part in removed), *(("added", part) for part in added)]
    whole: list[tuple[TextChange, str]] = [
        *(("same", part) for part in before[:begin]),
        *script,
        *(("same", part) for part in before[len(before) - end :]),
    ]
    for change, parts in groupby(whole, key=lambda piece: piece[0]):
        yield change, [part for _, part in parts]


def edit_script(before: Sequence[str], after: Sequence[str], edits_max: int) -> list[tuple[TextChange, str]] | None:
    """Return the shortest list of `(change, part)` that turns one sequence into the other, or None if it has more than `edits_max`
    removed and added parts. Greedy algorithm of E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986): the time is
    at most `edits_max` times the length of the sequences."""
    reach = {1: 0}  # by diagonal (place in `before` minus place in `after`): how far in `before` some path has come
    steps: list[dict[int, int]] = []
    for edits in range(min(edits_max, len(before) + len(after)) + 1):
        steps.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            while x < len(before) and x - diagonal < len(after) and before[x] == after[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(before) and x - diagonal >= len(after):
                return _traced(before, after, steps)
    return None


def _traced(before: Sequence[str], after: Sequence[str], steps: list[dict[int, int]]) -> list[tuple[TextChange, str]]:
    """Return the script of the path that reached the end of both sequences, traced backwards from there."""
    script: list[tuple[TextChange, str]] = []
    x, y = len(before), len(after)
    for edits in range(len(steps) - 1, -1, -1):
        reach, diagonal = steps[edits], x - y
        down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
        from_diagonal = diagonal + 1 if down else diagonal - 1
        from_x = reach[from_diagonal]
        from_y = from_x - from_diagonal
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            script.append(("same", before[x]))
        if edits == 0:
            break
        if down:
            y -= 1
            script.append(("added", after[y]))
        else:
            x -= 1
            script.append(("removed", before[x]))
    return script[::-1]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of equal parts at the beginning of both sequences."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
