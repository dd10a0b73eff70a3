"""A market in each region, over HTTP: its currency, amounts, mark, months, working days, pages and e-mails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from chalicelib.core import clock
from chalicelib.wallet import ledger, movements
from testing.api import Api
from testing.markets.stage import FUNDS, NOON, Stage, money, text_of
from testing.payment_providers.case import forget

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Expected:
    """Texts and times that a user of a region sees. `first` and `after`: the first moments of November and of December 2026 there.
    `opened`, `due`: when a dispute is opened and has to be ruled, with a public holiday in between."""

    name: str
    currency: str
    topup_min: str
    text: str
    first: str
    after: str
    opened: str
    due: str
    price: str
    language: str


REGIONS = [
    Expected(
        "cn", "CNY", "5,000.00 CNY", "今年的秋茶到了。 广告", "2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z",
        "2026-09-29T04:00:00Z", "2026-10-12T04:00:00Z", "¥3,070.00", "zh",
    ),
    Expected(
        "us", "USD", "500.00 USD", "#ad 今年的秋茶到了。", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z",
        "2026-11-23T15:00:00Z", "2026-12-01T15:00:00Z", "$3,070.00", "en",
    ),
    Expected(
        "eu", "EUR", "500.00 EUR", "Advertisement: 今年的秋茶到了。", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z",
        "2026-12-21T10:00:00Z", "2026-12-29T10:00:00Z", "€3,070.00", "en",
    ),
]  # fmt: skip


@pytest.fixture(params=REGIONS, ids=lambda expected: expected.name)
def expected(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Expected]:
    found: Expected = request.param
    with monkeypatch.context() as patch:
        forget(patch, region=found.name)
        yield found
    forget(monkeypatch)


@pytest.fixture
def stage(api: Api, expected: Expected) -> Stage:
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify()
    return stage


def test_rule_3_amounts_are_those_of_the_region(stage: Stage, expected: Expected) -> None:
    market = stage.advertiser.get("/v1/catalogue").json_body["market"]
    assert (market["region"], market["currency"], market["languages"][0]) == (
        expected.name,
        expected.currency,
        expected.language,
    )
    small = stage.advertiser.post("/v1/wallet/topups", {"amount": money(1)}, key="small")
    assert small.json_body["code"] == "topup_too_small"
    assert expected.topup_min in small.json_body["detail"]
    foreign = {"amount": {"amount": 10_000_000, "currency": "JPY"}}
    refused = stage.advertiser.post("/v1/wallet/topups", foreign, key="foreign")
    assert [fault["code"] for fault in refused.json_body["errors"]] == ["currency"]


def test_a_month_of_the_statement_is_the_local_month(stage: Stage, expected: Expected) -> None:
    moments = [clock.parse(text) for text in (expected.first, expected.after)]
    for number, moment in enumerate((moments[0] - HOUR, moments[0], moments[1] - timedelta(seconds=1), moments[1])):
        ledger.post(movements.topup(f"pay_{number}", "sandbox", stage.advertiser_id, 100 + number), moment)
    listed = stage.advertiser.get("/v1/wallet/entries?month=2026-11&sort=at").json_body["data"]
    assert [line["amount"] for line in listed] == [money(101), money(FUNDS), money(102)]
    summary = stage.advertiser.get("/v1/wallet/summary?month=2026-11").json_body
    assert (summary["opening"], summary["closing"]) == (money(100), money(FUNDS + 303))


def test_rule_20_working_days_and_the_report_are_those_of_the_region(stage: Stage, expected: Expected) -> None:
    opened = clock.parse(expected.opened)
    with clock.at(opened - 2 * HOUR):
        (order_id,) = stage.accepted("an")
        assert stage.order(order_id)["content"]["text"] == expected.text
    with clock.at(opened - HOUR):
        stage.publish("an", order_id)
    with clock.at(opened):
        body = {"reason_code": "other", "note": "-"}
        disputed = stage.advertiser.post(f"/v1/orders/{order_id}/dispute", body).json_body
        timers = {timer["name"]: timer["at"] for timer in disputed["timers"]}
        assert timers["ruling_due"] == expected.due
        link = stage.advertiser.post(f"/v1/tasks/{disputed['task_id']}/report/link").json_body["url"]
        page = stage.api.get("/" + link.partition("://")[2].partition("/")[2]).body.decode()
    assert expected.price in page


def test_the_page_of_a_grade_is_in_the_language_and_money_of_the_region(stage: Stage, expected: Expected) -> None:
    with clock.at(NOON):
        (account,) = stage.bind("an")
        figures = {"as_of": text_of(NOON), "followers": 120_000, "reads_avg_30d": 30_000, "posts_30d": 10}
        measured = stage.api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", figures)
        assert measured.status_code == 201, measured.json_body
        page = stage.api.get(f"/grades/{account}").body.decode()
    assert expected.price[0] in page
    assert ('lang="zh"' in page) is (expected.name == "cn")


def test_e_mail_is_in_the_language_of_the_region_unless_the_user_chooses(stage: Stage, expected: Expected) -> None:
    shown = stage.advertiser.get("/v1/notifications/preferences").json_body["email"]
    assert shown["language"] == expected.language
