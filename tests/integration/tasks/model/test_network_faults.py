"""Faults of the network: every call of every act on tasks, orders and payouts is lost before or after its effect, and repeated.

Each act is played once undisturbed, counting its calls; then, from the same tables, once for every call n and both ways of failing,
repeated as a client or a workflow would. The end state of both tables must be the same each time, and so if it is done thrice.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.core import clock
from chalicelib.decisions.decider import Decider
from chalicelib.payments.providers import provider_named
from chalicelib.social.port import Unavailable
from chalicelib.store import TasksRecord, WalletRecord, tables
from chalicelib.tasks import review
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.open_calls import applications
from chalicelib.tasks.orders import counter_offers, creator_drafts, disputes, offer_accept_decline_lapse
from chalicelib.tasks.posts import creator_publication, post_checks
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.submission import submit
from chalicelib.tasks.workflow import steps, task_completion, timeout_dispatch
from chalicelib.wallet.withdrawals import payouts
from testing.api import Api
from testing.fault_injection import Lost, failing
from testing.markets.stage import NOON, PRICE, Stage, cny

ACCEPT_BY = NOON + timedelta(hours=1)
END = NOON + timedelta(hours=3)
REASON: Any = {"code": "other"}
Act = tuple[Any, Callable[[], object]]
"""The time of the act, and the act."""


def offered(stage: Stage, **changes: Any) -> str:
    return stage.offered("an", **changes)[0]


def accepted(stage: Stage, **changes: Any) -> str:
    return stage.accepted("an", **changes)[0]


def published(stage: Stage) -> str:
    order_id = accepted(stage)
    with clock.at(ACCEPT_BY):
        stage.publish("an", order_id)
    return order_id


def disputed(stage: Stage) -> tuple[str, str]:
    order_id = published(stage)
    with clock.at(ACCEPT_BY):
        body = {"reason_code": "other", "note": "x"}
        opened = stage.advertiser.post(f"/v1/orders/{order_id}/dispute", body).json_body
    return order_id, opened["dispute_id"]


def creating(stage: Stage) -> Act:
    body = stage.body(stage.bind("an", "bo"))
    return NOON, lambda: _posted(stage, "/v1/tasks", body)


def submitting(stage: Stage) -> Act:
    made = stage.advertiser.post("/v1/tasks", stage.body(stage.bind("an"), draft=True), key="draft").json_body
    more = {"account_ids": stage.bind("bo")}
    stage.advertiser.post(f"/v1/tasks/{made['id']}/accounts", more)
    return NOON, lambda: submit.submit(made["id"], stage.advertiser_id)


STAFF = Decider("auditor", frozenset(), 0)


def reads(task: dict[str, Any]) -> Decider:
    return Decider("auditor", frozenset(), task["revision"])


def approving(stage: Stage) -> Act:
    task = stage.create(stage.bind("an", "bo"))
    return NOON, lambda: review.decide(task["id"], "approved", [], reads(task))


def rejecting(stage: Stage) -> Act:
    task = stage.create(stage.bind("an"))
    return NOON, lambda: review.decide(task["id"], "rejected", [REASON], reads(task))


def appealing(stage: Stage) -> Act:
    task = stage.create(stage.bind("an"))
    review.decide(task["id"], "rejected", [REASON], reads(task))
    return NOON, lambda: review.appeal(task["id"], stage.advertiser_id, "x")


def accepting(stage: Stage) -> Act:
    order_id = offered(stage)
    return NOON, lambda: offer_accept_decline_lapse.accept(order_id, stage.creator_id("an"))


def declining_for_a_reserve(stage: Stage) -> Act:
    order_id = offered(stage, reserve_account_ids=stage.bind("bo", price=PRICE - 100))
    return NOON, lambda: offer_accept_decline_lapse.decline(order_id, stage.creator_id("an"), REASON)


def lapsing(stage: Stage) -> Act:
    order_id = offered(stage)
    return ACCEPT_BY, lambda: steps.order_step({"step": "lapsed", "id": order_id})


def taking_a_counter_offer(stage: Stage) -> Act:
    order_id = offered(stage)
    stage.act("an", order_id, "counter", {"price": cny(PRICE + 100)})
    return NOON, lambda: counter_offers.accept(order_id, stage.advertiser_id)


def approving_a_draft(stage: Stage) -> Act:
    order_id = accepted(stage, draft_approval=True)
    stage.act("an", order_id, "draft", {"text": "真香"})
    return NOON, lambda: creator_drafts.approve(order_id, stage.advertiser_id)


def publishing(stage: Stage) -> Act:
    order_id = accepted(stage)
    with clock.at(ACCEPT_BY):
        url = stage.post(stage.order(order_id))
    return ACCEPT_BY, lambda: creator_publication.publish(order_id, stage.creator_id("an"), url)


def missing_the_window(stage: Stage) -> Act:
    order_id = accepted(stage)
    return END, lambda: steps.order_step({"step": "publication_missed", "id": order_id})


def paying(stage: Stage) -> Act:
    order_id = published(stage)
    with clock.at(ACCEPT_BY + timedelta(hours=12)):
        timeout_dispatch.make_due_look(order_id)
    return ACCEPT_BY + timedelta(hours=24), lambda: steps.order_step({"step": "check", "id": order_id})


def losing(stage: Stage) -> Act:
    order_id = published(stage)
    url = stage.order(order_id)["post_url"]
    stage.api.request("DELETE", f"/sandbox/posts/{url.rpartition('/')[2]}")
    with clock.at(ACCEPT_BY + timedelta(hours=12)):
        timeout_dispatch.make_due_look(order_id)
    return ACCEPT_BY + timedelta(hours=13), lambda: steps.order_step({"step": "check", "id": order_id})


def waiting_for_the_network(stage: Stage) -> tuple[str, str]:
    """An accepted order whose post was reported while the network could not be read."""
    order_id = accepted(stage)
    with clock.at(ACCEPT_BY), pytest.MonkeyPatch.context() as patch:
        url = stage.post(stage.order(order_id))
        patch.setattr(post_checks, "fetch", _unreachable)
        creator_publication.publish(order_id, stage.creator_id("an"), url)
    return order_id, url


def checking_a_report(stage: Stage) -> Act:
    order_id, _ = waiting_for_the_network(stage)
    return END, lambda: steps.order_step({"step": "publication_missed", "id": order_id})


def referring(stage: Stage) -> Act:
    order_id, _ = waiting_for_the_network(stage)
    return END + timedelta(days=5), lambda: disputes.refer(order_id)


def _unreachable(*_: object) -> None:
    raise Unavailable("The network does not answer.")


def completing(stage: Stage) -> Act:
    order_id = offered(stage)
    stage.act("an", order_id, "decline", {"reason_code": "other"})
    task_id = str(find_order(order_id).task_id)
    return NOON, lambda: task_completion.complete_if_settled(task_id)


def disputing(stage: Stage) -> Act:
    order_id = published(stage)
    party = frozenset({stage.advertiser_id})
    return ACCEPT_BY, lambda: disputes.open_dispute(order_id, party, REASON)


def ruling(stage: Stage) -> Act:
    _, dispute_id = disputed(stage)
    return ACCEPT_BY, lambda: disputes.rule(dispute_id, "split", 5_000, "x", STAFF)


def not_ruling(stage: Stage) -> Act:
    order_id, _ = disputed(stage)
    return NOON + timedelta(days=30), lambda: steps.order_step({"step": "ruling_missed", "id": order_id})


def cancelling(stage: Stage) -> Act:
    first, _ = stage.offered("an", "bo")
    stage.act("an", first, "accept")
    task_id = str(find_order(first).task_id)
    return NOON, lambda: cancellation.cancel(task_id, stage.advertiser_id, REASON)


def winding_up(stage: Stage) -> Act:
    """A task with an accepted order, an offered one, and one that was not offered yet."""
    first, _, third = stage.offered("an", "bo", "chen")
    stage.act("an", first, "accept")
    find_order(third).delete()
    task_id = str(find_order(first).task_id)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cancellation, "_wind_up_some", lambda task: task)
        cancellation.cancel(task_id, stage.advertiser_id, REASON)
    return NOON, lambda: steps.task_step({"step": "wind_up", "id": task_id})


def stopping(stage: Stage) -> Act:
    order_id = published(stage)
    task_id = str(find_order(order_id).task_id)
    return ACCEPT_BY, lambda: cancellation.stop(task_id, REASON, STAFF)


def called(stage: Stage) -> tuple[str, str]:
    body = stage.body([], call={"budget": cny(500_000)})
    task = stage.advertiser.post("/v1/tasks", body, key="call").json_body
    stage.approve(task["id"])
    applied = {"account_id": stage.bind("an")[0], "price": cny(1_000)}
    made = stage.creator("an").post(f"/v1/tasks/{task['id']}/applications", applied).json_body
    return task["id"], made["id"]


def picking(stage: Stage) -> Act:
    _, application_id = called(stage)
    return NOON, lambda: applications.pick(application_id, stage.advertiser_id)


def closing_a_call(stage: Stage) -> Act:
    task_id, _ = called(stage)
    return ACCEPT_BY, lambda: steps.task_step({"step": "all_settled", "id": task_id})


def paying_out(stage: Stage) -> Act:
    order_id = published(stage)
    with clock.at(ACCEPT_BY):
        cancellation.stop(str(find_order(order_id).task_id), REASON, STAFF)
        made = stage.creator("an").post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="out").json_body
    return ACCEPT_BY, lambda: payouts.pay_out(made["id"], provider_named, STAFF)


ACTS = (
    *(creating, submitting, approving, rejecting, appealing, accepting, declining_for_a_reserve, lapsing),
    *(taking_a_counter_offer, approving_a_draft, publishing, missing_the_window, paying, losing, completing),
    *(checking_a_report, referring),
    *(disputing, ruling, not_ruling, cancelling, winding_up, stopping, picking, closing_a_call, paying_out),
)


def _posted(stage: Stage, path: str, body: Any) -> None:
    """A client's POST: an answer of 500 is a lost call, and repeated under the same key."""
    if stage.advertiser.post(path, body, key="the-same").status_code >= 500:
        raise Lost(path)


def state() -> list[list[dict[str, Any]]]:
    """All that is stored, except the id of the request that stored it (a retry is another request) and what was drawn at random."""
    client: Any = tables.connection().client
    found = []
    for record in (WalletRecord, TasksRecord):
        items = client.scan(TableName=record.Meta.table_name, ConsistentRead=True)["Items"]
        for item in items:
            item.pop("cause", None)
            item.pop("unannounced", None)
        found.append(sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"])))
    return found


class Snapshot:
    """The tables as they are now, to begin from again."""

    def __init__(self) -> None:
        self.backend = dynamodb_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"]
        self.tables = copy.deepcopy(self.backend.tables)

    def restore(self) -> None:
        self.backend.tables = copy.deepcopy(self.tables)


@pytest.mark.parametrize("prepare", ACTS, ids=lambda act: act.__name__)
def test_a_lost_call_or_answer_changes_nothing_in_the_end(api: Api, prepare: Callable[[Stage], Act]) -> None:
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify()
        moment, act = prepare(stage)
    before = Snapshot()
    with clock.at(moment):
        with failing(None, after=False) as made:
            act()
        expected = state()
        for _ in range(2):
            act()
        assert state() == expected, "done three times"
        writes = [n for n, call in enumerate(made) if call not in ("GetItem", "Query", "BatchGetItem")]
        assert writes
        for n in range(len(made)):
            for after in (False, True) if n in writes else (False,):
                before.restore()
                with failing(n, after), suppress(Lost):
                    act()
                act()
                assert state() == expected, f"call {n} ({made[n]}) lost {'after' if after else 'before'} effect"
