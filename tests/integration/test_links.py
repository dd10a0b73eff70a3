"""Click links: they lead to the audited URL whatever happens to the count, and count people, bots and visitors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import botocore.client
import pytest

from chalicelib import clock, links
from chalicelib.links import clicks, codes
from chalicelib.links.records import LinkedOrder
from tests.stage import NOON, Stage

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile Weibo"}
URLS = ["https://tea.example/autumn?a=1&b=%E8%8C%B6#top", "https://茶.example/秋"]
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
    BROKEN.clear()
    clicks._remembered.clear()
    return made


BROKEN: set[str] = set()


def _order(stage: Stage) -> str:
    content = {"text": "今年的秋茶到了。", "picture_ids": [], "urls": URLS}
    order_id: str = stage.offered("an", content=content)[0]
    return order_id


def _path(order_id: str, place: int = 0) -> str:
    return links.for_order(order_id, URLS)[place].removeprefix("https://go.micro-task.example")


def _counted(stage: Stage, order_id: str) -> list[dict[str, Any]]:
    answer = stage.advertiser.get(f"/v1/orders/{order_id}/clicks")
    assert answer.status_code == 200, answer.json_body
    found: list[dict[str, Any]] = answer.json_body["links"]
    return found


def test_a_click_leads_to_the_audited_url_with_one_write_and_at_most_one_read(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    del calls[:]
    for _ in range(2):
        answer = stage.api.get(_path(order_id), headers=PHONE)
        assert answer.status_code == 302
        assert answer.headers["Location"] == URLS[0]
        assert answer.headers["Cache-Control"] == "no-store"
    assert [name for name, _ in calls] == ["GetItem", "UpdateItem", "UpdateItem"]
    other = stage.api.get(_path(order_id, 1), headers=PHONE)
    assert other.headers["Location"] == "https://xn--cl1a.example/%E7%A7%8B"


def test_people_visitors_and_bots_are_counted_apart_and_by_day(stage: Stage) -> None:
    order_id = _order(stage)
    for agent in ("Safari one", "Safari one", "Safari two"):
        stage.api.get(_path(order_id), headers={"User-Agent": agent})
    stage.api.get(_path(order_id), headers={"User-Agent": "Googlebot/2.1"})
    with clock.at(NOON + timedelta(days=1)):
        stage.api.get(_path(order_id), headers={"User-Agent": "Safari one"})
    first, second = _counted(stage, order_id)
    assert (first["url"], first["link"]) == (URLS[0], links.for_order(order_id, URLS)[0])
    assert (first["clicks"], first["visitors"], first["bots"]) == (4, 3, 1)
    assert first["days"] == [{"day": "2026-11-22", "clicks": 3}, {"day": "2026-11-23", "clicks": 1}]
    assert (second["clicks"], second["visitors"], second["bots"]) == (0, 0, 0)


def test_no_address_or_agent_is_kept(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    del calls[:]
    stage.api.get(_path(order_id), headers=PHONE)
    written = next(sent for name, sent in calls if name == "UpdateItem")
    assert "127.0.0.1" not in str(written)
    assert "iPhone" not in str(written)
    assert set(written["ExpressionAttributeValues"]) == {":one", ":seen"}


def test_a_thousand_visitors_write_to_every_shard_and_none_much(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    del calls[:]
    for n in range(400):
        clicks.count(order_id, 0, f"10.0.{n // 250}.{n % 250}", {"user-agent": "Safari"})
    keys = [sent["Key"]["pk"]["S"] for name, sent in calls if name == "UpdateItem"]
    assert len(set(keys)) == 16
    assert max(keys.count(key) for key in keys) < 400 / 16 * 2
    (counted, _) = links.totals(order_id, 2)
    assert counted.clicks == 400
    assert counted.visitors == pytest.approx(400, rel=0.1)


def test_the_page_is_reached_when_nothing_can_be_counted(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    BROKEN.add("UpdateItem")
    answer = stage.api.get(_path(order_id), headers=PHONE)
    assert (answer.status_code, answer.headers["Location"]) == (302, URLS[0])


def test_a_link_that_was_followed_outlives_a_store_that_is_down(stage: Stage, calls: Calls) -> None:
    order_id = _order(stage)
    stage.api.get(_path(order_id), headers=PHONE)
    BROKEN.update({"GetItem", "UpdateItem"})
    with clock.at(NOON + timedelta(hours=1)):
        answer = stage.api.get(_path(order_id), headers=PHONE)
        assert (answer.status_code, answer.headers["Location"]) == (302, URLS[0])
        clicks._remembered.clear()
        refused = stage.api.get(_path(order_id), headers=PHONE)
        assert (refused.status_code, refused.json_body["code"]) == (503, "upstream_unavailable")


def test_what_is_no_link_leads_nowhere(stage: Stage) -> None:
    order_id = _order(stage)
    absent = codes.code("ord_" + "0" * 26, 0)
    for path in ("/r/short", f"/r/{absent}", f"/r/{codes.code(order_id, 2)}", "/r/" + "z" * 23):
        assert stage.api.get(path, headers=PHONE).status_code == 404


def test_a_link_of_a_stopped_order_leads_nowhere(stage: Stage) -> None:
    order_id = _order(stage)
    stage.api.get(_path(order_id), headers=PHONE)
    record = LinkedOrder.find(order_id, "order")
    assert record is not None
    record.update(actions=[LinkedOrder.status.set("stopped")])
    with clock.at(NOON + clicks.REMEMBERED_FOR):
        assert stage.api.get(_path(order_id), headers=PHONE).status_code == 404


def test_only_both_sides_and_staff_see_the_clicks(stage: Stage) -> None:
    path = f"/v1/orders/{_order(stage)}/clicks"
    for caller in (stage.advertiser, stage.creator("an"), stage.auditor):
        assert caller.get(path).status_code == 200
    for caller in (stage.creator("bo"), stage.api.as_("other", "advertiser")):
        assert caller.get(path).status_code == 404


def test_without_a_base_the_urls_themselves_are_posted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.settings import deployment

    monkeypatch.setenv("LINK_BASE", "")
    deployment.cache_clear()
    try:
        assert links.for_order(_order(stage), URLS) == URLS
    finally:
        monkeypatch.undo()
        deployment.cache_clear()
