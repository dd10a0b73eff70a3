"""Track records: saved once by the outbox, used by the regrade, public, replayable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.records import segment_of
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.grading import regrade, track_record_store
from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import published
from chalicelib.grading.model.track_record_figures import TrackRecordEntry
from chalicelib.grading.records import GradeChange, GradedAccount, TrackRecordItem
from chalicelib.store import Refused, transact
from chalicelib.tasks.orders import offer_accept_decline_lapse
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import outbox, timeout_dispatch, track_record_entry
from testing.api import Api
from testing.markets.stage import LATER, NOON, PRICE, Stage, cny

FIGURES = {"followers": 200_000, "reads_avg_30d": 30_000, "posts_30d": 40}
NAMES = ("an", "bo", "chen", "dan")


@pytest.fixture
def stage(api: Api) -> Stage:
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify()
        for account in stage.bind(*NAMES):
            measure(stage, account, "2026-11-22T00:00:00Z")
    return stage


def measure(stage: Stage, account: str, as_of: str, **more: Any) -> dict[str, Any]:
    answer = stage.api.as_("admin", "admin").post(
        f"/v1/accounts/{account}/metrics", {"as_of": as_of, **FIGURES, **more}
    )
    assert answer.status_code in (200, 201), answer.json_body
    card: dict[str, Any] = answer.json_body
    return card


def offered(stage: Stage, *names: str) -> list[str]:
    task = stage.create([stage.accounts[name] for name in names])
    stage.approve(task["id"])
    return [order["id"] for order in stage.orders(task["id"])]


def deliver_end(order_id: str) -> None:
    """Deliver the stream record of the end of the order to the outbox."""
    image = find_order(order_id).serialize()
    old = {**image, "status": {"S": "offered"}}
    record = {"dynamodb": {"NewImage": image, "OldImage": old, "SequenceNumber": "1"}}
    assert outbox.publish({"Records": [record]}) == {"batchItemFailures": []}


def regraded(*accounts: str) -> None:
    run = ids.new("rgr")
    for segment in {segment_of(account) for account in accounts}:
        assert regrade.regrade(run, segment, lambda: True)


def played(stage: Stage) -> list[str]:
    """Four orders: one published and retained, one declined, one left to lapse, one accepted and never published."""
    with clock.at(NOON):
        retained, declined, lapsed, missed = orders = offered(stage, *NAMES)
        for name, order_id in (("an", retained), ("dan", missed)):
            assert stage.act(name, order_id, "accept").status_code == 200
        assert stage.act("bo", declined, "decline", {"reason_code": "other"}).status_code == 200
    with clock.at(NOON + timedelta(hours=2)):
        offer_accept_decline_lapse.lapse(lapsed)
        stage.publish("an", retained)
    with clock.at(NOON + timedelta(hours=3)):
        timeout_dispatch.apply_accepted_default(missed)
    for hours in (14, 26):
        with clock.at(NOON + timedelta(hours=hours, minutes=1)):
            timeout_dispatch.make_due_look(retained)
    return orders


def test_track_record_entry_of_each_order(stage: Stage) -> None:
    retained, declined, lapsed, missed = played(stage)
    showed = [
        track_record_entry.track_record_entry(find_order(order_id)) for order_id in (retained, declined, lapsed, missed)
    ]
    advertiser = stage.advertiser_id
    assert showed == [
        TrackRecordEntry(advertiser, accepted=True, on_time=True, kept=True, lost=False, paid=PRICE),
        TrackRecordEntry(advertiser, accepted=False),
        TrackRecordEntry(advertiser, accepted=False),
        TrackRecordEntry(advertiser, accepted=True, on_time=False, kept=False),
    ]


def test_an_offer_of_two_seconds_has_no_entry(stage: Stage) -> None:
    account = stage.accounts["an"]
    with clock.at(NOON):
        accept_by = clock.rfc3339(NOON + timedelta(seconds=2))
        task_ids = [stage.create([account], accept_by=accept_by)["id"] for _ in range(5)]
        for task_id in task_ids:
            stage.approve(task_id)
    with clock.at(NOON + timedelta(seconds=2)):
        for task_id in task_ids:
            (order,) = stage.orders(task_id)
            assert offer_accept_decline_lapse.lapse(order["id"]).status == "lapsed"
            assert track_record_entry.track_record_entry(find_order(order["id"])) is None
            assert track_record_entry.save_track_record(find_order(order["id"])) is False


def test_an_order_cancelled_by_the_advertiser_has_no_entry(stage: Stage) -> None:
    with clock.at(NOON):
        (order_id,) = offered(stage, "an")
        assert track_record_entry.track_record_entry(find_order(order_id)) is None
        task_id = find_order(order_id).task_id
        assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "other"}).status_code == 200
        assert find_order(order_id).status == "cancelled"
        assert track_record_entry.save_track_record(find_order(order_id)) is False


def test_the_outbox_saves_an_entry_once_with_the_modelled_price(stage: Stage) -> None:
    orders = played(stage)
    account_id = stage.accounts["an"]
    for order_id in (*orders, *orders):
        deliver_end(order_id)
    (entry,) = track_record_store.newest(account_id, LATER - timedelta(days=30))
    account = GradedAccount.find(account_id, "account")
    assert account is not None
    assert account.traded_on == "2026-11-23"
    assert (entry.kind, int(entry.paid), int(entry.advised)) == (
        "post",
        PRICE,
        track_record_store.model_price(account, "post"),
    )
    assert list(TrackRecordItem.query(account_id, TrackRecordItem.sk.startswith("grade#"))) != []
    assert track_record_entry.save_track_record(find_order(orders[0])) is False


def test_the_regrade_turns_entries_into_replayable_evidence(stage: Stage) -> None:
    orders = played(stage)
    for order_id in orders:
        deliver_end(order_id)
    accounts = [stage.accounts[name] for name in NAMES]
    before = {name: stage.advertiser.get(f"/v1/accounts/{stage.accounts[name]}/grade").json_body for name in NAMES}
    with clock.at(NOON + timedelta(days=2)):
        regraded(*accounts)
        after = {name: stage.advertiser.get(f"/v1/accounts/{stage.accounts[name]}/grade").json_body for name in NAMES}
        cards = [stage.advertiser.get(f"/v1/accounts/{account}").json_body for account in accounts]
    assert [card["acceptance_rate"] for card in cards] == [1.0, 0.0, 0.0, 1.0]
    assert all(card["metrics"].keys() >= FIGURES.keys() and "paid_bps" not in card["metrics"] for card in cards)
    assert [before[name]["score"] < after[name]["score"] for name in NAMES] == [True, False, False, True]
    assert not any(before[name]["score"] > after[name]["score"] for name in NAMES), "no record is worse than none"
    good = after["an"]
    assert good["evidence"].items() >= {"orders_90d": 1, "kept_share": 1.0, "on_time_share": 1.0}.items()
    assert good["advised_price"]["post"]["comparables"] == 1
    assert good["advised_price"]["post"]["mid"]["amount"] > before["an"]["advised_price"]["post"]["mid"]["amount"]
    assert good["price_model"]["paid"] == {"ratio": 2.0, "orders": 1, "advertisers": 1, "weight": round(1 / 9, 4)}
    (settled,) = good["settled_orders"]
    assert (settled["kind"], settled["price"]) == ("post", cny(PRICE))
    assert settled["modelled"]["amount"] == before["an"]["advised_price"]["post"]["mid"]["amount"]
    assert after["bo"]["settled_orders"] == []
    history = stage.advertiser.get(f"/v1/accounts/{stage.accounts['an']}/grade/history").json_body["data"]
    assert [change["cause"] for change in history] == ["orders", "metrics"]
    for change in GradeChange.query(stage.accounts["an"], GradeChange.sk.startswith("grade#")):
        again = assess(
            Evidence.from_json(change.evidence), change.category, published(change.methodology_version), change.previous
        )
        assert {kind: band.as_json() for kind, band in again.prices.items()} == change.advised_prices
        assert again.graded.score == round(float(change.score) * 1_000)


def test_new_metrics_keep_the_track_record_of_90_days(stage: Stage) -> None:
    played_orders = played(stage)
    account = stage.accounts["an"]
    deliver_end(played_orders[0])
    with clock.at(NOON + timedelta(days=2)):
        regraded(account)
    with clock.at(NOON + timedelta(days=3)):
        card = measure(stage, account, "2026-11-25T00:00:00Z", acceptance_rate=0.1)
        assert card["acceptance_rate"] == 1.0
        evidence = stage.advertiser.get(f"/v1/accounts/{account}/grade").json_body["evidence"]
        assert evidence["paid_orders"] == 1
    with clock.at(NOON + timedelta(days=92)):
        regraded(account)
        evidence = stage.advertiser.get(f"/v1/accounts/{account}/grade").json_body["evidence"]
    assert "acceptance_rate" not in evidence
    assert "paid_orders" not in evidence


def test_an_appeal_can_confirm_followers_that_did_not_count(stage: Stage) -> None:
    account = stage.accounts["an"]
    with clock.at(NOON + timedelta(days=10)):
        measure(stage, account, "2026-12-01T00:00:00Z", followers=2_000_000)
        grade = stage.advertiser.get(f"/v1/accounts/{account}/grade").json_body
        assert grade["followers"] == {"all": 2_000_000, "counted": 212_300}
        path = f"/v1/accounts/{account}/grade/appeals"
        body = {"reason": "A film made me known.", "evidence": {"followers": 2_000_000}}
        answer = stage.creator("an").post(path, body)
        assert answer.status_code == 201, answer.json_body
        ruling = {"outcome": "granted", "note": "The network confirms it."}
        assert stage.auditor.post(f"/v1/appeals/{answer.json_body['id']}/ruling", ruling).status_code == 200
        grade = stage.advertiser.get(f"/v1/accounts/{account}/grade").json_body
        confirmed = grade["followers"]["counted"]
        assert confirmed > 1_000_000
    with clock.at(NOON + timedelta(days=45)):
        measure(stage, account, "2027-01-05T00:00:00Z", followers=2_100_000)
        grade = stage.advertiser.get(f"/v1/accounts/{account}/grade").json_body
        assert grade["followers"]["counted"] >= confirmed


def test_an_appeal_cannot_correct_the_track_record(stage: Stage) -> None:
    answer = stage.creator("an").post(
        f"/v1/accounts/{stage.accounts['an']}/grade/appeals", {"reason": "No.", "evidence": {"kept_share": 1}}
    )
    assert answer.status_code == 422
    assert answer.json_body["errors"][0]["pointer"] == "/evidence/kept_share"


def test_another_writer_of_the_account_does_not_lose_the_mark(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = played(stage)[0]
    tries = []

    def raced(actions: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            measure(stage, stage.accounts["an"], "2026-11-22T06:00:00Z")
        transact(actions)

    monkeypatch.setattr(track_record_store, "transact", raced)
    assert track_record_entry.save_track_record(find_order(order_id)) is True
    assert len(tries) == 2
    account = GradedAccount.find(stage.accounts["an"], "account")
    assert account is not None
    assert (account.traded_on, account.evidence["as_of"]) == ("2026-11-23", "2026-11-22T06:00:00Z")


def test_endless_write_conflicts_are_write_contention(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = played(stage)[0]

    def refused(actions: Any) -> None:
        raise Refused({"account": None})

    monkeypatch.setattr(track_record_store, "transact", refused)
    with pytest.raises(Problem, match="keep changing"):
        track_record_entry.save_track_record(find_order(order_id))
