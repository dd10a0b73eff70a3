"""Every end of an order has a typed reason, and an order lists only the timers that can still run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.social.port import NotPermitted
from chalicelib.social.sandbox import SandboxNetwork
from chalicelib.tasks.model.lifecycle import ORDER, Transition
from chalicelib.tasks.model.reason_codes import EndCode
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.workflow import steps, timeout_dispatch
from testing.markets.stage import NOON, Stage

HOUR = timedelta(hours=1)
START, END = NOON + HOUR, NOON + 3 * HOUR
HALF, RETAINED = START + 12 * HOUR, START + 24 * HOUR
Ended = tuple[str, str]
"""The order, and the code of its end."""


def task_of(stage: Stage, order_id: str) -> str:
    return str(stage.order(order_id)["task_id"])


def never_offered(path: str, code: str) -> Callable[[Stage], Ended]:
    def play(stage: Stage) -> Ended:
        task_id = stage.create(stage.bind("an"))["id"]
        close(stage, task_id, path)
        return stage.orders(task_id)[0]["id"], code

    return play


def close(stage: Stage, task_id: str, path: str) -> None:
    who = stage.auditor if path == "stop" else stage.advertiser
    assert who.post(f"/v1/tasks/{task_id}/{path}", {"reason_code": "other"}).status_code == 200


def declined(stage: Stage) -> Ended:
    (order_id,) = stage.offered("an")
    stage.act("an", order_id, "decline", {"reason_code": "brand_conflict", "note": "竞品"})
    return order_id, "brand_conflict"


def lapsed(stage: Stage) -> Ended:
    (order_id,) = stage.offered("an")
    with clock.at(START):
        steps.order_step({"step": "lapsed", "id": order_id})
    return order_id, "not_answered"


def closed(state: str, path: str, code: str) -> Callable[[Stage], Ended]:
    def play(stage: Stage) -> Ended:
        (order_id,) = stage.offered("an") if state == "offered" else stage.accepted("an")
        with clock.at(START):
            if state == "published":
                stage.publish("an", order_id)
            close(stage, task_of(stage, order_id), path)
        return order_id, code

    return play


def not_published(stage: Stage) -> Ended:
    (order_id,) = stage.accepted("an")
    with clock.at(END):
        timeout_dispatch.apply_accepted_default(order_id)
    return order_id, "not_published"


def published(stage: Stage) -> tuple[str, str]:
    (order_id,) = stage.accepted("an")
    with clock.at(START):
        return order_id, stage.publish("an", order_id)


def post_gone(stage: Stage) -> Ended:
    order_id, url = published(stage)
    stage.api.request("DELETE", f"/sandbox/posts/{url.rpartition('/')[2]}")
    look_twice(order_id, "check", HALF)
    return order_id, "post_gone"


def look_twice(order_id: str, step: str, moment: datetime) -> None:
    """The look that finds the post gone, and the second one that confirms it."""
    with clock.at(moment):
        steps.order_step({"step": step, "id": order_id})
    with clock.at(moment + rules().second_look):
        steps.order_step({"step": step, "id": order_id})


def withdrawn(stage: Stage) -> Ended:
    (order_id,) = stage.offered("an")
    revoke(stage)
    return order_id, "account_revoked"


def account_stopped(stage: Stage) -> Ended:
    (order_id,) = stage.accepted("an")
    revoke(stage, stop_accepted=True)
    return order_id, "account_revoked"


def revoke(stage: Stage, **more: bool) -> None:
    body = {"reason_code": "community_rules", "note": "x", **more}
    assert stage.auditor.post(f"/v1/accounts/{stage.accounts['an']}/revocation", body).status_code == 200


def never_readable(stage: Stage) -> Ended:
    """A reported post that no look could read, and on which no auditor ruled."""
    (order_id,) = stage.accepted("an")

    def fetch_post(*_: object) -> None:
        raise NotPermitted("private")

    with pytest.MonkeyPatch.context() as changes:
        with clock.at(START):
            url = stage.post(stage.order(order_id))
            changes.setattr(SandboxNetwork, "fetch_post", fetch_post)
            stage.act("an", order_id, "publish", {"post_url": url})
        for step, moment in (("publication_missed", END + 80 * HOUR), ("ruling_missed", END + 30 * 24 * HOUR)):
            with clock.at(moment):
                steps.order_step({"step": step, "id": order_id})
    return order_id, "not_published"


def gone_while_disputed(stage: Stage) -> Ended:
    order_id, url = published(stage)
    with clock.at(START):
        stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"})
    stage.api.request("DELETE", f"/sandbox/posts/{url.rpartition('/')[2]}")
    look_twice(order_id, "ruling_missed", NOON + timedelta(days=30))
    return order_id, "post_gone"


def retained(stage: Stage) -> Ended:
    order_id, _ = published(stage)
    for moment in (HALF, RETAINED):
        with clock.at(moment):
            timeout_dispatch.make_due_look(order_id)
    return order_id, "retained"


def ruled(outcome: str) -> Callable[[Stage], Ended]:
    def play(stage: Stage) -> Ended:
        order_id, _ = published(stage)
        share = {"creator_share_bps": 4_000} if outcome == "split" else {}
        with clock.at(START):
            opened = stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"}).json_body
            ruling = {"outcome": outcome, "note": "x", **share}
            assert stage.auditor.post(f"/v1/disputes/{opened['dispute_id']}/ruling", ruling).status_code == 200
        return order_id, f"ruled_{outcome}"

    return play


def not_ruled(stage: Stage) -> Ended:
    order_id, _ = published(stage)
    with clock.at(START):
        stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"})
    with clock.at(NOON + timedelta(days=30)):
        steps.order_step({"step": "ruling_missed", "id": order_id})
    return order_id, "not_ruled"


ENDS: dict[tuple[str, str], Callable[[Stage], Ended]] = {
    ("pending", "cancelled"): never_offered("cancel", "task_cancelled"),
    ("pending", "stopped"): never_offered("stop", "task_stopped"),
    ("offered", "declined"): declined,
    ("offered", "lapsed"): lapsed,
    ("offered", "withdrawn"): withdrawn,
    ("offered", "cancelled"): closed("offered", "cancel", "task_cancelled"),
    ("offered", "stopped"): closed("offered", "stop", "task_stopped"),
    ("accepted", "publication_missed"): not_published,
    ("accepted", "cancelled"): closed("accepted", "cancel", "task_cancelled"),
    ("accepted", "account_stopped"): account_stopped,
    ("accepted", "stopped"): closed("accepted", "stop", "task_stopped"),
    ("published", "post_lost"): post_gone,
    ("published", "retained"): retained,
    ("published", "stopped"): closed("published", "stop", "task_stopped"),
    ("disputed", "ruled_pay"): ruled("pay"),
    ("disputed", "ruled_refund"): ruled("refund"),
    ("disputed", "ruled_split"): ruled("split"),
    ("disputed", "ruling_missed"): not_ruled,
    ("disputed", "post_lost"): gone_while_disputed,
    ("disputed", "publication_missed"): never_readable,
}
ROWS = [row for row in ORDER.transitions if row.then in ORDER.ends]


def test_every_row_that_ends_an_order_names_its_reasons() -> None:
    assert {code for row in ROWS for code in row.reasons} == set(get_args(EndCode))
    assert all(row.reasons for row in ROWS)
    assert not any(row.reasons for row in ORDER.transitions if row.then not in ORDER.ends)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.state} {row.event}")
def test_an_end_has_a_typed_reason_and_no_timers(stage: Stage, row: Transition) -> None:
    order_id, code = ENDS[row.state, row.event](stage)
    (order,) = [order for order in stage.orders(stage_task(stage, order_id)) if order["id"] == order_id]
    assert order["status"] == row.then
    assert order["reason"]["code"] == code
    assert code in row.reasons
    assert order["timers"] == []


def stage_task(stage: Stage, order_id: str) -> str:
    """The task of this order, which need not have been offered."""
    for task in stage.advertiser.get("/v1/tasks").json_body["data"]:
        if order_id in {order["id"] for order in stage.orders(task["id"])}:
            return str(task["id"])
    raise AssertionError(order_id)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.state != "pending"], ids=lambda row: f"{row.state} {row.event}"
)
def test_an_order_that_ended_before_reasons_were_stored_has_one(stage: Stage, row: Transition) -> None:
    order_id, code = ENDS[row.state, row.event](stage)
    OrderRecord(order_id, "order").update([OrderRecord.reason.remove()])
    assert stage.order(order_id)["reason"]["code"] == (row.reasons[0] if row.event == "declined" else code)


def test_a_post_that_was_changed_or_not_mended_says_so(stage: Stage) -> None:
    (order_id,) = stage.accepted("an")
    with clock.at(START):
        wrong = stage.post(stage.order(order_id), text="别的 广告")
        assert stage.act("an", order_id, "publish", {"post_url": wrong}).status_code == 422
    with clock.at(START + 2 * HOUR):
        timeout_dispatch.apply_accepted_default(order_id)
    assert stage.order(order_id)["reason"] == {"code": "not_mended"}


def names(order: dict[str, Any]) -> set[str]:
    return {timer["name"] for timer in order["timers"]}


def test_an_order_lists_the_timers_that_can_still_run_out(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    ahead = {"retention_half", "retention_end", "final_at"}
    assert names(stage.order(order_id)) == {"accept_by", "window_start", "window_end"} | ahead
    stage.act("an", order_id, "accept")
    assert names(stage.order(order_id)) == {"window_start", "window_end"} | ahead
    with clock.at(START):
        stage.publish("an", order_id)
        assert names(stage.order(order_id)) == ahead
        opened = stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"}).json_body
        assert names(opened) == {"ruling_due", "final_at"}
        dispute = f"/v1/disputes/{opened['dispute_id']}"
        assert names(stage.auditor.get(dispute).json_body) == {"ruling_due"}
        ended = stage.auditor.post(f"{dispute}/ruling", {"outcome": "pay", "note": "x"}).json_body
    assert names(ended) == names(stage.order(order_id)) == set()


def test_an_unoffered_order_lists_its_future_timers(stage: Stage) -> None:
    task_id = stage.create(stage.bind("an"))["id"]
    assert "review_due" in names(stage.orders(task_id)[0])
    stage.auditor.post(f"/v1/tasks/{task_id}/review", {"decision": "rejected", "reasons": [{"code": "content"}]})
    assert names(stage.orders(task_id)[0]) == set()
