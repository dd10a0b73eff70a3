"""Charts show their figures to scale and within their frame."""

from __future__ import annotations

import re

import pytest

from chalicelib.html.chart import Mark, Piece, Step, band, meter, stacked, stairs


def places(markup: str, tag: str, attribute: str) -> list[float]:
    """The attribute of every element of that kind, in per cent or pixels."""
    return [float(found) for found in re.findall(rf'<{tag} [^>]*?\b{attribute}="([0-9.-]+)%?"', markup)]


def test_pieces_follow_each_other_to_scale() -> None:
    bar = stacked([Piece(10, "a", "ten"), Piece(30, "b", "thirty")], [Mark(20, "2★")], 80, "40", "forty in all")
    track, ten, thirty = zip(places(bar, "rect", "x"), places(bar, "rect", "width"), strict=True)
    assert (track, ten, thirty) == ((0, 100), (0, 12.5), (12.5, 37.5))
    assert places(bar, "line", "x1") == [50, 25], "the end of the pieces, and the mark"
    assert 'aria-label="forty in all"' in bar


def test_labels_that_would_touch_stand_in_two_rows() -> None:
    marks = [Mark(20, "a"), Mark(22, "b"), Mark(60, "c")]
    heights = places(stacked([], marks, 100, "0", "x"), "text", "y")[1:]
    assert heights[0] == heights[2] < heights[1]


@pytest.mark.parametrize(("share", "width"), [(0, 0), (0.25, 25), (1.2, 100)])
def test_a_meter_is_never_more_than_full(share: float, width: float) -> None:
    assert places(meter(share), "rect", "width") == [100, width]


def test_a_band_stays_inside_its_frame() -> None:
    for prices in ((100, 100, 100), (100, 250, 1_000), (250, 1_000, 1_000)):
        found = band(*prices, 100, 1_000, "x")
        assert places(found, "rect", "x")[1] <= places(found, "line", "x1")[0] <= 98
        assert places(found, "rect", "x")[1] >= 2
    assert places(band(5, 5, 5, 5, 5, "x"), "line", "x1") == [50]


def test_stairs_rise_with_the_figure_and_end_now() -> None:
    steps = [Step(0, 1.5, "first"), Step(50, 2.5, "second", "new"), Step(50, 9, "beyond")]
    lines = [Mark(height, str(height)) for height in (1, 2, 3)]
    drawn = stairs(steps, 100, lines, ("a", "b"), "x")
    assert max(places(stairs(steps, 7, lines, ("a", "b"), "x"), "circle", "cx")) == 98, "a clock that is behind"
    first, second, beyond = places(drawn, "circle", "cy")
    assert first > second > beyond
    assert places(drawn, "circle", "cx") == [12, 55, 55]
    assert beyond == min(places(drawn, "line", "y1")), "what leaves the frame is held at its edge"
    assert max(places(drawn, "line", "x2")) == 100
    assert drawn.count('class="dot new"') == 1
