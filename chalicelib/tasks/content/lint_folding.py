"""Fold a text to the form in which the lint searches terms, with the position of each character in the text. Pure.

Folding makes equal what a reader takes for equal: case and width, traditional and simplified characters, look-alikes, numerals
behind 第. It removes characters between Chinese characters that do not separate them for a reader. The time is linear in the length
of the text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.core.regions.region import region

CHARACTERS_FILE = Path(__file__).with_name("lint_characters.generated.json")
WORDS_FOLDER = Path(__file__).with_name("lint_words")
CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HARD = frozenset("\n\r\v\f\x85\u2028\u2029。，、；：！？,;:!?")
"""Punctuation that ends a word: the text on both sides of it is not read as one word."""
DOUBTFUL = frozenset("()[]{}<>《》〈〉「」『』【】〔〕\"'“”‘’|/\\&+=~^")
"""Punctuation that can separate two words or break one: a term that is found across it is left to the reviewer."""
SEPARATORS_MAX = 8
_IGNORABLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_AS_ONE = frozenset("🥇-‐‑‒–—―─━ー－ｰ")
_NUMERAL = re.compile(r"(?<=第)[1壹弌il](?![0-9]|[-~.][0-9])")
_PICTURES = frozenset("🚬")
"""Symbols that are words themselves."""


class Piece(NamedTuple):
    """Characters of a text that are read together: `letters` are folded, `places` their positions in the text; `shortest` is the
    least length of a term that counts in it."""

    letters: str
    places: tuple[int, ...]
    shortest: int = 1


@dataclass(frozen=True)
class Folded:
    """A folded text. `gaps[n]` is the gap before letter n: 0 none; 1 characters were removed that a reader does not read as a
    separator, or a 1 behind 第 is not written plainly; 2 characters were removed that can be a separator."""

    letters: str
    places: list[int]
    gaps: list[int]


def words() -> dict[str, Any]:
    """Return the word list of the region."""
    return words_of(region().lint)


@cache
def words_of(name: str) -> dict[str, Any]:
    """Return a word list (`lint_words/{name}.json`): its rules and the message about the ad mark. Patterns are regular expressions
    over the folded text, without nested repeats."""
    document: dict[str, Any] = json.loads((WORDS_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return document


def shared_words() -> dict[str, Any]:
    """Return what all word lists share: folding, look-alikes, negations, and the message about links."""
    return words_of("shared")


def fold(text: str) -> Folded:
    """Return the folded text."""
    letters, places = _letters(text)
    remaining: list[int] = []
    gaps: list[int] = []
    run: list[int] = []
    for n, letter in enumerate(letters):
        if _is_separator(letter):
            run.append(n)
            continue
        gap = _gap(letters, remaining, run, letter)
        if gap == 0 and run:
            gaps += [0] * len(run)
            remaining += run
        gaps.append(gap)
        remaining.append(n)
        run = []
    remaining += run
    gaps += [0] * len(run)
    plain = "".join(letters[n] for n in remaining)
    folded = _NUMERAL.sub("一", plain)
    for found in re.finditer("第一", folded):
        place = places[remaining[found.start() + 1]]
        if text[place] not in "一1１":
            gaps[found.start() + 1] = gaps[found.start() + 1] or 1
    return Folded(folded, [places[n] for n in remaining], gaps)


@cache
def _spelt_patterns() -> tuple[tuple[re.Pattern[str], int], ...]:
    """Return the patterns of spelt out words, each with the least number of its characters. Compiled on first use, as imports are
    paid at every cold start."""
    return (
        (re.compile(rf"[{CJK}](?:(?:[^\w\s%]{{1,3}}|\s)[{CJK}])+"), 3),
        (re.compile(rf"[{CJK}](?:[a-z]{{1,2}}[{CJK}])+"), 2),
    )


def spelt_out(folded: Folded) -> Iterator[Piece]:
    """Yield Chinese characters that are separated one by one, by punctuation, new lines (`电，子，烟`) or letters (`香x烟`).

    Two or three characters at a comma are an ordinary sentence, and four in a list too: `shortest` is 3 there."""
    for pattern, shortest in _spelt_patterns():
        for found in pattern.finditer(folded.letters):
            inside = [n for n in range(*found.span()) if _is_chinese(folded.letters[n])]
            if len(inside) >= shortest:
                every = len(inside) > 3 and "、" not in found.group()
                yield _piece(folded, inside, {}, 2 if every else shortest)


def latin_tokens(text: str, folded: Folded) -> Iterator[Piece]:
    """Yield disguised Latin words: letters that are spaced out (`v a p e`), symbols inside a word (`v*ape`), digits for letters
    (`v4pe`), and the parts of a word in camel case (`BuyVape`)."""
    leet: dict[str, str] = shared_words()["leet"]
    for found in re.finditer(r"(?<![a-z])[a-z](?:[^a-z0-9\n]{1,3}[a-z]){3,}(?![a-z])", folded.letters):
        yield _piece(folded, [n for n in range(*found.span()) if folded.letters[n].isalpha()], {})
    for found in re.finditer(r"[a-z0-9@$€!*._~+|^#=\-]{4,64}", folded.letters):
        word = found.group().strip("!.-_*~#=+|^")
        if word.isalpha():
            continue
        begin = found.start() + found.group().find(word)
        inside = range(begin, begin + len(word))
        yield _piece(folded, [n for n in inside if folded.letters[n].isalpha()], {})
        yield _piece(folded, [n for n in inside if folded.letters[n].isalpha() or folded.letters[n] in leet], leet)
    for found in re.finditer(r"[A-Za-z][a-z]+(?=[A-Z])|(?<=[a-z])[A-Z][a-z]+", text):
        yield Piece(found.group().casefold(), tuple(range(*found.span())))


def _piece(folded: Folded, inside: list[int], table: dict[str, str], shortest: int = 1) -> Piece:
    letters = "".join(table.get(folded.letters[n], folded.letters[n]) for n in inside)
    return Piece(letters, tuple(folded.places[n] for n in inside), shortest)


@cache
def _table() -> dict[int, str]:
    simplified = json.loads(CHARACTERS_FILE.read_text(encoding="utf-8"))
    pairs = dict(zip(simplified["from"], simplified["to"], strict=True))
    return {ord(old): new for old, new in {**pairs, **shared_words()["fold"], **shared_words()["confusables"]}.items()}


def _letters(text: str) -> tuple[list[str], list[int]]:
    """Return each character folded to none, one or more letters, and their positions."""
    letters: list[str] = []
    places: list[int] = []
    for place, one in enumerate(text):
        if one in _AS_ONE and letters and letters[-1] == "第" and not _is_one(text[place + 1 : place + 2]):
            folded = "一"  # 第— and 第🥇 are read as 第一
        else:
            folded = _folded(one)
        letters += folded
        places += [place] * len(folded)
    return letters, places


@lru_cache(maxsize=20_000)
def _folded(one: str) -> str:
    table = _table()
    for first in (0x1F1E6, 0x1F130, 0x1F150, 0x1F170):  # Latin letters as flags, in squares and circles
        if first <= ord(one) < first + 26:
            return chr(ord("a") + ord(one) - first)
    if one == "💯":
        return "100%"
    if one == "…":
        return "。"
    if one in HARD:
        return one
    category = unicodedata.category(one)
    if (category in ("Cf", "Cc", "Cn", "Co", "Cs", "Mn", "Me") and one != "\t") or one in _IGNORABLE:
        return ""
    if category in ("No", "Nl") and unicodedata.numeric(one, 0) == 1:
        return "1"
    plain = unicodedata.normalize("NFKD", one).casefold()
    return "".join(letter for letter in plain.translate(table) if unicodedata.category(letter)[0] != "M")


def _is_one(text: str) -> bool:
    return bool(text) and (text in "一壹弌" or unicodedata.numeric(text, 0) == 1)


def _is_separator(letter: str) -> bool:
    return (letter != "%" and letter not in _PICTURES and unicodedata.category(letter)[0] in "ZPS") or letter.isspace()


def _gap(letters: list[str], remaining: list[int], run: list[int], after: str) -> int:
    """Return the gap that the separators of `run` leave between the last remaining letter and `after`; 0 if they separate."""
    if not run or not remaining or not _is_joined(letters[remaining[-1]], after):
        return 0
    between = [letters[n] for n in run]
    if any(letter in HARD for letter in between) or "..." in "".join(between) or between.count("—") > 1:
        return 0
    return 2 if len(run) > SEPARATORS_MAX or any(letter in DOUBTFUL for letter in between) else 1


def _is_joined(before: str, after: str) -> bool:
    """Return True if a reader reads the two as one across a symbol: both are Chinese, or one of them and a digit or %."""
    chinese = _is_chinese(before) + _is_chinese(after)
    return chinese == 2 or (chinese == 1 and (before in "0123456789%" or after in "0123456789%")) or after == "%"


def _is_chinese(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or letter == "〇" or "\uf900" <= letter <= "\ufaff" or letter >= "\U00020000"
