"""Social accounts through the API: binding, admission, metrics, prices, orderability, access."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts import binding
from chalicelib.accounts.bulk_import import Entry, take
from chalicelib.accounts.orderable_accounts import orderable
from chalicelib.accounts.records import AccountRecord, account_id, find_account, get_account
from chalicelib.accounts.review import admission
from chalicelib.accounts.review.auditor_decisions import Decision
from chalicelib.accounts.valuation import grade_and_prices
from chalicelib.core import clock, ids
from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.core.order_kinds import KINDS
from chalicelib.decisions.decider import Decider
from chalicelib.grading import assessment
from chalicelib.grading.assessment import assess
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import in_force
from chalicelib.grading.records import GradeChange
from chalicelib.store import Refused, read_page, transact

TEA = account_id("weibo", "tea")
FIGURES: AccountFigures = {
    "as_of": "2026-11-20T00:00:00Z",
    "followers": 120_000,
    "reads_avg_30d": 30_000,
    "posts_30d": 40,
}


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def body(**changes: Any) -> dict[str, Any]:
    return {"network": "weibo", "handle": "tea", "category": "美食", "prices": {"post": cny(150_000)}, **changes}


@pytest.fixture
def an(api: Any) -> Any:
    return api.as_("an", "creator")


@pytest.fixture
def auditor(api: Any) -> Any:
    return api.as_("aud", "auditor")


@pytest.fixture
def admin(api: Any) -> Any:
    return api.as_("root", "admin")


def admit(auditor: Any, decision: str = "approved", **more: Any) -> Any:
    return auditor.post(f"/v1/accounts/{TEA}/admission", {"decision": decision, **more})


def cheap_and_dear() -> tuple[str, str]:
    """Return the categories with the least and the greatest advice for FIGURES."""
    advice = {name: assess(Evidence.from_json(FIGURES), name).prices["repost"].mid for name in in_force().categories}
    return min(advice, key=advice.__getitem__), max(advice, key=advice.__getitem__)


def imported(**prices: int) -> None:
    [taken] = take([Entry("weibo", "tea", "旅行", FIGURES, prices, dated=True)])  # type: ignore[arg-type]
    assert taken.outcome == "imported"


def grades(account: str = TEA) -> list[GradeChange]:
    within = GradeChange.sk.startswith("grade#")
    return read_page(GradeChange, account, limit=100, range_condition=within).items


def effective_prices_follow(record: AccountRecord | None) -> None:
    """Check that the attributes of the indexes follow from own prices, advice and evidence."""
    assert record is not None
    before = (record.post_price, record.repost_price, record.value)
    grade_and_prices.apply_own_prices(record, {})
    assert before == (record.post_price, record.repost_price, record.value)
    for kind, price in zip(KINDS, before, strict=False):
        own = record.own_price(kind)
        assert price == (own if own is not None else record.advised and record.advised[kind]["mid"])


def test_an_import_stores_the_category_that_posts_propose(api: Any) -> None:
    entry = Entry("weibo", "tea", None, FIGURES, {}, dated=True)
    assert [one.outcome for one in take([entry])] == ["imported"]
    [updated] = take([replace(entry, proposed="美食")])
    assert (updated.outcome, get_account(TEA).category_proposed) == ("updated", "美食")
    assert not get_account(TEA).category
    assert [one.outcome for one in take([entry])] == ["unchanged"]
    assert get_account(TEA).category_proposed == "美食"


class TestBinding:
    def test_a_creator_binds_an_account_that_waits_for_admission(self, an: Any, auditor: Any) -> None:
        answer = an.post("/v1/accounts", body())
        card = answer.json_body
        assert answer.status_code == 201
        assert (card["id"], card["status"], card["orderable"]) == (TEA, "pending", False)
        assert card["prices"] == {"post": cny(150_000)}
        assert card["effective_prices"] == {"post": cny(150_000), "repost": None}
        assert card["price_sources"] == {"post": "own", "repost": None}
        assert (card["metrics"], card["grade"], card["score"], card["advised_price"]) == (None, None, None, None)
        assert an.get(f"/v1/accounts/{TEA}").json_body == card
        queue = auditor.get("/v1/admissions").json_body["data"]
        assert [(entry["id"], entry["due_at"]) for entry in queue] == [(TEA, card["admission"]["due_at"])]
        due = clock.parse(card["admission"]["due_at"]) - clock.parse(card["created_at"])
        assert due == timedelta(hours=48)

    def test_a_bound_account_cannot_be_bound_again(self, api: Any, an: Any) -> None:
        an.post("/v1/accounts", body())
        for caller in (an, api.as_("bo", "creator")):
            answer = caller.post("/v1/accounts", body())
            assert (answer.status_code, answer.json_body["code"]) == (409, "already_exists")
        found = find_account(TEA)
        assert found is not None
        assert found.owner == ids.derive("cre", "an")

    def test_a_repeat_with_its_key_gets_the_first_answer(self, an: Any, auditor: Any) -> None:
        first = an.post("/v1/accounts", body(), key="k")
        admit(auditor)
        again = an.post("/v1/accounts", body(), key="k")
        assert (again.status_code, again.json_body) == (201, first.json_body)
        assert again.headers["Idempotency-Replayed"] == "true"
        other = an.post("/v1/accounts", body(handle="cake"), key="k")
        assert (other.status_code, other.json_body["code"]) == (422, "idempotency_key_reused")
        assert find_account(account_id("weibo", "cake")) is None

    def test_a_refused_binding_does_not_use_up_its_key(self, api: Any, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        bo = api.as_("bo", "creator")
        assert bo.post("/v1/accounts", body(), key="k").status_code == 409
        admit(auditor, "rejected", reason_code="low_fan_quality")
        assert bo.post("/v1/accounts", body(), key="k").status_code == 201

    @pytest.mark.parametrize("moment", ["before the account is read", "before it is written"])
    def test_twins_of_one_request_make_one_binding(self, an: Any, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
        holder, name = (
            (binding, "find_by_handle") if moment.endswith("read") else (grade_and_prices, "apply_own_prices")
        )
        step: Any = getattr(holder, name)
        twins: list[Any] = []

        def interrupted(*arguments: Any) -> Any:
            if not twins:
                twins.append(None)
                twins[0] = an.post("/v1/accounts", body(), key="k")
            return step(*arguments)

        monkeypatch.setattr(holder, name, interrupted)
        answer = an.post("/v1/accounts", body(), key="k")
        assert (answer.status_code, answer.json_body) == (201, twins[0].json_body)
        assert answer.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in twins[0].headers

    def test_an_imported_account_is_claimed(self, an: Any, auditor: Any) -> None:
        imported(repost=80_000)
        unclaimed = an.get(f"/v1/accounts/{TEA}").json_body
        assert (unclaimed["status"], unclaimed["orderable"]) == ("unclaimed", False)
        assert unclaimed["prices"] == {"repost": cny(80_000)}
        early = admit(auditor)
        assert (early.status_code, early.json_body["code"]) == (409, "state_conflict")
        claimed = an.post("/v1/accounts", body()).json_body
        assert (claimed["id"], claimed["status"]) == (TEA, "pending")
        assert claimed["prices"] == {"post": cny(150_000)}
        assert claimed["grade"] == unclaimed["grade"] is not None
        assert an.get("/v1/accounts").json_body["data"] == []
        effective_prices_follow(find_account(TEA))

    def test_another_creator_can_bind_a_rejected_account(self, api: Any, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        admit(auditor, "rejected", reason_code="contact_false", note="not yours")
        bo = api.as_("bo", "creator")
        card = bo.post("/v1/accounts", body(prices={})).json_body
        assert (card["status"], card["prices"], card["admission"]["reason_code"]) == ("pending", {}, None)
        assert [entry["id"] for entry in bo.get("/v1/accounts?owner=me").json_body["data"]] == [TEA]
        assert an.get("/v1/accounts?owner=me").json_body["data"] == []
        assert an.patch(f"/v1/accounts/{TEA}", {"paused": True}).status_code == 404

    def test_a_binding_does_not_change_a_confirmed_category(self, an: Any, auditor: Any) -> None:
        cheap, dear = cheap_and_dear()
        take([Entry("weibo", "tea", cheap, FIGURES, {}, dated=True)])
        before = an.get(f"/v1/accounts/{TEA}").json_body["advised_price"]
        bound = an.post("/v1/accounts", body(category=dear, prices={})).json_body
        assert (bound["category"], bound["category_confirmed"], bound["advised_price"]) == (cheap, True, before)
        assert bound["admission"]["category_declared"] == dear
        corrected = admit(auditor, category=dear).json_body
        assert corrected["category"] == dear
        assert corrected["advised_price"]["repost"]["mid"]["amount"] > before["repost"]["mid"]["amount"]
        assert corrected["effective_prices"]["repost"] == corrected["advised_price"]["repost"]["mid"]
        assert [grade.cause for grade in grades()] == ["category", "import"]

    def test_a_declared_category_counts_once_it_is_confirmed(self, an: Any, admin: Any, auditor: Any) -> None:
        _, dear = cheap_and_dear()
        an.post("/v1/accounts", body(category=dear, prices={}))
        card = admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES).json_body
        assert (card["category"], card["category_confirmed"]) == (dear, False)
        without, with_it = (assess(Evidence.from_json(FIGURES), name).prices["repost"].mid for name in (None, dear))
        assert card["advised_price"]["repost"]["mid"] == cny(without)
        admitted = admit(auditor).json_body
        assert admitted["category_confirmed"] is True
        assert admitted["advised_price"]["repost"]["mid"] == cny(with_it)
        assert an.get(f"/v1/accounts/{TEA}/grade").json_body["category"] == dear

    def test_verified_account_needs_a_review_of_its_category_only(self, an: Any, admin: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        card = admin.post(f"/v1/accounts/{TEA}/metrics", {**FIGURES, "verified": True}).json_body
        assert (card["status"], card["category_confirmed"]) == ("admitted", False)
        confirmed = auditor.post(f"/v1/accounts/{TEA}/category", {"category": "food"}).json_body
        assert (confirmed["category"], confirmed["category_confirmed"]) == ("美食", True)

    def test_errors_of_a_binding_have_pointers(self, an: Any) -> None:
        cases: list[tuple[dict[str, Any], str]] = [
            ({"network": "Wei Bo"}, "/network"),
            ({"network": "x" * 21}, "/network"),
            ({"handle": " "}, "/handle"),
            ({"handle": "x" * 101}, "/handle"),
            ({"category": "x" * 51}, "/category"),
            ({"prices": {"post": cny(99)}}, "/prices/post/amount"),
            ({"prices": {"repost": cny(1_000_000_001)}}, "/prices/repost/amount"),
            ({"prices": {"repost": {"amount": 500, "currency": "USD"}}}, "/prices/repost/currency"),
            ({"prices": {"video": cny(500)}}, "/prices/video"),
            ({"prices": {"post": {"amount": 10.5, "currency": "CNY"}}}, "/prices/post/amount"),
            ({"owner": "cre_x"}, "/owner"),
        ]
        for changes, pointer in cases:
            answer = an.post("/v1/accounts", body(**changes))
            assert answer.status_code == 422
            assert [fault["pointer"] for fault in answer.json_body["errors"]] == [pointer]
        assert find_account(TEA) is None


class TestAdmission:
    def test_rule_2_admitted_accounts_are_listed_and_orderable(self, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        assert an.get("/v1/accounts").json_body["data"] == []
        card = admit(auditor).json_body
        assert (card["status"], card["orderable"]) == ("admitted", True)
        assert [entry["id"] for entry in an.get("/v1/accounts").json_body["data"]] == [TEA]
        assert auditor.get("/v1/admissions").json_body["data"] == []

    def test_a_decision_is_taken_once(self, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        first = admit(auditor, "rejected", reason_code="wrong_category")
        assert admit(auditor, "rejected", reason_code="wrong_category").json_body == first.json_body
        for other in ({"decision": "approved"}, {"decision": "rejected", "reason_code": "contact_false"}):
            answer = admit(auditor, **other)
            assert (answer.status_code, answer.json_body["code"]) == (409, "already_decided")

    def test_reasons_are_those_of_rule_2(self, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        for decision in ({"decision": "rejected"}, {"decision": "rejected", "reason_code": "licence_invalid"}):
            assert admit(auditor, **decision).status_code == 422
        assert admit(auditor, "rejected", reason_code="community_rules").status_code == 200

    def test_rule_2_a_verified_account_passes_at_once(self, an: Any, admin: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        card = admin.post(f"/v1/accounts/{TEA}/metrics", {**FIGURES, "verified": True}).json_body
        assert (card["status"], card["orderable"]) == ("admitted", False), (
            "not before its owner has proved it (rule 25)"
        )
        assert auditor.get("/v1/admissions").json_body["data"] == []

    def test_a_verified_imported_account_is_admitted_when_bound(self, an: Any) -> None:
        take([Entry("weibo", "tea", None, {**FIGURES, "verified": True}, {}, dated=True)])
        assert an.post("/v1/accounts", body()).json_body["status"] == "admitted"


class TestMetrics:
    def test_a_snapshot_grades_and_prices_the_account(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        answer = admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES)
        card = answer.json_body
        assert answer.status_code == 201
        assert card["metrics"] == FIGURES
        assessed = assessment.assess(Evidence.from_json(FIGURES), None)
        assert card["grade"] == assessed.graded.grade
        assert card["score"] == assessed.graded.score / 1_000
        mid = assessed.prices["repost"].mid
        assert card["advised_price"]["repost"]["mid"] == cny(mid)
        assert card["effective_prices"] == {"post": cny(150_000), "repost": cny(mid)}
        assert card["price_sources"] == {"post": "own", "repost": "advised"}
        effective_prices_follow(find_account(TEA))
        assert an.get(f"/v1/accounts/{TEA}").json_body["metrics"] == FIGURES

    def test_the_same_snapshot_again_changes_nothing(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        first = admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES)
        stored = find_account(TEA)
        again = admin.post(f"/v1/accounts/{TEA}/metrics", {**FIGURES, "as_of": "2026-11-20T08:00:00+08:00"})
        assert (again.status_code, again.json_body) == (201, first.json_body)
        assert stored is not None
        assert find_account(TEA).revision == stored.revision  # type: ignore[union-attr]
        assert len(grades()) == 1
        other = admin.post(f"/v1/accounts/{TEA}/metrics", {**FIGURES, "followers": 1})
        assert (other.status_code, other.json_body["code"]) == (409, "already_exists")

    def test_an_older_snapshot_is_stored_but_not_evidence(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        latest = admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES).json_body
        older = {**FIGURES, "as_of": "2026-11-01T00:00:00Z", "followers": 5}
        for _ in range(2):
            card = admin.post(f"/v1/accounts/{TEA}/metrics", older).json_body
            assert (card["metrics"], card["grade"]) == (FIGURES, latest["grade"])
        newer = {**FIGURES, "as_of": "2026-11-21T00:00:00Z", "followers": 200_000}
        assert admin.post(f"/v1/accounts/{TEA}/metrics", newer).json_body["metrics"] == newer
        assert find_account(TEA).followers == 200_000  # type: ignore[union-attr]
        assert len(grades()) == 2

    def test_a_wrong_snapshot_is_refused_whole(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        cases: list[dict[str, Any]] = [
            {"followers": -1},
            {"followers": None},
            {"followers": "12"},
            {"followers": 1.5},
            {"active_followers": 120_001},
            {"originals_share": 1.01},
            {"reads_avg_30d": -0.1},
            {"as_of": "yesterday"},
            {"as_of": "2026-11-20T00:00:00"},
            {"as_of": "2199-01-01T00:00:00Z"},
            {"registered_at": "2026-11-21"},
            {"verified": "yes"},
            {"stars": 6},
        ]
        for wrong in cases:
            answer = admin.post(f"/v1/accounts/{TEA}/metrics", {**FIGURES, **wrong})
            assert (answer.status_code, answer.json_body["code"]) == (422, "body_invalid"), wrong
        assert an.get(f"/v1/accounts/{TEA}").json_body["metrics"] is None

    def test_infinite_figures_are_refused(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        raw = b'{"as_of": "2026-11-20T00:00:00Z", "followers": 1, "reads_avg_30d": 1e999}'
        assert admin.post(f"/v1/accounts/{TEA}/metrics", raw).status_code == 422

    def test_an_unknown_account_has_no_metrics(self, admin: Any) -> None:
        assert admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES).status_code == 404


class TestPrices:
    def test_the_owner_sets_and_takes_away_prices(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        advised = admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES).json_body["advised_price"]
        path = f"/v1/accounts/{TEA}"
        both = an.patch(path, {"prices": {"repost": cny(70_000)}}).json_body
        assert both["prices"] == {"post": cny(150_000), "repost": cny(70_000)}
        effective_prices_follow(find_account(TEA))
        none = an.patch(path, {"prices": {"post": None, "repost": None}}).json_body
        assert none["prices"] == {}
        assert none["effective_prices"] == {kind: advised[kind]["mid"] for kind in ("post", "repost")}
        effective_prices_follow(find_account(TEA))

    def test_pausing_takes_the_account_out_of_the_market_and_back(self, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        admit(auditor)
        path = f"/v1/accounts/{TEA}"
        paused = an.patch(path, {"paused": True}).json_body
        assert (paused["paused"], paused["orderable"]) == (True, False)
        assert an.patch(path, {"paused": True}).json_body == paused
        assert an.patch(path, {"paused": False}).json_body["orderable"] is True

    def test_a_wrong_patch_changes_nothing(self, an: Any) -> None:
        card = an.post("/v1/accounts", body()).json_body
        for wrong in ({"paused": "no"}, {"prices": {"post": cny(1)}}, {"status": "admitted"}):
            assert an.patch(f"/v1/accounts/{TEA}", wrong).status_code == 422
        assert an.get(f"/v1/accounts/{TEA}").json_body == card

    def test_a_rejected_account_is_not_changed(self, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        admit(auditor, "rejected", reason_code="contact_false")
        answer = an.patch(f"/v1/accounts/{TEA}", {"paused": True})
        assert (answer.status_code, answer.json_body["code"]) == (409, "state_conflict")

    def test_a_regrade_between_reading_and_writing_is_not_lost(
        self, an: Any, admin: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        an.post("/v1/accounts", body())
        admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES)
        newer = {**FIGURES, "as_of": "2026-11-21T00:00:00Z", "followers": 900_000, "reads_avg_30d": 400_000}
        price, times = grade_and_prices.apply_own_prices, 0

        def interrupted(record: AccountRecord, own: Any) -> Any:
            nonlocal times
            times += 1
            if times == 1:
                admin.post(f"/v1/accounts/{TEA}/metrics", newer)
            return price(record, own)

        monkeypatch.setattr(grade_and_prices, "apply_own_prices", interrupted)
        card = an.patch(f"/v1/accounts/{TEA}", {"prices": {"post": None, "repost": cny(90_000)}}).json_body
        monkeypatch.undo()
        assert times == 2
        assert card["metrics"] == {**newer, "reads_avg_30d": 30_233.33}, "reads grow by a fifth in 30 days"
        assert card["prices"] == {"repost": cny(90_000)}
        effective_prices_follow(find_account(TEA))

    def test_a_new_price_between_reading_and_regrading_is_not_lost(self, an: Any, admin: Any) -> None:
        an.post("/v1/accounts", body())
        admin.post(f"/v1/accounts/{TEA}/metrics", FIGURES)
        read_before = find_account(TEA)
        assert read_before is not None
        an.patch(f"/v1/accounts/{TEA}", {"prices": {"repost": cny(90_000)}})
        better = Evidence.from_json({**FIGURES, "as_of": "2026-11-22T00:00:00Z", "followers": 500_000})
        with pytest.raises(Refused):
            transact(assessment.store_actions(read_before, assessment.assess(better, "美食"), "methodology"))
        found = find_account(TEA)
        assert found is not None
        assert found.repost_price == 90_000
        transact(assessment.store_actions(found, assessment.assess(better, "美食"), "methodology"))
        found = find_account(TEA)
        assert found is not None
        assert (found.repost_price, found.evidence) == (90_000, better.as_json())
        effective_prices_follow(found)


class TestOrdering:
    @pytest.fixture
    def market(self, an: Any, auditor: Any) -> dict[str, str]:
        made = {}
        for handle, prices in (
            ("a", {"post": cny(1_000)}),
            ("b", {"post": cny(2_000), "repost": cny(3_000)}),
            ("c", {}),
        ):
            account = an.post("/v1/accounts", body(handle=handle, prices=prices)).json_body["id"]
            auditor.post(f"/v1/accounts/{account}/admission", {"decision": "approved"})
            made[handle] = account
        return made

    def test_rule_10_own_price_else_advised_mid(self, market: dict[str, str], admin: Any) -> None:
        [b, a] = orderable([market["b"], market["a"]], "post")
        assert (b.account_id, b.price, b.price_source) == (market["b"], 2_000, "own")
        assert (a.handle, a.network, a.creator_id) == ("a", "weibo", ids.derive("cre", "an"))
        advised = admin.post(f"/v1/accounts/{market['a']}/metrics", FIGURES).json_body["advised_price"]
        [a] = orderable([market["a"]], "repost")
        assert (a.price, a.price_source) == (advised["repost"]["mid"]["amount"], "advised")

    def test_every_account_that_cannot_be_ordered_is_named(self, market: dict[str, str], an: Any) -> None:
        an.patch(f"/v1/accounts/{market['b']}", {"paused": True})
        pending = an.post("/v1/accounts", body(handle="d")).json_body["id"]
        [imported_too] = take([Entry("weibo", "e", None, FIGURES, {}, dated=True)])
        assert imported_too.account is not None
        wanted = [market["a"], market["b"], pending, imported_too.account.pk, ids.derive("acc", "x"), market["c"]]
        with pytest.raises(Problem) as refused:
            orderable(wanted, "post")
        assert refused.value.code == "account_not_available"
        assert [fault.pointer for fault in refused.value.faults] == [f"/account_ids/{i}" for i in (1, 2, 3, 4)]

    def test_an_account_without_any_price_is_named(self, market: dict[str, str]) -> None:
        with pytest.raises(Problem) as refused:
            orderable([market["b"], market["a"], market["c"]], "repost", pointer="/reserve_account_ids")
        assert refused.value.code == "price_unknown"
        assert [fault.pointer for fault in refused.value.faults] == ["/reserve_account_ids/1", "/reserve_account_ids/2"]

    def test_an_account_named_twice_is_wrong(self, market: dict[str, str]) -> None:
        with pytest.raises(InvalidBody) as refused:
            orderable([market["a"], market["b"], market["a"]], "post")
        assert [fault.pointer for fault in refused.value.faults] == ["/account_ids/2"]

    def test_without_accounts_there_are_no_offers(self, aws: None) -> None:
        assert orderable([], "post") == []


class TestWhoMay:
    def test_roles(self, api: Any, an: Any) -> None:
        an.post("/v1/accounts", body())
        path = f"/v1/accounts/{TEA}"
        advertiser, auditor, finance = (api.as_(role, role) for role in ("advertiser", "auditor", "finance"))
        approve = {"decision": "approved"}
        refused = [
            advertiser.post("/v1/accounts", body(handle="x")),
            advertiser.get("/v1/accounts?owner=me"),
            advertiser.patch(path, {"paused": True}),
            advertiser.get("/v1/admissions"),
            an.get("/v1/admissions"),
            an.post(f"{path}/admission", approve),
            finance.post(f"{path}/admission", approve),
            auditor.post(f"{path}/metrics", FIGURES),
            an.post(f"{path}/metrics", FIGURES),
        ]
        assert [answer.status_code for answer in refused] == [403] * len(refused)
        for method, to in (("GET", path), ("PATCH", path), ("POST", "/v1/accounts"), ("POST", f"{path}/admission")):
            assert api.request(method, to, {} if method != "GET" else None).status_code == 401

    def test_only_the_owner_changes_an_account(self, api: Any, an: Any, admin: Any) -> None:
        card = an.post("/v1/accounts", body()).json_body
        for stranger in (api.as_("bo", "creator"), admin):
            assert stranger.patch(f"/v1/accounts/{TEA}", {"paused": True}).status_code == 404
        assert an.get(f"/v1/accounts/{TEA}").json_body == card

    def test_the_auditors_note_is_for_owner_and_staff(self, api: Any, an: Any, auditor: Any) -> None:
        an.post("/v1/accounts", body())
        admit(auditor, "rejected", reason_code="contact_false", note="call us")
        path = f"/v1/accounts/{TEA}"
        assert an.get(path).json_body["admission"]["note"] == "call us"
        assert auditor.get(path).json_body["admission"]["note"] == "call us"
        for sub, role in (("bo", "creator"), ("tea", "advertiser")):
            card = api.as_(sub, role).get(path).json_body
            assert card["status"] == "rejected"
            assert "admission" not in card

    def test_unknown_accounts_are_404(self, an: Any, auditor: Any) -> None:
        for account in (ids.derive("acc", "nobody"), "acc_1", "tea"):
            assert an.get(f"/v1/accounts/{account}").status_code == 404
            assert an.patch(f"/v1/accounts/{account}", {"paused": True}).status_code == 404
            assert auditor.post(f"/v1/accounts/{account}/admission", {"decision": "approved"}).status_code == 404

    def test_own_accounts_are_listed_last_bound_first_in_every_status(self, an: Any, auditor: Any) -> None:
        for n in range(5):
            with clock.at(datetime(2026, 11, 22, 10, n, tzinfo=UTC)):
                an.post("/v1/accounts", body(handle=f"h{n}"))
        with clock.at(datetime(2026, 11, 22, 11, tzinfo=UTC)):
            admission.admit(
                account_id("weibo", "h3"), Decision("rejected", "contact_false", None, Decider("aud", frozenset(), 1))
            )
        seen: list[str] = []
        cursor = ""
        while True:
            page = an.get(f"/v1/accounts?owner=me&limit=2{cursor}").json_body
            seen += [card["handle"] for card in page["data"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == ["h4", "h3", "h2", "h1", "h0"]
