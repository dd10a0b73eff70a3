"""A preview shows the text as it will be posted, with findings at their spans and every fault of the content."""

from __future__ import annotations

import pytest

from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.submission.preview import preview


def test_missing_ad_mark_is_appended_and_noted() -> None:
    found = preview("秋茶", Content("今年的秋茶到了。"))
    assert found.text == "今年的秋茶到了。 广告"
    assert [(one["rule"], one["severity"]) for one in found.findings] == [("ad-mark-missing", "note")]
    assert (found.blocked, found.faults) == (False, [])


def test_rule_9_findings_have_spans_in_the_text_as_written() -> None:
    text = "全国最佳秋茶，香烟大促销 广告"
    found = preview("国家级秋茶", Content(text))
    by_pointer = {(one["pointer"], one["text"]): one for one in found.findings}
    best, smoke = by_pointer["/content/text", "最佳"], by_pointer["/content/text", "香烟"]
    assert text[best["span"]["start"] : best["span"]["end"]] == "最佳"
    assert (best["severity"], smoke["severity"], found.blocked) == ("warn", "block", True)
    assert ("/title", "国家级") in by_pointer
    assert found.text == text


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (Content(""), [("/content/text", "text_empty")]),
        (Content("茶" * 2_001), [("/content/text", "text_too_long")]),
        (Content("茶", urls=("http://127.0.0.1/",)), [("/content/urls/0", "url_private_host")]),
    ],
)
def test_faults_are_returned_and_not_raised(content: Content, faults: list[tuple[str, str]]) -> None:
    assert [(one.pointer, one.code) for one in preview("", content).faults] == faults
