"""Every routine that reads a text of a user takes linear work.

Two figures compare a text with one that is several times as long: executed lines of Python, which are the same in every run; and
processor time for code in C (regular expressions, normalisation), with a bound that only quadratic growth exceeds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.accounts.http.requests import AdvertiserIn
from chalicelib.api import problems, request_parsing
from chalicelib.click_links import bots
from chalicelib.core import idempotency, ids, json_format
from chalicelib.core.errors import Problem
from chalicelib.core.rules import Rules
from chalicelib.html.markup import element
from chalicelib.social import copied_comments
from chalicelib.social.port import Post
from chalicelib.store import JSONAttribute
from chalicelib.tasks.content import ad_mark, lint, post_content, text_diff, url_rules
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.http.requests import TaskBody
from chalicelib.tasks.posts import post_comparison
from chalicelib.tasks.records import event_history, order_record
from chalicelib.wallet.http import withdrawal_responses
from testing.markets.stage import NOON

SHORT = 1_000
TIMES = 4
"""Factor by which the text is longer where lines are counted."""
TIMES_IN_C = 16
"""Factor where processor time is measured: quadratic work takes 256 times as long, linear work 16 times."""
RATIO_MAX = 90
UNNOTICED = 0.02
"""Seconds below which a duration is too short to compare."""

TEXTS = {
    "two characters in turn": "甲乙",
    "a term that the lint finds": "第一",
    "a term in pieces": "最 * 佳 ",
    "a forbidden word in pieces": "v a p e ",
    "half of a term": "香",
    "the mark": "广告",
    "half of the mark": "广 告x",
    "spaces": " ",
    "spaces after a word": "茶   ",
    "invisible characters": "香\u200b",
    "emoji": "😀",
    "marks that are put in order": "a\u0301\u0316\u0301\u0316",
    "forms that are folded": "Ｖ①㍿",
    "words": "tea ",
    "digits": "1",
    "a mention": "@a:",
    "an answer": "回复 ",
    "brackets": "[a",
    "slashes": "//@",
    "a link": "https://a.example/",
    "quotes": "\"'<&",
    "an escape": "\\",
    "lines": "\r\n",
}


def other(text: str) -> str:
    """Return the text with every second character changed."""
    return "".join("丙" if place % 2 else one for place, one in enumerate(text))


def check(text: str) -> None:
    agreed = post_comparison.Agreement(Content(text, (), (f"https://a.example/{text[:500]}",)), frozenset({"an"}))
    post = Post("https://sandbox.example/1", "an", other(text), (text,), (), None, NOON)
    list(post_comparison.differences(post, agreed))
    post_comparison.digest(text)


def content_of_order(text: str) -> None:
    order = order_record.OrderRecord(
        text=text, urls=["https://a.example/"], links=["https://go.example/x"], picture_ids=[]
    )
    assert order.content is not None


def body(text: str) -> None:
    request_parsing.read_json(json_format.dumps({"text": text}).encode(), "application/json")
    with suppress(Problem):
        request_parsing.read_json(text.encode(), "application/json")


def fields(text: str) -> None:
    """Return bodies of a task and an advertiser in which every field is this text."""
    window = {"start_at": text, "end_at": f"2026-11-22T{text}"}
    task = {"kind": text, "title": text, "content": {"text": text, "urls": [text]}, "window": window, "accept_by": text}
    contact = {"name": text, "phone": f"+1{text}", "email": f"{text}@{text}"}
    for model, document in (
        (TaskBody, {**task, "retention": f"P{text}", "account_ids": [text]}),
        (AdvertiserIn, {"name": text, "licence_no": text, "contact": contact}),
    ):
        try:
            model.model_validate(document)
        except ValidationError as error:
            problems.faults_of(error, "")


ROUTINES: dict[str, Callable[[str], Any]] = {
    "lint": lambda text: lint.stored(lint.findings(text, text)),
    "mark": lambda text: (ad_mark.has_mark(text), ad_mark.marked(text), ad_mark.without_mark(text)),
    "content limits": lambda text: list(post_content.content_faults(Content(text, (), (text,)), Rules())),
    "url": lambda text: (
        url_rules.fault(f"https://{text}", 10**9),
        url_rules.fault(f"https://a.example/{text}", 10**9),
    ),
    "versions": lambda text: list(text_diff.pieces(text, other(text))),
    "versions, one of them short": lambda text: list(text_diff.pieces(text, text[::-1])),
    "post and agreement": check,
    "order": content_of_order,
    "body": body,
    "fields": fields,
    "mask of a payee": lambda text: (
        withdrawal_responses._masked(text),
        withdrawal_responses._masked(f"{text}@{text}"),
    ),
    "fingerprint": lambda text: idempotency.fingerprint("POST", "/", text),
    "history": lambda text: event_history.shortened(
        [event_history.event_line(text[:9], NOON, "system", text) for _ in range(300)]
    ),
    "stored": lambda text: JSONAttribute().serialize(text),
    "comments": lambda text: copied_comments.count_copies([text] * 3),
    "client": lambda text: bots.is_bot(text),
    "page": lambda text: str(element("p", text)),
    "id": lambda text: ids.is_id("tsk", text),
}


def lines_executed(work: Callable[[], Any]) -> int:
    """Return the number of lines of Python that the work executes."""
    count = 0

    def local(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return local

    before = sys.gettrace()
    sys.settrace(local)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def seconds(work: Callable[[], Any]) -> float:
    """Return the processor time of the work."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def text_of(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


@pytest.mark.parametrize("name", ROUTINES)
def test_executed_lines_grow_linearly_with_the_text(name: str) -> None:
    routine = ROUTINES[name]
    routine(text_of("茶", 10))  # what is built once is built
    for kind, piece in TEXTS.items():
        short, long = text_of(piece, SHORT), text_of(piece, SHORT * TIMES)
        few, many = (lines_executed(lambda text=text: routine(text)) for text in (short, long))  # type: ignore[misc]
        assert many <= 2 * TIMES * few + 2_000, (kind, few, many)


@pytest.mark.parametrize("name", ROUTINES)
def test_processor_time_is_not_quadratic(name: str) -> None:
    routine = ROUTINES[name]
    routine(text_of("茶", 10))
    for kind, piece in TEXTS.items():
        short, long = text_of(piece, SHORT), text_of(piece, SHORT * TIMES_IN_C)
        assert any(in_proportion(routine, short, long) for _ in range(3)), kind


def in_proportion(routine: Callable[[str], Any], short: str, long: str) -> bool:
    """Return True if the long text takes a time that its length explains. A process that is interrupted may take longer."""
    taken = seconds(lambda: routine(long))
    return taken <= UNNOTICED or taken <= RATIO_MAX * min(seconds(lambda: routine(short)) for _ in range(3))
