"""Faults of the time of publishing and of the source of a repost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.model.task_schedule import Schedule
from chalicelib.tasks.submission.brief import TaskBrief, publish_at, publishing_faults, source_faults

START = datetime(2026, 12, 1, 12, tzinfo=UTC)
END = START + timedelta(hours=6)
BRIEF = TaskBrief(
    kind="post",
    title="Tea",
    content=Content("New tea", (), ()),
    source_url=None,
    schedule=Schedule(START - timedelta(days=1), START, END, timedelta(days=1)),
    account_ids=("acc_1",),
)
BY_PLATFORM = replace(BRIEF, publishing="platform")
SOURCE = "https://weibo.com/1/a"


def codes(brief: TaskBrief) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in (*publishing_faults(brief), *source_faults(brief))]


def test_a_post_without_source_and_time_has_no_fault() -> None:
    assert codes(BRIEF) == codes(BY_PLATFORM) == []


@pytest.mark.parametrize(
    ("at", "valid"),
    [(START, True), (END - timedelta(seconds=1), True), (END, False), (START - timedelta(seconds=1), False)],
)
def test_the_time_of_publishing_is_inside_the_window(at: datetime, valid: bool) -> None:
    found = codes(replace(BY_PLATFORM, publish_at=at))
    assert found == ([] if valid else [("/publishing/at", "outside_window")])


def test_only_the_platform_publishes_at_a_time() -> None:
    assert codes(replace(BRIEF, publish_at=START)) == [("/publishing/at", "not_for_creators")]


def test_the_platform_publishes_at_the_named_time_or_at_the_start() -> None:
    later = START + timedelta(hours=1)
    assert [publish_at(one) for one in (BRIEF, BY_PLATFORM, replace(BY_PLATFORM, publish_at=later))] == [
        None,
        START,
        later,
    ]


def test_a_repost_needs_a_source_and_a_post_has_none() -> None:
    repost = replace(BRIEF, kind="repost")
    assert codes(repost) == [("/source_url", "missing")]
    assert codes(replace(repost, source_url=SOURCE)) == []
    assert codes(replace(BRIEF, source_url=SOURCE)) == [("/source_url", "not_for_posts")]
