"""The proof finds every kind of damage, and nothing when there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock, ids
from chalicelib.store import WalletRecord, tables
from chalicelib.wallet import ledger, movements, reconciliation
from chalicelib.wallet.folds import Fold
from chalicelib.wallet.postings import SUSPENSE, advertiser_available, creator_available, task_held
from chalicelib.wallet.records import Balance, Entry, Proof, Seal
from tests import policies
from tests.conftest import Api
from tests.stage import NOON, cny

ADV, CRE = ids.derive("adv", "ann"), ids.derive("cre", "cai")
FUNDS, EARNED = advertiser_available(ADV), creator_available(CRE)
HELD = task_held("tsk_2")
LATER = NOON + timedelta(days=2)


@pytest.fixture
def worth(aws: None) -> Iterator[dict[str, int]]:
    """What the tasks say their open orders are worth; each test may change it."""
    said = {"tsk_1": 0, "tsk_2": 300}
    before = reconciliation._worth_of_tasks
    reconciliation.compare_holds_with(lambda task_ids: {task_id: said[task_id] for task_id in task_ids})
    yield said
    reconciliation._worth_of_tasks = before


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


def prove(at: Any = LATER) -> dict[str, Any]:
    with clock.at(at):
        return reconciliation.reconcile()


def found(proof: dict[str, Any]) -> set[tuple[str, str]]:
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
    totals = {name: total.amount for name, total in proof["totals"].items()}
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
    """Attributes as no code of ours writes them."""
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
        {(SUSPENSE, "balance"), (SUSPENSE, "entries"), ("all accounts", "conservation")},
    ),
    "half a transfer": (
        half_a_transfer,
        {(SUSPENSE, "entries"), ("all accounts", "conservation")},
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
        if difference["account"] != "all accounts":
            assert difference["near"][0].keys() == {"at", "id", "amount"}


def test_damage_beside_a_sealed_past_is_found(market: None) -> None:
    """The same in a day that is not sealed yet, while the days before are."""
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
        {(SUSPENSE, "seal"), ("all accounts", "conservation")},
    ),
    "account gone with its seals": (
        lambda: [item.delete() for pk in (SUSPENSE, f"seal#{SUSPENSE}") for item in WalletRecord.query(pk)],
        {("all accounts", "conservation"), ("all accounts", "sign_off")},
    ),
    "sign-off removed": (
        lambda: Seal.get("seal", "2026-11-23").delete(),
        {("all accounts", "sign_off_missing")},
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
    [difference] = prove(LATER + timedelta(days=3))["differences"]
    assert (difference["kind"], difference["expected"]) == ("sign_off_missing", "2026-11-25")
    assert difference["found"] == "2026-11-23"


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_with_the_sealed_past_is_found(market: None, case: str) -> None:
    assert prove()["sealed_through"] == "2026-11-23"
    plant, expected = TAMPERING[case]
    plant()
    proof = prove()
    assert found(proof) >= expected
    assert {account for account, _ in found(proof)} <= {account for account, _ in expected}


def test_a_run_that_was_cut_off_goes_on(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "SAVE_EVERY_SECONDS", -1.0)
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
    """An account of 17 entries, read four at a time with progress kept each time; the run is cut off when it has read so many
    of them. Returns the keys that are read from then on."""
    for number in range(14):
        ledger.post(movements.topup(f"pay_more{number}", "sandbox", ADV, 1 + number), NOON + timedelta(minutes=number))
    monkeypatch.setattr(reconciliation, "SAVE_EVERY_SECONDS", -1.0)
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
    assert len(read) == len(set(read)) == 17 - 8, "from the last page that was kept"
    assert prove(LATER + timedelta(hours=2))["status"] == "clean", "the seals of a run in two parts are those of one"


def test_what_moved_meanwhile_is_no_difference(large: Callable[[int], list[str]]) -> None:
    read = large(10)
    ledger.post(movements.topup("pay_aside", "sandbox", ADV, 3), LATER)
    assert prove()["status"] == "clean"
    assert len(read) == 9, "the balance before is that of what had been read"


def test_progress_that_another_wrote_is_not_believed(large: Callable[[int], list[str]]) -> None:
    read = large(10)
    kept = Proof.get("proof", "run")
    kept.document = {**kept.document, "text": kept.document["text"].replace('"differences_found": 0', '"x": 0')}
    kept.save()
    change_balance(EARNED, 1)
    assert found(prove()) == {(EARNED, "balance")}
    assert len(read) == 17, "begun anew"


def test_what_moves_while_it_is_read_is_compared_all_the_same(market: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fold, numbers = reconciliation._Run._fold, iter(range(100))

    def moving(self: Any, reading: Any) -> Any:
        if reading.account in (FUNDS, SUSPENSE):
            n = next(numbers)
            with policies.elsewhere():
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
