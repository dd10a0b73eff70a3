"""Every decision of staff: not about the decider's own resources, and only about the revision that was read.

A new writing route for staff alone must be added to DECISIONS, or to NO_DECISION with the reason; the first test checks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api import DecisionBody
from chalicelib.api.callers import ROLES
from chalicelib.core import clock
from chalicelib.payments.port import PaidNotice
from chalicelib.wallet import ledger, movements, topups
from testing.api import served_api
from testing.doubles.mocked_aws import mocked_aws
from testing.in_force import staff_decisions
from testing.in_force.closed_routes import CLOSED
from testing.markets.owned_market import Market, furnished
from testing.markets.stage import NOON, Stage, cny

Name = tuple[str, str]
pytestmark = pytest.mark.xdist_group("decisions")  # one market for all of them

DECISIONS: dict[Name, tuple[tuple[str, ...], dict[str, Any] | None]] = {
    ("POST", "/v1/advertisers/{advertiser_id}/certification"): (("third",), {"decision": "approved"}),
    ("POST", "/v1/advertisers/{advertiser_id}/revocation"): (("third",), {"reason_code": "licence_invalid"}),
    ("POST", "/v1/accounts/{account_id}/category"): (("chen",), {"category": "美食"}),
    ("POST", "/v1/accounts/{account_id}/revocation"): (("chen",), {"reason_code": "community_rules"}),
    ("POST", "/v1/accounts/{account_id}/admission"): (("chen",), {"decision": "approved"}),
    ("POST", "/v1/accounts/{account_id}/metrics"): (("chen",), {"as_of": "2026-11-21T00:00:00Z", "followers": 9}),
    ("POST", "/v1/accounts/{account_id}/metrics/fetch"): (("chen",), None),
    ("POST", "/v1/appeals/{appeal_id}/ruling"): (("an",), {"outcome": "rejected", "note": "查过了"}),
    ("POST", "/v1/disputes/{dispute_id}/ruling"): (("an", "teahouse"), {"outcome": "refund", "note": "查过了"}),
    ("POST", "/v1/orders/{order_id}/draft/review"): (("an", "teahouse"), {"decision": "approved"}),
    ("POST", "/v1/tasks/{task_id}/review"): (("teahouse", "bo"), {"decision": "approved"}),
    ("POST", "/v1/tasks/{task_id}/stop"): (("teahouse", "bo"), {"reason_code": "law"}),
    ("POST", "/v1/withdrawals/{withdrawal_id}/payout"): (("teahouse",), None),
    ("POST", "/v1/withdrawals/{withdrawal_id}/outcome"): (("teahouse",), {"outcome": "failed"}),
    ("POST", "/v1/suspense/{suspense_id}/resolution"): (("teahouse",), {"resolution": "returned"}),
}
"""The parties to the subject of each decision, and a body that another member of staff can send."""

NO_DECISION: dict[Name, str] = {
    ("POST", "/sandbox/clock"): "moves the time of the whole stage, for all users",
    ("POST", "/v1/orders/{order_id}/retry"): "runs the workflow of the order again; its outcome is not the caller's",
    ("POST", "/v1/tasks/{task_id}/retry"): "runs the workflow of the task again; its outcome is not the caller's",
    ("POST", "/v1/grading/regrade"): "computes every grade by the published methodology",
    ("POST", "/v1/queues/{queue}/next"): "claims an item, which binds no decision",
    ("POST", "/v1/claims"): "claims an item, which binds no decision",
    ("DELETE", "/v1/claims/{subject_id}"): "ends the caller's own claim",
    ("POST", "/v1/ledger/proof"): "only reads the ledger",
    ("POST", "/v1/ledger/settlements/{provider}"): "only compares a file with the ledger",
    ("POST", "/v1/ledger/settlements/{provider}/uploads"): "returns a form for a file",
}


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    """Yield the market of test_owners with pending subjects: an account, an enterprise, a task, a draft, money in suspense."""
    with mocked_aws(), served_api() as api:
        market = furnished(Stage(api))
        stage, ids = market.stage, market.ids
        with clock.at(NOON):
            contact = {"name": "李", "phone": "+86 21 5555 0199", "email": "li@third.example"}
            third = {"name": "第三家有限公司", "licence_no": "91310000MA1K4XYZ2A", "contact": contact}
            ids["advertiser_id"] = api.as_("third", "advertiser").post("/v1/advertisers", third).json_body["id"]
            bound = {"network": "sandbox", "handle": "chen", "category": "生活"}
            ids["account_id"] = api.as_("chen", "creator").post("/v1/accounts", bound).json_body["id"]
            ids["task_id"] = stage.create([stage.accounts["bo"]])["id"]
            drafted = stage.create([stage.accounts["an"]], draft_approval=True)["id"]
            stage.approve(drafted)
            ids["order_id"] = stage.orders(drafted)[0]["id"]
            assert stage.act("an", ids["order_id"], "accept").status_code == 200
            assert stage.act("an", ids["order_id"], "draft", {"text": "国家级茶"}).status_code == 200
            topups.credit(PaidNotice("sandbox", "t-wrong-amount", ids["topup_id"], 1))
            waiting = api.as_("fin", "finance").get("/v1/suspense").json_body["data"]
            ids["suspense_id"] = waiting[0]["id"]
        yield market


@dataclass(frozen=True)
class DecisionRequest:
    """A request for one decision."""

    market: Market
    route: Name

    def by(self, sub: str, *roles: str, **changes: Any) -> Any:
        path = re.sub(r"\{(\w+)\}", lambda name: self.market.ids[name[1]], self.route[1])
        body = DECISIONS[self.route][1]
        at = NOON + timedelta(hours=1) if "dispute" in path else NOON
        with clock.at(at):
            return self.market.stage.api.as_(sub, *roles).post(path, {**body, **changes} if body is not None else None)


def _names(routes: Any) -> list[Any]:
    return [pytest.param(route, id=" ".join(route)) for route in sorted(routes, key=lambda r: (r[1], r[0]))]


def test_every_writing_staff_route_is_listed() -> None:
    staff = {
        (route.method, route.path)
        for route in CLOSED
        if route.method != "GET" and route.roles and not {"advertiser", "creator"} & set(route.roles)
    }
    assert staff == DECISIONS.keys() | NO_DECISION.keys()


@pytest.mark.parametrize("route", _names(DECISIONS))
def test_rule_26_decision_about_own_resource_is_refused(market: Market, route: Name) -> None:
    """With all roles, with admin alone, and with those of staff. Nothing is written."""
    before = market.everything()
    for party in DECISIONS[route][0]:
        for roles in (ROLES, {"admin"}, {"auditor", "finance", "admin"}):
            response = DecisionRequest(market, route).by(party, *roles)
            assert (response.status_code, response.json_body["code"]) == (403, "conflict_of_interest"), (party, roles)
    assert market.everything() == before


def _with_revision() -> list[Name]:
    bodies = {(route.method, route.path): route.request for route in CLOSED}
    return [route for route in DECISIONS if (body := bodies[route]) and issubclass(body, DecisionBody)]


def test_listed_decisions_require_a_revision() -> None:
    assert {path.rpartition("/")[2] for _, path in _with_revision()} == {
        "certification", "admission", "ruling", "review", "outcome", "resolution", "revocation", "category"
    }  # fmt: skip


@pytest.mark.parametrize("route", _names(_with_revision()))
def test_rule_27_decision_requires_the_current_revision(market: Market, route: Name) -> None:
    """A missing revision gets 422, another one 409, and nothing is written."""
    before = market.everything()
    decision = DecisionRequest(market, route)
    missing = decision.by("staff", "auditor", "finance", revision=None)
    assert missing.status_code == 422
    assert missing.json_body["errors"][0]["pointer"] == "/revision"
    path = re.sub(r"\{(\w+)\}", lambda name: market.ids[name[1]], route[1])
    now = int(staff_decisions.subject_of(path).revision)
    for other in (now + 1, now - 1 if now else now + 2):
        stale = decision.by("staff", "auditor", "finance", revision=other)
        assert (stale.status_code, stale.json_body["code"]) == (409, "revision_changed"), stale.json_body
    assert market.everything() == before


def test_user_with_every_role_cannot_decide_own_resources(market: Market) -> None:
    """The user registers, binds, tops up, orders, posts, disputes and withdraws; staff decide after each refusal."""
    stage = market.stage
    api = stage.api
    eve, staff = (api.as_(sub, "advertiser", "creator", "auditor", "finance") for sub in ("eve", "staff"))
    contact = {"name": "伊", "phone": "+86 21 5555 0100", "email": "eve@tea.example"}
    enterprise = {"name": "伊芙有限公司", "licence_no": "91310000MA1K4XYZ9A", "contact": contact}
    yes = {"decision": "approved"}

    def refused(path: str, body: dict[str, Any]) -> None:
        response = eve.post(path, body)
        assert (response.status_code, response.json_body["code"]) == (403, "conflict_of_interest"), path

    with clock.at(NOON):
        made = eve.post("/v1/advertisers", enterprise).json_body
        refused(f"/v1/advertisers/{made['id']}/certification", yes)
        assert staff.post(f"/v1/advertisers/{made['id']}/certification", yes).status_code == 200
        account = eve.post("/v1/accounts", {"network": "sandbox", "handle": "eve", "category": "生活"}).json_body["id"]
        eve.patch(f"/v1/accounts/{account}", {"prices": {"post": cny(100_000)}})
        refused(f"/v1/accounts/{account}/admission", yes)
        assert staff.post(f"/v1/accounts/{account}/admission", yes).status_code == 200
        topups.credit(PaidNotice("sandbox", "eve-unknown", None, 900_000))
        waiting = eve.get("/v1/suspense").json_body["data"]
        suspended = next(item["id"] for item in waiting if item["transaction_id"] == "eve-unknown")
        credited = {"resolution": "credited", "advertiser_id": made["id"]}
        refused(f"/v1/suspense/{suspended}/resolution", credited)
        ledger.post(movements.topup("pay_eve", "sandbox", made["id"], 900_000), NOON)
        task = eve.post("/v1/tasks", stage.body([account]), key="eve").json_body["id"]
        refused(f"/v1/tasks/{task}/review", yes)
        assert staff.post(f"/v1/tasks/{task}/review", yes).status_code == 200
        order = eve.get(f"/v1/tasks/{task}/orders").json_body["data"][0]
        assert eve.post(f"/v1/orders/{order['id']}/accept").status_code == 200
    with clock.at(NOON + timedelta(hours=1)):
        published = eve.post(f"/v1/orders/{order['id']}/publish", {"post_url": stage.post(order)})
        assert published.status_code == 200, published.json_body
        dispute = eve.post(f"/v1/orders/{order['id']}/dispute", {"reason_code": "other", "note": "x"}).json_body
        refused(f"/v1/disputes/{dispute['dispute_id']}/ruling", {"outcome": "pay", "note": "x"})
        wish = eve.post("/v1/wallet/withdrawals", {"amount": cny(100_000)}, key="eve-out").json_body["id"]
        refused(f"/v1/withdrawals/{wish}/outcome", {"outcome": "paid"})
        assert eve.post(f"/v1/withdrawals/{wish}/payout").json_body["code"] == "conflict_of_interest"


@pytest.mark.parametrize("route", _names(DECISIONS))
def test_other_member_of_staff_decides(market: Market, route: Name) -> None:
    """The body is the same, so that only the parties differ. Runs last, since it changes the market."""
    response = DecisionRequest(market, route).by("staff", "auditor", "finance", "admin")
    assert response.status_code in (200, 201, 409), response.json_body
    assert response.json_body.get("code") not in ("conflict_of_interest", "revision_changed")
