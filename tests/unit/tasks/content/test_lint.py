"""Lint and the ad mark (rule 9): true and false positives of the word list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.core.rules import Rules
from chalicelib.tasks.content.ad_mark import has_mark, marked
from chalicelib.tasks.content.lint import FINDINGS_MAX, WORDS_FOLDER, Finding, findings, stored, words
from chalicelib.tasks.content.lint_folding import fold
from chalicelib.tasks.content.post_content import Content, content_faults


def rules_found(text: str, title: str = "标题") -> set[str]:
    return {finding.rule for finding in findings(title, f"{text} 广告")}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("本店国家级品质", "absolute-terms"),
        ("全城最佳茶饮", "absolute-terms"),
        ("销量第一的茶", "absolute-terms"),
        ("新款电子烟", "tobacco"),
        ("Vape shop", "tobacco"),
        ("阿莫西林特价", "prescription-drugs"),
        ("本品可根治失眠", "medical-promise"),
        ("国务院推荐", "state-symbols"),
        ("理财保本保息", "return-promise"),
    ],
)
def test_true_positives(text: str, rule: str) -> None:
    assert rules_found(text) == {rule}


@pytest.mark.parametrize(
    "text",
    [
        "第一次来店里",
        "第一时间告诉你",
        "这是非处方药指南",
        "远离电子烟",
        "万能胶到货",
        "最佳赏味期三天",
        "今年的秋茶到了",
    ],
)
def test_false_positives(text: str) -> None:
    assert rules_found(text) == set()


def test_an_innocent_phrase_does_not_cover_a_guilty_one() -> None:
    assert rules_found("第一次喝到销量第一的茶") == {"absolute-terms"}


def test_a_finding_says_where_why_and_whence() -> None:
    (finding,) = findings("标题", "全城最佳茶饮 广告")
    assert (finding.pointer, finding.start, finding.end, finding.text) == ("/content/text", 2, 4, "最佳")
    assert finding.severity == "warn"
    assert "广告法" in finding.source
    assert finding.as_document()["span"] == {"start": 2, "end": 4}


def test_the_title_is_read_too() -> None:
    (finding,) = findings("香烟特卖", "茶 广告")
    assert (finding.pointer, finding.severity) == ("/title", "block")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("香\u200b烟 广告", "香\u200b烟"),
        ("买香 烟吧 广告", "香 烟"),
        ("香\u2060\u3000 \ufe0f烟 广告", "香\u2060\u3000 \ufe0f烟"),
        ("最\u200d佳 广告", "最\u200d佳"),
        ("１００％有效 广告", "１００％有效"),
    ],
)
def test_invisible_characters_hide_nothing(text: str, found: str) -> None:
    (finding,) = findings("", text)
    assert finding.text == text[finding.start : finding.end] == found


def test_a_new_line_or_punctuation_ends_a_word() -> None:
    assert findings("", "香\n烟 广告") == findings("", "香，烟 广告") == ()


def sentences(kind: str) -> list[str]:
    return (Path(__file__).with_name(f"lint_sentences_{kind}.txt")).read_text("utf-8").splitlines()


def found_in(sentence: str) -> list[Finding]:
    return [finding for finding in findings("", f"{sentence} 广告") if finding.severity != "note"]


def test_harmless_sentences_pass() -> None:
    """docs/reference/rules.md names the figures. Some that are unsure go to a reviewer; none blocks."""
    written = sentences("pass")
    assert len(written) >= 200
    wrong = {sentence: found_in(sentence) for sentence in written if found_in(sentence)}
    assert not [sentence for sentence, found in wrong.items() if any(one.severity == "block" for one in found)]
    assert len(wrong) <= 7, list(wrong)


def test_forbidden_sentences_are_found_under_their_rule() -> None:
    written = [line.split("\t") for line in sentences("found")]
    assert len(written) >= 200
    missed = [sentence for rule, sentence in written if rule not in {finding.rule for finding in found_in(sentence)}]
    assert missed == []


def test_tricks_do_not_turn_a_block_into_a_warning() -> None:
    for text in ("香*烟", "香😀烟", "電子煙", "處方藥", "香 烟", "ｖａｐｅ", "V\u200bape"):
        assert [finding.severity for finding in found_in(text)] == ["block"], text


def test_what_may_be_two_words_goes_to_the_reviewer() -> None:
    for text in ("香(烟)", "檀香烟", "v4pe", "电，子，烟", "伟哥正品"):
        assert [finding.severity for finding in found_in(text)] == ["warn"], text


def test_a_finding_spans_the_text_as_it_was_written() -> None:
    text = "新品\u200bＶ\u200bape、第①品牌 広告"
    assert [(one.text, text[one.start : one.end]) for one in findings("", text)[:2]] == [
        ("第①", "第①"),
        ("Ｖ\u200bape",) * 2,
    ]


def test_stored_findings_are_limited_counted_and_blocking_ones_stay() -> None:
    found = findings("", "最强，" * 600 + "香烟 广告")
    shown, more = stored(found)
    assert (len(shown), len(shown) + more) == (FINDINGS_MAX, len(found))
    assert shown[0]["severity"] == "block"


def test_no_listed_word_is_written_in_characters_that_are_folded() -> None:
    for rule in words()["rules"]:
        for text in [*rule["block"], *rule["review"], *rule["allow"]]:
            assert not [one for one in text if "\u3400" < one <= "\u9fff" and one not in fold(one).letters], text


def test_the_longest_term_is_found_once() -> None:
    assert [finding.text for finding in findings("", "史上最强 广告")] == ["史上最", "最强"]
    assert [finding.text for finding in findings("", "100%有效 广告")] == ["100%有效"]


@pytest.mark.parametrize("text", ["广告", "【广告】秋茶", "秋茶 #广告#", "广告：秋茶", "秋茶。广告", "AD 广告 秋茶"])
def test_the_mark_is_a_word_of_its_own(text: str) -> None:
    assert has_mark(text)
    assert marked(text) == text
    assert findings("", text) == ()


@pytest.mark.parametrize("text", ["秋茶", "我们从不打广告", "广告牌下见"])
def test_a_missing_mark_is_noted_and_appended(text: str) -> None:
    assert marked(text) == f"{text} 广告"
    assert has_mark(marked(text))
    assert {finding.rule for finding in findings("", text)} == {"ad-mark-missing"}


def test_the_word_list_has_a_version_and_sources() -> None:
    document = json.loads((WORDS_FOLDER / "cn.json").read_text(encoding="utf-8"))
    assert words() == document
    assert document["version"]
    for rule in document["rules"]:
        assert rule["source"]
        assert rule["message"]
        assert not set(rule["block"]) & set(rule["review"]), rule["id"]
        assert all(term == term.casefold() for term in rule["block"] + rule["review"]), rule["id"]


def codes(content: Content) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in content_faults(content, Rules())]


def test_rule_6_limits() -> None:
    assert codes(Content("茶")) == []
    assert codes(Content("  \n ")) == [("/content/text", "text_empty")]
    assert codes(Content("茶" * 2_000)) == []
    assert codes(Content("茶" * 2_001)) == [("/content/text", "text_too_long")]
    assert codes(Content("广告 " + "茶" * 1_997)) == []
    assert codes(Content("广告 " + "茶" * 1_998)) == [("/content/text", "text_too_long")]
    assert codes(Content(marked("茶" * 2_000))) == []  # as a client reads it from the task, and sends it again
    assert codes(Content(marked("茶" * 2_001))) == [("/content/text", "text_too_long")]
    ten = tuple(f"pic_{number}" for number in range(10))
    assert codes(Content("茶", picture_ids=ten)) == [("/content/picture_ids", "too_many")]
    assert codes(Content("茶", picture_ids=("pic_1", "pic_1"))) == [("/content/picture_ids/1", "repeated")]
    six = tuple(f"https://tea.example/{number}" for number in range(6))
    assert codes(Content("茶", urls=six)) == [("/content/urls", "too_many")]
