"""Rule 26: suspense and payouts above a limit need two people; lists of decisions name the users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core import clock, ids
from chalicelib.core.settings import settings
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import SUSPENSE, advertiser_available
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny

LIMIT = 5_000_000


@pytest.fixture
def market(api: Api) -> Iterator[Stage]:
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify(funds=4 * LIMIT)
        yield stage


def request_withdrawal(market: Stage, amount: int, account: str = "tea") -> str:
    body = {"amount": cny(amount), "payee": {"account": account, "name": "tea"}}
    made = market.advertiser.post("/v1/wallet/withdrawals", body, key=market.key())
    assert made.status_code == 201, made.json_body
    assert not {"confirmation", "decided_by"} & made.json_body.keys()
    return str(made.json_body["id"])


def decide(market: Stage, by: str, path: str, body: Any = None) -> dict[str, Any]:
    answer = market.api.as_(by, "finance").post(path, body)
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


@pytest.mark.parametrize("act", ["payout", "paid", "failed"])
def test_rule_26_a_large_payout_needs_two_people(market: Stage, act: str) -> None:
    withdrawal_id = request_withdrawal(market, LIMIT + 1)
    path = f"/v1/withdrawals/{withdrawal_id}/{'payout' if act == 'payout' else 'outcome'}"
    body = None if act == "payout" else {"outcome": act}
    for _ in range(2):
        first = decide(market, "fin", path, body)
        assert (first["status"], first["payout"]) == ("requested", None)
        assert first["confirmation"] == {
            "decision": act,
            "confirmed_by": "fin",
            "confirmed_at": "2026-11-22T12:00:00Z",
            "decided_by": None,
        }
    assert ledger.balance(f"advertiser:{market.advertiser_id}:withdrawing") == LIMIT + 1
    assert market.api.as_("fin", "finance").get("/v1/withdrawals").json_body["data"] == [first]
    second = decide(market, "fin2", path, body)
    assert second["status"] == ("failed" if act == "failed" else "paid")
    assert (second["confirmation"]["confirmed_by"], second["confirmation"]["decided_by"]) == ("fin", "fin2")
    assert second["decided_by"] == "fin2"
    assert ledger.balance(f"advertiser:{market.advertiser_id}:withdrawing") == 0


def test_rule_26_another_decision_is_another_confirmation(market: Stage) -> None:
    withdrawal_id = request_withdrawal(market, LIMIT + 1)
    path = f"/v1/withdrawals/{withdrawal_id}/outcome"
    assert decide(market, "fin", path, {"outcome": "paid"})["confirmation"]["decision"] == "paid"
    changed = decide(market, "fin2", path, {"outcome": "failed"})
    assert (changed["status"], changed["confirmation"]["confirmed_by"]) == ("requested", "fin2")
    assert decide(market, "fin", path, {"outcome": "failed"})["status"] == "failed"


def test_rule_26_one_person_can_query_a_lost_payout(market: Stage) -> None:
    path = f"/v1/withdrawals/{request_withdrawal(market, LIMIT + 1, 'lose-tea')}/payout"
    decide(market, "fin", path)
    assert decide(market, "fin2", path)["payout"]["status"] == "sent"
    assert decide(market, "fin", path)["status"] == "paid"


def test_rule_26_up_to_the_limit_one_person_decides(market: Stage) -> None:
    paid = decide(market, "fin", f"/v1/withdrawals/{request_withdrawal(market, LIMIT)}/payout")
    assert (paid["status"], paid["confirmation"], paid["decided_by"]) == ("paid", None, "fin")


def suspend(market: Stage, amount: int) -> str:
    headers, body = SandboxProvider().sign(ids.derive("pay", "nobody"), "t1", amount)
    market.api.post("/v1/payments/sandbox/notifications", body.encode(), headers=headers)
    return f"/v1/suspense/{ids.derive('sus', 'sandbox', 't1')}/resolution"


def test_rule_26_large_suspense_needs_two_people(market: Stage) -> None:
    path = suspend(market, LIMIT + 1)
    wish = {"resolution": "credited", "advertiser_id": market.advertiser_id}
    for _ in range(2):
        first = decide(market, "fin", path, wish)
        assert (first["status"], first["confirmation"]["confirmed_by"]) == ("open", "fin")
    assert ledger.balance(SUSPENSE) == LIMIT + 1
    second = decide(market, "fin2", path, wish)
    assert (second["status"], second["decided_by"]) == ("credited", "fin2")
    assert ledger.balance(advertiser_available(market.advertiser_id)) == 5 * LIMIT + 1
    assert decide(market, "fin", path, wish) == second


def test_rule_26_the_second_person_credits_the_same_advertiser(market: Stage) -> None:
    path = suspend(market, LIMIT + 1)
    decide(market, "fin", path, {"resolution": "credited", "advertiser_id": market.advertiser_id})
    returned = decide(market, "fin2", path, {"resolution": "returned"})
    assert (returned["status"], returned["confirmation"]["decision"]) == ("open", "returned")
    assert ledger.balance(SUSPENSE) == LIMIT + 1


# -- what was decided can be found again ------------------------------------------------------------------------------------


def test_past_withdrawals_are_listed_with_who_decided(market: Stage) -> None:
    made = {}
    for act in ("paid", "failed"):
        made[act] = request_withdrawal(market, 20_000)
        decide(market, "fin", f"/v1/withdrawals/{made[act]}/outcome", {"outcome": act})
    made["requested"] = request_withdrawal(market, 20_000)
    admin = market.api.as_("boss", "admin")
    for status, withdrawal_id in made.items():
        [found] = admin.get(f"/v1/withdrawals?status={status}").json_body["data"]
        assert (found["id"], found["status"]) == (withdrawal_id, status)
        assert found["decided_by"] == (None if status == "requested" else "fin")
    assert admin.get("/v1/withdrawals?status=lost").status_code == 400
    assert {one["decided_by"] for one in market.advertiser.get("/v1/withdrawals").json_body["data"]} == {None}


def test_past_suspense_is_listed_with_who_decided(market: Stage) -> None:
    decide(market, "fin", suspend(market, 100), {"resolution": "returned"})
    admin = market.api.as_("boss", "admin")
    [found] = admin.get("/v1/suspense?status=returned").json_body["data"]
    assert (found["status"], found["decided_by"]) == ("returned", "fin")
    assert admin.get("/v1/suspense").json_body["data"] == []
    assert admin.get("/v1/suspense?status=credited").json_body["data"] == []


def test_topups_are_listed_by_their_owner(market: Stage) -> None:
    made = []
    for _ in range(2):
        body = {"amount": cny(600_000)}
        made.append(market.advertiser.post("/v1/wallet/topups", body, key=market.key()).json_body)
    market.api.post(made[0]["pay_url"])
    request_withdrawal(market, 20_000)
    listed = market.advertiser.get("/v1/wallet/topups").json_body["data"]
    assert {item["id"]: item["status"] for item in listed} == {made[0]["id"]: "paid", made[1]["id"]: "pending"}
    [paid] = market.advertiser.get("/v1/wallet/topups?status=paid").json_body["data"]
    assert paid == market.advertiser.get(f"/v1/wallet/topups/{made[0]['id']}").json_body
    assert market.advertiser.get("/v1/wallet/topups?status=expired").json_body["data"] == []
    assert market.api.as_("other", "advertiser").get("/v1/wallet/topups").json_body["data"] == []


def test_a_stage_without_a_provider_says_so(market: Stage, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("SANDBOX", "off")
    settings.cache_clear()
    try:
        for path in ("/v1/wallet/topups", "/v1/wallet/withdrawals"):
            answer = market.advertiser.post(path, {"amount": cny(600_000)}, key="k")
            assert (answer.status_code, answer.json_body["code"]) == (409, "provider_unknown")
    finally:
        settings.cache_clear()


def test_sandbox_and_real_money_are_never_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    import importlib

    import app

    monkeypatch.setenv("ALIPAY", "on")
    settings.cache_clear()
    with pytest.raises(ValueError, match="both on"):
        settings()
    with pytest.raises(ValueError, match="both on"):
        importlib.reload(app)
    gc.enable()  # the program turns it off while it is imported
    monkeypatch.undo()
    settings.cache_clear()
