"""Notifications of the provider: forged, late, wrong, repeated, reordered; none is lost or credited twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock, ids
from chalicelib.core.settings import settings
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import SUSPENSE, advertiser_available
from testing.api import Api
from testing.markets.stage import cny

Keys = Callable[[], str]
ADV = ids.derive("adv", "ann")
PATH = "/v1/payments/sandbox/notifications"


@pytest.fixture
def payment(api: Api, unique: Keys) -> dict[str, Any]:
    started = api.as_("ann", "advertiser").post("/v1/wallet/topups", {"amount": cny(600_000)}, key=unique())
    body: dict[str, Any] = started.json_body
    return body


def deliver(api: Api, payment_id: str, amount: int = 600_000, transaction: str = "t1") -> Any:
    headers, body = SandboxProvider().sign(payment_id, transaction, amount)
    return api.post(PATH, body.encode(), headers=headers)


def balances() -> tuple[int, int, int]:
    found = ledger.balances([advertiser_available(ADV), SUSPENSE, "provider:sandbox"])
    return found[advertiser_available(ADV)], found[SUSPENSE], found["provider:sandbox"]


def test_three_deliveries_are_one_payment(api: Api, payment: dict[str, Any]) -> None:
    answers = [deliver(api, payment["id"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.json_body["outcome"] for answer in answers] == ["credited", "repeated", "repeated"]
    assert balances() == (600_000, 0, -600_000)


def test_sandbox_notification_can_be_delivered_again(api: Api, payment: dict[str, Any]) -> None:
    paid = api.post(f"/sandbox/payments/{payment['id']}/pay").json_body
    notification = paid["notification"]
    again = api.post(PATH, notification["body"].encode(), headers=notification["headers"])
    assert (paid["answer"], again.json_body) == ({"outcome": "credited"}, {"outcome": "repeated"})
    assert balances() == (600_000, 0, -600_000)


@pytest.mark.parametrize("damage", ["body", "signature", "timestamp", "no headers", "old", "not ascii"])
def test_forged_notification_is_refused(api: Api, payment: dict[str, Any], damage: str) -> None:
    moment = clock.now() - timedelta(minutes=6 if damage == "old" else 0)
    with clock.at(moment):
        headers, body = SandboxProvider().sign(payment["id"], "t1", 600_000)
    if damage == "body":
        body = body.replace("600000", "900000")
    if damage == "signature":
        headers["X-Sandbox-Signature"] = "0" * 64
    if damage == "timestamp":
        headers["X-Sandbox-Timestamp"] = str(int(headers["X-Sandbox-Timestamp"]) + 1)
    if damage == "no headers":
        headers = {}
    if damage == "not ascii":
        headers["X-Sandbox-Signature"] = "é"
    answer = api.post(PATH, body.encode(), headers=headers)
    assert (answer.status_code, answer.json_body["code"]) == (401, "signature_invalid")
    assert balances() == (0, 0, 0)


@pytest.mark.parametrize("case", ["amount_wrong", "payment_unknown", "payment_expired", "already_paid"])
def test_money_without_an_open_payment_goes_to_suspense(api: Api, payment: dict[str, Any], case: str) -> None:
    finance = api.as_("fin", "finance")
    credited, late, amount = 0, timedelta(0), 600_000
    payment_id = payment["id"]
    if case == "amount_wrong":
        amount = 600_001
    if case == "payment_unknown":
        payment_id = ids.new("pay")
    if case == "payment_expired":
        late = timedelta(hours=3)
    if case == "already_paid":
        deliver(api, payment_id, transaction="t0")
        credited = 600_000
    with clock.at(clock.now() + late):
        answers = [deliver(api, payment_id, amount).json_body["outcome"] for _ in range(3)]
    assert answers == ["suspended", "repeated", "repeated"]
    assert balances() == (credited, amount, -credited - amount)
    [item] = finance.get("/v1/suspense").json_body["data"]
    assert (item["reason"], item["amount"], item["status"]) == (case, cny(amount), "open")


def test_transaction_is_received_once(api: Api, payment: dict[str, Any], unique: Keys) -> None:
    ann = api.as_("ann", "advertiser")
    second = ann.post("/v1/wallet/topups", {"amount": cny(600_000)}, key=unique()).json_body
    assert deliver(api, payment["id"], 700_000).json_body["outcome"] == "suspended"
    assert deliver(api, payment["id"], 600_000).json_body["outcome"] == "contradicted"
    assert deliver(api, second["id"], 700_000).json_body["outcome"] == "repeated"
    assert balances() == (0, 700_000, -700_000)
    assert deliver(api, payment["id"], transaction="t2").json_body["outcome"] == "credited"
    assert deliver(api, second["id"], transaction="t2").json_body["outcome"] == "repeated"
    assert balances() == (600_000, 700_000, -1_300_000)


def test_sandbox_can_notify_wrong_amounts(api: Api, payment: dict[str, Any]) -> None:
    wrong = api.post(f"/sandbox/payments/{payment['id']}/pay", {"amount": 1, "transaction_id": "t9"})
    assert wrong.json_body["answer"] == {"outcome": "suspended"}
    unknown = api.post(f"/sandbox/payments/{ids.new('pay')}/pay")
    assert unknown.status_code == 404


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"amount": 1.5, "transaction_id": "t"}', b"\xff"])
def test_a_signed_body_that_cannot_be_read(api: Api, body: bytes) -> None:
    from chalicelib.payments import sandbox

    stamp = str(int(clock.now().timestamp()))
    headers = {"X-Sandbox-Timestamp": stamp, "X-Sandbox-Signature": sandbox._signature(stamp, body)}
    assert api.post(PATH, body, headers=headers).status_code == 400


def test_unknown_provider_is_not_found(api: Api) -> None:
    assert api.post("/v1/payments/other/notifications", b"{}").status_code == 404


def test_sandbox_routes_are_absent_without_the_sandbox(
    api: Api, payment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setenv("SANDBOX", "off")
    settings.cache_clear()
    try:
        assert api.post(f"/sandbox/payments/{payment['id']}/pay").status_code == 404
        assert deliver(api, payment["id"]).status_code == 404
    finally:
        monkeypatch.undo()
        settings.cache_clear()


# -- finance resolves ------------------------------------------------------------------------------------------------


@pytest.fixture
def suspended(api: Api, payment: dict[str, Any]) -> str:
    deliver(api, payment["id"], 600_001)
    found: str = api.as_("fin", "finance").get("/v1/suspense").json_body["data"][0]["id"]
    return found


def register(api: Api) -> None:
    contact = {"name": "王敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"}
    body = {"name": "清风茶业有限公司", "licence_no": "91310000MA1K4XYZ0A", "contact": contact}
    assert api.as_("ann", "advertiser").post("/v1/advertisers", body).status_code == 201


def test_finance_credits_it(api: Api, suspended: str) -> None:
    register(api)
    finance, path = api.as_("fin", "finance"), f"/v1/suspense/{suspended}/resolution"
    wish = {"resolution": "credited", "advertiser_id": ADV, "note": "sender confirmed"}
    for _ in range(3):
        assert finance.post(path, wish).json_body["status"] == "credited"
    assert balances() == (600_001, 0, -600_001)
    assert finance.get("/v1/suspense").json_body["data"] == []
    contrary = finance.post(path, {"resolution": "returned"})
    assert (contrary.status_code, contrary.json_body["code"]) == (409, "already_decided")


def test_finance_returns_it(api: Api, suspended: str) -> None:
    finance, path = api.as_("fin", "finance"), f"/v1/suspense/{suspended}/resolution"
    for _ in range(3):
        assert finance.post(path, {"resolution": "returned"}).json_body["status"] == "returned"
    assert balances() == (0, 0, 0)


def test_resolutions_that_are_refused(api: Api, suspended: str) -> None:
    finance, path = api.as_("fin", "finance"), f"/v1/suspense/{suspended}/resolution"
    assert finance.post(path, {"resolution": "credited"}).status_code == 422
    assert finance.post(path, {"resolution": "returned", "advertiser_id": ADV}).status_code == 422
    assert finance.post(path, {"resolution": "credited", "advertiser_id": ids.new("adv")}).status_code == 404
    assert finance.post(f"/v1/suspense/{ids.new('sus')}/resolution", {"resolution": "returned"}).status_code == 404
    assert api.as_("ann", "advertiser").post(path, {"resolution": "returned"}).status_code == 403
    assert balances() == (0, 600_001, -600_001)


# -- the provider's settlement file --------------------------------------------------------------------------------------

FILE = "/v1/ledger/settlements/sandbox"


def test_a_settlement_file_beside_the_ledger(api: Api, payment: dict[str, Any]) -> None:
    finance = api.as_("fin", "finance")
    deliver(api, payment["id"], 600_000, "t1")
    deliver(api, ids.new("pay"), 500, "t2")
    whole = "\ufefftransaction_id,amount,fee\r\nt1,600000,1\r\nt2,500,1\r\n"
    clean = finance.post(FILE, whole.encode(), headers={"Content-Type": "text/csv"}).json_body
    assert (clean["status"], clean["matched"], clean["differences"]) == ("clean", 2, [])
    assert clean["ledger_total"] == clean["file_total"] == cny(600_500)
    other = finance.post(FILE, b"transaction_id,amount\nt1,600001\nt3,7\n", headers={"Content-Type": "text/csv"})
    assert other.json_body["status"] == "differences"
    assert other.json_body["differences"] == [
        {"transaction_id": "t1", "kind": "amount", "ledger": 600_000, "file": 600_001},
        {"transaction_id": "t2", "kind": "not_in_file", "ledger": 500, "file": None},
        {"transaction_id": "t3", "kind": "not_in_ledger", "ledger": None, "file": 7},
    ]
    earlier = finance.post(f"{FILE}?until=2020-01-01T00:00:00Z", b"transaction_id,amount\n")
    assert earlier.json_body["status"] == "clean"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"id,amount\nt1,5\n", 422),
        (b"transaction_id,amount\nt1,5\nt1,5\n", 422),
        (b"transaction_id,amount\nt1,-5\n", 422),
        (b"transaction_id,amount\nt1\n", 422),
        (b"\xff\xfe", 400),
    ],
)
def test_a_file_that_cannot_be_read(api: Api, body: bytes, status: int) -> None:
    headers = {"Content-Type": "text/csv"}
    assert api.as_("fin", "finance").post(FILE, body, headers=headers).status_code == status
    assert api.as_("ann", "advertiser").post(FILE, body, headers=headers).status_code == 403
