"""Check the file of a picture, and remove everything from it that is not the picture. Pure.

The structure of the file is read from its first byte to its last: a file that is not a complete JPEG, PNG or GIF is refused, and
data after the end of the picture is removed. Only visible parts stay: location, camera, author, comments, thumbnails and the frames
of an animated PNG are removed; the orientation of a JPEG stays. imagesize (15 KB) reads the size in pixels.

Pillow would also decode the pixels. It is not used: it has 7 MB in a package of 19 MB, and it would run native decoders on files of
unknown users in the one function that may move money."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.core.rules import Rules

JPEG, PNG, GIF = "image/jpeg", "image/png", "image/gif"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP bKGD pHYs sBIT cICP".split())
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class Unreadable(ValueError):
    """The file is not a picture of the announced type, or it is incomplete."""


@dataclass(frozen=True)
class Examined:
    """A checked picture: `content` without metadata, size in pixels, number of frames."""

    content: bytes
    width: int
    height: int
    frames: int


def examine(content: bytes, content_type: str, rules: Rules) -> Examined | tuple[str, str]:
    """Return the picture as it is shown, or `(code, sentence)` of the part of rule 6 that it breaks."""
    import imagesize  # it imports an HTTP client that is not needed

    try:
        parts, frames = {JPEG: _jpeg, PNG: _png, GIF: _gif}[content_type](content)
    except (Unreadable, IndexError, struct.error):
        return "picture_unreadable", f"The file is not a complete picture of the type {content_type}."
    width, height = imagesize.get(io.BytesIO(parts))
    if width <= 0 or height <= 0:
        return "picture_unreadable", f"The file is not a complete picture of the type {content_type}."
    if max(width, height) > rules.picture_side_max or width * height > rules.picture_pixels_max:
        most = f"{rules.picture_side_max:,} pixels a side and {rules.picture_pixels_max:,} in all"
        return "picture_too_large", f"The picture has {width:,} x {height:,} pixels; at most {most}."
    if frames > rules.picture_frames_max:
        return "picture_too_long", f"The animation has {frames:,} frames; at most {rules.picture_frames_max:,}."
    return Examined(parts, width, height, frames)


def _jpeg(content: bytes) -> tuple[bytes, int]:
    """Keep the segments of ITU T.81 for tables, frame and scans, and of the application segments JFIF, colour profile and Adobe."""
    _require(content[:3] == b"\xff\xd8\xff")
    parts = [content[:2]]
    at, framed, scanned = 2, False, False
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:  # fill bytes
            at += 1
        _require(content[at] == 0xFF)
        marker = content[at + 1]
        if marker == 0xD9:
            _require(framed and scanned)
            return b"".join([*parts, b"\xff\xd9"]), 1
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        _require(length >= 2 and end <= len(content))
        segment = content[at:end]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            parts += _orientation(segment[10:])
        elif marker == 0xDA:
            _require(framed)
            scanned, end = True, _after_scan(content, end)
            parts.append(content[at:end])
        elif marker in (0xC4, 0xCC, 0xDB, 0xDC, 0xDD):
            parts.append(segment)
        elif 0xC0 <= marker <= 0xCF and marker != 0xC8:
            _require(length >= 8)
            framed = True
            parts.append(segment)
        elif marker in (0xE0, 0xEE) or (marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"):
            if segment[4:9] in (b"JFIF\0", b"Adobe") or marker == 0xE2:
                parts.append(segment)
        else:
            _require(0xE0 <= marker <= 0xEF or marker == 0xFE)
        at = end


def _after_scan(content: bytes, at: int) -> int:
    """Return the position of the marker after the coded data; stuffed zeros and restarts are part of the data."""
    while True:
        at = content.find(b"\xff", at)
        _require(at >= 0)
        if content[at + 1] == 0xFF:
            at += 1
        elif content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        else:
            return at


def _orientation(tiff: bytes) -> Iterator[bytes]:
    """Yield a segment with only the orientation, if the picture has to be rotated."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, first)
        for n in range(entries):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, first + 2 + 12 * n)
            if (tag, kind, count) == (0x0112, 3, 1) and 2 <= value <= 8:
                body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
                yield b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
                return
    except (KeyError, struct.error):
        return


def _png(content: bytes) -> tuple[bytes, int]:
    """Keep the chunks of the PNG specification, after a check of their checksums."""
    _require(content.startswith(_PNG_SIGNATURE))
    parts, at, first, data = [_PNG_SIGNATURE], len(_PNG_SIGNATURE), True, False
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        _require(end <= len(content) and first == (kind == b"IHDR"))
        (checksum,) = struct.unpack_from(">I", content, end - 4)
        _require(zlib.crc32(content[at + 4 : end - 4]) == checksum)
        if kind in _PNG_CHUNKS:
            parts.append(content[at:end])
        else:
            _require(kind[:1].islower())  # an unknown critical chunk
        data = data or kind == b"IDAT"
        if kind == b"IEND":
            _require(data)
            return b"".join(parts), 1
        at, first = end, False


def _gif(content: bytes) -> tuple[bytes, int]:
    """Keep the blocks of GIF89a, and of the extensions timing and loops."""
    _require(content[:6] in (b"GIF87a", b"GIF89a"))
    at = 13 + _colours(content[10])
    parts, frames = [content[:at]], 0
    while True:
        kind = content[at]
        if kind == 0x3B:
            _require(frames > 0)
            return b"".join([*parts, b";"]), frames
        if kind == 0x21:
            end = _after_blocks(content, at + 2)
            loops = content[at + 1] == 0xFF and content[at + 3 : at + 14] in _GIF_LOOPS
            if loops or content[at + 1] == 0xF9:
                parts.append(content[at:end])
        else:
            _require(kind == 0x2C)
            end = _after_blocks(content, at + 11 + _colours(content[at + 9]))
            frames += 1
            parts.append(content[at:end])
        at = end


def _colours(packed: int) -> int:
    """Return the number of bytes of the colour table that this field announces."""
    return 3 * (2 << (packed & 7)) if packed & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1


def _require(holds: bool) -> None:
    if not holds:
        raise Unreadable
