"""Identity of accounts: required proof, displacement, revocation, spellings, categories, unbinding, decision log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from chalicelib.accounts import removal_listeners
from chalicelib.accounts.bulk_import import Entry, take
from chalicelib.accounts.records import AccountRecord, find_account, new_account
from chalicelib.core import clock, ids
from chalicelib.grading.model.account_figures import AccountFigures
from testing.api import Api
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

FIGURES = {"as_of": "2026-11-20T00:00:00Z", "followers": 120_000, "reads_avg_30d": 30_000, "posts_30d": 40}
REASON = {"reason_code": "community_rules", "note": "x"}


def imported(handle: str = "star", category: str | None = "美食", **figures: Any) -> str:
    """An account that the operator lists, verified by its network unless `verified` is False; its id."""
    known = cast("AccountFigures", {**FIGURES, "verified": True, **figures})
    entry = Entry("sandbox", handle, category, known, {"post": PRICE}, True)
    (taken,) = take([entry])
    assert taken.account is not None
    return str(taken.account.pk)


def bind(stage: Stage, name: str, handle: str = "star", **changes: Any) -> Any:
    body = {"network": "sandbox", "handle": handle, "category": "美食", "prices": {"post": cny(PRICE)}, **changes}
    return stage.creator(name).post("/v1/accounts", body)


def prove(stage: Stage, name: str, account: str) -> Any:
    """The creator gets a code and shows it in the account's profile."""
    path = f"/v1/accounts/{account}/ownership"
    code = stage.creator(name).post(path)
    assert code.status_code == 201, code.json_body
    stage.api.put(f"/sandbox/accounts/{account}/profile", {"description": f"hello {code.json_body['code']}"})
    return stage.creator(name).post(f"{path}/check")


def order(stage: Stage, account: str) -> Any:
    return stage.advertiser.post("/v1/tasks", stage.body([account]), key=stage.key())


class TestProof:
    def test_rule_25_an_imported_account_is_ordered_only_after_proof(self, stage: Stage) -> None:
        account = imported()
        bound = bind(stage, "an").json_body
        assert (bound["id"], bound["status"], bound["orderable"]) == (account, "admitted", False)
        assert bound["ownership"]["required"] is True
        refused = order(stage, account)
        assert (refused.status_code, refused.json_body["code"]) == (409, "account_not_available")
        plan = stage.advertiser.post("/v1/plans", {"budget": cny(1_000_000), "kind": "post"}, key="p").json_body
        assert plan["accounts"] == []
        proved = prove(stage, "an", account).json_body
        assert (proved["orderable"], proved["ownership"]["required"]) == (True, False)
        assert order(stage, account).status_code == 201

    def test_an_imported_account_that_is_not_verified_needs_proof_too(self, stage: Stage) -> None:
        account = imported(verified=False)
        assert bind(stage, "an").json_body["status"] == "pending"
        admitted = stage.auditor.post(f"/v1/accounts/{account}/admission", {"decision": "approved"}).json_body
        assert (admitted["status"], admitted["orderable"]) == ("admitted", False)
        assert prove(stage, "an", account).json_body["orderable"] is True

    def test_an_account_without_figures_is_ordered_after_admission(self, stage: Stage) -> None:
        (account,) = stage.bind("an")
        assert stage.creator("an").get(f"/v1/accounts/{account}").json_body["orderable"] is True
        assert order(stage, account).status_code == 201

    def test_a_proof_displaces_a_binding_without_proof(self, stage: Stage) -> None:
        (account,) = stage.bind("an")
        other = stage.bind("chen")[0]
        accepted, offered = (stage.create([account, other])["id"] for _ in range(2))
        for task in (accepted, offered):
            stage.approve(task)
        orders = {task: {one["account_id"]: one["id"] for one in stage.orders(task)} for task in (accepted, offered)}
        assert stage.act("an", orders[accepted][account], "accept").status_code == 200
        taken = bind(stage, "bo", "handle-of-an")
        assert (taken.status_code, taken.json_body["id"]) == (409, account)
        proved = prove(stage, "bo", account)
        assert proved.status_code == 200, proved.json_body
        assert (proved.json_body["status"], proved.json_body["ownership"]["status"]) == ("admitted", "verified")
        assert proved.json_body["prices"] == {}
        assert stage.creator("an").patch(f"/v1/accounts/{account}", {"paused": True}).status_code == 404
        assert stage.order(orders[accepted][account])["status"] == "accepted"
        ended = stage.order(orders[offered][account])
        assert (ended["status"], ended["payment"], ended["reason"]) == (
            "cancelled",
            "refunded",
            {"code": "owner_changed"},
        )
        assert stage.order(orders[offered][other])["status"] == "offered"
        assert stage.money()["available"] == FUNDS - 3 * PRICE
        stage.proven()

    def test_a_proved_account_is_not_displaced(self, stage: Stage) -> None:
        (account,) = stage.bind("an")
        assert stage.creator("bo").post(f"/v1/accounts/{account}/ownership/check").status_code == 404
        code = stage.creator("bo").post(f"/v1/accounts/{account}/ownership").json_body["code"]
        assert prove(stage, "an", account).status_code == 200
        stage.api.put(f"/sandbox/accounts/{account}/profile", {"description": code})
        for path in ("ownership", "ownership/check"):
            assert stage.creator("bo").post(f"/v1/accounts/{account}/{path}").status_code == 404, path
        record = find_account(account)
        assert record is not None
        assert record.owner == stage.creator_id("an")

    def test_a_code_of_another_creator_proves_nothing_for_the_owner(self, stage: Stage) -> None:
        (account,) = stage.bind("an")
        code = stage.creator("bo").post(f"/v1/accounts/{account}/ownership").json_body["code"]
        assert stage.creator("an").post(f"/v1/accounts/{account}/ownership").json_body["code"] != code
        stage.api.put(f"/sandbox/accounts/{account}/profile", {"description": code})
        answer = stage.creator("an").post(f"/v1/accounts/{account}/ownership/check")
        assert answer.json_body["code"] == "ownership_not_proven"


class TestHandles:
    @pytest.mark.parametrize(
        "spelling", ["@Star", "ＳＴＡＲ", " star ", "st\u200bar", "https://sandbox.example/u/star"]
    )
    def test_spellings_of_a_handle_are_one_account(self, stage: Stage, spelling: str) -> None:
        first = bind(stage, "an")
        again = bind(stage, "bo", spelling)
        assert first.status_code == 201
        assert (again.status_code, again.json_body["id"]) == (409, first.json_body["id"])

    def test_a_handle_that_names_no_account_is_refused(self, stage: Stage) -> None:
        answer = bind(stage, "an", "@")
        assert (answer.status_code, answer.json_body["errors"][0]["pointer"]) == (422, "/handle")

    def test_an_account_stored_under_its_spelling_is_found(self, stage: Stage) -> None:
        """As earlier releases stored it: the id is made of the handle as it was typed."""
        record = new_account("sandbox", "Star", "美食", "unclaimed", clock.stamp(NOON))
        record.pk = ids.derive("acc", "sandbox", "Star")
        record.save()
        assert imported("Star") == record.pk
        assert bind(stage, "an", "Star").json_body["id"] == record.pk


class TestRevocation:
    def test_rule_28_revoking_an_admission_ends_unanswered_orders_free(self, stage: Stage) -> None:
        (account,) = stage.bind("an")
        first, second = (stage.create([account])["id"] for _ in range(2))
        for task in (first, second):
            stage.approve(task)
        accepted, offered = stage.orders(first)[0]["id"], stage.orders(second)[0]["id"]
        stage.act("an", accepted, "accept")
        revoked = stage.auditor.post(f"/v1/accounts/{account}/revocation", REASON)
        assert revoked.status_code == 200, revoked.json_body
        assert (revoked.json_body["status"], revoked.json_body["orderable"]) == ("revoked", False)
        assert revoked.json_body["admission"]["reason_code"] == "community_rules"
        assert stage.order(accepted)["status"] == "accepted"
        ended = stage.order(offered)
        assert (ended["status"], ended["payment"], ended["reason"]) == (
            "cancelled", "refunded", {"code": "account_revoked"}
        )  # fmt: skip
        assert stage.money()["available"] == FUNDS - PRICE
        assert order(stage, account).json_body["code"] == "account_not_available"
        listed = stage.advertiser.get("/v1/accounts").json_body["data"]
        assert account not in [card["id"] for card in listed]
        again = stage.auditor.post(f"/v1/accounts/{account}/admission", {"decision": "approved"})
        assert again.json_body["status"] == "admitted"
        assert order(stage, account).status_code == 201
        stage.proven()

    def test_the_auditor_stops_accepted_orders_with_the_account(self, stage: Stage) -> None:
        (accepted,) = stage.accepted("an")
        account = stage.accounts["an"]
        stage.auditor.post(f"/v1/accounts/{account}/revocation", {**REASON, "stop_accepted": True})
        ended = stage.order(accepted)
        assert (ended["status"], ended["payment"], ended["reason"]["code"]) == (
            "stopped",
            "refunded",
            "account_revoked",
        )
        assert stage.money()["available"] == FUNDS
        stage.proven()

    def test_an_offer_is_not_accepted_once_the_account_is_revoked(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The process ends after the revocation is written: the offer stays and cannot be accepted; a repeat ends it."""
        (offered,) = stage.offered("an")
        account = stage.accounts["an"]
        with monkeypatch.context() as lost:
            lost.setattr(removal_listeners, "_listeners", [])
            first = stage.auditor.post(f"/v1/accounts/{account}/revocation", {**REASON, "revision": 2})
        assert first.json_body["status"] == "revoked"
        assert stage.act("an", offered, "accept").json_body["code"] == "account_not_available"
        assert stage.order(offered)["status"] == "offered"
        assert stage.auditor.post(f"/v1/accounts/{account}/revocation", {**REASON, "revision": 2}).status_code == 200
        assert stage.order(offered)["status"] == "cancelled"

    def test_an_account_revoked_before_the_review_gets_no_order(self, stage: Stage) -> None:
        account, other = stage.bind("an", "bo")
        task = stage.create([account, other])
        stage.auditor.post(f"/v1/accounts/{account}/revocation", REASON)
        stage.approve(task["id"])
        orders = {one["account_id"]: one for one in stage.orders(task["id"])}
        assert (orders[account]["status"], orders[other]["status"]) == ("cancelled", "offered")
        assert stage.money()["available"] == FUNDS - PRICE

    def test_binding_again_does_not_undo_a_revocation(self, stage: Stage) -> None:
        """The network has verified the account, which admits others at once."""
        account = imported()
        bind(stage, "an")
        prove(stage, "an", account)
        stage.auditor.post(f"/v1/accounts/{account}/revocation", REASON)
        again = bind(stage, "an").json_body
        assert (again["status"], again["orderable"]) == ("pending", False)
        figures = {**FIGURES, "as_of": "2026-11-21T00:00:00Z", "verified": True}
        measured = stage.api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", figures).json_body
        assert measured["status"] == "pending"

    def test_a_pending_account_has_no_admission_to_revoke(self, stage: Stage) -> None:
        account = bind(stage, "an").json_body["id"]
        answer = stage.auditor.post(f"/v1/accounts/{account}/revocation", REASON)
        assert (answer.status_code, answer.json_body["code"]) == (409, "state_conflict")

    def test_rule_28_revoking_a_certification_ends_unanswered_orders(self, stage: Stage) -> None:
        an, bo = stage.bind("an", "bo")
        waiting, running = stage.create([an])["id"], stage.create([an, bo])["id"]
        stage.approve(running)
        call = stage.create([], call={"budget": cny(400_000)})["id"]
        stage.approve(call)
        orders = {one["account_id"]: one["id"] for one in stage.orders(running)}
        stage.act("an", orders[an], "accept")
        path = f"/v1/advertisers/{stage.advertiser_id}"
        revoked = stage.auditor.post(f"{path}/revocation", {"reason_code": "licence_invalid"})
        assert revoked.status_code == 200, revoked.json_body
        assert revoked.json_body["certification"]["status"] == "revoked"
        assert (stage.task(waiting)["status"], stage.task(running)["status"]) == ("stopped", "running")
        assert stage.order(orders[an])["status"] == "accepted"
        ended = stage.order(orders[bo])
        assert (ended["status"], ended["reason"]) == ("cancelled", {"code": "advertiser_revoked"})
        assert stage.money(call)[call] == 0
        assert stage.money()["available"] == FUNDS - PRICE
        assert order(stage, an).json_body["code"] == "advertiser_not_certified"
        assert stage.auditor.post(f"{path}/certification", {"decision": "approved"}).status_code == 200
        assert order(stage, an).status_code == 201
        stage.proven()


class TestCategories:
    def test_a_category_is_one_of_the_published_list(self, stage: Stage) -> None:
        listed = [one["category"] for one in stage.api.get("/v1/categories").json_body["data"]]
        assert {"美食", "旅游", "other"} <= set(listed)
        refused = bind(stage, "an", category="no such category")
        assert (refused.status_code, refused.json_body["errors"][0]["pointer"]) == (422, "/category")
        assert bind(stage, "an", category="Food").json_body["category"] == "美食"

    def test_an_import_puts_an_unknown_category_into_other(self, stage: Stage) -> None:
        record = find_account(imported(category="no such category"))
        assert record is not None
        assert record.category == "other"
        found = stage.advertiser.get("/v1/accounts?category=other").json_body["data"]
        assert [card["id"] for card in found] == [record.pk]

    def test_a_stored_category_outside_the_list_is_still_read(self, stage: Stage) -> None:
        record = new_account("sandbox", "old", "稀有", "unclaimed", clock.stamp(NOON))
        record.listing = "listed"
        record.save()
        found = stage.advertiser.get("/v1/accounts?category=稀有").json_body["data"]
        assert [card["category"] for card in found] == ["稀有"]

    def test_a_review_corrects_the_category_and_grades_anew(self, stage: Stage) -> None:
        account = imported(category="美妆")
        corrected = stage.auditor.post(f"/v1/accounts/{account}/category", {"category": "music"})
        assert corrected.json_body["category"] == "音乐"
        record = find_account(account)
        assert record is not None
        assert record.category == "音乐"
        other = bind(stage, "bo", "bo").json_body["id"]
        admitted = {"decision": "approved", "category": "数码"}
        assert stage.auditor.post(f"/v1/accounts/{other}/admission", admitted).json_body["category"] == "数码"


class TestUnbinding:
    def test_an_owner_unbinds_an_account(self, stage: Stage) -> None:
        account = imported()
        bind(stage, "an")
        prove(stage, "an", account)
        task = stage.create([account])
        stage.approve(task["id"])
        released = stage.creator("an").request("DELETE", f"/v1/accounts/{account}")
        assert (released.status_code, released.json_body["status"]) == (200, "unclaimed")
        assert stage.orders(task["id"])[0]["reason"] == {"code": "account_unbound"}
        assert stage.creator("an").get("/v1/accounts?owner=me").json_body["data"] == []
        assert account in [card["id"] for card in stage.advertiser.get("/v1/accounts").json_body["data"]]
        bound = bind(stage, "bo")
        assert (bound.status_code, bound.json_body["orderable"]) == (201, False)
        assert stage.creator("an").request("DELETE", f"/v1/accounts/{account}").status_code == 404


class TestRecords:
    def test_staff_list_advertisers_by_status(self, stage: Stage) -> None:
        contact = {"name": "李", "phone": "+86 21 5555 0199", "email": "li@other.example"}
        names = [f"other{number}" for number in range(3)]
        for number, name in enumerate(names):
            body = {"name": "另一家", "licence_no": f"91310000MA1K4XYZ{number}B", "contact": contact}
            stage.api.as_(name, "advertiser").post("/v1/advertisers", body)
        finance = stage.api.as_("fin", "finance")

        def listed(query: str) -> list[str]:
            return [one["id"] for one in finance.get(f"/v1/advertisers{query}").json_body["data"]]

        assert listed("?status=approved") == [stage.advertiser_id]
        assert set(listed("?status=pending")) == {ids.derive("adv", name) for name in names}
        page = finance.get("/v1/advertisers?limit=2").json_body
        rest = finance.get(f"/v1/advertisers?limit=2&cursor={page['next_cursor']}").json_body
        assert len({one["id"] for one in [*page["data"], *rest["data"]]}) == 4
        own = stage.advertiser.get("/v1/advertisers").json_body["data"]
        assert [one["id"] for one in own] == [stage.advertiser_id]

    def test_admins_see_decisions_and_deciders(self, stage: Stage) -> None:
        (account,) = stage.bind("an")
        task = stage.create([account])
        with clock.at(NOON + timedelta(minutes=1)):
            stage.api.as_("second", "auditor").post(
                f"/v1/tasks/{task['id']}/review", {"decision": "rejected", "reasons": [{"code": "misleading"}]}
            )
        admin: Api = stage.api.as_("root", "admin")
        newest = admin.get("/v1/decisions").json_body["data"][0]
        assert {name: newest[name] for name in ("kind", "subject_id", "outcome", "reason_code", "decided_by")} == {
            "kind": "task",
            "subject_id": task["id"],
            "outcome": "rejected",
            "reason_code": "misleading",
            "decided_by": "second",
        }
        about = admin.get(f"/v1/decisions?subject_id={account}").json_body["data"]
        assert [(one["kind"], one["outcome"]) for one in about] == [("account", "approved")]
        for role in ("auditor", "finance", "advertiser"):
            assert stage.api.as_("x", role).get("/v1/decisions").status_code == 403


def test_a_decision_is_recorded_in_its_own_transaction(stage: Stage) -> None:
    """Every decided account has its record: nothing decides without one."""
    stage.bind("an", "bo")
    found = [AccountRecord.find(account, "account") for account in stage.accounts.values()]
    admin = stage.api.as_("root", "admin")
    for record in found:
        assert record is not None
        about = admin.get(f"/v1/decisions?subject_id={record.pk}").json_body["data"]
        assert [(one["decided_by"], one["revision"]) for one in about] == [(record.decided_by, record.decided_revision)]
