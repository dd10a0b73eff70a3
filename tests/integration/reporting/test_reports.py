"""Reports: snapshots by the order's own clock, JSON, CSV and page, comparable orders."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import click_links
from chalicelib.click_links import clicks, link_codes
from chalicelib.core import clock
from chalicelib.reporting import benchmarks, report_csv
from chalicelib.social import copied_comments
from chalicelib.social import port as social
from chalicelib.social.sandbox import SandboxNetwork
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import timeout_dispatch, track_record_entry
from testing.api import Api
from testing.in_force import iam_in_force
from testing.markets.stage import NOON, PRICE, Stage, cny

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile Weibo"}
FIGURES = {
    "as_of": "2026-11-20T00:00:00Z",
    "followers": 200_000,
    "reads_avg_30d": 30_000,
    "posts_30d": 40,
    "likes_avg_30d": 90,
}
URLS = ["https://tea.example/autumn"]


@pytest.fixture
def stage(api: Api) -> Iterator[Stage]:
    with clock.at(NOON):
        stage = Stage(api)
        stage.certify()
        admin = api.as_("root", "admin")
        for account in stage.bind("an", "bo"):
            assert admin.post(f"/v1/accounts/{account}/metrics", FIGURES).status_code == 201
        yield stage


def published(stage: Stage, *names: str, **changes: Any) -> tuple[str, list[str]]:
    """A task of these creators, published by all of them at 13:00."""
    task = stage.create([stage.accounts[name] for name in names], **changes)
    stage.approve(task["id"])
    orders = [order["id"] for order in stage.orders(task["id"])]
    for name, order_id in zip(names, orders, strict=True):
        assert stage.act(name, order_id, "accept").status_code == 200
    with clock.at(NOON + timedelta(hours=1)):
        for name, order_id in zip(names, orders, strict=True):
            stage.publish(name, order_id)
    return task["id"], orders


def look(order_id: str, **later: float) -> None:
    """The workflow looks at the post so long after it went up."""
    with clock.at(NOON + timedelta(hours=1) + timedelta(**later)):
        timeout_dispatch.make_due_look(order_id)


def at_each_moment(order_id: str) -> None:
    for minutes in (10, 60, 360, 720, 1_440):
        look(order_id, minutes=minutes)


def expected_look(order_id: str) -> datetime:
    """Return the time of the next snapshot or announced check."""
    order = find_order(order_id)
    return min(at for at in (order.next_check_at, order.next_figures_at) if at)


def read(stage: Stage, task_id: str) -> dict[str, Any]:
    answer = stage.advertiser.get(f"/v1/tasks/{task_id}/report")
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def click(stage: Stage, order_id: str, people: int) -> None:
    """Follow the order's first link as this number of people, each at an address of their own."""
    with iam_in_force.running("APIHandler"), clock.at(NOON + timedelta(hours=1)):
        target = clicks.target(link_codes.code(order_id, 0))
        for n in range(people):
            assert clicks.count(target, "GET", f"198.51.100.{n}", {"user-agent": PHONE["User-Agent"]})


def test_figures_are_taken_by_the_order_s_own_clock(stage: Stage) -> None:
    _, (order_id,) = published(stage, "an")
    waits = [expected_look(order_id)]
    for minutes in (10, 60, 360, 720):
        look(order_id, minutes=minutes - 1)
        look(order_id, minutes=minutes)
        look(order_id, minutes=minutes)
        waits.append(expected_look(order_id))
    begin = NOON + timedelta(hours=1)
    assert waits == [begin + timedelta(minutes=minutes) for minutes in (10, 60, 360, 720, 1_440)]
    look(order_id, hours=24)
    order = stage.order(order_id)
    assert order["status"] == "completed"
    taken = order["snapshots"]
    assert [one["at"] for one in taken] == [
        clock.rfc3339(begin),
        *(clock.rfc3339(moment) for moment in waits if moment),
    ]
    reads = [one["reads"] for one in taken]
    assert reads == sorted(reads)
    assert reads[0] < reads[-1]
    assert [event["event"] for event in order["events"]][-3:] == ["published", "checked", "retained"]


@pytest.mark.parametrize("failure", [social.Unavailable("down"), social.NotPermitted("no")])
def test_an_unreadable_network_between_checks_fails_no_order(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    _, (order_id,) = published(stage, "an")

    def silence(*_: Any) -> None:
        raise failure

    with monkeypatch.context() as silent:
        silent.setattr(post_checks, "fetch", silence)
        look(order_id, minutes=10)
        look(order_id, minutes=10)
    order = stage.order(order_id)
    assert order["status"] == "published"
    assert [one["found"] for one in order["snapshots"]] == [True, False]
    look(order_id, minutes=60)
    assert [one["found"] for one in stage.order(order_id)["snapshots"]] == [True, False, True]


def test_the_report_shows_costs_and_results(stage: Stage) -> None:
    task_id, (retained, open_one) = published(stage, "an", "bo")
    click(stage, retained, 3)
    click(stage, open_one, 1)
    at_each_moment(retained)
    look(open_one, minutes=10)
    with clock.at(NOON + timedelta(days=2)):
        found = read(stage, task_id)
    first, second = sorted(found["orders"], key=lambda order: order["status"])
    assert (first["order_id"], first["status"], first["spend"]) == (retained, "completed", cny(PRICE))
    assert (second["order_id"], second["status"], second["spend"]) == (open_one, "published", cny(PRICE))
    assert (first["clicks"], first["visitors"], second["clicks"]) == (3, 3, 1)
    assert first["interactions"] == first["reposts"] + first["comments"] + first["likes"]
    assert first["cpm"] == cny((2_000 * PRICE + first["reads"]) // (2 * first["reads"]))
    assert first["cpc"] == cny(round(PRICE / 3))
    assert first["forecast"].keys() == {"reads", "interactions", "clicks", "as_of"}
    assert first["forecast"]["reads"]["low"] <= first["forecast"]["reads"]["expected"]
    assert len(first["snapshots"]) == 6
    totals = found["totals"]
    assert (totals["orders"], totals["posts"], totals["spend"]) == (2, 2, cny(2 * PRICE))
    assert totals["reads"] == first["reads"] + second["reads"]
    assert totals["clicks"] == 4
    for name in ("reposts", "comments", "likes"):
        assert totals[name] == first[name] + second[name]
    assert totals["forecast"]["reads"] == 2 * first["forecast"]["reads"]["expected"]


def test_an_order_that_came_to_nothing_costs_nothing(stage: Stage) -> None:
    task = stage.create([stage.accounts["an"]])
    assert read(stage, task["id"])["orders"][0]["spend"] == cny(0)
    stage.approve(task["id"])
    order_id = stage.orders(task["id"])[0]["id"]
    stage.act("an", order_id, "decline", {"reason_code": "other"})
    found = read(stage, task["id"])
    assert found["totals"] == {
        "orders": 1,
        "posts": 0,
        "spend": cny(0),
        "forecast": None,
        **dict.fromkeys(("reads", "reposts", "comments", "likes", "interactions", "clicks", "cpm", "cpe", "cpc")),
        **dict.fromkeys(("outcomes", "outcome_value", "cost_per_outcome")),
    }
    assert (found["orders"][0]["status"], found["orders"][0]["snapshots"]) == ("declined", [])


def test_the_report_as_csv(stage: Stage) -> None:
    task_id, (order_id,) = published(stage, "an")
    at_each_moment(order_id)
    answer = stage.advertiser.get(f"/v1/tasks/{task_id}/report", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    (line,) = csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")))
    (reported,) = read(stage, task_id)["orders"]
    assert tuple(line) == report_csv.COLUMNS
    assert (line["order_id"], line["spend"], line["reads"]) == (order_id, "3070.00", str(reported["reads"]))
    assert line["forecast_reads"] == str(reported["forecast"]["reads"]["expected"])
    assert line["figures_at"] == reported["figures_at"]
    local = stage.advertiser.get(f"/v1/tasks/{task_id}/report?times=local", headers={"Accept": "text/csv"})
    (line,) = csv.DictReader(io.StringIO(local.body.decode("utf-8-sig")))
    assert line["figures_at"].endswith("+08:00")
    assert clock.parse(line["figures_at"]) == clock.parse(reported["figures_at"])


def test_a_handle_is_escaped_in_spreadsheets() -> None:
    empty: Any = dict.fromkeys(report_csv.COLUMNS) | {"handle": "=1+1", "forecast": None}
    assert "'=1+1" in report_csv.as_csv([empty])


def test_comparable_orders_are_shown(stage: Stage) -> None:
    task_id, (order_id,) = published(stage, "an")
    at_each_moment(order_id)
    order = find_order(order_id)
    assert track_record_entry.save_track_record(find_order(order_id)) is True
    assert order.forecast is not None
    cell = benchmarks.cell("post", order.forecast["grade"], order.forecast["category"])
    with clock.at(NOON + timedelta(days=2)):
        assert len(benchmarks.comparable(cell, clock.now())) == 1
        assert read(stage, task_id)["orders"][0]["comparable"] is None
        for number in range(4):
            own = benchmarks.comparable(cell, clock.now())[0]
            assert benchmarks.save(cell, f"ord_{number}", order.updated_at, own._replace(spend=own.spend * 2))
            assert not benchmarks.save(cell, f"ord_{number}", order.updated_at, own)
        reported = read(stage, task_id)["orders"][0]
    assert abs(reported["comparable"]["cpm"]["amount"] - 2 * reported["cpm"]["amount"]) <= 1
    with clock.at(NOON + timedelta(days=120)):
        assert benchmarks.comparable(cell, clock.now()) == []


def test_readers_of_a_report(stage: Stage) -> None:
    task_id, _ = published(stage, "an")
    path = f"/v1/tasks/{task_id}/report"
    assert stage.api.as_("other", "advertiser").get(path).status_code == 404
    assert stage.creator("an").get(path).status_code == 403
    assert stage.api.get(path).status_code == 401
    assert stage.auditor.get(path).status_code == 200
    assert stage.auditor.post(f"{path}/link").status_code == 403
    assert stage.api.as_("other", "advertiser").post(f"{path}/link").status_code == 404


def test_a_page_by_a_link_that_expires(stage: Stage) -> None:
    content = {"text": "<b>今年</b>的秋茶到了。", "picture_ids": [], "urls": URLS}
    task_id, (order_id,) = published(stage, "an", title="秋茶 <script>", content=content)
    at_each_moment(order_id)
    with clock.at(NOON + timedelta(days=2)):
        made = stage.advertiser.post(f"/v1/tasks/{task_id}/report/link")
        assert made.status_code == 201
        assert made.json_body["expires_at"] == clock.rfc3339(NOON + timedelta(days=9))
        answer = stage.api.get(made.json_body["url"])
        reported = read(stage, task_id)
    page = answer.body.decode()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in page
    assert "秋茶 &lt;script&gt;" in page
    for shown in ("¥3,070.00", f"{reported['totals']['reads']:,}", "handle-of-an", "Reads over time", "after 24 hours"):
        assert shown in page
    assert page.count('class="point f0"') == 6
    with clock.at(NOON + timedelta(days=9)):
        expired = stage.api.get(made.json_body["url"])
    assert (expired.status_code, "expired" in expired.body.decode()) == (410, True)
    other = stage.create([stage.accounts["bo"]])["id"]
    assert stage.api.get(made.json_body["url"].replace(task_id, other)).status_code == 404
    assert stage.api.get(f"/tasks/{task_id}/report?key=AAAA").status_code == 404
    assert stage.api.get(f"/tasks/{task_id}/report").status_code in (400, 422)


def upload(stage: Stage, task_id: str, text: str | bytes) -> Any:
    body = text.encode() if isinstance(text, str) else text
    return stage.advertiser.post(f"/v1/tasks/{task_id}/outcomes", body, headers={"Content-Type": "text/csv"})


def test_a_revoked_link_to_a_report_no_longer_works(stage: Stage) -> None:
    task_id, _ = published(stage, "an")
    path = f"/v1/tasks/{task_id}/report/link"
    first, second = (stage.advertiser.post(path).json_body["url"] for _ in range(2))
    assert stage.api.get(first).status_code == stage.api.get(second).status_code == 200
    assert stage.advertiser.request("DELETE", path).json_body["task_id"] == task_id
    assert (stage.api.get(first).status_code, stage.api.get(second).status_code) == (410, 410)
    assert stage.api.get(stage.advertiser.post(path).json_body["url"]).status_code == 200


def test_outcomes_by_link_become_cost_per_outcome(stage: Stage) -> None:
    task_id, orders = published(stage, "an", "bo")
    first, second = (click_links.for_order(order_id, URLS)[0] for order_id in orders)
    assert read(stage, task_id)["totals"]["outcomes"] is None
    answer = upload(
        stage, task_id, f"code,outcomes,value\n{first},3,90000\n{second.rpartition('/')[2]},1,\n{first},2,10000\n"
    )
    assert answer.status_code == 200, answer.json_body
    assert {name: answer.json_body[name] for name in ("outcomes", "orders", "value")} == {
        "outcomes": 6,
        "orders": 2,
        "value": cny(100_000),
    }
    found = read(stage, task_id)
    reported = {order["order_id"]: order for order in found["orders"]}
    assert (reported[orders[0]]["outcomes"], reported[orders[0]]["outcome_value"]) == (5, cny(100_000))
    assert reported[orders[0]]["cost_per_outcome"] == cny(round(PRICE / 5))
    assert (reported[orders[1]]["outcomes"], reported[orders[1]]["outcome_value"]) == (1, None)
    assert (found["totals"]["outcomes"], found["totals"]["cost_per_outcome"]) == (6, cny(round(2 * PRICE / 6)))
    page = stage.api.get(stage.advertiser.post(f"/v1/tasks/{task_id}/report/link").json_body["url"]).body.decode()
    assert "Outcomes" in page
    assert upload(stage, task_id, f"code,outcomes\n{first},1\n").status_code == 200
    again = read(stage, task_id)["totals"]
    assert (again["outcomes"], again["outcome_value"]) == (1, None)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "columns", "must name"),
        ("code,sales\nx,1\n", "columns", "must name"),
        ("code,outcomes\nnonsense,1\n", "line", "Line 2"),
        ("code,outcomes\nCODE,-1\n", "line", "whole numbers"),
        ("code,outcomes\nCODE,1.5\n", "line", "whole numbers"),
        ("code,outcomes,value\nCODE,1,9999999999999\n", "line", "whole numbers"),
        ('code,outcomes\n"CODE,1\n', "line", "quoted"),
    ],
)
def test_a_wrong_file_is_refused_with_its_lines(stage: Stage, text: str, code: str, message: str) -> None:
    task_id, (order_id,) = published(stage, "an")
    own = click_links.for_order(order_id, URLS)[0]
    assert upload(stage, task_id, f"code,outcomes\n{own},4\n").status_code == 200
    answer = upload(stage, task_id, text.replace("CODE", own))
    assert answer.status_code == 422
    assert (answer.json_body["errors"][0]["code"], message in answer.json_body["errors"][0]["message"]) == (code, True)
    assert read(stage, task_id)["totals"]["outcomes"] == 4


def test_binary_files_and_foreign_codes_are_refused(stage: Stage) -> None:
    task_id, (order_id,) = published(stage, "an")
    assert upload(stage, task_id, b"\xff\xfe").status_code == 400
    other = stage.create([stage.accounts["bo"]])["id"]
    foreign = upload(stage, other, f"code,outcomes\n{click_links.for_order(order_id, URLS)[0]},1\n")
    assert foreign.status_code == 422
    many = "code,outcomes\n" + "x,1\n" * 50
    assert len(upload(stage, task_id, many).json_body["errors"]) == 20


def test_anomalies_are_shown_to_both_sides(stage: Stage) -> None:
    task_id, (order_id,) = published(stage, "an")
    at_each_moment(order_id)
    order = find_order(order_id)
    late = [*order.own_snapshots[:-1], {**order.own_snapshots[-1], "likes": 90_000, "reads": 91_000}]
    order.update([type(order).own_snapshots.set(late)])
    kinds = [anomaly["kind"] for anomaly in stage.order(order_id)["anomalies"]]
    assert kinds[:2] == ["burst", "unread"]
    assert (
        stage.creator("an").get(f"/v1/orders/{order_id}").json_body["anomalies"] == stage.order(order_id)["anomalies"]
    )
    assert [one["kind"] for one in read(stage, task_id)["orders"][0]["anomalies"]] == kinds


def comment(stage: Stage, order_id: str, *texts: str) -> None:
    post_id = stage.order(order_id)["post_url"].rpartition("/")[2]
    answer = stage.api.request("PUT", f"/sandbox/posts/{post_id}/comments", {"comments": list(texts)})
    assert answer.status_code == 200, answer.json_body


def test_copied_comments_are_counted_and_not_stored(stage: Stage) -> None:
    task_id, (order_id,) = published(stage, "an")
    comment(stage, order_id, *(f"我在第{n}家店买过这款茶" for n in range(15)), *["这款茶真的太好喝了"] * 10)
    look(order_id, minutes=10)
    latest = stage.order(order_id)["snapshots"][-1]
    assert (latest["comments_read"], latest["comments_copied"]) == (25, 9)
    for shown in (stage.order(order_id), read(stage, task_id)["orders"][0]):
        (copied,) = [one for one in shown["anomalies"] if one["kind"] == "copied"]
        assert copied["says"] == "9 of the latest 25 comments repeat another comment."
    stored = json.dumps(find_order(order_id).to_simple_dict(), default=str, ensure_ascii=False)
    assert "太好喝" not in stored


def test_few_comments_are_not_fetched(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copied_comments, "COMMENTS_MIN", 10**9)  # the simulated number of comments is random
    monkeypatch.setattr(SandboxNetwork, "fetch_comments", lambda *_: pytest.fail("fetched"))
    _, (order_id,) = published(stage, "an")
    comment(stage, order_id, *["这款茶真的太好喝了"] * 5)
    look(order_id, minutes=10)
    assert "comments_read" not in stage.order(order_id)["snapshots"][-1]


def test_comments_that_the_network_does_not_show_stop_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> tuple[str, ...]:
        raise social.NotPermitted("not for applications")

    _, (order_id,) = published(stage, "an")
    comment(stage, order_id, *["这款茶真的太好喝了"] * 50)
    monkeypatch.setattr(SandboxNetwork, "fetch_comments", refuse)
    at_each_moment(order_id)
    order = stage.order(order_id)
    assert order["status"] == "completed"
    assert all("comments_read" not in one for one in order["snapshots"])
    assert "copied" not in [one["kind"] for one in order["anomalies"]]
