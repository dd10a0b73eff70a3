"""An export has all data of an owner except that which docs/reference/exports.md names, with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from apispec import documents
from chalicelib.core import clock
from chalicelib.exports.http.response_types import LINES
from chalicelib.exports.json_lines import SOURCES, TIMES
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord
from chalicelib.wallet import ledger, movements
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny
from testing.payment_providers.stripe import Stripe
from testing.samples.exported import exported

DOCUMENT = (Path(__file__).parents[3] / "docs" / "reference" / "exports.md").read_text("utf-8")
HOUR = timedelta(hours=1)
Item = dict[str, Any]


def _rows(after: str) -> list[list[str]]:
    """Return the rows of the table after a line of the document."""
    lines = DOCUMENT.partition(after)[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    found = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


LEFT_OUT = {name.strip("`") for cells in _rows("## Not in an export") for name in cells[0].split(", ")}


@pytest.fixture
def market(api: Api) -> Iterator[Stage]:
    """Return a market with one of each kind of data of an advertiser and a creator, and the same of other users."""
    stage = Stage(api)

    def made(by: Api, path: str, body: Any, expected: int = 201, **options: Any) -> dict[str, Any]:
        answer = by.post(path, body, key=stage.key(), **options)
        assert answer.status_code == expected, (path, answer.json_body)
        found: dict[str, Any] = answer.json_body
        return found

    def offered() -> str:
        task = stage.create([stage.accounts["an"]], draft_approval=True)
        stage.approve(task["id"])
        return str(stage.orders(task["id"])[0]["id"])

    teahouse, an, admin = stage.advertiser, stage.creator("an"), api.as_("root", "admin")
    with clock.at(NOON):
        with pytest.MonkeyPatch.context() as patch:
            stripe = Stripe(patch)
            for owner in (teahouse, an):
                made(owner, "/v1/wallet/payees", {"country": "US", "provider": "stripe"}, 200)
        stripe.close()
        stage.certify()
        account, _ = stage.bind("an", "bo")
        for day in ("19", "20"):
            figures = {
                "as_of": f"2026-11-{day}T00:00:00Z",
                "followers": 12_000,
                "reads_avg_30d": 3_000,
                "posts_30d": 10,
            }
            made(admin, f"/v1/accounts/{account}/metrics", figures)
        assert an.patch(f"/v1/accounts/{account}", {"prices": {"post": cny(250_000)}}).status_code == 200
        appeal = {"reason": "数字少了一位", "evidence": {"followers": 120_000}}
        made(an, f"/v1/accounts/{account}/grade/appeals", appeal)
        call = stage.create([], call={"budget": cny(600_000)})
        stage.approve(call["id"])
        made(an, f"/v1/tasks/{call['id']}/applications", {"account_id": account, "price": cny(100_000)})
        made(teahouse, "/v1/pictures", {"content_type": "image/png", "bytes": 1_000})
        made(teahouse, "/v1/plans", {"budget": cny(600_000)})
        made(teahouse, "/v1/shortlists", {"name": "茶", "account_ids": [account]})
        made(teahouse, "/v1/searches", {"name": "茶"})
        topup = made(teahouse, "/v1/wallet/topups", {"amount": cny(600_000)})
        assert api.post(topup["pay_url"], {"amount": 1}).status_code == 200, "goes to suspense"
        made(teahouse, "/v1/wallet/withdrawals", {"amount": cny(20_000)})
        earned(stage, 50_000)
        made(an, "/v1/wallet/withdrawals", {"amount": cny(20_000)})
        made(teahouse, "/v1/tasks", stage.body([account], NOON, draft=True))
        order = offered()
        assert stage.act("an", order, "accept").status_code == 200
        assert stage.act("an", order, "draft", {"text": "秋茶真香。 https://tea.example/autumn"}).status_code == 200
        assert teahouse.post(f"/v1/orders/{order}/draft/approve").status_code == 200
    with clock.at(NOON + HOUR):
        stage.publish("an", order)
        assert stage.creator("an").post(f"/v1/orders/{order}/messages", {"text": "今晚八点发"}).status_code == 201
        dispute = stage.act("an", order, "dispute", {"reason_code": "other", "note": "不对"}).json_body["dispute_id"]
        made(teahouse, f"/v1/disputes/{dispute}/statements", {"note": "对", "urls": ["https://tea.example/a"]}, 200)
        code = stage.order(order)["content"]["urls"][0].rpartition("/")[2]
        task = stage.order(order)["task_id"]
        sold = f"code,outcomes\n{code},3\n".encode()
        made(teahouse, f"/v1/tasks/{task}/outcomes", sold, 200, headers={"Content-Type": "text/csv"})
        yield stage


def earned(stage: Stage, amount: int) -> None:
    """The creator has earned an order of another advertiser."""
    for transfer in (
        movements.topup("pay_other", "sandbox", "adv_other", amount),
        movements.hold("tsk_other", 1, "adv_other", amount),
        movements.settle("ord_other", "tsk_other", stage.creator_id("an"), amount, 0),
    ):
        ledger.post(transfer, clock.now())


def items() -> Iterator[Item]:
    for table in (AccountsRecord, TasksRecord, WalletRecord):
        for page in table.scan().page_iter:
            yield from page["Items"]


def kind(item: Item) -> str:
    """Return the kind of an item, by its sort key: `metrics#2026-…` is `metrics`. Entries and balances of accounts outside the
    wallet have kinds of their own."""
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    name = re.split(r"[#+]", sk)[0]
    if pk.startswith("seal"):
        return "seal"
    if name == "entry" and not pk.endswith(":available"):
        return "entry of another account"
    return {"reserves": "lines"}.get(name, name)


def stored(pk: str, wanted: str) -> int:
    """Return the number of items of a kind under `pk`."""
    return len([item for item in items() if item["pk"]["S"] == pk and kind(item) == wanted])


def shown(item: Item, lines: list[dict[str, Any]]) -> bool:
    """Return True if a line of the export is about the item."""
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    of = {name: [line for line in lines if line["type"] == name] for name in LINES}
    match kind(item):
        case (
            "advertiser"
            | "account"
            | "task"
            | "order"
            | "application"
            | "dispute"
            | "plan"
            | "shortlist"
            | "search"
            | "picture"
            | "withdrawal"
            | "appeal"
        ):
            return any(line["id"] == pk for line in of[kind(item)])
        case "message":
            return any(line["id"] == sk.partition("#")[2] for line in of["message"])
        case "payment":
            return any(line["id"] == pk for line in of["topup"])
        case "statement":
            said = [one["note"] for line in of["dispute"] if line["id"] == pk for one in line["statements"]]
            return str(item["note"]["S"]) in said
        case "outcomes":
            return any(line["task_id"] == pk for line in of["outcomes"])
        case "metrics":
            return any((line["account_id"], line["as_of"]) == (pk, sk.partition("#")[2]) for line in of["metrics"])
        case "grade":
            number = sum(line["account_id"] == pk for line in of["grade_change"])
            return bool(number == stored(pk, "grade"))
        case "price":
            own = [line for line in of["price_change"] if line["account_id"] == pk and line["what"] == "own"]
            return len(own) == stored(pk, "price")
        case "payee":
            return any(line["provider"] == item["provider"]["S"] for line in of["payee"])
        case "entry":
            return any(line["id"] == item["transfer_id"]["S"] for line in of["entry"])
    return False


@pytest.mark.parametrize("side", ["advertiser", "creator"])
def test_every_item_of_the_owner_is_exported_or_documented(market: Stage, side: str) -> None:
    who, owner, own = (
        (market.advertiser, market.advertiser_id, {market.advertiser_id, "teahouse"})
        if side == "advertiser"
        else (market.creator("an"), market.creator_id("an"), {market.creator_id("an"), market.accounts["an"], "an"})
    )
    lines, _ = exported(who)
    mine = re.compile("|".join(rf"(?<![\w]){re.escape(name)}(?![\w])" for name in own))
    named = [item for item in items() if mine.search(json.dumps(item, default=str))]
    named = [item for item in named if side == "creator" or kind(item) not in ("metrics", "grade", "price", "account")]
    kinds = {kind(item) for item in named}
    assert len(kinds) > 10, kinds
    others = {"creator": {"task", "lines", "shortlist", "search"}, "advertiser": set[str]()}[
        side
    ]  # a task, a shortlist and the results of a search name accounts; they are the advertiser's
    missing = [
        (kind(item), item["pk"]["S"], item["sk"]["S"])
        for item in named
        if kind(item) not in LEFT_OUT | others and not shown(item, lines)
    ]
    assert missing == []
    assert owner in json.dumps(lines)


@pytest.mark.parametrize("side", ["advertiser", "creator"])
def test_every_line_is_of_its_published_type(market: Stage, side: str) -> None:
    lines, _ = exported(market.advertiser if side == "advertiser" else market.creator("an"))
    schemas = json.loads(documents.OPENAPI.read_text("utf-8"))["components"]["schemas"]
    for line in lines:
        schema = {"$ref": f"#/components/schemas/{LINES[line['type']].__name__}", "components": {"schemas": schemas}}
        errors = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(line)
        assert [error.message for error in errors] == [], line["type"]
        declared = _members(LINES[line["type"]])
        assert set(line) <= declared or line["type"] == "metrics", (line["type"], set(line) - declared)
    without_time = {line["type"] for line in lines if line["type"] not in TIMES}
    assert without_time <= {"advertiser", "account", "payee"}, "they show a present state"
    assert all(line.get(TIMES[line["type"]]) for line in lines if line["type"] in TIMES)
    documented = {cells[0].strip("`") for cells in _rows("| type |") if side in cells[2] or cells[2] == "both"}
    assert {line["type"] for line in lines} == documented, "each type is in the export and in the document"


def _members(line: type) -> set[str]:
    return {name for base in line.__mro__ for name in vars(base).get("__annotations__", {})}


def test_document_names_every_type_and_sources_are_unique() -> None:
    rows = _rows("The members of each type")
    assert {cells[0].strip("`"): cells[1].strip("`") for cells in rows} == {
        name: line.__name__ for name, line in LINES.items()
    }
    assert all(len({name for name, _ in sources}) == len(sources) for sources in SOURCES.values())
