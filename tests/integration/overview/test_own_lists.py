"""Lists of the caller: the overview, orders of both sides, disputes, plans, and open calls by filter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.tasks.lists import order_lists
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny, text_of

HOUR = timedelta(hours=1)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json_body
    return [one["id"] for one in answer.json_body["data"]]


def pages(api: Api, path: str, limit: int = 2) -> list[str]:
    """Return the ids of all pages."""
    found, cursor = [], None
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        answer = api.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{more}")
        found += ids(answer)
        cursor = answer.json_body["next_cursor"]
        if cursor is None:
            return found


def offered_until(stage: Stage, name: str, hours: int) -> str:
    """Return an offered order of this creator with a deadline in `hours`."""
    begin = NOON + hours * HOUR
    window = {"start_at": text_of(begin), "end_at": text_of(begin + 2 * HOUR)}
    account_ids = [stage.accounts[name]] if name in stage.accounts else stage.bind(name)
    task = stage.create(account_ids, accept_by=text_of(begin), window=window)
    stage.approve(task["id"])
    return str(stage.orders(task["id"])[0]["id"])


def test_an_advertiser_finds_its_orders_across_tasks(stage: Stage) -> None:
    first, second = offered_until(stage, "an", 3), offered_until(stage, "bo", 2)
    task_id = stage.order(second)["task_id"]
    assert set(pages(stage.advertiser, "/v1/orders", 1)) == {first, second}
    assert ids(stage.advertiser.get(f"/v1/orders?task_id={task_id}")) == [second]
    assert stage.act("an", first, "accept").status_code == 200
    assert ids(stage.advertiser.get("/v1/orders?status=accepted")) == [first]
    other = stage.api.as_("other", "advertiser")
    assert ids(other.get("/v1/orders")) == ids(other.get(f"/v1/orders?task_id={task_id}")) == []


def test_orders_are_sorted_by_deadline(stage: Stage) -> None:
    late, soon, ended = (offered_until(stage, "an", hours) for hours in (9, 3, 6))
    assert stage.act("an", ended, "decline", {"reason_code": "other"}).status_code == 200
    for side in (stage.creator("an"), stage.advertiser):
        assert pages(side, "/v1/orders?sort=deadline", 1) == [soon, late, ended]
        assert pages(side, "/v1/orders?sort=-deadline", 1) == [late, soon, ended]
        assert ids(side.get("/v1/orders?sort=deadline&status=offered")) == [soon, late]
        assert ids(side.get("/v1/orders?status=declined")) == [ended]
        assert ids(side.get("/v1/orders?status=lapsed")) == [], "whose price was returned as well"
        assert ids(side.get("/v1/orders?status=accepted")) == []
    deadlines = [one["deadline"] for one in stage.creator("an").get("/v1/orders?sort=deadline").json_body["data"]]
    assert deadlines == [text_of(NOON + 3 * HOUR), text_of(NOON + 9 * HOUR), None]


def test_waiting_orders_depend_on_the_side(stage: Stage) -> None:
    (order_id,) = stage.offered("an", draft_approval=True)
    an, teahouse = stage.creator("an"), stage.advertiser

    def waits() -> tuple[bool, bool]:
        return tuple(order_id in ids(side.get("/v1/orders?waiting=me")) for side in (an, teahouse))  # type: ignore[return-value]

    assert waits() == (True, False)
    assert stage.act("an", order_id, "counter", {"price": cny(300_000)}).status_code == 200
    assert waits() == (False, True)
    assert teahouse.post(f"/v1/orders/{order_id}/counter/accept").status_code == 200
    assert waits() == (True, False), "the draft is the creator's to write"
    assert stage.act("an", order_id, "draft", {"text": "秋茶真香。"}).status_code == 200
    assert waits() == (False, True)
    assert teahouse.post(f"/v1/orders/{order_id}/draft/approve").status_code == 200
    assert waits() == (True, False), "the post is the creator's to publish"


def test_caller_of_both_sides_names_the_side(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    both = stage.api.as_("an", "creator", "advertiser")
    assert ids(both.get("/v1/orders")) == ids(both.get("/v1/orders?as=creator")) == [order_id]
    assert ids(both.get("/v1/orders?as=advertiser")) == []
    assert stage.creator("an").get("/v1/orders?as=advertiser").status_code == 403


def test_a_list_of_orders_examines_a_bounded_number(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [offered_until(stage, name, 3) for name in ("an", "bo", "cai", "dan")]
    monkeypatch.setattr(order_lists, "EXAMINED_MAX", 2)
    wanted = order_lists.OrderFilter("advertiser", stage.advertiser_id)
    found, after = [], None
    for _ in range(9):
        page = order_lists.newest(wanted, 100, after, 2)
        assert len(page.items) <= 2
        found += [order.pk for order in page.items]
        after = page.after
        if after is None:
            break
    assert sorted(found) == sorted(orders)


def disputed(stage: Stage, name: str) -> str:
    """Return the dispute of a published order."""
    with clock.at(NOON):
        (order_id,) = stage.accepted(name)
    with clock.at(NOON + 2 * HOUR):
        stage.publish(name, order_id)
        answer = stage.advertiser.post(f"/v1/orders/{order_id}/dispute", {"reason_code": "other", "note": "不对"})
    assert answer.status_code == 200, answer.json_body
    return str(answer.json_body["dispute_id"])


def test_both_sides_find_their_disputes_by_status(stage: Stage) -> None:
    first, second = disputed(stage, "an"), disputed(stage, "bo")
    with clock.at(NOON + 3 * HOUR):
        ruling = {"outcome": "refund", "note": "查过了"}
        assert stage.auditor.post(f"/v1/disputes/{first}/ruling", ruling).status_code == 200
        assert sorted(pages(stage.advertiser, "/v1/disputes", 1)) == sorted([first, second])
        assert ids(stage.advertiser.get("/v1/disputes?status=open")) == [second]
        assert ids(stage.creator("an").get("/v1/disputes?status=refunded")) == [first]
        assert ids(stage.creator("an").get("/v1/disputes?status=open")) == []
        assert ids(stage.creator("cai").get("/v1/disputes")) == []
        assert ids(stage.auditor.get("/v1/disputes")) == ids(stage.auditor.get("/v1/disputes?status=open")) == [second]
        assert ids(stage.auditor.get("/v1/disputes?status=refunded")) == [first]
        (shown,) = stage.creator("an").get("/v1/disputes").json_body["data"]
        assert (shown["id"], shown["status"], shown["ruling"]["outcome"]) == (first, "refunded", "refund")


def test_a_whole_list_is_paged_too(stage: Stage) -> None:
    accounts = stage.bind("an", "bo", "cai", "dan")
    path = f"/v1/accounts/{accounts[0]}/similar"
    whole = ids(stage.advertiser.get(path))
    assert len(whole) == 3
    assert pages(stage.advertiser, path, 2) == whole
    assert stage.advertiser.get(f"{path}?limit=101").status_code == 400


def test_withdrawals_are_listed_by_status(stage: Stage) -> None:
    made = stage.advertiser.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="w").json_body["id"]
    assert ids(stage.advertiser.get("/v1/wallet/withdrawals?status=requested")) == [made]
    assert ids(stage.advertiser.get("/v1/wallet/withdrawals?status=paid")) == []


def test_the_deadline_is_the_next_timer_that_changes_the_order(stage: Stage) -> None:
    (order_id,) = stage.accepted("an")
    with clock.at(NOON + HOUR):
        assert stage.order(order_id)["deadline"] == text_of(NOON + 3 * HOUR), "the end of the window, not its start"
        stage.publish("an", order_id)
        assert stage.order(order_id)["deadline"] == text_of(NOON + 25 * HOUR), "the end of the retention, not its half"


def test_plans_are_listed_by_status(stage: Stage) -> None:
    stage.bind("an")
    admin = stage.api.as_("root", "admin")
    figures = {"as_of": "2026-11-20T00:00:00Z", "followers": 200_000, "reads_avg_30d": 20_000}
    assert admin.post(f"/v1/accounts/{stage.accounts['an']}/metrics", figures).status_code == 201
    body = {"budget": cny(1_000_000), "kind": "post"}
    first, second = (stage.advertiser.post("/v1/plans", body, key=stage.key()).json_body for _ in range(2))
    terms = {name: part for name, part in stage.body([], NOON).items() if name not in ("kind", "account_ids")}
    task = stage.advertiser.post(f"/v1/plans/{first['id']}/task", terms, key=stage.key())
    assert task.status_code == 201, task.json_body
    listed = stage.advertiser.get("/v1/plans").json_body["data"]
    assert {plan["id"]: (plan["status"], plan["task_id"]) for plan in listed} == {
        first["id"]: ("ordered", task.json_body["id"]),
        second["id"]: ("open", None),
    }
    assert listed[0]["accounts"] == len(first["accounts"]) == 1
    assert ids(stage.advertiser.get("/v1/plans?status=open")) == [second["id"]]
    with clock.at(NOON + timedelta(days=2)):
        assert ids(stage.advertiser.get("/v1/plans?status=expired")) == [second["id"]]
    assert ids(stage.api.as_("other", "advertiser").get("/v1/plans")) == []


def test_open_calls_are_filtered(stage: Stage) -> None:
    stage.bind("an")
    wanted: dict[str, dict[str, Any]] = {
        "any": {},
        "food": {"category": "美食"},
        "cheap": {"price_max": cny(10_000)},
        "big": {"followers_min": 1_000_000},
    }
    calls = {}
    for title, conditions in wanted.items():
        task = stage.create([], title=title, call={"budget": cny(500_000), **conditions})
        stage.approve(task["id"])
        calls[task["id"]] = title

    def listed(query: str) -> list[str]:
        answer = stage.creator("an").get(f"/v1/calls?{query}")
        assert answer.status_code == 200, answer.json_body
        return sorted(calls[one["task_id"]] for one in answer.json_body["data"])

    assert listed("") == ["any", "big", "cheap", "food"]
    assert listed("category=%E7%94%9F%E6%B4%BB") == ["any", "big", "cheap"]
    assert listed("price_min=20000") == ["any", "big", "food"]
    assert listed("kind=repost") == []
    assert listed("q=OO") == ["food"]
    assert listed(f"account_id={stage.accounts['an']}") == ["any", "cheap"]
    stage.bind("bo")
    assert stage.creator("an").get(f"/v1/calls?account_id={stage.accounts['bo']}").status_code == 404


def me(api: Api) -> dict[str, Any]:
    answer = api.get("/v1/me")
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    assert list(found) == ["user", "roles", "advertiser", "accounts", "organisations", "counts"]
    return found


def counts(api: Api, role: str) -> dict[str, Any]:
    """Return the counts of a role, without its queues."""
    found: dict[str, Any] = me(api)["counts"][role]
    return {name: value for name, value in found.items() if name != "queues"}


def queues(api: Api, role: str) -> dict[str, tuple[int, str | None, int]]:
    """Return the queues of a role with work in them: waiting, due, overdue."""
    found = me(api)["counts"][role]["queues"]
    return {
        name: (one["waiting"], one["due_at"] or one["since"], one["overdue"])
        for name, one in found.items()
        if one["waiting"]
    }


def test_me_lists_own_items_and_counts(stage: Stage) -> None:
    stage.offered("an")
    stage.create(stage.bind("bo"))
    an, teahouse = me(stage.creator("an")), me(stage.advertiser)
    assert an["user"] == {
        "id": "an",
        "name": "an",
        "email": None,
        "advertiser_id": stage.api.as_("an").get("/v1/me").json_body["user"]["advertiser_id"],
        "creator_id": stage.creator_id("an"),
    }
    assert (an["roles"], an["advertiser"], an["organisations"]) == (["creator"], None, [])
    assert [one["id"] for one in an["accounts"]] == [stage.accounts["an"]]
    assert set(an["counts"]) == {"creator"}
    assert counts(stage.creator("an"), "creator") == {"orders": 1, "more": False}
    assert queues(stage.creator("an"), "creator") == {"offers": (1, text_of(NOON + HOUR), 0)}
    assert teahouse["advertiser"]["id"] == stage.advertiser_id
    assert teahouse["accounts"] == []
    assert counts(stage.advertiser, "advertiser") == {"orders": 0, "tasks": 0, "applications": 0, "more": False}
    assert queues(stage.advertiser, "advertiser") == {}
    assert counts(stage.auditor, "auditor") == {
        "draft_reviews": 0,
        "reviews": 1,
        "certifications": 0,
        "admissions": 0,
        "appeals": 0,
        "disputes": 0,
        "more": False,
    }
    assert set(me(stage.api.as_("root", "admin"))["counts"]) == {"auditor", "finance"}


def test_me_counts_items_that_wait_for_an_advertiser(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    stage.act("an", order_id, "counter", {"price": cny(300_000)})
    assert stage.advertiser.post("/v1/tasks", stage.body([], NOON, draft=True), key="d").status_code == 201
    call = stage.create([], call={"budget": cny(500_000)})
    stage.approve(call["id"])
    body = {"account_id": stage.accounts["an"], "price": cny(100_000)}
    assert stage.creator("an").post(f"/v1/tasks/{call['id']}/applications", body).status_code == 201
    assert counts(stage.advertiser, "advertiser") == {"orders": 1, "tasks": 1, "applications": 1, "more": False}
    due = text_of(NOON + HOUR)
    assert queues(stage.advertiser, "advertiser") == {
        "counter_offers": (1, due, 0),
        "applications": (1, due, 0),
        "tasks": (1, due, 0),
    }


def test_me_shows_what_is_due_first_and_overdue(stage: Stage) -> None:
    late = stage.create(stage.bind("an"))
    with clock.at(NOON + timedelta(minutes=10)):
        stage.create(stage.bind("bo"))
        bound = {"network": "sandbox", "handle": "x", "category": "生活"}
        assert stage.creator("cai").post("/v1/accounts", bound).status_code == 201
        assert stage.advertiser.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="w").status_code == 201
    with clock.at(NOON + timedelta(hours=1, minutes=5)):
        assert queues(stage.auditor, "auditor") == {
            "reviews": (2, late["review"]["due_at"], 1),
            "admissions": (1, text_of(NOON + timedelta(hours=48, minutes=10)), 0),
        }
        finance = stage.api.as_("finance", "finance")
        assert queues(finance, "finance") == {"withdrawals": (1, text_of(NOON + timedelta(minutes=10)), 0)}


def test_me_separates_the_work_of_a_creator(stage: Stage) -> None:
    (draft,) = stage.accepted("an", draft_approval=True)
    (post,) = stage.accepted("an", window={"start_at": text_of(NOON + HOUR), "end_at": text_of(NOON + 9 * HOUR)})
    (quarrel,) = stage.accepted("an")
    with clock.at(NOON + HOUR):
        stage.publish("an", quarrel)
        stage.act("an", quarrel, "dispute", {"reason_code": "other", "note": "不对"})
        found = queues(stage.creator("an"), "creator")
        assert {name: waiting for name, (waiting, *_) in found.items()} == {
            "drafts": 1,
            "publications": 1,
            "disputes": 1,
        }
        assert found["drafts"][1] == stage.order(draft)["deadline"]
        assert found["publications"][1] == stage.order(post)["deadline"]
        assert found["disputes"][1] == stage.order(quarrel)["deadline"]
        assert {name: waiting for name, (waiting, *_) in queues(stage.advertiser, "advertiser").items()} == {
            "disputes": 1
        }


def test_me_without_a_registration_or_a_role(api: Api) -> None:
    assert me(api.as_("new", "advertiser"))["advertiser"] is None
    without_role = me(api.as_("nobody"))
    assert (without_role["roles"], without_role["accounts"], without_role["counts"]) == ([], [], {})
    assert api.get("/v1/me").status_code == 401


def test_staff_lists_show_owners_their_own(stage: Stage) -> None:
    made = stage.advertiser.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="w").json_body["id"]
    other = stage.api.as_("other", "advertiser")
    finance = stage.api.as_("finance", "finance")
    for path in ("/v1/withdrawals", "/v1/withdrawals?status=requested", "/v1/withdrawals?as=advertiser"):
        assert ids(stage.advertiser.get(path)) == [made]
        assert ids(other.get(path)) == []
    assert ids(finance.get("/v1/withdrawals")) == [made]
    assert ids(stage.advertiser.get("/v1/advertisers?status=approved")) == [stage.advertiser_id]
    assert ids(stage.advertiser.get("/v1/advertisers?status=pending")) == ids(other.get("/v1/advertisers")) == []
    assert stage.advertiser.get(f"/v1/advertisers/{stage.advertiser_id}").status_code == 200
    assert other.get(f"/v1/advertisers/{stage.advertiser_id}").status_code == 404
    assert ids(finance.get("/v1/disputes")) == []


def test_staff_name_the_advertiser_of_a_list(stage: Stage) -> None:
    topup = stage.advertiser.post("/v1/wallet/topups", {"amount": cny(600_000)}, key="t").json_body["id"]
    plan = stage.advertiser.post("/v1/plans", {"budget": cny(600_000)}).json_body["id"]
    finance, other = stage.api.as_("finance", "finance"), stage.api.as_("other", "advertiser")
    for path, made in (("/v1/wallet/topups", topup), ("/v1/plans", plan)):
        named = f"{path}?advertiser_id={stage.advertiser_id}"
        assert ids(stage.advertiser.get(path)) == ids(stage.advertiser.get(named)) == ids(finance.get(named)) == [made]
        assert ids(other.get(path)) == []
        assert other.get(named).status_code == 403
        unnamed = finance.get(path)
        assert (unnamed.status_code, unnamed.json_body["errors"][0]["pointer"]) == (400, "/query/advertiser_id")


def test_advertisers_name_no_other_one_in_their_list_of_tasks(stage: Stage) -> None:
    task, named = stage.create(stage.bind("an"))["id"], f"/v1/tasks?advertiser_id={stage.advertiser_id}"
    assert ids(stage.advertiser.get(named)) == ids(stage.auditor.get(named)) == [task]
    assert stage.api.as_("other", "advertiser").get(named).status_code == 403


def test_rule_27_revision_is_hidden_while_a_post_is_up(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    before = stage.order(order_id)["revision"]
    assert stage.act("an", order_id, "accept").json_body["revision"] > before
    with clock.at(NOON + HOUR):
        stage.publish("an", order_id)
        assert stage.order(order_id)["revision"] is None, "it would show the unannounced checks (rule 29)"
