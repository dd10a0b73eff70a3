"""Lint and the ad mark (rule 9): true and false positives of the word list."""

from __future__ import annotations

import json

import pytest

from chalicelib.settings import Rules
from chalicelib.tasks.content import Content, content_faults, has_mark, marked
from chalicelib.tasks.lint import WORDS_FILE, findings, words


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
    assert finding.as_json()["span"] == {"start": 2, "end": 4}


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
def test_nothing_is_hidden_by_what_nobody_sees(text: str, found: str) -> None:
    (finding,) = findings("", text)
    assert finding.text == text[finding.start : finding.end] == found


def test_a_new_line_or_punctuation_ends_a_word() -> None:
    assert findings("", "香\n烟 广告") == findings("", "香，烟 广告") == ()


def test_the_longest_term_is_found_once() -> None:
    assert [finding.text for finding in findings("", "史上最强 广告")] == ["史上最", "最强"]
    assert [finding.text for finding in findings("", "100%有效 广告")] == ["100%有效"]


@pytest.mark.parametrize("text", ["广告", "【广告】秋茶", "秋茶 #广告#", "广告：秋茶", "秋茶。广告", "AD 广告 秋茶"])
def test_the_mark_stands_by_itself(text: str) -> None:
    assert has_mark(text)
    assert marked(text) == text
    assert findings("", text) == ()


@pytest.mark.parametrize("text", ["秋茶", "我们从不打广告", "广告牌下见"])
def test_a_missing_mark_is_noted_and_appended(text: str) -> None:
    assert marked(text) == f"{text} 广告"
    assert has_mark(marked(text))
    assert {finding.rule for finding in findings("", text)} == {"ad-mark-missing"}


def test_the_word_list_is_versioned_and_every_rule_has_a_source() -> None:
    document = json.loads(WORDS_FILE.read_text(encoding="utf-8"))
    assert words() == document
    assert document["version"]
    for rule in document["rules"]:
        assert rule["severity"] in {"block", "warn"}
        assert rule["source"]
        assert rule["message"]
        assert all(term == term.casefold() for term in rule["terms"]), rule["id"]
        for phrase in rule["except"]:
            assert any(term in phrase for term in rule["terms"]), phrase


def codes(content: Content) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in content_faults(content, Rules())]


def test_rule_6_limits() -> None:
    assert codes(Content("茶")) == []
    assert codes(Content("  \n ")) == [("/content/text", "text_empty")]
    assert codes(Content("茶" * 1_997)) == []
    assert codes(Content("茶" * 1_998)) == [("/content/text", "text_too_long")]
    assert codes(Content("广告 " + "茶" * 1_997)) == []
    ten = tuple(f"pic_{number}" for number in range(10))
    assert codes(Content("茶", picture_ids=ten)) == [("/content/picture_ids", "too_many")]
    assert codes(Content("茶", picture_ids=("pic_1", "pic_1"))) == [("/content/picture_ids/1", "repeated")]
    six = tuple(f"https://tea.example/{number}" for number in range(6))
    assert codes(Content("茶", urls=six)) == [("/content/urls", "too_many")]
