"""Orders over HTTP and through the steps of their workflow: answer, publish, check, settle; and the money behind each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock, ids
from chalicelib.core.rules import rules
from chalicelib.social.sandbox import POSTS_URL
from chalicelib.tasks.orders import offer_accept_decline_lapse
from chalicelib.tasks.records.event_history import EVENTS_MAX
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.workflow import held_amounts, task_completion, timeout_dispatch
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import commission
from testing.api import Api
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

ACCEPT_BY = NOON + timedelta(hours=1)
END = NOON + timedelta(hours=3)
NET, COMMISSION = 214_900, 92_100


def act(stage: Stage, order_id: str, action: str, body: Any = None, name: str = "an") -> Any:
    return stage.creator(name).post(f"/v1/orders/{order_id}/{action}", body)


def offer(stage: Stage, *names: str, **changes: Any) -> list[str]:
    with clock.at(NOON):
        return stage.offered(*names, **changes)


def read(stage: Stage, order_id: str) -> dict[str, Any]:
    order: dict[str, Any] = stage.advertiser.get(f"/v1/orders/{order_id}").json_body
    return order


def published(stage: Stage, at: datetime = ACCEPT_BY, **changes: Any) -> tuple[str, str]:
    """A published order of `an`, and the URL of its post."""
    order_id = offer(stage, "an", **changes)[0]
    with clock.at(NOON):
        act(stage, order_id, "accept")
    with clock.at(at):
        url = stage.post(read(stage, order_id))
        answer = act(stage, order_id, "publish", {"post_url": url})
        assert answer.json_body["status"] == "published", answer.json_body
    return order_id, url


def test_an_offer_shows_price_split_and_every_timer(stage: Stage) -> None:
    order = read(stage, offer(stage, "an")[0])
    assert (order["price"], order["net"], order["commission"]) == (cny(PRICE), cny(NET), cny(COMMISSION))
    assert order["payment"] == "held"
    timers = {timer["name"]: (timer["at"], timer["default_outcome"]) for timer in order["timers"]}
    assert timers == {
        "accept_by": ("2026-11-22T13:00:00Z", "lapsed"),
        "window_start": ("2026-11-22T13:00:00Z", "accepted"),
        "window_end": ("2026-11-22T15:00:00Z", "failed"),
        "retention_half": ("2026-11-23T03:00:00Z", "published"),
        "retention_end": ("2026-11-23T15:00:00Z", "completed"),
        "final_at": ("2026-11-23T15:00:00Z", "completed"),
    }
    assert [(event["event"], event["by"]) for event in order["events"]] == [("offered", "system")]


def test_rule_12_accepting_twice_is_accepting_once(stage: Stage) -> None:
    order_id = offer(stage, "an")[0]
    with clock.at(NOON):
        first = act(stage, order_id, "accept")
        again = act(stage, order_id, "accept")
        other = act(stage, order_id, "decline", {"reason_code": "price"})
    assert (first.status_code, first.json_body["status"]) == (200, "accepted")
    assert again.json_body == first.json_body
    assert (other.status_code, other.json_body["code"]) == (409, "state_conflict")


def test_rule_12_declining_returns_the_price_at_once(stage: Stage) -> None:
    order_id = offer(stage, "an", "bo")[0]
    with clock.at(NOON):
        assert act(stage, order_id, "decline", {"reason_code": "mood"}).status_code == 422
        declined = act(stage, order_id, "decline", {"reason_code": "schedule", "note": "出差"}).json_body
        assert act(stage, order_id, "decline", {"reason_code": "schedule"}).json_body == declined
        assert act(stage, order_id, "accept").json_body["code"] == "state_conflict"
    assert (declined["status"], declined["payment"]) == ("declined", "refunded")
    assert declined["reason"] == {"code": "schedule", "note": "出差"}
    task_id = declined["task_id"]
    assert stage.money(task_id) == {"available": FUNDS - PRICE, task_id: PRICE}
    assert held_amounts.held_amounts([task_id]) == {task_id: PRICE}


def test_rule_12_no_answer_by_accept_by_lapses(stage: Stage) -> None:
    order_id = offer(stage, "an")[0]
    with clock.at(ACCEPT_BY - timedelta(milliseconds=1)):
        assert offer_accept_decline_lapse.lapse(order_id).status == "offered"
    with clock.at(ACCEPT_BY):
        late = act(stage, order_id, "accept")
        assert (late.status_code, late.json_body["code"]) == (409, "accept_by_passed")
        assert offer_accept_decline_lapse.lapse(order_id).status == "lapsed"
        assert offer_accept_decline_lapse.lapse(order_id).status == "lapsed"
        assert act(stage, order_id, "accept").json_body["code"] == "accept_by_passed"
    assert stage.money()["available"] == FUNDS


def test_creator_advertiser_and_staff_can_read_an_order(stage: Stage, api: Api) -> None:
    order_id = offer(stage, "an", "bo")[0]
    path = f"/v1/orders/{order_id}"
    assert stage.creator("an").get(path).status_code == 200
    assert stage.auditor.get(path).status_code == 200
    assert stage.creator("bo").get(path).status_code == 404
    assert api.as_("other", "advertiser").get(path).status_code == 404
    assert act(stage, order_id, "accept", name="bo").status_code == 404
    assert api.get(path).status_code == 401
    assert stage.auditor.get("/v1/orders").json_body["code"] == "parameter_invalid"


def test_rule_14_publishes_only_inside_the_window(stage: Stage) -> None:
    order_id = offer(stage, "an")[0]
    with clock.at(ACCEPT_BY):
        url = stage.post(read(stage, order_id))
    with clock.at(NOON):
        assert act(stage, order_id, "publish", {"post_url": url}).json_body["code"] == "state_conflict"
        act(stage, order_id, "accept")
    for moment in (ACCEPT_BY - timedelta(seconds=1), END):
        with clock.at(moment):
            early = act(stage, order_id, "publish", {"post_url": url})
            assert (early.status_code, early.json_body["code"]) == (409, "window_not_open")
    with clock.at(ACCEPT_BY):
        done = act(stage, order_id, "publish", {"post_url": url})
        again = act(stage, order_id, "publish", {"post_url": url})
        other = act(stage, order_id, "publish", {"post_url": url + "?x"})
    assert (done.json_body["status"], done.json_body["post_url"]) == ("published", url)
    assert again.json_body == done.json_body
    assert other.json_body["code"] == "state_conflict"


def test_rule_14_a_failed_check_names_each_difference(stage: Stage) -> None:
    order_id, other_id = offer(stage, "an", "bo", kind="repost", source_url=stage.source())
    with clock.at(NOON):
        act(stage, order_id, "accept")
    order = read(stage, order_id)
    wrong = stage.post(
        order,
        account_id=read(stage, other_id)["account_id"],
        text="今年的秋茶到了。",
        urls=[],
        repost_of=stage.source(),
    )
    with clock.at(ACCEPT_BY):
        refused = act(stage, order_id, "publish", {"post_url": wrong})
        assert (refused.status_code, refused.json_body["code"]) == (422, "post_check_failed")
        assert {fault["code"] for fault in refused.json_body["errors"]} == {
            "wrong_account",
            "text_differs",
            "ad_mark_missing",
            "url_missing",
            "wrong_source",
        }
        assert read(stage, order_id)["text_difference"] is None  # the post of another account is not shown
        nowhere = act(stage, order_id, "publish", {"post_url": POSTS_URL + ids.new("pst")})
        assert {fault["code"] for fault in nowhere.json_body["errors"]} == {"post_missing"}
        assert act(stage, order_id, "publish", {"post_url": stage.post(order)}).json_body["status"] == "published"
    events = [event["event"] for event in read(stage, order_id)["events"]]
    assert events == ["offered", "accepted", "check_failed", "check_failed", "published"]


def test_a_failed_check_shows_the_difference_of_the_text_until_a_check_passes(stage: Stage) -> None:
    order_id = offer(stage, "an")[0]
    with clock.at(NOON):
        act(stage, order_id, "accept")
    order = read(stage, order_id)
    text = order["content"]["text"]
    with clock.at(ACCEPT_BY):
        assert act(stage, order_id, "publish", {"post_url": stage.post(order, text=f"早{text[1:]}")}).status_code == 422
        shown = read(stage, order_id)["text_difference"]
        assert "".join(piece["text"] for piece in shown if piece["change"] != "added") == text
        assert [piece for piece in shown if piece["change"] == "added"] == [{"change": "added", "text": "早"}]
        act(stage, order_id, "publish", {"post_url": POSTS_URL + ids.new("pst")})
        assert read(stage, order_id)["text_difference"] is None  # there is no post, so no text that differs
        assert act(stage, order_id, "publish", {"post_url": stage.post(order)}).json_body["text_difference"] is None


def test_failed_attempts_do_not_fill_the_item(stage: Stage) -> None:
    order_id = offer(stage, "an")[0]
    with clock.at(NOON):
        act(stage, order_id, "accept")
    record = OrderRecord(order_id, "order")
    record.update([OrderRecord.events.set([{"at": clock.stamp(NOON), "event": "x", "by": "system"}] * EVENTS_MAX)])
    with clock.at(ACCEPT_BY):
        assert act(stage, order_id, "publish", {"post_url": POSTS_URL + ids.new("pst")}).status_code == 422
    assert len(read(stage, order_id)["events"]) == EVENTS_MAX


def test_one_post_proves_one_order(stage: Stage) -> None:
    with clock.at(NOON):
        account = stage.bind("an")
        orders = []
        for _ in range(2):
            task = stage.create(account)
            stage.approve(task["id"])
            orders += [order["id"] for order in stage.orders(task["id"])]
        for order_id in orders:
            act(stage, order_id, "accept")
    links = [link for order_id in orders for link in read(stage, order_id)["content"]["urls"]]
    with clock.at(ACCEPT_BY):
        url = stage.post(read(stage, orders[0]), urls=links)
        assert act(stage, orders[0], "publish", {"post_url": url}).status_code == 200
        second = act(stage, orders[1], "publish", {"post_url": url + "#again"})
        assert {fault["code"] for fault in second.json_body["errors"]} == {"post_already_used"}
    assert read(stage, orders[1])["status"] == "accepted"


def test_rule_15_not_published_by_the_end_fails_and_returns(stage: Stage) -> None:
    order_id = offer(stage, "an")[0]
    with clock.at(NOON):
        act(stage, order_id, "accept")
    with clock.at(END - timedelta(seconds=1)):
        assert timeout_dispatch.apply_accepted_default(order_id).status == "accepted"
    with clock.at(END):
        assert timeout_dispatch.apply_accepted_default(order_id).status == "failed"
        assert timeout_dispatch.apply_accepted_default(order_id).status == "failed"
    assert read(stage, order_id)["payment"] == "refunded"
    assert stage.money()["available"] == FUNDS


def test_rule_17_completed_pays_net_and_commission_once(stage: Stage) -> None:
    order_id, _ = published(stage)
    half, end = ACCEPT_BY + timedelta(hours=12), ACCEPT_BY + timedelta(hours=24)
    with clock.at(half - timedelta(seconds=1)):
        assert timeout_dispatch.make_due_look(order_id).checks == 0
    with clock.at(half):
        assert timeout_dispatch.make_due_look(order_id).checks == 1
        assert timeout_dispatch.make_due_look(order_id).checks == 1
    with clock.at(end):
        assert timeout_dispatch.make_due_look(order_id).status == "completed"
        assert timeout_dispatch.make_due_look(order_id).status == "completed"
    order = read(stage, order_id)
    assert order["payment"] == "paid"
    assert [event["event"] for event in order["events"]] == [
        "offered",
        "accepted",
        "published",
        "checked",
        "retained",
    ]
    task_id = order["task_id"]
    assert stage.money(task_id, creators=("an",)) == {"available": FUNDS - PRICE, "an": NET, task_id: 0}
    assert ledger.balance(commission(order_id)) == COMMISSION
    assert task_completion.complete_if_settled(task_id).status == "completed"
    assert task_completion.complete_if_settled(task_id).status == "completed"
    totals = stage.task(task_id)["totals"]
    assert totals == {"held": cny(0), "paid": cny(PRICE), "refunded": cny(0), "commission": cny(COMMISSION)}


@pytest.mark.parametrize("checks", [0, 1])
@pytest.mark.parametrize("change", ["deleted", "edited"])
def test_rule_16_gone_or_changed_fails_and_returns(stage: Stage, change: str, checks: int) -> None:
    order_id, url = published(stage)
    post = f"/sandbox/posts/{url.rpartition('/')[2]}"
    if checks:
        with clock.at(ACCEPT_BY + timedelta(hours=12)):
            assert timeout_dispatch.make_due_look(order_id).checks == 1
    if change == "deleted":
        stage.api.request("DELETE", post)
    else:
        stage.api.put(post, {"text": "别买 广告"})
    with clock.at(ACCEPT_BY + timedelta(hours=24)):
        assert timeout_dispatch.make_due_look(order_id).status == "published", "a second look confirms it"
    with clock.at(ACCEPT_BY + timedelta(hours=24) + rules().second_look):
        failed = timeout_dispatch.make_due_look(order_id)
    assert (failed.status, failed.payment) == ("failed", "refunded")
    assert failed.evidence
    assert failed.evidence[-1]["found"] is (change == "edited")
    assert stage.money(creators=("an",)) == {"available": FUNDS, "an": 0}


def test_a_running_task_is_not_completed_while_something_is_held(stage: Stage) -> None:
    order_id = offer(stage, "an", "bo")[0]
    with clock.at(NOON):
        task_id = act(stage, order_id, "decline", {"reason_code": "other"}).json_body["task_id"]
    assert task_completion.complete_if_settled(task_id).status == "running"


def test_the_creators_inbox_is_filtered_and_paged(stage: Stage) -> None:
    with clock.at(NOON):
        account = stage.bind("an")
        for _ in range(3):
            stage.approve(stage.create(account)["id"])
    first = stage.creator("an").get("/v1/orders?limit=2").json_body
    rest = stage.creator("an").get(f"/v1/orders?limit=2&cursor={first['next_cursor']}").json_body
    assert len({order["id"] for order in first["data"] + rest["data"]}) == 3
    with clock.at(NOON):
        act(stage, rest["data"][0]["id"], "accept")
    accepted = stage.creator("an").get("/v1/orders?status=accepted").json_body["data"]
    assert [order["id"] for order in accepted] == [rest["data"][0]["id"]]
    assert stage.creator("an").get("/v1/orders?status=nonsense").json_body["code"] == "parameter_invalid"


def test_sandbox_posts_are_read_edited_and_deleted(stage: Stage) -> None:
    account = stage.bind("an")[0]
    made = stage.api.post("/sandbox/posts", {"account_id": account, "text": "x"})
    assert made.status_code == 201
    path = f"/sandbox/posts/{made.json_body['id']}"
    assert stage.api.get(path).json_body["post_url"] == made.json_body["post_url"]
    assert stage.api.put(path, {"text": "y", "urls": ["https://x.example"]}).json_body["text"] == "y"
    assert stage.api.request("DELETE", path).status_code == 200
    assert stage.api.get(path).status_code == 404
    assert stage.api.request("DELETE", path).status_code == 404
    assert stage.api.post("/sandbox/posts", {"account_id": "nobody", "text": "x"}).status_code == 422
