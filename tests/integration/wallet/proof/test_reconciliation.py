"""The proof finds every kind of damage, and reports none in a sound ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import aws as cloud
from chalicelib.core import clock, ids
from chalicelib.core.aws import secret
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.settings import settings
from chalicelib.decisions.decider import Decider
from chalicelib.payments.providers import provider_named
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.store import WalletRecord, tables
from chalicelib.wallet import ledger, movements, suspense, task_callbacks, topups
from chalicelib.wallet.http.ledger_responses import Proof as ProofResponse
from chalicelib.wallet.postings import SUSPENSE, advertiser_available, creator_available, task_held, withdrawing
from chalicelib.wallet.proof import open_payment_checks, reconciliation, run_progress, seal_digests
from chalicelib.wallet.proof.running_totals import Fold
from chalicelib.wallet.records import Balance, Entry, Payment, Proof, Seal, SuspenseItem, Withdrawal
from chalicelib.wallet.withdrawals import manual_outcomes
from testing.api import Api
from testing.in_force import iam_in_force
from testing.markets.stage import NOON, cny, record_suspense, record_withdrawal

ADV, CRE = ids.derive("adv", "ann"), ids.derive("cre", "cai")
FUNDS, EARNED = advertiser_available(ADV), creator_available(CRE)
HELD = task_held("tsk_2")
SUSPENDED = ids.derive("sus", "sandbox", "t9")
FIN = Decider("fin", frozenset(), 0)
LATER = NOON + timedelta(days=2)


@pytest.fixture
def worth(aws: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The worth of the open orders of each task; each test may change it."""
    worths = {"tsk_1": 0, "tsk_2": 300}
    monkeypatch.setattr(task_callbacks, "_worth_of_tasks", lambda ids: {task_id: worths[task_id] for task_id in ids})
    return worths


@pytest.fixture
def market(worth: dict[str, int]) -> None:
    """Two days of movements of every class."""
    moves = [
        movements.topup("pay_1", "sandbox", ADV, 2_000),
        movements.topup("pay_2", "sandbox", ADV, 50),
        movements.hold("tsk_1", 1, ADV, 1_000),
        movements.settle("ord_1", "tsk_1", CRE, 700, 300),
        movements.suspense("sandbox", "t9", 40),
        movements.withdrawal_requested("wdr_1", CRE, 100),
        movements.hold("tsk_2", 1, ADV, 300),
    ]
    for number, transfer in enumerate(moves):
        assert ledger.post(transfer, NOON + timedelta(hours=4 * number))
    record_suspense("t9", 40, NOON + timedelta(hours=16))
    record_withdrawal("wdr_1", CRE, 100, NOON + timedelta(hours=20))


def prove(at: Any = LATER) -> ProofResponse:
    with clock.at(at):
        return reconciliation.reconcile()


def found(proof: ProofResponse) -> set[tuple[str, str]]:
    return {(difference["account"], difference["kind"]) for difference in proof["differences"]}


def entry(account: str, transfer_id: str) -> Entry:
    [item] = [item for item in Entry.query(account, Entry.sk.startswith("entry#")) if item.transfer_id == transfer_id]
    return item


def change_balance(account: str, amount: int, entries: int = 0) -> None:
    Balance(pk=account, sk="balance").update([Balance.balance.add(amount), Balance.entries.add(entries)])


def change_entry(account: str, transfer_id: str, **fields: Any) -> None:
    item = entry(account, transfer_id)
    for name, value in fields.items():
        setattr(item, name, value)
    item.save()


def test_a_sound_ledger_is_clean(market: None) -> None:
    proof = prove()
    assert (proof["status"], proof["differences"], proof["unverified"]) == ("clean", [], [])
    assert (proof["accounts_checked"], proof["entries_checked"]) == (8, 15)
    classes: Any = proof["totals"].items()
    totals = {name: total.amount for name, total in classes}
    assert totals == {
        "debits": 4_490,
        "credits": 4_490,
        "advertisers": 750,
        "held": 300,
        "creators": 600,
        "withdrawing": 100,
        "commission": 300,
        "suspense": 40,
        "providers": -2_090,
    }
    assert proof["sealed_through"] == "2026-11-23"
    assert prove()["status"] == "clean"
    assert prove(LATER + timedelta(days=9))["sealed_through"] == "2026-12-02"


PLANTED = creator_available("cre_planted")


def write(pk: str, sk: str, **attributes: Any) -> None:
    """Entries with attributes that the market never writes."""
    client: Any = tables.connection().client
    table = WalletRecord.Meta.table_name
    known = client.get_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})["Item"]
    client.put_item(TableName=table, Item={**known, **attributes})


def plant(*amounts: int, account: str = PLANTED, at: Any = NOON) -> None:
    for number, amount in enumerate(amounts):
        name = f"planted:{number}"
        key = f"entry#{clock.stamp(at)}#{name}" if account.endswith("available") else f"entry#{name}"
        Entry(
            pk=account, sk=key, transfer_id=name, kind="hold", reference="x", amount=amount, at=clock.stamp(at)
        ).save()


def plant_in_the_future() -> None:
    plant(100, account=EARNED, at=LATER + timedelta(days=900))
    change_balance(EARNED, 100, 1)


def edit_against_each_other() -> None:
    for account, transfer_id, amount, more in (
        (EARNED, "settle:ord_1", 701, 1),
        (FUNDS, "received:sandbox:pay_2", 49, -1),
    ):
        change_entry(account, transfer_id, amount=amount)
        change_balance(account, more)


def move_entry(account: str, transfer_id: str, sk: str) -> None:
    item = entry(account, transfer_id)
    item.delete()
    item.sk = sk
    item.save()


def half_a_transfer() -> None:
    change_balance(SUSPENSE, 9, 1)
    change_entry(SUSPENSE, "received:sandbox:t9", amount=49)


DAMAGE: dict[str, tuple[Callable[[], Any], set[tuple[str, str]]]] = {
    "balance edited": (lambda: change_balance(FUNDS, 1), {(FUNDS, "balance")}),
    "balance overdrawn": (
        lambda: change_balance(EARNED, -601),
        {(EARNED, "balance"), (EARNED, "overdraft")},
    ),
    "counter edited": (lambda: change_balance(FUNDS, 0, 1), {(FUNDS, "entries")}),
    "hold edited": (lambda: change_balance(HELD, 5), {(HELD, "balance"), (HELD, "hold")}),
    "entry edited": (
        lambda: change_entry(EARNED, "settle:ord_1", amount=701),
        {(EARNED, "balance"), ("all accounts", "conservation")},
    ),
    "entry deleted": (
        lambda: entry("provider:sandbox", "received:sandbox:pay_1").delete(),
        {("provider:sandbox", "balance"), ("provider:sandbox", "entries"), ("all accounts", "conservation")},
    ),
    "entry inserted": (
        lambda: Entry(
            pk=SUSPENSE,
            sk="entry#x",
            transfer_id="x",
            kind="suspense",
            reference="x",
            amount=1,
            at=clock.stamp(NOON),
        ).save(),
        {(SUSPENSE, "balance"), (SUSPENSE, "entries"), (SUSPENSE, "open"), ("all accounts", "conservation")},
    ),
    "half a transfer": (
        half_a_transfer,
        {(SUSPENSE, "entries"), (SUSPENSE, "open"), (SUSPENDED, "record"), ("all accounts", "conservation")},
    ),
    "balance of 0 deleted": (
        lambda: Balance.get(task_held("tsk_1"), "balance").delete(),
        {(task_held("tsk_1"), "balance"), (task_held("tsk_1"), "entries")},
    ),
    "balance deleted": (
        lambda: Balance.get(EARNED, "balance").delete(),
        {(EARNED, "balance"), (EARNED, "entries")},
    ),
    "balance unreadable": (
        lambda: write(EARNED, "balance", balance={"S": "600"}, entries={"N": "2"}),
        {(EARNED, "balance"), (EARNED, "entries")},
    ),
    "account planted": (
        lambda: plant(5, -5),
        {(PLANTED, "balance"), (PLANTED, "entries"), ("all accounts", "transfers")},
    ),
    "account of no known name planted": (
        lambda: plant(5, -5, account="attic"),
        {("attic", "account"), ("attic", "balance"), ("attic", "entries"), ("all accounts", "transfers")},
    ),
    "entry of the future": (
        plant_in_the_future,
        {(EARNED, "entry")},
    ),
    "entry under another key": (
        lambda: move_entry(EARNED, "settle:ord_1", "entry#2026-11-22T00:00:00.000Z#settle:ord_1"),
        {(EARNED, "entry")},
    ),
    "entry unreadable": (
        lambda: write("provider:sandbox", "entry#received:sandbox:pay_1", amount={"N": "1.5"}),
        {("provider:sandbox", "entry"), ("provider:sandbox", "balance"), ("all accounts", "conservation")},
    ),
    "two entries edited against each other": (
        edit_against_each_other,
        {("all accounts", "transfers")},
    ),
    "re-ordered before it is sealed": (lambda: swap_times(), {("all accounts", "transfers")}),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_found(market: None, case: str) -> None:
    plant, expected = DAMAGE[case]
    plant()
    proof = prove()
    assert proof["status"] == "differences"
    assert found(proof) == expected
    assert proof["differences_found"] == len(expected)
    assert proof["sealed_through"] is None, "what differs is not signed off"
    for difference in proof["differences"]:
        assert difference["expected"] != difference["found"]
        if difference["account"] != "all accounts" and difference["kind"] not in ("open", "record"):
            assert difference["near"][0].keys() == {"at", "id", "amount"}


def test_damage_beside_a_sealed_past_is_found(market: None) -> None:
    """The same damage in a day that is not sealed yet, after sealed days."""
    assert prove()["sealed_through"] == "2026-11-23"
    today = LATER + timedelta(hours=1)
    ledger.post(movements.topup("pay_7", "sandbox", ADV, 70), today)
    ledger.post(movements.hold("tsk_2", 2, ADV, 20), today + timedelta(minutes=1))
    change_entry(HELD, "hold:tsk_2:2", at=clock.stamp(today))
    change_entry(FUNDS, "received:sandbox:pay_7", amount=71)
    proof = prove(LATER + timedelta(hours=3))
    assert found(proof) == {(FUNDS, "balance"), ("all accounts", "conservation"), (HELD, "hold")}
    assert proof["sealed_through"] == "2026-11-23"


def test_a_hold_that_is_not_worth_its_orders(market: None, worth: dict[str, int]) -> None:
    worth["tsk_2"] = 299
    [difference] = prove()["differences"]
    assert (difference["account"], difference["kind"]) == (HELD, "hold")
    assert (difference["expected"], difference["found"]) == (299, 300)


# -- the sealed past: damage that leaves every sum and count as it was ----------------------------------------------------


def swap_times() -> None:
    first, second = (entry(FUNDS, f"received:sandbox:pay_{number}") for number in (1, 2))
    first.delete()
    second.delete()
    first.sk, second.sk = f"entry#{second.at}#{first.transfer_id}", f"entry#{first.at}#{second.transfer_id}"
    first.at, second.at = second.at, first.at
    first.save()
    second.save()


def move_a_fen_on_both_sides() -> None:
    change_entry(FUNDS, "received:sandbox:pay_2", amount=51)
    change_entry("provider:sandbox", "received:sandbox:pay_2", amount=-51)
    change_balance(FUNDS, 1)
    change_balance("provider:sandbox", -1)


def forget_a_transfer() -> None:
    entry(FUNDS, "received:sandbox:pay_2").delete()
    entry("provider:sandbox", "received:sandbox:pay_2").delete()
    change_balance(FUNDS, -50, -1)
    change_balance("provider:sandbox", 50, -1)


def invent_a_transfer() -> None:
    ledger.post(movements.topup("pay_3", "sandbox", ADV, 8), NOON + timedelta(hours=1))


def invent_on_a_quiet_day() -> None:
    ledger.post(movements.topup("pay_3", "sandbox", ADV, 8), NOON - timedelta(days=5))


def reseal(mac: str) -> None:
    item = Seal.get(f"seal#{FUNDS}", "2026-11-22")
    item.mac = mac
    item.save()


TAMPERING: dict[str, tuple[Callable[[], Any], set[tuple[str, str]]]] = {
    "edited": (move_a_fen_on_both_sides, {(FUNDS, "seal"), ("provider:sandbox", "seal")}),
    "reference edited": (
        lambda: change_entry(FUNDS, "received:sandbox:pay_2", reference="pay_x"),
        {(FUNDS, "seal"), ("all accounts", "transfers")},
    ),
    "re-ordered": (swap_times, {(FUNDS, "seal"), ("all accounts", "transfers")}),
    "deleted": (forget_a_transfer, {(FUNDS, "seal"), ("provider:sandbox", "seal")}),
    "inserted": (invent_a_transfer, {(FUNDS, "seal"), ("provider:sandbox", "seal")}),
    "inserted on a quiet day": (invent_on_a_quiet_day, {(FUNDS, "seal"), ("provider:sandbox", "seal")}),
    "seal forged": (
        lambda: reseal("0" * 64),
        {(FUNDS, "seal_mac"), ("all accounts", "sign_off")},
    ),
    "seal removed": (
        lambda: Seal.get(f"seal#{FUNDS}", "2026-11-23").delete(),
        {(FUNDS, "seal"), ("all accounts", "sign_off")},
    ),
    "seal edited": (
        lambda: write(f"seal#{FUNDS}", "2026-11-22", content={"S": '[3,1051,""]'}),
        {(FUNDS, "seal"), (FUNDS, "seal_mac")},
    ),
    "seal unreadable": (
        lambda: write(f"seal#{FUNDS}", "2026-11-22", content={"S": "{"}, mac={"N": "1"}),
        {(FUNDS, "seal"), (FUNDS, "seal_mac"), ("all accounts", "sign_off")},
    ),
    "seal of another account": (
        lambda: write(f"seal#{FUNDS}", "2026-11-22", mac={"S": Seal.get("seal#provider:sandbox", "2026-11-22").mac}),
        {(FUNDS, "seal_mac"), ("all accounts", "sign_off")},
    ),
    "seals cut off": (
        lambda: [seal.delete() for seal in Seal.query(f"seal#{FUNDS}")],
        {(FUNDS, "seal"), ("all accounts", "sign_off")},
    ),
    "account gone, its seals left": (
        lambda: [item.delete() for item in WalletRecord.query(SUSPENSE)],
        {(SUSPENSE, "seal"), (SUSPENSE, "open"), (SUSPENDED, "record"), ("all accounts", "conservation")},
    ),
    "account gone with its seals": (
        lambda: [item.delete() for pk in (SUSPENSE, f"seal#{SUSPENSE}") for item in WalletRecord.query(pk)],
        {(SUSPENSE, "open"), (SUSPENDED, "record"), ("all accounts", "conservation"), ("all accounts", "sign_off")},
    ),
    "sign-off removed": (
        lambda: Seal.get("seal", "2026-11-23").delete(),
        {("all accounts", "sign_off_missing"), ("all accounts", "head")},
    ),
    "sign-off edited": (
        lambda: write("seal", "2026-11-23", content={"S": "{}"}),
        {("all accounts", "sign_off")},
    ),
    "sign-off unreadable": (
        lambda: write("seal", "2026-11-23", content={"S": "["}, mac={"S": "?"}),
        {("all accounts", "sign_off")},
    ),
}


def test_sign_offs_cut_off_are_found(market: None) -> None:
    for days in range(3):
        assert prove(LATER + timedelta(days=days))["sealed_through"] == f"2026-11-{23 + days}"
    for day in ("2026-11-24", "2026-11-25"):
        Seal.get("seal", day).delete()
    differences = prove(LATER + timedelta(days=3))["differences"]
    assert [difference["kind"] for difference in differences] == ["sign_off_missing", "head"]
    for difference in differences:
        assert (difference["expected"], difference["found"]) == ("2026-11-25", "2026-11-23")


def rewrite_the_past() -> None:
    """All seals, sign-offs and the stored proof are removed, and an order's pay is raised on both sides."""
    for item in list(WalletRecord.scan()):
        if item.pk.startswith("seal") or item.pk == "proof":
            item.delete()
    move_a_fen_on_both_sides()


def test_a_sealed_past_without_its_seals_is_found(market: None) -> None:
    assert prove()["sealed_through"] == "2026-11-23"
    rewrite_the_past()
    for hours in (0, 1, 100):
        proof = prove(LATER + timedelta(hours=hours))
        assert found(proof) == {("all accounts", "head")}
        assert proof["sealed_through"] is None
    assert [item.pk for item in WalletRecord.scan() if item.pk.startswith("seal")] == [], "nothing is sealed anew"


@pytest.mark.parametrize("head", ["{}", "", "[]", '{"through": "2026-11-22", "mac": "", "seal": ""}'])
def test_a_head_that_the_proof_did_not_write(market: None, head: str) -> None:
    assert prove()["status"] == "clean"
    known = cloud.secret_now(settings().ledger_head_secret_arn)
    cloud.put_secret(settings().ledger_head_secret_arn, head or known.replace("2026-11-23", "2026-11-22"))
    assert found(prove()) == (set() if head == "{}" else {("all accounts", "head")})
    assert (cloud.secret_now(settings().ledger_head_secret_arn) == known) is (head == "{}"), (
        "the head is taken up again"
    )


def test_the_proof_does_not_show_the_right_mac(market: None) -> None:
    prove()
    write(f"seal#{FUNDS}", "2026-11-22", content={"S": '[3,1051,""]'})
    write("seal", "2026-11-23", content={"S": "{}"})
    text = json.dumps(prove()["differences"])
    genuine = seal_digests.seal(secret(settings().cursor_secret_arn), "", FUNDS, "2026-11-22", [3, 1051, ""])
    assert genuine not in text
    assert seal_digests.sign_off(secret(settings().cursor_secret_arn), "", "2026-11-23", {}) not in text


# -- what is open beside the ledger ---------------------------------------------------------------------------------------


def edit(record: Any, pk: str, sk: str, **changes: Any) -> Callable[[], None]:
    def change() -> None:
        item = record.get(pk, sk)
        for name, value in changes.items():
            setattr(item, name, value)
        item.save()

    return change


def start_topup(**changes: Any) -> Callable[[], None]:
    def change() -> None:
        topups.start(ADV, Money(600_000, "CNY"), SandboxProvider(), Attempt("ann", "k", "f"))
        edit(Payment, PENDING, "payment", **changes)()

    return change


PENDING = Attempt("ann", "k", "f").id("pay")
OUT = withdrawing(CRE)
STAMP = clock.stamp(NOON)
OPEN: dict[str, tuple[Callable[[], Any], set[tuple[str, str]]]] = {
    "amount of a withdrawal": (
        edit(Withdrawal, "wdr_1", "withdrawal", amount=101),
        {("wdr_1", "record"), ("wdr_1", "record_seal"), (OUT, "open")},
    ),
    "payee": (
        edit(Withdrawal, "wdr_1", "withdrawal", payee={"account": "mallory", "name": "m"}),
        {("wdr_1", "record_seal")},
    ),
    "owner of a withdrawal": (
        edit(Withdrawal, "wdr_1", "withdrawal", owner=ids.derive("cre", "eve")),
        {("wdr_1", "record"), ("wdr_1", "record_seal"), (OUT, "open")},
    ),
    "seal of a withdrawal removed": (
        edit(Withdrawal, "wdr_1", "withdrawal", seal=None),
        {("wdr_1", "record_seal")},
    ),
    "withdrawal called paid": (edit(Withdrawal, "wdr_1", "withdrawal", status="paid"), {(OUT, "open")}),
    "withdrawal removed": (lambda: Withdrawal.get("wdr_1", "withdrawal").delete(), {(OUT, "open")}),
    "withdrawal invented": (
        lambda: record_withdrawal("wdr_2", ids.derive("cre", "eve"), 7, NOON),
        {("wdr_2", "record"), ("wdr_2", "record")},
    ),
    "withdrawal unreadable": (
        lambda: write("wdr_1", "withdrawal", amount={"S": "x"}),
        {("wdr_1", "record"), (OUT, "open")},
    ),
    "amount in suspense": (
        edit(SuspenseItem, SUSPENDED, "suspense", amount=41),
        {(SUSPENDED, kind) for kind in ("record", "record_seal")} | {(SUSPENSE, "open")},
    ),
    "payment of a suspense item": (
        edit(SuspenseItem, SUSPENDED, "suspense", payment_id="pay_x"),
        {(SUSPENDED, "record_seal")},
    ),
    "suspense called returned": (
        edit(SuspenseItem, SUSPENDED, "suspense", status="returned", resolved_at=STAMP),
        {(SUSPENSE, "open")},
    ),
    "suspense removed": (
        lambda: SuspenseItem.get(SUSPENDED, "suspense").delete(),
        {(SUSPENSE, "open")},
    ),
    "owner of a top-up": (start_topup(owner=ids.derive("adv", "eve")), {(PENDING, "record_seal")}),
    "amount of a top-up": (start_topup(amount=1), {(PENDING, "record_seal")}),
}


@pytest.mark.parametrize("case", OPEN)
def test_an_altered_open_record_is_found(market: None, case: str) -> None:
    change, expected = OPEN[case]
    with clock.at(LATER):
        change()
    proof = prove(LATER + timedelta(minutes=5))
    assert found(proof) == expected
    assert proof["sealed_through"] is None


def test_records_that_end_meanwhile_are_no_difference(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    compare = open_payment_checks.compare

    def moving(pk: str, sk: str, settled: str) -> Any:
        with iam_in_force.elsewhere():
            if sk == "withdrawal":
                manual_outcomes.report_outcome("wdr_1", "paid", None, FIN, provider_named)
            if sk == "suspense":
                suspense.resolve(SUSPENDED, "returned", None, None, FIN)
        return compare(pk, sk, settled)

    monkeypatch.setattr(open_payment_checks, "compare", moving)
    assert prove()["differences"] == []
    assert prove()["differences"] == []
    assert prove(LATER + timedelta(minutes=2))["differences"] == []


def test_a_young_planted_entry_is_counted_and_then_found(market: None) -> None:
    now = LATER + timedelta(seconds=30)
    plant(500, account=EARNED, at=now)
    change_balance(EARNED, 500, 1)
    young = prove(now + timedelta(seconds=10))
    assert (young["status"], young["entries_unsettled"], young["settled_until"]) == (
        "clean",
        1,
        clock.parse("2026-11-24T11:59:40Z"),
    )
    old = prove(now + timedelta(seconds=61))
    assert (old["entries_unsettled"], found(old)) == (0, {("all accounts", "conservation")})


def test_task_that_changes_during_the_read_is_no_difference(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{}, {}, {"tsk_2": 300}])
    monkeypatch.setattr(
        task_callbacks, "_worth_of_tasks", lambda ids: {"tsk_1": 0} if ids == ["tsk_1"] else next(answers)
    )
    proof = prove()
    assert (proof["differences"], proof["unverified"]) == ([], [])
    monkeypatch.setattr(task_callbacks, "_worth_of_tasks", lambda ids: {"tsk_1": 0} if ids == ["tsk_1"] else {})
    proof = prove()
    assert (proof["differences"], proof["unverified"]) == ([], [HELD])


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_with_the_sealed_past_is_found(market: None, case: str) -> None:
    assert prove()["sealed_through"] == "2026-11-23"
    plant, expected = TAMPERING[case]
    plant()
    proof = prove()
    assert found(proof) >= expected
    assert {account for account, _ in found(proof)} <= {account for account, _ in expected}


def test_a_run_that_was_cut_off_goes_on(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_progress, "SAVE_EVERY_SECONDS", -1.0)
    whole = prove()
    checked: list[str] = []
    check = reconciliation._Run._check

    def cut_off(self: Any, account: str) -> None:
        if len(checked) == 5:
            checked.append("cut")
            raise TimeoutError
        checked.append(account)
        check(self, account)

    monkeypatch.setattr(reconciliation._Run, "_check", cut_off)
    with pytest.raises(TimeoutError):
        prove()
    assert prove() == whole
    assert len(checked) == 9
    assert len(set(checked)) == 9, "no account was read twice"


@pytest.fixture
def large(market: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[str]]:
    """An account of 17 entries, read four at a time with progress stored each time; the run is cut off after so many of
    them. Return the keys that are read from then on."""
    for number in range(14):
        ledger.post(movements.topup(f"pay_more{number}", "sandbox", ADV, 1 + number), NOON + timedelta(minutes=number))
    monkeypatch.setattr(run_progress, "SAVE_EVERY_SECONDS", -1.0)
    monkeypatch.setattr(reconciliation, "PAGE", 4)

    def cut_off(after: int) -> list[str]:
        seen: list[str] = []
        add = Fold.add

        def counting(self: Fold, item: Any, *rest: Any) -> None:
            if item["pk"]["S"] == "provider:sandbox":
                if len(seen) == after:
                    raise TimeoutError
                seen.append(item["sk"]["S"])
            add(self, item, *rest)

        with monkeypatch.context() as patched:
            patched.setattr(Fold, "add", counting)
            with pytest.raises(TimeoutError):
                prove()
        seen.clear()
        after = -1
        monkeypatch.setattr(Fold, "add", counting)
        return seen

    return cut_off


def test_a_run_goes_on_in_the_midst_of_an_account(large: Callable[[int], list[str]]) -> None:
    read = large(10)
    proof = prove()
    assert (proof["status"], proof["sealed_through"]) == ("clean", "2026-11-23")
    assert len(read) == len(set(read)) == 17 - 8, "from the last stored page on"
    assert prove(LATER + timedelta(hours=2))["status"] == "clean", "the seals of a run in two parts are those of one"


def test_what_moved_meanwhile_is_no_difference(large: Callable[[int], list[str]]) -> None:
    read = large(10)
    ledger.post(movements.topup("pay_aside", "sandbox", ADV, 3), LATER)
    assert prove()["status"] == "clean"
    assert len(read) == 9, "the balance before is that of what had been read"


def test_progress_that_another_wrote_is_not_believed(large: Callable[[int], list[str]]) -> None:
    read = large(10)
    stored_run = Proof.get("proof", "run")
    stored_run.document = {**stored_run.document, "text": stored_run.document["text"].replace('"found": 0', '"x": 0')}
    stored_run.save()
    change_balance(EARNED, 1)
    assert found(prove()) == {(EARNED, "balance")}
    assert len(read) == 17, "begun anew"


def test_account_that_moves_during_the_read_is_compared(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fold, numbers = reconciliation._Run._fold, iter(range(100))

    def moving(self: Any, reading: Any) -> Any:
        if reading.account in (FUNDS, SUSPENSE):
            n = next(numbers)
            with iam_in_force.elsewhere():
                ledger.post(movements.topup(f"pay_busy{n}", "sandbox", ADV, 1), LATER)
                ledger.post(movements.suspense("sandbox", f"busy{n}", 1), LATER)
        return fold(self, reading)

    monkeypatch.setattr(reconciliation._Run, "_fold", moving)
    assert (prove()["status"], prove()["unverified"]) == ("clean", [])
    change_balance(SUSPENSE, 1)
    proof = prove()
    assert (proof["unverified"], proof["unverified_found"]) == ([SUSPENSE], 1)


def test_the_proof_over_http(api: Api, market: None) -> None:
    finance = api.as_("fin", "finance")
    with clock.at(LATER):
        assert finance.get("/v1/ledger/proof").json_body["status"] == "clean"
        change_balance(FUNDS, 1)
        assert finance.get("/v1/ledger/proof").json_body["status"] == "clean", "the stored one"
        proof = finance.post("/v1/ledger/proof").json_body
    assert proof["status"] == "differences"
    assert proof["totals"]["held"] == cny(300)
    assert finance.get("/v1/ledger/proof").json_body == proof
    assert api.as_("ann", "advertiser").get("/v1/ledger/proof").status_code == 403
    assert api.as_("boss", "admin").get("/v1/ledger/proof").status_code == 200
