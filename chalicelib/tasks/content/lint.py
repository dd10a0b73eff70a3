"""Lint a text before its review (rule 9): find the terms that the law or the market forbids.

The word lists are versioned data files in `lint_words`, one per region. Each rule names its source; each term blocks (`block`) or
is left to the reviewer (`review`), as are matches of `phrases`: patterns of claims with numbers or names in between. The text is
folded first (lint_folding). A term or phrase does not count where one of the rule's `allow` patterns covers it (`allow_plain`: only
if it is written plainly) or where it is negated, unless one of its `claims` covers it. Doubtful findings (`doubtful`) are left to
the reviewer.

The time is linear in the length of the text: terms are searched one after the other, and patterns read a bounded context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, Literal

from chalicelib.core.errors import Fault, Problem
from chalicelib.core.regions.region import region
from chalicelib.tasks.content.ad_mark import ad_mark, has_mark, without_mark
from chalicelib.tasks.content.lint_folding import (
    CJK,
    WORDS_FOLDER,
    Folded,
    Piece,
    fold,
    latin_tokens,
    shared_words,
    spelt_out,
    words,
    words_of,
)
from chalicelib.tasks.records.stored_documents import LintFinding

__all__ = ["WORDS_FOLDER", "Finding", "findings", "needs_review", "require_allowed", "stored", "words", "words_of"]

FINDINGS_MAX = 50
"""The number of findings of one text that are stored and shown, blocking ones first; further ones are counted."""

Severity = Literal["block", "warn", "note"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Finding:
    """A finding: `start` and `end` count characters in the field that `pointer` names. `block`: may not be advertised; `warn`: the
    reviewer decides; `note`: the market has corrected it."""

    rule: str
    severity: Severity
    pointer: str
    start: int
    end: int
    text: str
    message: str
    source: str

    def as_document(self) -> LintFinding:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "pointer": self.pointer,
            "text": self.text,
            "message": self.message,
            "source": self.source,
            "span": {"start": self.start, "end": self.end},
        }


@dataclass(frozen=True)
class Rule:
    """One rule of the word list, compiled; `latin` are its Latin words with letters only."""

    id: str
    source: str
    message: str
    terms: dict[str, Severity]
    latin: frozenset[str]
    patterns: dict[str, re.Pattern[str]]
    phrases: tuple[re.Pattern[str], ...]
    claims: tuple[re.Pattern[str], ...]
    allow: tuple[re.Pattern[str], ...]
    allow_plain: tuple[re.Pattern[str], ...]
    doubtful: tuple[re.Pattern[str], ...]


def findings(title: str, text: str, text_pointer: str = "/content/text") -> tuple[Finding, ...]:
    """Return all findings in title and text (as written), sorted by rule and position."""
    found = [*_listed("/title", title), *_listed(text_pointer, text)]
    if not has_mark(text):
        rule = words()["ad_mark"]
        place = 0 if region().ad_mark.position == "start" else len(text)
        found.append(
            Finding(rule["id"], "note", text_pointer, place, place, ad_mark(), rule["message"], rule["source"])
        )
    return tuple(found)


def link_findings(text: str, spans: Iterable[Span], text_pointer: str) -> list[Finding]:
    """Return a finding for each link of a draft that was not reviewed with the brief."""
    rule = shared_words()["link"]
    return [
        Finding(rule["id"], "warn", text_pointer, start, end, text[start:end], rule["message"], rule["source"])
        for start, end in list(spans)[:FINDINGS_MAX]
    ]


def needs_review(found: Iterable[Finding]) -> bool:
    """Return True if an auditor has to read the text."""
    return any(finding.severity == "warn" for finding in found)


def stored(found: Sequence[Finding]) -> tuple[list[LintFinding], int]:
    """Return the findings as an item stores them, at most FINDINGS_MAX with blocking ones first, and the number of further ones."""
    if len(found) > FINDINGS_MAX:
        found = sorted(found, key=lambda finding: ("block", "warn", "note").index(finding.severity))
    return [finding.as_document() for finding in found[:FINDINGS_MAX]], max(0, len(found) - FINDINGS_MAX)


def require_allowed(found: Iterable[Finding]) -> None:
    """Raise Problem `content_forbidden` with the blocking findings, if there are any."""
    blocking = [finding for finding in found if finding.severity == "block"][:FINDINGS_MAX]
    if blocking:
        faults = [Fault(finding.pointer, finding.rule, f"{finding.text}: {finding.message}") for finding in blocking]
        raise Problem(
            "content_forbidden",
            "; ".join(fault.message for fault in faults[:3]),
            faults=faults,
            findings=[finding.as_document() for finding in blocking],
        )


def _listed(pointer: str, text: str) -> Iterator[Finding]:
    folded = fold(without_mark(text))
    pieces = (*spelt_out(folded), *latin_tokens(text, folded))
    for rule in _rules(region().lint):
        found = dict(_in_pieces(rule, pieces)) | dict(_in_text(rule, folded))
        for (start, end), severity in _longest(found):
            yield Finding(rule.id, severity, pointer, start, end, text[start:end], rule.message, rule.source)


def _in_text(rule: Rule, folded: Folded) -> Iterator[tuple[Span, Severity]]:
    """Yield the spans of the terms that count, with their severity."""
    found: list[tuple[Span, Severity]] = [
        (match.span(), severity)
        for term, severity in rule.terms.items()
        if term in folded.letters
        for match in rule.patterns[term].finditer(folded.letters)
    ]
    found += [(match.span(), "warn") for phrase in rule.phrases for match in phrase.finditer(folded.letters)]
    if not found:
        return
    claimed = _Cover(rule.claims, folded.letters)
    allowed, plainly = _Cover(rule.allow, folded.letters), _Cover(rule.allow_plain, folded.letters)
    doubtful = _Cover(rule.doubtful, folded.letters)
    for (a, b), severity in found:
        plain = not any(folded.gaps[a + 1 : b])
        if (allowed.covers(a, b) or (plain and plainly.covers(a, b))) and not claimed.covers(a, b):
            continue
        unsure = doubtful.covers(a, b) or 2 in folded.gaps[a + 1 : b]
        yield (folded.places[a], folded.places[b - 1] + 1), "warn" if unsure else severity


def _in_pieces(rule: Rule, pieces: Iterable[Piece]) -> Iterator[tuple[Span, Severity]]:
    """Yield the terms that a reader recognises in separated letters; they are always doubtful."""
    for piece in pieces:
        if piece.letters.isascii():
            if piece.letters in rule.latin or piece.letters.removesuffix("s") in rule.latin:
                yield (piece.places[0], piece.places[-1] + 1), "warn"
            continue
        for term in rule.terms:
            if len(term) >= piece.shortest and term in piece.letters:
                for match in re.finditer(re.escape(term), piece.letters):
                    yield (piece.places[match.start()], piece.places[match.end() - 1] + 1), "warn"


def _longest(found: dict[Span, Severity]) -> Iterator[tuple[Span, Severity]]:
    """Yield the spans that are not inside a longer one, in order of position."""
    reach = -1
    for (start, end), severity in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
        if end > reach:
            reach = end
            yield (start, end), severity


class _Cover:
    """The parts of a text that patterns match."""

    def __init__(self, patterns: Iterable[re.Pattern[str]], letters: str) -> None:
        ends = [0] * (len(letters) + 1)
        for pattern in patterns:
            for match in pattern.finditer(letters):
                ends[match.start()] = max(ends[match.start()], match.end())
        self._reach = list(accumulate(ends, max))  # the end of the longest match that begins here or before

    def covers(self, a: int, b: int) -> bool:
        """Return True if one match covers a..b."""
        return self._reach[a] >= b


@cache
def _rules(name: str) -> tuple[Rule, ...]:
    """Return the rules of a word list with their patterns, compiled for the first text."""
    return tuple(_rule(document) for document in words_of(name)["rules"])


def _rule(document: dict[str, Any]) -> Rule:
    terms: dict[str, Severity] = {
        **dict.fromkeys(document["block"], "block"),
        **dict.fromkeys(document["review"], "warn"),
    }
    allow = list(document["allow"])
    if document.get("negatable"):
        allow += _negations(terms)
    compiled = {name: tuple(map(re.compile, document.get(name, ()))) for name in ("claims", "allow_plain", "doubtful")}
    patterns = {term: re.compile(_bounded(term)) for term in terms}
    phrases = tuple(re.compile(rf"(?<![a-z])(?:{phrase})(?![a-z])") for phrase in document.get("phrases", ()))
    return Rule(
        document["id"],
        document["source"],
        document["message"],
        terms,
        frozenset(re.sub("[^a-z]", "", term) for term in terms if term.isascii() and term.replace("-", "").isalpha()),
        patterns,
        phrases,
        allow=tuple(map(re.compile, allow)),
        **compiled,
    )


def _bounded(term: str) -> str:
    """Return the pattern of a term: a whole Latin word, also in the plural; Chinese has no word boundaries."""
    begin = "(?<![a-z])" if term[0].isascii() else ""
    plural = "s?" if term[-1].isascii() and term[-1].isalpha() else ""
    end = "(?![a-z])" if plural else "(?![0-9])" if term[-1].isdigit() else ""
    return f"{begin}{re.escape(term)}{plural}{end}"


def _negations(terms: Iterable[str]) -> Iterator[str]:
    """Yield patterns of sentences that negate a term, or warn of it."""
    known = shared_words()["negation"]
    before, fillers, lists, after = ("|".join(known[name]) for name in ("before", "fillers", "lists", "after"))
    named = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True) if not term.isascii())
    yield f"(?:{before})(?:{fillers}){{0,3}}(?:{named})"
    yield f"(?:{lists})(?:[{CJK}]{{1,6}}[、和与或及]){{1,2}}(?:{fillers}){{0,2}}(?:{named})"
    yield f"(?:{named})(?:{after})"
    before, fillers, after = ("|".join(known[f"latin_{name}"]) for name in ("before", "fillers", "after"))
    named = "|".join(_bounded(term).replace("(?<![a-z])", "") for term in terms if term.isascii())
    yield f"(?<![a-z])(?:{before})[ -](?:(?:{fillers})[ -]){{0,3}}(?:{named})"
    yield f"(?<![a-z])(?:{named})[ -](?:{after})(?![a-z])"
