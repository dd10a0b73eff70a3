"""Every act with a deadline works a second before it and is refused from it on, even if the workflow is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

import app  # noqa: F401 - registers the routes
from chalicelib.api import ROUTES
from chalicelib.core import clock
from testing.markets.stage import NOON, PRICE, Stage, cny, text_of

HOUR = timedelta(hours=1)
ACCEPT_BY, END = NOON + HOUR, NOON + 3 * HOUR
RETAINED = ACCEPT_BY + timedelta(hours=24)
Act = Callable[[], Any]
Prepared = tuple[datetime, Act, Callable[[], Any]]
"""The deadline, the act, and the item that must not change."""


def offered(stage: Stage) -> str:
    return stage.offered("an")[0]


def of_offer(
    path: str, body: Any = None, *, countered: bool = False, by: str = "creator"
) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        order_id = offered(stage)
        if countered:
            assert stage.act("an", order_id, "counter", {"price": cny(PRICE + 100)}).status_code == 200
        who = stage.creator("an") if by == "creator" else stage.advertiser
        return ACCEPT_BY, lambda: who.post(f"/v1/orders/{order_id}/{path}", body), lambda: stage.order(order_id)

    return prepare


def of_draft(path: str, body: Any = None) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        (order_id,) = stage.accepted("an", draft_approval=True)
        shown = stage.act("an", order_id, "draft", {"text": "真香"}).json_body
        due_at = clock.parse(shown["draft"]["due_at"])
        return (
            due_at,
            lambda: stage.advertiser.post(f"/v1/orders/{order_id}/{path}", body),
            lambda: stage.order(order_id),
        )

    return prepare


def auditing_a_draft(stage: Stage) -> Prepared:
    (order_id,) = stage.accepted("an", draft_approval=True)
    shown = stage.act("an", order_id, "draft", {"text": "国家级茶"}).json_body
    (queued,) = stage.auditor.get("/v1/draft-reviews").json_body["data"]
    body = {"decision": "approved", "revision": queued["revision"]}
    return (
        clock.parse(shown["draft"]["due_at"]),
        lambda: stage.auditor.post(f"/v1/orders/{order_id}/draft/review", body),
        lambda: stage.order(order_id),
    )


def submitting_a_draft(stage: Stage) -> Prepared:
    (order_id,) = stage.accepted("an", draft_approval=True)
    return END, lambda: stage.act("an", order_id, "draft", {"text": "真香"}), lambda: stage.order(order_id)


def publishing(stage: Stage) -> Prepared:
    (order_id,) = stage.accepted("an")
    with clock.at(ACCEPT_BY):
        url = stage.post(stage.order(order_id))
    return END, lambda: stage.act("an", order_id, "publish", {"post_url": url}), lambda: stage.order(order_id)


def mending(stage: Stage) -> Prepared:
    (order_id,) = stage.accepted("an", window={"start_at": text_of(ACCEPT_BY), "end_at": text_of(NOON + 9 * HOUR)})
    with clock.at(ACCEPT_BY):
        wrong = stage.post(stage.order(order_id), text="别的 广告")
        assert stage.act("an", order_id, "publish", {"post_url": wrong}).status_code == 422
        url = stage.post(stage.order(order_id))
    return (
        ACCEPT_BY + 2 * HOUR,
        lambda: stage.act("an", order_id, "publish", {"post_url": url}),
        lambda: stage.order(order_id),
    )


def published(stage: Stage) -> str:
    (order_id,) = stage.accepted("an")
    with clock.at(ACCEPT_BY):
        stage.publish("an", order_id)
    return order_id


def disputing(stage: Stage) -> Prepared:
    """Neither check has been made yet: the workflow is late."""
    order_id = published(stage)
    body = {"reason_code": "other", "note": "x"}
    return (
        RETAINED,
        lambda: stage.advertiser.post(f"/v1/orders/{order_id}/dispute", body),
        lambda: stage.order(order_id),
    )


def of_dispute(path: str, body: Any, by: str) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        order_id = published(stage)
        with clock.at(ACCEPT_BY):
            opened = stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"}).json_body
        dispute = stage.auditor.get(f"/v1/disputes/{opened['dispute_id']}").json_body
        who = {"creator": stage.creator("an"), "auditor": stage.auditor}[by]
        address = f"/v1/disputes/{dispute['id']}"
        return (
            clock.parse(dispute["due_at"]),
            lambda: who.post(f"{address}/{path}", body),
            lambda: stage.auditor.get(address).json_body,
        )

    return prepare


def of_review(path: str, body: Any) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        task_id = stage.create(stage.bind("an"))["id"]
        if path == "appeal":
            rejected = {"decision": "rejected", "reasons": [{"code": "content"}]}
            assert stage.auditor.post(f"/v1/tasks/{task_id}/review", rejected).status_code == 200
        who = stage.advertiser if path == "appeal" else stage.auditor
        return ACCEPT_BY, lambda: who.post(f"/v1/tasks/{task_id}/{path}", body), lambda: stage.task(task_id)

    return prepare


def ruling_on_an_appeal(decision: str) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        task_id = stage.create(stage.bind("an"))["id"]
        reasons = [{"code": "content"}]
        stage.auditor.post(f"/v1/tasks/{task_id}/review", {"decision": "rejected", "reasons": reasons})
        stage.advertiser.post(f"/v1/tasks/{task_id}/appeal", {"note": "x"})
        other, body = stage.api.as_("second", "auditor"), {"decision": decision, "reasons": reasons}
        return ACCEPT_BY, lambda: other.post(f"/v1/tasks/{task_id}/review", body), lambda: stage.task(task_id)

    return prepare


def called(stage: Stage) -> str:
    task_id = str(stage.create([], call={"budget": cny(500_000)})["id"])
    stage.approve(task_id)
    stage.bind("an")
    return task_id


def applying(stage: Stage) -> Prepared:
    task_id = called(stage)
    path, wish = f"/v1/tasks/{task_id}/applications", {"account_id": stage.accounts["an"], "price": cny(1_000)}
    return ACCEPT_BY, lambda: stage.creator("an").post(path, wish), lambda: stage.advertiser.get(path).json_body


def of_application(path: str) -> Callable[[Stage], Prepared]:
    def prepare(stage: Stage) -> Prepared:
        task_id = called(stage)
        wish = {"account_id": stage.accounts["an"], "price": cny(1_000)}
        made = stage.creator("an").post(f"/v1/tasks/{task_id}/applications", wish).json_body
        who = stage.creator("an") if path == "withdraw" else stage.advertiser
        return (
            ACCEPT_BY,
            lambda: who.post(f"/v1/applications/{made['id']}/{path}"),
            lambda: stage.task(task_id),
        )

    return prepare


REJECTED = {"decision": "rejected", "reasons": [{"code": "content"}]}
PRICE_OF_ANOTHER = {"price": cny(PRICE + 100)}
DEADLINES: dict[tuple[str, str], Callable[[Stage], Prepared]] = {
    ("/v1/orders/{order_id}/accept", ""): of_offer("accept"),
    ("/v1/orders/{order_id}/decline", ""): of_offer("decline", {"reason_code": "price"}),
    ("/v1/orders/{order_id}/counter", ""): of_offer("counter", PRICE_OF_ANOTHER),
    ("/v1/orders/{order_id}/counter/accept", ""): of_offer("counter/accept", countered=True, by="advertiser"),
    ("/v1/orders/{order_id}/counter/decline", ""): of_offer("counter/decline", countered=True, by="advertiser"),
    ("/v1/orders/{order_id}/draft", ""): submitting_a_draft,
    ("/v1/orders/{order_id}/draft/approve", ""): of_draft("draft/approve"),
    ("/v1/orders/{order_id}/draft/changes", ""): of_draft("draft/changes", {"note": "x"}),
    ("/v1/orders/{order_id}/draft/review", ""): auditing_a_draft,
    ("/v1/orders/{order_id}/publish", "window"): publishing,
    ("/v1/orders/{order_id}/publish", "mend"): mending,
    ("/v1/orders/{order_id}/dispute", ""): disputing,
    ("/v1/disputes/{dispute_id}/statements", ""): of_dispute("statements", {"note": "y"}, "creator"),
    ("/v1/disputes/{dispute_id}/ruling", ""): of_dispute("ruling", {"outcome": "pay", "note": "y"}, "auditor"),
    ("/v1/tasks/{task_id}/review", "approval"): of_review("review", {"decision": "approved", "reasons": []}),
    ("/v1/tasks/{task_id}/review", "rejection"): of_review("review", REJECTED),
    ("/v1/tasks/{task_id}/review", "appeal granted"): ruling_on_an_appeal("approved"),
    ("/v1/tasks/{task_id}/review", "appeal upheld"): ruling_on_an_appeal("rejected"),
    ("/v1/tasks/{task_id}/appeal", ""): of_review("appeal", {"note": "x"}),
    ("/v1/tasks/{task_id}/applications", ""): applying,
    ("/v1/applications/{application_id}/accept", ""): of_application("accept"),
    ("/v1/applications/{application_id}/decline", ""): of_application("decline"),
    ("/v1/applications/{application_id}/withdraw", ""): of_application("withdraw"),
}
WITHOUT = {
    "/v1/quotes": "stores nothing",
    "/v1/previews": "stores nothing",
    "/v1/pictures": "belongs to no task yet",
    "/v1/tasks": "names its own moments, which lie ahead",
    "/v1/tasks/{task_id}/accounts": "a draft has no clock",
    "/v1/tasks/{task_id}/submit": "its moments are checked to lie ahead (rule 7)",
    "/v1/tasks/{task_id}/cancel": "possible as long as the task is open",
    "/v1/tasks/{task_id}/stop": "possible as long as the task is open",
    "/v1/tasks/{task_id}/retry": "staff, whenever a workflow is stuck",
    "/v1/orders/{order_id}/retry": "staff, whenever a workflow is stuck",
}


def test_every_act_on_tasks_and_orders_is_in_the_table() -> None:
    acts = {
        route.path
        for route in ROUTES
        if route.method == "POST" and route.view.__module__.startswith("chalicelib.tasks.")
    }
    assert acts == {path for path, _ in DEADLINES} | set(WITHOUT)


@pytest.mark.parametrize("key", DEADLINES, ids=" ".join)
def test_an_act_is_refused_from_its_deadline_on(stage: Stage, key: tuple[str, str]) -> None:
    deadline, act, shown = DEADLINES[key](stage)
    before = shown()
    for late in (timedelta(), timedelta(seconds=9), timedelta(days=20)):
        with clock.at(deadline + late):
            refused = act()
            assert refused.status_code == 409, refused.json_body
            assert shown() == before
    with clock.at(deadline - timedelta(seconds=1)):
        assert act().status_code < 300
