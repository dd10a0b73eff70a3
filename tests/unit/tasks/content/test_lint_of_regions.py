"""Precision and recall of the lint in us and eu, on the sentences beside this file; docs/reference/regions.md names the figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.regions.region import region
from chalicelib.core.rules import rules
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.lint import Finding, findings, words

MISSED = {"us": 5, "eu": 1}


@pytest.fixture(params=MISSED)
def chosen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("REGION", request.param)
    region.cache_clear()
    rules.cache_clear()
    yield request.param
    monkeypatch.undo()
    region.cache_clear()
    rules.cache_clear()


def sentences(chosen: str, kind: str) -> list[str]:
    return Path(__file__).with_name(f"lint_sentences_{chosen}_{kind}.txt").read_text("utf-8").splitlines()


def found_in(sentence: str) -> list[Finding]:
    return [finding for finding in findings("", marked(sentence)) if finding.severity != "note"]


def test_harmless_sentences_have_no_finding(chosen: str) -> None:
    written = sentences(chosen, "pass")
    assert len(written) >= 40
    assert {sentence: found_in(sentence) for sentence in written if found_in(sentence)} == {}


def test_forbidden_sentences_are_found_under_their_rule(chosen: str) -> None:
    written = [line.split("\t") for line in sentences(chosen, "found")]
    assert len(written) >= 40
    assert {rule for rule, _ in written} == {rule["id"] for rule in words()["rules"]}
    missed = [sentence for rule, sentence in written if rule not in {finding.rule for finding in found_in(sentence)}]
    assert len(missed) <= MISSED[chosen], missed


@pytest.mark.parametrize(
    ("sentence", "severities"),
    [
        ("New vape flavours", ["block"]),
        ("Vaping is not allowed on the premises.", []),
        ("Slimming pills without prescription", ["block"]),
        ("Cure your anxiety with these gummies", ["warn"]),
        ("You get rich coffee from a good machine.", []),
    ],
)
def test_claims_go_to_the_reviewer_and_forbidden_goods_block(chosen: str, sentence: str, severities: list[str]) -> None:
    assert [finding.severity for finding in found_in(sentence)] == severities
