"""The file of a picture: its type, its size, and the metadata that is removed from it (rule 6)."""

from __future__ import annotations

import struct

import pytest

from chalicelib.core.rules import Rules
from chalicelib.tasks.content.picture_file_check import GIF, JPEG, PNG, Examined, examine
from testing.samples import picture_samples as samples
from testing.samples.picture_samples import COMMENT, MAKER, PLACE, gif, png


def examined(content: bytes, content_type: str) -> Examined:
    found = examine(content, content_type, Rules())
    assert isinstance(found, Examined), found
    return found


def refused(content: bytes, content_type: str) -> str:
    found = examine(content, content_type, Rules())
    assert not isinstance(found, Examined)
    return found[0]


def test_a_jpeg_loses_its_metadata_and_keeps_its_orientation() -> None:
    found = examined(samples.JPEG, JPEG)
    assert (found.width, found.height, found.frames) == (8, 16, 1)
    assert b"GPS" not in found.content
    for part in (MAKER, COMMENT, struct.pack(">I", 121)):
        assert part in samples.JPEG
        assert part not in found.content
    scan = samples.JPEG[samples.JPEG.index(b"\xff\xdb") :]
    assert found.content.endswith(scan)
    assert examined(found.content, JPEG) == found


def test_a_png_has_only_visible_chunks() -> None:
    found = examined(png(3, 2, note=PLACE), PNG)
    assert found == Examined(png(3, 2), 3, 2, 1)


def test_a_gif_keeps_frames_and_loops() -> None:
    assert examined(gif(3, note=PLACE), GIF) == Examined(gif(3), 1, 1, 3)


@pytest.mark.parametrize("content", [samples.JPEG, png(), gif()])
def test_what_follows_the_end_is_left_out(content: bytes) -> None:
    kind = {b"\xff": JPEG, b"\x89": PNG, b"G": GIF}[content[:1]]
    assert examined(content + b"<script>alert(1)</script>", kind) == examined(content, kind)


@pytest.mark.parametrize("kind", [JPEG, PNG, GIF])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<script>alert(1)</sc",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff<script>alert(1)</script>",
        b"\xff\xd8\xff\xd9",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        png()[:-20] + b"IEND",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, kind: str) -> None:
    assert refused(content, kind) == "picture_unreadable"


def test_a_picture_of_another_type_is_refused() -> None:
    files = {JPEG: samples.JPEG, PNG: png(), GIF: gif()}
    for kind in files:
        assert [refused(content, kind) for other, content in files.items() if other != kind] == [
            "picture_unreadable"
        ] * 2


@pytest.mark.parametrize("content", [samples.JPEG, png(5, 5, note=PLACE), gif(2)])
def test_a_picture_cut_anywhere_is_refused(content: bytes) -> None:
    kind = {b"\xff": JPEG, b"\x89": PNG, b"G": GIF}[content[:1]]
    for length in range(len(content)):
        assert refused(content[:length], kind) == "picture_unreadable", length


def test_a_changed_byte_of_a_png_is_noticed() -> None:
    content = bytearray(png(5, 5))
    content[45] ^= 1
    assert refused(bytes(content), PNG) == "picture_unreadable"


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (30_001, 1, "picture_too_large"),
        (1, 30_001, "picture_too_large"),
        (10_000, 5_001, "picture_too_large"),
        (0, 5, None),
    ],
)
def test_a_picture_has_a_size_in_pixels(width: int, height: int, code: str | None) -> None:
    assert refused(png(width, height), PNG) == (code or "picture_unreadable")


def test_sizes_at_the_limit_are_allowed() -> None:
    assert examined(png(10_000, 5_000), PNG).width == 10_000
    assert examined(png(1_080, 30_000), PNG).height == 30_000


def test_an_animation_has_a_number_of_frames() -> None:
    assert examined(gif(300), GIF).frames == 300
    assert refused(gif(301), GIF) == "picture_too_long"
