"""Click links always lead to the audited URL, and count people, bots and visitors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import boto3
import botocore.client
import pytest

from bench.harness.measured_market import metered
from chalicelib import click_links
from chalicelib.click_links import clicks, link_codes
from chalicelib.click_links.records import ClickCounter, LinkedOrder
from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.store import sandbox_clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import look_schedule, steps
from chalicelib.tasks.workflow.wait_tokens import wait_of
from testing.in_force import iam_in_force
from testing.markets.stage import NOON, Stage

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile Weibo"}
URLS = ["https://tea.example/autumn?a=1&b=%E8%8C%B6#top", "https://茶.example/秋"]
START = NOON + timedelta(hours=1)
Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def stage(api: Any) -> Iterator[Stage]:
    with clock.at(NOON):
        stage = Stage(api)
        stage.certify()
        yield stage


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Every call of DynamoDB; one whose name is in `broken` fails as if the network were down."""
    made: Calls = []
    real = vars(botocore.client.BaseClient)["_make_api_call"]

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name == "dynamodb":
            made.append((operation, parameters))
            if operation in BROKEN:
                raise botocore.exceptions.EndpointConnectionError(endpoint_url="dynamodb")
        return real(self, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    monkeypatch.setattr(sandbox_clock, "in_stage_time", nullcontext)  # only a sandbox stage reads its clock
    BROKEN.clear()
    clicks._recent_urls.clear()
    return made


BROKEN: set[str] = set()


def _accepted(stage: Stage, urls: list[str] | None = None) -> str:
    content = {"text": "今年的秋茶到了。", "picture_ids": [], "urls": urls or URLS}
    return stage.accepted("an", content=content)[0]


def _order(stage: Stage, urls: list[str] | None = None) -> str:
    """A published order."""
    order_id = _accepted(stage, urls)
    with clock.at(START):
        stage.publish("an", order_id)
    return order_id


def _path(order_id: str, place: int = 0) -> str:
    return click_links.for_order(order_id, URLS)[place].removeprefix("https://go.micro-task.example")


def _click(order_id: str, address: str, agent: str = "Safari", place: int = 0) -> bool:
    with iam_in_force.running("APIHandler"):
        target = clicks.target(link_codes.code(order_id, place))
        return clicks.count(target, "GET", address, {"user-agent": agent})


def _counted(stage: Stage, order_id: str) -> list[dict[str, Any]]:
    answer = stage.advertiser.get(f"/v1/orders/{order_id}/clicks")
    assert answer.status_code == 200, answer.json_body
    found: list[dict[str, Any]] = answer.json_body["links"]
    return found


def test_a_click_leads_to_the_audited_url_with_one_read(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    del calls[:]
    for _ in range(2):
        answer = stage.api.get(_path(order_id), headers=PHONE)
        assert answer.status_code == 302
        assert answer.headers["Location"] == URLS[0]
        assert answer.headers["Cache-Control"] == "no-store"
    first, again = ["GetItem", "UpdateItem", "UpdateItem"], ["GetItem", "UpdateItem"]
    assert [name for name, _ in calls] == [*first, *again]
    other = stage.api.get(_path(order_id, 1), headers=PHONE)
    assert other.headers["Location"] == "https://xn--cl1a.example/%E7%A7%8B"


def test_rule_33_a_visitor_counts_once_in_24_hours(stage: Stage) -> None:
    order_id = _order(stage)
    for agent in ("Safari one", "Safari two", *(f"Phone {n}" for n in range(298))):
        stage.api.get(_path(order_id), headers={"User-Agent": agent})
    assert [_counted(stage, order_id)[0][name] for name in ("clicks", "visitors")] == [1, 1]
    for hours, clicks_then in ((11, 1), (23.9, 1), (24, 2), (47.9, 2), (48.1, 3)):
        with clock.at(NOON + timedelta(hours=hours)):
            stage.api.get(_path(order_id), headers=PHONE)
        assert _counted(stage, order_id)[0]["clicks"] == clicks_then, hours
    first, second = _counted(stage, order_id)
    assert (first["clicks"], first["visitors"], first["bots"]) == (3, 1, 0)
    assert [day["clicks"] for day in first["days"]] == [1, 1, 1]
    assert (second["clicks"], second["visitors"]) == (0, 0)


def test_rule_33_each_visitor_and_each_link_counts(stage: Stage) -> None:
    order_id = _order(stage)
    assert _click(order_id, "198.51.100.1")
    assert _click(order_id, "198.51.100.2")
    assert _click(order_id, "198.51.100.1", place=1)
    assert not _click(order_id, "198.51.100.1", "another browser")
    first, second = _counted(stage, order_id)
    assert (first["url"], first["link"]) == (URLS[0], click_links.for_order(order_id, URLS)[0])
    assert (first["clicks"], first["visitors"], second["clicks"]) == (2, 2, 1)


def test_rule_33_only_a_published_order_counts(stage: Stage) -> None:
    order_id = _accepted(stage)
    assert not _click(order_id, "198.51.100.1")
    with clock.at(START):
        stage.publish("an", order_id)
        assert _click(order_id, "198.51.100.1")
    for hours in (13, 26):
        with clock.at(START + timedelta(hours=hours)):
            steps.order_step({"step": "check", "id": order_id})
    assert stage.order(order_id)["status"] == "completed"
    with clock.at(START + timedelta(hours=27)):
        assert stage.api.get(_path(order_id), headers=PHONE).status_code == 302
        assert not _click(order_id, "198.51.100.2")
    assert _counted(stage, order_id)[0]["clicks"] == 1


def test_a_look_reads_the_clicks_with_the_order(stage: Stage) -> None:
    order_id = _order(stage)
    assert _click(order_id, "198.51.100.1")
    assert _click(order_id, "198.51.100.2", place=1)
    order = find_order(order_id)
    assert look_schedule.schedule_look(order)
    (schedule,) = boto3.client("scheduler").list_schedules(GroupName=os.environ["SCHEDULE_GROUP"])["Schedules"]
    target = boto3.client("scheduler").get_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])["Target"]
    event = json.loads(target["Input"])
    plain = {"step": "check", "id": order_id}
    last = {**plain, "input": wait_of(order).as_input(order_id, START)}
    requests = []
    for scheduled in (plain, event, last):  # the first is an event of earlier releases
        with clock.at(START + rules().snapshot_first), metered() as meter:
            steps.order_step(scheduled)
        found = find_order(order_id)
        assert [(one["clicks"], one["visitors"]) for one in found.snapshots[1:]] == [(2, 2)]
        requests.append(dict(meter.calls))
        found.looks.delete()
    assert requests == [{"BatchGetItem": number, "PutItem": 1} for number in (2, 1, 1)]


def test_counters_of_many_days_do_not_fit_into_one_request() -> None:
    with clock.at(START):
        assert len(clicks.counter_keys("ord_1", 3, START - timedelta(days=1))) == 96
        assert clicks.counter_keys("ord_1", 1, START - timedelta(days=6)) == []


def test_rule_33_programs_and_prefetches_do_not_count(stage: Stage) -> None:
    order_id = _order(stage)
    stage.api.get(_path(order_id), headers={"User-Agent": "Googlebot/2.1"})
    stage.api.get(_path(order_id), headers={**PHONE, "Sec-Purpose": "prefetch;prerender"})
    stage.api.get(_path(order_id), headers={**PHONE, "X-Moz": "prefetch"})
    first, _ = _counted(stage, order_id)
    assert (first["clicks"], first["visitors"], first["bots"]) == (0, 0, 3)


def test_a_head_request_is_led_on_and_not_counted(stage: Stage) -> None:
    order_id = _order(stage)
    answer = stage.api.request("HEAD", _path(order_id), headers=PHONE)
    assert (answer.status_code, answer.headers["Location"]) == (302, URLS[0])
    first, _ = _counted(stage, order_id)
    assert (first["clicks"], first["bots"]) == (0, 0)


def test_the_query_of_a_link_is_passed_on(stage: Stage) -> None:
    order_id = _order(stage)
    path = _path(order_id)
    cases = {
        "?utm_source=weibo": "https://tea.example/autumn?a=1&b=%E8%8C%B6&utm_source=weibo#top",
        "?utm_source=%E5%BE%AE%E5%8D%9A&x=a%20b": (
            "https://tea.example/autumn?a=1&b=%E8%8C%B6&utm_source=%E5%BE%AE%E5%8D%9A&x=a+b#top"
        ),
        "?x=1&x=2": "https://tea.example/autumn?a=1&b=%E8%8C%B6&x=1&x=2#top",
        "?a=9&c=": "https://tea.example/autumn?a=1&b=%E8%8C%B6&c=#top",
        "?x=%0d%0aSet-Cookie:y": "https://tea.example/autumn?a=1&b=%E8%8C%B6&x=%0D%0ASet-Cookie%3Ay#top",
        "?x=" + "y" * 8_000: URLS[0],
    }
    for query, location in cases.items():
        assert stage.api.get(path + query, headers=PHONE).headers["Location"] == location


def test_a_host_is_encoded_as_browsers_do(stage: Stage) -> None:
    order_id = _order(stage, ["https://faß.example"])
    answer = stage.api.get(_path(order_id), headers=PHONE)
    assert answer.headers["Location"] == "https://xn--fa-hia.example"


def test_a_host_that_cannot_be_encoded_is_refused_at_submission(stage: Stage) -> None:
    content = {"text": "茶", "picture_ids": [], "urls": ["https://tea.example", "https://i❤tea.example"]}
    answer = stage.advertiser.post("/v1/tasks", stage.body(stage.bind("an"), content=content), key=stage.key())
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json_body["errors"]] == [("/content/urls/1", "url_host")]


def test_no_address_or_agent_is_stored(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    del calls[:]
    stage.api.get(_path(order_id), headers=PHONE)
    written = [sent for name, sent in calls if name == "UpdateItem"]
    assert "127.0.0.1" not in str(written)
    assert "iPhone" not in str(written)
    assert [set(sent["ExpressionAttributeValues"]) for sent in written] == [{":now", ":before"}, {":one"}]


def test_visitors_write_to_every_shard_and_none_much(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    target = clicks.target(link_codes.code(order_id, 0))
    del calls[:]
    for n in range(200):
        clicks.count(target, "GET", f"10.0.{n // 250}.{n % 250}", {"user-agent": "Safari"})
    keys = [sent["Key"]["pk"]["S"] for name, sent in calls if name == "UpdateItem"]
    counters = [key for key in keys if "visitor" not in key]
    assert len(set(counters)) == 16
    assert len(set(keys) - set(counters)) == len(counters) == 200
    (counted, _) = click_links.totals(order_id, 2)
    assert (counted.clicks, counted.visitors) == (200, 200)


def test_counters_of_before_are_still_read(stage: Stage) -> None:
    order_id = _order(stage)
    ClickCounter(f"{order_id}#0#3", "2026-11-20", clicks=5, bots=2, seen={64 * n + 1 for n in range(3)}).save()
    _click(order_id, "198.51.100.1")
    first, _ = _counted(stage, order_id)
    assert (first["clicks"], first["visitors"], first["bots"]) == (6, 4, 2)


def test_the_page_is_reached_when_nothing_can_be_counted(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    BROKEN.add("UpdateItem")
    answer = stage.api.get(_path(order_id), headers=PHONE)
    assert (answer.status_code, answer.headers["Location"]) == (302, URLS[0])


def test_a_followed_link_works_while_the_store_is_down(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    stage.api.get(_path(order_id), headers=PHONE)
    BROKEN.update({"GetItem", "UpdateItem"})
    with clock.at(NOON + timedelta(hours=1)):
        answer = stage.api.get(_path(order_id), headers=PHONE)
        assert (answer.status_code, answer.headers["Location"]) == (302, URLS[0])
        clicks._recent_urls.clear()
        refused = stage.api.get(_path(order_id), headers=PHONE)
        assert (refused.status_code, refused.json_body["code"]) == (503, "upstream_unavailable")


def test_an_invalid_code_is_404(stage: Stage) -> None:
    order_id = _order(stage)
    absent = link_codes.code("ord_" + "0" * 26, 0)
    for path in ("/r/short", f"/r/{absent}", f"/r/{link_codes.code(order_id, 2)}", "/r/" + "z" * 23):
        assert stage.api.get(path, headers=PHONE).status_code == 404


def test_a_link_of_a_stopped_order_leads_nowhere(stage: Stage) -> None:
    order_id = _order(stage)
    assert stage.api.get(_path(order_id), headers=PHONE).status_code == 302
    record = LinkedOrder.find(order_id, "order")
    assert record is not None
    record.update(actions=[LinkedOrder.status.set("stopped")])
    assert stage.api.get(_path(order_id), headers=PHONE).status_code == 404


def test_only_both_sides_and_staff_see_the_clicks(stage: Stage) -> None:
    path = f"/v1/orders/{_order(stage)}/clicks"
    for caller in (stage.advertiser, stage.creator("an"), stage.auditor):
        assert caller.get(path).status_code == 200
    for caller in (stage.creator("bo"), stage.api.as_("other", "advertiser")):
        assert caller.get(path).status_code == 404


def test_without_a_base_the_urls_themselves_are_posted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("LINK_BASE", "")
    settings.cache_clear()
    try:
        assert click_links.for_order(_order(stage), URLS) == URLS
    finally:
        monkeypatch.undo()
        settings.cache_clear()
