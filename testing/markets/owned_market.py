"""A market in which an advertiser and a creator own one of everything; and whose each route is, written down by hand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.core import clock, ids
from chalicelib.events.records import EventRecord
from chalicelib.store import AccountsRecord, EventsRecord, TasksRecord, WalletRecord, WebhookSecretsRecord
from chalicelib.webhooks.records import DeliveryRecord
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny

Name = tuple[str, str]

OWNED: dict[Name, tuple[str, Any]] = {
    ("PATCH", "/v1/accounts/{account_id}"): ("an", {"paused": True}),
    ("GET", "/v1/accounts/{account_id}/calendar"): ("an", None),
    ("GET", "/v1/accounts/{account_id}/grade/appeals"): ("an", None),
    ("POST", "/v1/accounts/{account_id}/grade/appeals"): ("an", {"reason": "少了", "evidence": {"followers": 9}}),
    ("DELETE", "/v1/accounts/{account_id}"): ("an", None),
    ("POST", "/v1/accounts/{account_id}/ownership/check"): ("an", None),
    ("PUT", "/v1/accounts/{account_id}/publishing"): ("an", {"allowed": True}),
    ("GET", "/v1/advertisers/{advertiser_id}"): ("teahouse", None),
    ("GET", "/v1/appeals/{appeal_id}"): ("an", None),
    ("POST", "/v1/applications/{application_id}/accept"): ("teahouse", None),
    ("POST", "/v1/applications/{application_id}/decline"): ("teahouse", None),
    ("POST", "/v1/applications/{application_id}/withdraw"): ("an", None),
    ("GET", "/v1/disputes/{dispute_id}"): ("an", None),
    ("POST", "/v1/disputes/{dispute_id}/statements"): ("an", {"note": "不对", "urls": []}),
    ("GET", "/v1/disputes/{dispute_id}/messages"): ("an", None),
    ("POST", "/v1/disputes/{dispute_id}/messages"): ("an", {"text": "请看截图"}),
    ("POST", "/v1/disputes/{dispute_id}/messages/read"): ("an", "read"),
    ("GET", "/v1/orders/{order_id}"): ("an", None),
    ("GET", "/v1/orders/{order_id}/messages"): ("an", None),
    ("POST", "/v1/orders/{order_id}/messages"): ("an", {"text": "今晚八点发"}),
    ("POST", "/v1/orders/{order_id}/messages/read"): ("an", "read"),
    ("POST", "/v1/orders/{order_id}/accept"): ("an", None),
    ("GET", "/v1/orders/{order_id}/clicks"): ("teahouse", None),
    ("GET", "/v1/orders/{order_id}/fit"): ("an", None),
    ("POST", "/v1/orders/{order_id}/counter"): ("an", {"price": cny(200_000)}),
    ("POST", "/v1/orders/{order_id}/counter/accept"): ("teahouse", None),
    ("POST", "/v1/orders/{order_id}/counter/decline"): ("teahouse", None),
    ("POST", "/v1/orders/{order_id}/decline"): ("an", {"reason_code": "schedule"}),
    ("POST", "/v1/orders/{order_id}/dispute"): ("an", {"reason_code": "other", "note": "不对"}),
    ("POST", "/v1/orders/{order_id}/draft"): ("an", {"text": "秋茶真香。"}),
    ("POST", "/v1/orders/{order_id}/draft/approve"): ("teahouse", None),
    ("POST", "/v1/orders/{order_id}/draft/changes"): ("teahouse", {"note": "再短一点"}),
    ("GET", "/v1/orders/{order_id}/pictures"): ("an", None),
    ("POST", "/v1/orders/{order_id}/publish"): ("an", {"post_url": "https://sandbox.example/1"}),
    ("GET", "/v1/plans/{plan_id}"): ("teahouse", None),
    ("POST", "/v1/plans/{plan_id}/task"): ("teahouse", "terms"),
    ("GET", "/v1/searches/{search_id}"): ("teahouse", None),
    ("PATCH", "/v1/searches/{search_id}"): ("teahouse", {"name": "茶"}),
    ("POST", "/v1/searches/{search_id}/view"): ("teahouse", None),
    ("DELETE", "/v1/searches/{search_id}"): ("teahouse", None),
    ("GET", "/v1/shortlists/{shortlist_id}"): ("teahouse", None),
    ("PATCH", "/v1/shortlists/{shortlist_id}"): ("teahouse", {"name": "茶"}),
    ("DELETE", "/v1/shortlists/{shortlist_id}"): ("teahouse", None),
    ("GET", "/v1/shortlists/{shortlist_id}/accounts"): ("teahouse", None),
    ("POST", "/v1/shortlists/{shortlist_id}/accounts"): ("teahouse", {"account_ids": ["acc_" + "0" * 26]}),
    ("DELETE", "/v1/shortlists/{shortlist_id}/accounts/{account_id}"): ("teahouse", None),
    ("GET", "/v1/tasks/{task_id}"): ("teahouse", None),
    ("PUT", "/v1/tasks/{task_id}"): ("teahouse", "a task"),
    ("POST", "/v1/tasks/{task_id}/accounts"): ("teahouse", {"account_ids": ["acc_" + "0" * 26]}),
    ("POST", "/v1/tasks/{task_id}/appeal"): ("teahouse", {"note": "没有误导"}),
    ("GET", "/v1/tasks/{task_id}/applications"): ("teahouse", None),
    ("POST", "/v1/tasks/{task_id}/cancel"): ("teahouse", {"reason_code": "plans_changed"}),
    ("GET", "/v1/tasks/{task_id}/cancellation"): ("teahouse", None),
    ("GET", "/v1/tasks/{task_id}/orders"): ("teahouse", None),
    ("POST", "/v1/tasks/{task_id}/outcomes"): ("teahouse", None),
    ("GET", "/v1/tasks/{task_id}/pictures"): ("teahouse", None),
    ("GET", "/v1/tasks/{task_id}/report"): ("teahouse", None),
    ("DELETE", "/v1/tasks/{task_id}/report/link"): ("teahouse", None),
    ("POST", "/v1/tasks/{task_id}/report/link"): ("teahouse", None),
    ("POST", "/v1/tasks/{task_id}/submit"): ("teahouse", None),
    ("GET", "/v1/wallet/topups/{topup_id}"): ("teahouse", None),
    ("GET", "/v1/wallet/withdrawals/{withdrawal_id}"): ("teahouse", None),
    ("GET", "/v1/webhooks/{webhook_id}"): ("teahouse", None),
    ("PATCH", "/v1/webhooks/{webhook_id}"): ("teahouse", {"description": "till"}),
    ("DELETE", "/v1/webhooks/{webhook_id}"): ("teahouse", None),
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"): ("teahouse", None),
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"): ("teahouse", None),
    ("POST", "/v1/webhooks/{webhook_id}/replay"): (
        "teahouse",
        {"since": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z"},
    ),
    ("POST", "/v1/webhooks/{webhook_id}/rotate"): ("teahouse", None),
    ("POST", "/v1/webhooks/{webhook_id}/test"): ("teahouse", None),
}
"""Routes of one thing: who owns it, and a body that says nothing wrong."""

OWN: dict[Name, tuple[str, str]] = {
    ("GET", "/v1/advertisers"): ("teahouse", "advertiser_id"),
    ("GET", "/v1/advertisers/me"): ("teahouse", "advertiser_id"),
    ("GET", "/v1/applications"): ("an", "application_id"),
    ("GET", "/v1/disputes"): ("an", "dispute_id"),
    ("GET", "/v1/events"): ("teahouse", "event_id"),
    ("GET", "/v1/me"): ("an", "account_id"),
    ("GET", "/v1/notifications"): ("teahouse", "event_id"),
    ("GET", "/v1/plans"): ("teahouse", "plan_id"),
    ("GET", "/v1/orders"): ("an", "order_id"),
    ("GET", "/v1/searches"): ("teahouse", "search_id"),
    ("GET", "/v1/shortlists"): ("teahouse", "shortlist_id"),
    ("GET", "/v1/tasks"): ("teahouse", "task_id"),
    ("GET", "/v1/wallet"): ("teahouse", "held"),
    ("GET", "/v1/withdrawals"): ("teahouse", "withdrawal_id"),
    ("GET", "/v1/wallet/entries"): ("teahouse", "task_id"),
    ("GET", "/v1/wallet/summary"): ("teahouse", "held"),
    ("GET", "/v1/wallet/topups"): ("teahouse", "topup_id"),
    ("GET", "/v1/wallet/withdrawals"): ("teahouse", "withdrawal_id"),
    ("GET", "/v1/webhooks"): ("teahouse", "webhook_id"),
}
"""Routes that answer with what is the caller's own, and something that only the owner's answer holds."""

CALLERS_OWN = {
    ("POST", "/v1/accounts/{account_id}/ownership"),
    ("POST", "/v1/accounts"),
    ("POST", "/v1/advertisers"),
    ("PUT", "/v1/advertisers/me"),
    ("POST", "/v1/exports"),
    ("GET", "/v1/notifications/preferences"),
    ("PUT", "/v1/notifications/preferences"),
    ("POST", "/v1/notifications/read"),
    ("POST", "/v1/pictures"),
    ("POST", "/v1/plans"),
    ("POST", "/v1/previews"),
    ("POST", "/v1/quotes"),
    ("POST", "/v1/searches"),
    ("POST", "/v1/shortlists"),
    ("POST", "/v1/tasks"),
    ("POST", "/v1/tasks/{task_id}/applications"),
    ("POST", "/v1/wallet/topups"),
    ("POST", "/v1/wallet/payees"),
    ("GET", "/v1/wallet/payees/{provider}"),
    ("POST", "/v1/wallet/withdrawals"),
    ("POST", "/v1/webhooks"),
}
"""Routes that create something for the caller; the ids in their bodies must belong to the caller."""

MARKET = {
    ("GET", "/v1/accounts"),
    ("GET", "/v1/accounts/{account_id}"),
    ("GET", "/v1/accounts/{account_id}/forecast"),
    ("GET", "/v1/accounts/{account_id}/grade"),
    ("GET", "/v1/accounts/{account_id}/grade/history"),
    ("GET", "/v1/accounts/{account_id}/prices"),
    ("GET", "/v1/accounts/{account_id}/similar"),
    ("GET", "/v1/accounts/comparison"),
    ("GET", "/v1/accounts/facets"),
    ("GET", "/v1/calls"),
    ("GET", "/v1/lookup"),
}
"""Routes that show every caller the same market."""

QUERIES = {
    ("GET", "/v1/accounts/comparison"): "?account_ids={account_id},{bo}",
    ("GET", "/v1/lookup"): "?q={account_id}",
}
"""The query of a route that requires one."""

ROLE = {"teahouse": "advertiser", "an": "creator"}


@dataclass(frozen=True)
class Market:
    """An advertiser with tasks and a creator with an order of each kind; what belongs to them, by the names in paths."""

    stage: Stage
    ids: dict[str, str]
    answers: dict[str, str]

    def send(self, route: Name, *caller: str) -> Any:
        method, path = route
        body = OWNED[route][1] if route in OWNED else None
        if body in ("a task", "terms"):
            task = self.stage.body([self.ids["account_id"]], NOON)
            left_out = ("kind", "account_ids") if body == "terms" else ()
            body = {name: part for name, part in task.items() if name not in left_out}
        if body == "read":
            body = {"message_id": self.ids["dispute_message_id" if "disputes" in path else "message_id"]}
        names = {**self.ids, "bo": self.stage.accounts["bo"]}
        filled = re.sub(r"\{(\w+)\}", lambda name: names[name[1]], path + QUERIES.get(route, ""))
        key = self.stage.key() if method == "POST" else None
        with clock.at(NOON):
            return self.stage.api.as_(*caller).request(method, filled, body, key=key)

    def owner(self, route: Name) -> tuple[str, str]:
        name = (OWNED.get(route) or OWN[route])[0]
        return name, ROLE[name]

    @staticmethod
    def everything() -> str:
        """All that is stored."""
        tables = (AccountsRecord, TasksRecord, WalletRecord, EventsRecord, WebhookSecretsRecord)
        found = [raw for table in tables for page in [table.scan().page_iter] for part in page for raw in part["Items"]]
        return json.dumps(sorted(found, key=lambda raw: (raw["pk"]["S"], raw["sk"]["S"])), sort_keys=True, default=str)


def _stored_event(advertiser_id: str, task_id: str) -> EventRecord:
    """Store the event of an approved task for its advertiser."""
    shared = {"task_id": task_id, "status": "running", "previous_status": "in_review", "event": "approved"}
    event = EventRecord(
        advertiser_id,
        f"{clock.stamp(NOON)}#000001#{ids.derive('evt', task_id)}",
        type="task.running",
        object_id=task_id,
        data={**shared, "revision": 1, "url": f"/v1/tasks/{task_id}"},
        inbox=True,
        expires=int((NOON + timedelta(days=90)).timestamp()),
    )
    event.save()
    return event


def furnished(stage: Stage) -> Market:
    def made(by: Api, path: str, body: Any) -> dict[str, Any]:
        answer = by.post(path, body, key=stage.key())
        assert answer.status_code == 201, (path, answer.json_body)
        found: dict[str, Any] = answer.json_body
        return found

    def offered() -> dict[str, Any]:
        task = stage.create([stage.accounts["an"]])
        stage.approve(task["id"])
        return stage.orders(task["id"])[0]

    teahouse, an = stage.advertiser, stage.creator("an")
    with clock.at(NOON):
        stage.certify()
        contact = {"name": "李", "phone": "+86 21 5555 0199", "email": "li@other.example"}
        other = {"name": "另一家有限公司", "licence_no": "91310000MA1K4XYZ1A", "contact": contact}
        registered = made(stage.api.as_("other", "advertiser"), "/v1/advertisers", other)
        certified = {"decision": "approved"}
        assert stage.auditor.post(f"/v1/advertisers/{registered['id']}/certification", certified).status_code == 200
        account, _ = stage.bind("an", "bo")
        figures = {"as_of": "2026-11-20T00:00:00Z", "followers": 12_000, "reads_avg_30d": 3_000, "posts_30d": 10}
        made(stage.api.as_("root", "admin"), f"/v1/accounts/{account}/metrics", figures)
        appeal = {"reason": "数字少了一位", "evidence": {"followers": 120_000}}
        appealed = made(an, f"/v1/accounts/{account}/grade/appeals", appeal)
        call = stage.create([], call={"budget": cny(600_000)})
        stage.approve(call["id"])
        application = {"account_id": account, "price": cny(100_000)}
        applied = made(an, f"/v1/tasks/{call['id']}/applications", application)
        picture = made(teahouse, "/v1/pictures", {"content_type": "image/png", "bytes": 1_000})
        plan = made(teahouse, "/v1/plans", {"budget": cny(600_000)})
        searched = made(teahouse, "/v1/searches", {"name": "茶"})
        shortlist = made(teahouse, "/v1/shortlists", {"name": "茶", "account_ids": [account]})
        topup = made(teahouse, "/v1/wallet/topups", {"amount": cny(600_000)})
        withdrawn = made(teahouse, "/v1/wallet/withdrawals", {"amount": cny(20_000)})
        quarrel = offered()["id"]
        assert stage.act("an", quarrel, "accept").status_code == 200
    with clock.at(NOON + timedelta(hours=1)):
        stage.publish("an", quarrel)
        dispute = stage.act("an", quarrel, "dispute", {"reason_code": "other", "note": "不对"}).json_body
    with clock.at(NOON):
        order = offered()
        message = made(an, f"/v1/orders/{order['id']}/messages", {"text": "今晚八点发"})
        dispute_message = made(an, f"/v1/disputes/{dispute['dispute_id']}/messages", {"text": "请看截图"})
        webhook = made(teahouse, "/v1/webhooks", {"url": "https://1.1.1.1/", "event_types": ["*"]})
        event, delivery_id = _stored_event(stage.advertiser_id, order["task_id"]), ids.derive("dlv", "one")
        DeliveryRecord(
            webhook["id"],
            delivery_id,
            owner=stage.advertiser_id,
            event_pk=event.pk,
            event_sk=event.sk,
            type=event.type,
            status="delivered",
            first_at=clock.stamp(NOON),
            expires=event.expires,
        ).save()
        held = str(stage.advertiser.get("/v1/wallet").json_body["held"]["amount"])
    assert int(held) > 0
    found = {
        "account_id": account,
        "advertiser_id": stage.advertiser_id,
        "appeal_id": appealed["id"],
        "application_id": applied["id"],
        "call_id": call["id"],
        "delivery_id": delivery_id,
        "dispute_id": dispute["dispute_id"],
        "dispute_message_id": dispute_message["id"],
        "event_id": event.id,
        "message_id": message["id"],
        "order_id": order["id"],
        "picture_id": picture["id"],
        "plan_id": plan["id"],
        "search_id": searched["id"],
        "shortlist_id": shortlist["id"],
        "task_id": order["task_id"],
        "topup_id": topup["id"],
        "webhook_id": webhook["id"],
        "withdrawal_id": withdrawn["id"],
    }
    return Market(stage, found, {**found, "held": held})
