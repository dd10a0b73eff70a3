"""Lint before the review (rule 9): what the law or the market says against, found in the text before a person reads it.

The word lists are a versioned data file, `lint_words.json`; each rule there names its source."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from chalicelib.errors import Fault, Problem
from chalicelib.tasks.content import AD_MARK, has_mark

_VARIATION = re.compile("[\ufe00-\ufe0f]")
_GAP = re.compile(r"(?<=[\u3400-\u9fff])[^\S\r\n]+(?=[\u3400-\u9fff])")
WORDS_FILE = Path(__file__).with_name("lint_words.json")


@dataclass(frozen=True)
class Finding:
    """`start` and `end` count characters in the field that `pointer` names. `block`: may not be advertised; `warn`: the
    reviewer decides; `note`: mended by us."""

    rule: str
    severity: Literal["block", "warn", "note"]
    pointer: str
    start: int
    end: int
    text: str
    message: str
    source: str

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self)
        start, end = plain.pop("start"), plain.pop("end")
        return {**plain, "span": {"start": start, "end": end}}


@cache
def words() -> dict[str, Any]:
    """The word lists in force: `{"version", "rules": [{"id", "severity", "source", "message", "terms", "except"}]}`."""
    document: dict[str, Any] = json.loads(WORDS_FILE.read_text(encoding="utf-8"))
    return document


def findings(title: str, text: str, text_pointer: str = "/content/text") -> tuple[Finding, ...]:
    """All findings in title and text (as they were written), in the order of rules, then of place."""
    found = [*_listed("/title", title), *_listed(text_pointer, text)]
    if not has_mark(text):
        rule = words()["ad_mark"]
        found.append(
            Finding(rule["id"], "note", text_pointer, len(text), len(text), AD_MARK, rule["message"], rule["source"])
        )
    return tuple(found)


def require_allowed(found: Iterable[Finding]) -> None:
    """Raises Problem `content_forbidden` with the findings that block, if there are any."""
    blocking = [finding for finding in found if finding.severity == "block"]
    if blocking:
        faults = [Fault(finding.pointer, finding.rule, f"{finding.text}: {finding.message}") for finding in blocking]
        raise Problem(
            "content_forbidden",
            "; ".join(fault.message for fault in faults[:3]),
            faults=faults,
            findings=[finding.as_json() for finding in blocking],
        )


def _listed(pointer: str, text: str) -> Iterator[Finding]:
    folded, places = _folded(text)
    for rule in words()["rules"]:
        innocent = [span for phrase in rule["except"] for span in _spans(phrase, folded)]
        guilty = {span for term in rule["terms"] for span in _spans(term, folded)}
        for a, b in sorted(guilty):
            inside_longer = any(span != (a, b) and span[0] <= a and b <= span[1] for span in guilty)
            if not inside_longer and not any(first <= a and b <= last for first, last in innocent):
                start, end = places[a], places[b - 1] + 1
                yield Finding(
                    rule["id"], rule["severity"], pointer, start, end, text[start:end], rule["message"], rule["source"]
                )


def _folded(text: str) -> tuple[str, list[int]]:
    """What the words are looked for in, and where each of its characters stands in `text`: case and width make no difference,
    and nothing is hidden by invisible characters or by spaces between Chinese ones."""
    seen = [
        (letter, place)
        for place, one in enumerate(text)
        if unicodedata.category(one) != "Cf" and not _VARIATION.match(one)
        for letter in unicodedata.normalize("NFKC", one).casefold()
    ]
    gaps = {n for gap in _GAP.finditer("".join(letter for letter, _ in seen)) for n in range(*gap.span())}
    kept = [pair for n, pair in enumerate(seen) if n not in gaps]
    return "".join(letter for letter, _ in kept), [place for _, place in kept]


def _spans(term: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(term)
    while start >= 0:
        yield start, start + len(term)
        start = text.find(term, start + 1)
