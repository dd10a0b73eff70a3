"""Items beside the ledger that were edited in the table: no money moves because of them, and staff get a problem."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock, ids
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import SUSPENSE, advertiser_available, creator_available, withdrawing
from chalicelib.wallet.records import Payment, SuspenseItem, Withdrawal
from testing.api import Api
from testing.markets.stage import NOON, cny

ADV, CRE, OTHER = ids.derive("adv", "ann"), ids.derive("cre", "cai"), ids.derive("cre", "eve")
EARNED = 70_000


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.at(NOON):
        yield


@pytest.fixture
def finance(api: Api) -> Api:
    return api.as_("fin", "finance")


@pytest.fixture
def withdrawal_id(api: Api) -> str:
    """A creator earned 700.00 and withdraws 500.00; another creator has an open withdrawal, too."""
    for number, name in enumerate(("cai", "eve")):
        creator_id = ids.derive("cre", name)
        for transfer in (
            movements.topup(f"pay_{number}", "sandbox", ADV, EARNED),
            movements.hold(f"tsk_{number}", 1, ADV, EARNED),
            movements.settle(f"ord_{number}", f"tsk_{number}", creator_id, EARNED, 0),
        ):
            assert ledger.post(transfer, NOON)
        payee = {"account": f"{name}@mail.example", "name": name}
        body = {"amount": cny(50_000), "payee": payee}
        made = api.as_(name, "creator").post("/v1/wallet/withdrawals", body, key="w")
        assert made.status_code == 201, made.json_body
    return str(ids.derive("wdr", "cai", "w"))


def edit(record: Any, pk: str, sk: str, **changes: Any) -> None:
    item = record.get(pk, sk)
    for name, value in changes.items():
        setattr(item, name, value)
    item.save()


EDITS: dict[str, dict[str, Any]] = {
    "amount": {"amount": 70_000},
    "smaller amount": {"amount": 10_000},
    "payee": {"payee": {"account": "mallory@mail.example", "name": "mallory"}},
    "payee removed": {"payee": None},
    "owner": {"owner": OTHER},
    "provider": {"provider": "alipay"},
    "seal": {"seal": "0" * 64},
    "seal removed": {"seal": None},
    "payout": {"payout": {"status": "refused", "reason": None, "at": clock.stamp(NOON), "by": "fin", "number": 1}},
    "confirmation": {"confirmation": {"decision": "payout", "by": "boss", "at": clock.stamp(NOON)}},
}


@pytest.mark.parametrize("case", EDITS)
def test_an_altered_withdrawal_is_not_paid(
    finance: Api, withdrawal_id: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(SandboxProvider, "pay_out", lambda self, *payout: sent.append(payout[0]))
    edit(Withdrawal, withdrawal_id, "withdrawal", **EDITS[case])
    for path, body in (("payout", None), ("outcome", {"outcome": "paid"})):
        answer = finance.post(f"/v1/withdrawals/{withdrawal_id}/{path}", body)
        assert (answer.status_code, answer.json_body["code"]) == (409, "record_altered"), path
    assert sent == []
    assert ledger.balances([withdrawing(CRE), withdrawing(OTHER)]) == {
        withdrawing(CRE): 50_000,
        withdrawing(OTHER): 50_000,
    }
    assert ledger.balance("provider:sandbox") == -2 * EARNED


@pytest.mark.parametrize("case", ["amount", "payee", "seal removed"])
def test_an_altered_withdrawal_returns_what_the_ledger_has(finance: Api, withdrawal_id: str, case: str) -> None:
    edit(Withdrawal, withdrawal_id, "withdrawal", **EDITS[case])
    answer = finance.post(f"/v1/withdrawals/{withdrawal_id}/outcome", {"outcome": "failed", "note": "altered"})
    assert (answer.status_code, answer.json_body["status"]) == (200, "failed")
    assert ledger.balances([creator_available(CRE), withdrawing(CRE)]) == {
        creator_available(CRE): EARNED,
        withdrawing(CRE): 0,
    }


def test_a_withdrawal_that_ended_is_not_paid_again(finance: Api, withdrawal_id: str) -> None:
    open_item = Withdrawal.get(withdrawal_id, "withdrawal")
    assert finance.post(f"/v1/withdrawals/{withdrawal_id}/outcome", {"outcome": "failed"}).status_code == 200
    open_item.save()  # the whole item as it was, with its seal
    for path, body in (("payout", None), ("outcome", {"outcome": "paid"}), ("outcome", {"outcome": "failed"})):
        answer = finance.post(f"/v1/withdrawals/{withdrawal_id}/{path}", body)
        assert (answer.status_code, answer.json_body["code"]) == (409, "record_altered")
    assert ledger.balance(creator_available(CRE)) == EARNED


@pytest.fixture
def suspense_id(api: Api) -> str:
    """A payment of 7,000.00 that names no top-up."""
    headers, body = SandboxProvider().sign(ids.derive("pay", "nobody"), "t1", 700_000)
    answer = api.post("/v1/payments/sandbox/notifications", body.encode(), headers=headers)
    assert answer.json_body["outcome"] == "suspended"
    contact = {"name": "王敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"}
    register = {"name": "清风茶业有限公司", "licence_no": "91310000MA1K4XYZ0A", "contact": contact}
    assert api.as_("ann", "advertiser").post("/v1/advertisers", register).status_code == 201
    return ids.derive("sus", "sandbox", "t1")


@pytest.mark.parametrize(
    ("changes", "returnable"),
    [
        ({"amount": 900_000}, True),
        ({"payment_id": "pay_of_another"}, True),
        ({"reason": "amount_wrong"}, True),
        ({"seal": None}, True),
        ({"provider": "alipay"}, False),
        ({"transaction_id": "t2"}, False),
    ],
)
def test_an_altered_suspense_item_is_not_credited(
    finance: Api, suspense_id: str, changes: dict[str, Any], returnable: bool
) -> None:
    edit(SuspenseItem, suspense_id, "suspense", **changes)
    path = f"/v1/suspense/{suspense_id}/resolution"
    answer = finance.post(path, {"resolution": "credited", "advertiser_id": ADV})
    assert (answer.status_code, answer.json_body["code"]) == (409, "record_altered")
    assert (ledger.balance(SUSPENSE), ledger.balance(advertiser_available(ADV))) == (700_000, 0)
    returned = finance.post(path, {"resolution": "returned"})
    assert returned.status_code == (200 if returnable else 409)
    assert ledger.balance(SUSPENSE) == (0 if returnable else 700_000)
    assert ledger.balance("provider:sandbox") == (0 if returnable else -700_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": ids.derive("adv", "eve")},
        {"amount": 900_000},
        {"expires_at": "2030-01-01T00:00:00.000Z"},
        {"seal": None},
    ],
)
def test_an_altered_topup_goes_to_suspense(api: Api, changes: dict[str, Any]) -> None:
    body = {"amount": cny(600_000)}
    started = api.as_("ann", "advertiser").post("/v1/wallet/topups", body, key="t").json_body
    edit(Payment, started["id"], "payment", **changes)
    headers, notice = SandboxProvider().sign(started["id"], "t1", 600_000)
    with clock.at(NOON + timedelta(minutes=1)):
        headers, notice = SandboxProvider().sign(started["id"], "t1", 600_000)
        answer = api.post("/v1/payments/sandbox/notifications", notice.encode(), headers=headers)
    assert answer.json_body["outcome"] == "suspended"
    [item] = api.as_("fin", "finance").get("/v1/suspense").json_body["data"]
    assert (item["reason"], item["amount"]) == ("payment_altered", cny(600_000))
    assert ledger.balance(SUSPENSE) == 600_000
