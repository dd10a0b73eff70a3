"""The wallet over HTTP: top-up, statement, withdrawal, suspense; owners, and repeats of requests."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.core import clock, ids
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import creator_available, withdrawing
from testing.api import Api
from testing.markets.stage import NOON, cny

Keys = Callable[[], str]
ADV = ids.derive("adv", "ann")
CRE = ids.derive("cre", "cai")


@pytest.fixture
def ann(api: Api) -> Api:
    return api.as_("ann", "advertiser")


@pytest.fixture
def cai(api: Api) -> Api:
    """A creator who has earned 700.00."""
    earn(70_000)
    return api.as_("cai", "creator")


def earn(amount: int, number: int = 1) -> None:
    """Settle an order of the creator."""
    with clock.at(NOON - timedelta(hours=9) + timedelta(minutes=number)):
        at = clock.now()
        ledger.post(movements.topup(f"pay_{number}", "sandbox", ADV, amount), at)
        ledger.post(movements.hold(f"tsk_{number}", 1, ADV, amount), at)
        ledger.post(movements.settle(f"ord_{number}", f"tsk_{number}", CRE, amount, 0), at)


def topup(api: Api, key: str, amount: int = 600_000) -> dict[str, Any]:
    answer = api.post("/v1/wallet/topups", {"amount": cny(amount)}, key=key)
    assert answer.status_code == 201, answer.json_body
    body: dict[str, Any] = answer.json_body
    return body


def test_topup_is_pending_until_the_notification(ann: Api, api: Api, unique: Keys) -> None:
    started = topup(ann, unique())
    assert started["status"] == "pending"
    assert clock.parse(started["expires_at"]) - clock.parse(started["created_at"]) == timedelta(hours=2)
    assert ann.get("/v1/wallet").json_body["available"] == cny(0)
    assert api.post(started["pay_url"]).json_body["answer"] == {"outcome": "credited"}
    assert ann.get(f"/v1/wallet/topups/{started['id']}").json_body["status"] == "paid"
    assert ann.get("/v1/wallet").json_body == {"available": cny(600_000), "held": cny(0), "withdrawing": cny(0)}
    line = ann.get("/v1/wallet/entries").json_body["data"][0]
    assert (line["kind"], line["direction"], line["reference"]) == ("topup", "in", started["id"])
    assert line["amount"] == line["balance_after"] == cny(600_000)


def test_rule_3_a_small_topup_is_refused(ann: Api, unique: Keys) -> None:
    answer = ann.post("/v1/wallet/topups", {"amount": cny(499_999)}, key=unique())
    assert (answer.status_code, answer.json_body["code"]) == (422, "topup_too_small")
    assert answer.json_body["errors"][0]["pointer"] == "/amount/amount"


@pytest.mark.parametrize(
    "amount",
    [{"amount": 600_000}, {"amount": 6e5 + 0.5, "currency": "CNY"}, {"amount": 600_000, "currency": "USD"}, 600_000],
)
def test_invalid_amounts_are_refused(ann: Api, unique: Keys, amount: Any) -> None:
    answer = ann.post("/v1/wallet/topups", {"amount": amount}, key=unique())
    assert (answer.status_code, answer.json_body["code"]) == (422, "body_invalid")


@pytest.mark.parametrize("path", ["/v1/wallet/topups", "/v1/wallet/withdrawals"])
def test_money_moves_only_with_a_key(api: Api, cai: Api, path: str) -> None:
    both = api.as_("cai", "creator", "advertiser")
    answer = both.post(path, {"amount": cny(600_000)})
    assert (answer.status_code, answer.json_body["code"]) == (400, "idempotency_key_missing")


def test_a_repeated_topup_is_the_same_topup(ann: Api) -> None:
    first = ann.post("/v1/wallet/topups", {"amount": cny(600_000)}, key="once")
    again = ann.post("/v1/wallet/topups", {"amount": cny(600_000)}, key="once")
    other = ann.post("/v1/wallet/topups", {"amount": cny(700_000)}, key="once")
    assert again.json_body == first.json_body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json_body["code"]) == (422, "idempotency_key_reused")


def test_wallet_of_another_user_is_not_found(ann: Api, api: Api, cai: Api, unique: Keys) -> None:
    payment = topup(ann, unique())
    wish = cai.post("/v1/wallet/withdrawals", {"amount": cny(10_000)}, key=unique()).json_body
    stranger = api.as_("eve", "advertiser", "creator")
    assert stranger.get(f"/v1/wallet/topups/{payment['id']}").status_code == 404
    assert stranger.get(f"/v1/wallet/withdrawals/{wish['id']}").status_code == 404
    assert stranger.get("/v1/wallet/withdrawals?as=creator").json_body["data"] == []
    assert cai.get(f"/v1/wallet/withdrawals/{wish['id']}").json_body == wish


def test_a_wallet_for_each_side(api: Api, cai: Api) -> None:
    both = api.as_("cai", "creator", "advertiser")
    assert both.get("/v1/wallet?as=creator").json_body["available"] == cny(70_000)
    assert both.get("/v1/wallet?as=advertiser").json_body["available"] == cny(0)
    assert cai.get("/v1/wallet").json_body["available"] == cny(70_000)
    assert cai.get("/v1/wallet?as=advertiser").status_code == 403
    assert api.as_("fin", "finance").get("/v1/wallet").status_code == 403


def test_held_is_what_the_open_tasks_hold(ann: Api, aws: None) -> None:
    from chalicelib.store import transact

    at = clock.now()
    ledger.post(movements.topup("pay_1", "sandbox", ADV, 1_000), at)
    for number, amount in enumerate((300, 200)):
        transact(ledger.actions(movements.hold(f"tsk_{number}", 1, ADV, amount), at, holder=ADV))
    assert ann.get("/v1/wallet").json_body["held"] == cny(500)
    ledger.post(movements.return_order("ord_1", "tsk_0", ADV, 300), at)
    ledger.close_hold("tsk_0")
    ledger.close_hold("tsk_1")
    assert ann.get("/v1/wallet").json_body == {"available": cny(800), "held": cny(200), "withdrawing": cny(0)}


# -- statement -------------------------------------------------------------------------------------------------------


def pages(api: Api, path: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = api.get(path + cursor)
        assert answer.status_code == 200, answer.json_body
        lines += answer.json_body["data"]
        if answer.json_body["next_cursor"] is None:
            return lines
        cursor = "&cursor=" + answer.json_body["next_cursor"]


@pytest.fixture
def busy(api: Api) -> Api:
    """An advertiser with twelve entries, a minute apart."""
    for number in range(1, 5):
        earn(100 * number, number)
        with clock.at(NOON - timedelta(hours=9) + timedelta(minutes=number, seconds=30)):
            ledger.post(movements.topup(f"pay_more{number}", "sandbox", ADV, 7), clock.now())
    return api.as_("ann", "advertiser")


@pytest.mark.parametrize("limit", [1, 3, 12, 100])
def test_the_statement_adds_up_in_both_directions(busy: Api, limit: int) -> None:
    newest = pages(busy, f"/v1/wallet/entries?limit={limit}")
    oldest = pages(busy, f"/v1/wallet/entries?limit={limit}&sort=at")
    assert len(newest) == 12
    assert oldest == newest[::-1]
    running = 0
    for line in oldest:
        running += line["amount"]["amount"] * (1 if line["direction"] == "in" else -1)
        assert line["balance_after"]["amount"] == running
    assert busy.get("/v1/wallet").json_body["available"] == cny(running) == cny(28)


@pytest.mark.parametrize("extra", ["", "&sort=at", "&kind=topup", "&kind=hold&sort=at"])
@pytest.mark.parametrize("limit", [1, 5])
def test_the_statement_can_be_read_back(busy: Api, limit: int, extra: str) -> None:
    path = f"/v1/wallet/entries?limit={limit}{extra}"
    page = busy.get(path).json_body
    assert page["prev_cursor"] is None
    forwards, backwards = [page["data"]], []
    while page["next_cursor"]:
        page = busy.get(f"{path}&cursor={page['next_cursor']}").json_body
        forwards.append(page["data"])
    while page["prev_cursor"]:
        page = busy.get(f"{path}&cursor={page['prev_cursor']}").json_body
        backwards.append(page["data"])
    lines = [line for lines in forwards for line in lines]
    assert lines == pages(busy, path)
    assert [line for lines in backwards[::-1] for line in lines] == lines[: len(lines) - len(forwards[-1])]
    again = [line for lines in [page["data"], *_onwards(busy, path, page)] for line in lines]
    assert again == lines, "and forwards again from there"


def _onwards(api: Api, path: str, page: dict[str, Any]) -> list[list[dict[str, Any]]]:
    found = []
    while page["next_cursor"]:
        page = api.get(f"{path}&cursor={page['next_cursor']}").json_body
        found.append(page["data"])
    return found


def test_new_entries_are_before_the_first_page(busy: Api) -> None:
    second = busy.get(
        "/v1/wallet/entries?limit=4&cursor=" + busy.get("/v1/wallet/entries?limit=4").json_body["next_cursor"]
    )
    ledger.post(movements.topup("pay_new", "sandbox", ADV, 5), clock.now())
    first = busy.get("/v1/wallet/entries?limit=4&cursor=" + second.json_body["prev_cursor"]).json_body
    newest = busy.get("/v1/wallet/entries?limit=1&cursor=" + first["prev_cursor"]).json_body
    assert [line["reference"] for line in newest["data"]] == ["pay_new"]
    assert (newest["data"][0]["balance_after"], newest["prev_cursor"]) == (cny(33), None)


@pytest.mark.parametrize(
    "period",
    [
        "since=2026-11-22T00:00:00Z&until=2026-11-21T00:00:00Z",
        "since=0999-01-01T00:00:00Z",
        "until=9999-12-31T23:59:59-14:00",
        "since=2026-11-22",
    ],
)
@pytest.mark.parametrize("path", ["entries", "summary"])
def test_invalid_periods_are_refused(ann: Api, path: str, period: str) -> None:
    answer = ann.get(f"/v1/wallet/{path}?{period}")
    assert (answer.status_code, answer.json_body["code"]) == (400, "parameter_invalid")


def test_filtered_lines_have_the_running_balance(busy: Api) -> None:
    whole = pages(busy, "/v1/wallet/entries?limit=100")
    since, until = whole[8]["at"], whole[3]["at"]
    within = [line for line in whole if since <= line["at"] < until]
    for extra in ("", "&sort=at"):
        path = f"/v1/wallet/entries?limit=2&since={since}&until={until}{extra}"
        assert sorted(pages(busy, path), key=str) == sorted(within, key=str)
        holds = pages(busy, f"{path}&kind=hold")
        assert sorted(holds, key=str) == sorted((line for line in within if line["kind"] == "hold"), key=str)
    assert busy.get("/v1/wallet/entries?since=yesterday").status_code == 400


def test_a_period_adds_up(busy: Api) -> None:
    whole = pages(busy, "/v1/wallet/entries?limit=100")
    since, until = whole[8]["at"], whole[3]["at"]
    before = busy.get(f"/v1/wallet/summary?until={since}").json_body
    period = busy.get(f"/v1/wallet/summary?since={since}&until={until}").json_body
    after = busy.get(f"/v1/wallet/summary?since={until}").json_body
    for part in (before, period, after):
        figures = {name: part[name]["amount"] for name in ("opening", "received", "spent", "closing")}
        assert figures["opening"] + figures["received"] - figures["spent"] == figures["closing"]
        assert sum(kind["entries"] for kind in part["by_kind"].values()) == part["entries"]
    assert before["opening"] == cny(0)
    assert (before["closing"], period["closing"]) == (period["opening"], after["opening"])
    assert after["closing"] == cny(28)


def test_the_statement_as_csv(busy: Api) -> None:
    answer = busy.get("/v1/wallet/entries", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.body.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with a mark"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [rows[0]["kind"], rows[-1]["kind"]] == ["opening", "closing"]
    assert sum(Decimal(row["amount"] or 0) for row in rows) == Decimal("0.28") == Decimal(rows[-1]["balance_after"])
    assert all(re.fullmatch(r"(-?\d+\.\d\d)?", row["amount"]) for row in rows)
    assert len(rows) == 14


@pytest.mark.parametrize("accept", ["text/csv;q=0.9, application/json;q=0.1", "application/xml, text/csv"])
def test_csv_is_sent_as_one_of_several(busy: Api, accept: str) -> None:
    answer = busy.get("/v1/wallet/entries", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_month_is_in_the_time_zone_of_the_market(api: Api) -> None:
    owner = ids.derive("adv", "ann")
    for day, hour in ((31, 15), (31, 16)):  # the month ends at 16:00 UTC
        moment = datetime(2026, 10, day, hour, tzinfo=UTC)
        ledger.post(movements.topup(f"pay_{hour}", "sandbox", owner, hour), moment)
    ann = api.as_("ann", "advertiser")
    found = {month: ann.get(f"/v1/wallet/summary?month=2026-{month}").json_body for month in ("10", "11", "12")}
    assert [found[month]["received"]["amount"] for month in ("10", "11", "12")] == [15, 16, 0]
    assert found["11"]["opening"] == found["10"]["closing"] == cny(15)
    lines = ann.get("/v1/wallet/entries?month=2026-11").json_body["data"]
    assert [line["amount"] for line in lines] == [cny(16)]
    for query in ("month=2026-13", "month=202611", "month=2026-11&since=2026-11-01T00:00:00Z"):
        refused = ann.get(f"/v1/wallet/summary?{query}")
        assert (refused.status_code, refused.json_body["code"]) == (400, "parameter_invalid")
        assert refused.json_body["errors"][0]["pointer"] == "/query/month"


def test_times_of_a_csv_can_be_local(api: Api) -> None:
    transfer = movements.topup("pay_1", "sandbox", ids.derive("adv", "ann"), 16)
    ledger.post(transfer, datetime(2026, 10, 31, 16, tzinfo=UTC))
    ann, path = api.as_("ann", "advertiser"), "/v1/wallet/entries?month=2026-11&kind=topup"
    for query, at in (("", "2026-10-31T16:00:00Z"), ("&times=local", "2026-11-01T00:00:00+08:00")):
        text = ann.get(path + query, headers={"Accept": "text/csv"}).body.decode("utf-8-sig")
        assert [row["at"] for row in csv.DictReader(io.StringIO(text))] == [at]
    assert ann.get(f"{path}&times=here").json_body["errors"][0]["pointer"] == "/query/times"


@pytest.mark.parametrize("moment", ["2026-11-22T20:00:00 08:00", "2026-11-22T20:00:00%2B08:00", "2026-11-22T12:00:00Z"])
def test_a_period_begins_at_a_moment_in_any_zone(busy: Api, moment: str) -> None:
    quoted = moment.replace(" ", "+")  # a plus that is not encoded arrives as a blank
    assert busy.get(f"/v1/wallet/summary?since={quoted}").status_code == 200


@pytest.mark.parametrize("moment", ["20261120", "1795352400", "2026-11-22", "2026-11-22T12:00:00"])
def test_a_period_without_a_moment_is_refused(busy: Api, moment: str) -> None:
    answer = busy.get(f"/v1/wallet/entries?since={moment}")
    assert (answer.status_code, answer.json_body["code"]) == (400, "parameter_invalid")
    assert answer.json_body["errors"][0]["pointer"] == "/query/since"


def test_a_cursor_is_of_one_list_and_one_caller(busy: Api, api: Api) -> None:
    cursor = busy.get("/v1/wallet/entries?limit=1").json_body["next_cursor"]
    for other, path in (
        (api.as_("eve", "advertiser"), "/v1/wallet/entries?limit=1&cursor="),
        (busy, "/v1/wallet/entries?limit=1&kind=hold&cursor="),
        (busy, "/v1/wallet/entries?limit=1&cursor=A"),
    ):
        answer = other.get(path + cursor)
        assert (answer.status_code, answer.json_body["code"]) == (400, "cursor_invalid")


def test_a_key_is_of_one_side_s_wallet(api: Api, cai: Api) -> None:
    both = api.as_("cai", "creator", "advertiser")
    made = both.post("/v1/wallet/withdrawals?as=creator", {"amount": cny(10_000)}, key="k")
    again = both.post("/v1/wallet/withdrawals?as=creator", {"amount": cny(10_000)}, key="k")
    assert (made.status_code, again.json_body) == (201, made.json_body)
    other = both.post("/v1/wallet/withdrawals?as=advertiser", {"amount": cny(10_000)}, key="k")
    assert (other.status_code, other.json_body["code"]) == (422, "idempotency_key_reused")


# -- withdrawals -----------------------------------------------------------------------------------------------------


def test_rule_21_a_withdrawal_is_paid(cai: Api, api: Api) -> None:
    wish = cai.post("/v1/wallet/withdrawals", {"amount": cny(50_000)}, key="w1")
    assert (wish.status_code, wish.json_body["status"]) == (201, "requested")
    assert cai.get("/v1/wallet").json_body == {"available": cny(20_000), "held": cny(0), "withdrawing": cny(50_000)}
    finance = api.as_("fin", "finance")
    assert [item["id"] for item in finance.get("/v1/withdrawals").json_body["data"]] == [wish.json_body["id"]]
    path = f"/v1/withdrawals/{wish.json_body['id']}/outcome"
    assert cai.post(path, {"outcome": "paid"}).status_code == 403
    for _ in range(3):
        assert finance.post(path, {"outcome": "paid", "note": "bank 7"}).json_body["status"] == "paid"
    contrary = finance.post(path, {"outcome": "failed"})
    assert (contrary.status_code, contrary.json_body["code"]) == (409, "already_decided")
    assert cai.get("/v1/wallet").json_body == {"available": cny(20_000), "held": cny(0), "withdrawing": cny(0)}
    assert finance.get("/v1/withdrawals").json_body["data"] == []
    assert ledger.balance("provider:sandbox") == -20_000


def test_a_failed_payout_can_be_tried_again(cai: Api, api: Api) -> None:
    wish = cai.post("/v1/wallet/withdrawals", {"amount": cny(70_000)}, key="w1").json_body
    again = cai.post("/v1/wallet/withdrawals", {"amount": cny(70_000)}, key="w1")
    assert (again.json_body, again.headers["Idempotency-Replayed"]) == (wish, "true")
    api.as_("fin", "finance").post(f"/v1/withdrawals/{wish['id']}/outcome", {"outcome": "failed"})
    assert cai.get("/v1/wallet").json_body["available"] == cny(70_000)
    second = cai.post("/v1/wallet/withdrawals", {"amount": cny(70_000)}, key="w2")
    assert second.status_code == 201
    listed = cai.get("/v1/wallet/withdrawals").json_body["data"]
    assert sorted(item["status"] for item in listed) == ["failed", "requested"]


def test_rule_21_withdrawals_that_are_refused(cai: Api) -> None:
    small = cai.post("/v1/wallet/withdrawals", {"amount": cny(9_999)}, key="w1")
    assert (small.status_code, small.json_body["code"]) == (422, "withdrawal_too_small")
    much = cai.post("/v1/wallet/withdrawals", {"amount": cny(70_001)}, key="w2")
    assert (much.status_code, much.json_body["code"]) == (402, "insufficient_funds")
    assert (much.json_body["available"], much.json_body["needed"]) == (cny(70_000), cny(70_001))
    assert cai.post("/v1/wallet/withdrawals", {"amount": cny(10_000)}, key="w3").status_code == 201
    second = cai.post("/v1/wallet/withdrawals", {"amount": cny(10_000)}, key="w4")
    assert (second.status_code, second.json_body["code"]) == (409, "withdrawal_open")
    assert ledger.balances([creator_available(CRE), withdrawing(CRE)]) == {
        creator_available(CRE): 60_000,
        withdrawing(CRE): 10_000,
    }


def test_an_advertiser_takes_its_unspent_balance_back(ann: Api, api: Api, unique: Keys) -> None:
    api.post(topup(ann, unique())["pay_url"])
    wish = ann.post("/v1/wallet/withdrawals", {"amount": cny(600_000)}, key=unique()).json_body
    api.as_("fin", "finance").post(f"/v1/withdrawals/{wish['id']}/outcome", {"outcome": "paid"})
    assert ann.get("/v1/wallet").json_body == {"available": cny(0), "held": cny(0), "withdrawing": cny(0)}
    assert ledger.balance("provider:sandbox") == 0
