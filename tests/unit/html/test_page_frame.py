"""The frame of pages, and the page of a refusal."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from chalicelib.core.errors import Problem
from chalicelib.html.error_page import refusal
from chalicelib.html.markup import element
from chalicelib.html.page_frame import POLICY, page, section


def test_the_policy_allows_the_style_of_the_page_and_no_other() -> None:
    [style] = re.findall(r"<style>(.*?)</style>", page("title", "en"), re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "default-src 'none'" in POLICY


def test_texts_of_a_page_are_escaped() -> None:
    text = page("<b>", "en", section("a & b", element("p", "<script>")), foot="x < y")
    assert "<script>" not in text
    assert "<title>&lt;b&gt;</title>" in text
    assert "a &amp; b" in text


def test_a_page_asks_not_to_be_listed() -> None:
    assert 'content="noindex"' in page("title", "en")


@pytest.mark.parametrize("code", ["not_found", "upstream_unavailable"])
def test_a_refusal_has_status_detail_code_and_request(code: str) -> None:
    problem = Problem(code, "Nothing <here>.")
    text = refusal(problem, "req-1")
    for part in (str(problem.kind.status), "Nothing &lt;here&gt;.", code, "req-1"):
        assert part in text
