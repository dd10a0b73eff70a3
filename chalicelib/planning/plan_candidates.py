"""Read the candidates of a plan: the listed accounts in the order of their value, with the figures that a plan needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.records import LISTED, AccountRecord
from chalicelib.accounts.review.admission_rules import is_proof_missing
from chalicelib.core import aws
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import Forecast, forecast
from chalicelib.grading.model.methodology import GRADES

EXAMINED_MAX = 10_000
"""The number of listed accounts that a plan examines, those with the most reads per fen first."""
_PARTS = ("pk", "handle", "category", "grade", "evidence", "ownership", "known_at_binding")


@dataclass(frozen=True)
class Filters:
    """The filters of candidates; None does not filter. Prices in fen of the plan's kind."""

    category: str | None = None
    grade_min: str | None = None
    followers_min: int | None = None
    price_max: int | None = None


@dataclass(frozen=True)
class Listed:
    """An account that takes orders now, its effective price in fen, and the forecast of an order, from figures as of `as_of`."""

    account_id: str
    handle: str
    category: str | None
    grade: str | None
    followers: int
    price: int
    forecast: Forecast
    as_of: str


@dataclass(frozen=True)
class Found:
    """The candidates, the number of examined accounts, and whether there are more."""

    accounts: list[Listed]
    examined: int
    more: bool


def read(kind: Kind, filters: Filters, budget: int) -> Found:
    """Return every account that takes orders now, has known figures and a price of this kind within the budget, and matches the
    filters; of more than EXAMINED_MAX accounts, those with the highest value."""
    price = f"{kind}_price"
    names = {f"#{part}": part for part in (*_PARTS, price, "status", "paused", "owner", "listing")}
    values: dict[str, dict[str, Any]] = {
        ":listed": {"S": LISTED},
        ":admitted": {"S": "admitted"},
        ":no": {"BOOL": False},
        ":most": {"N": str(budget if filters.price_max is None else min(budget, filters.price_max))},
    }
    wanted = [f"#{price} <= :most", "#status = :admitted", "#paused = :no", "attribute_exists(#owner)"]
    wanted.append("attribute_exists(#evidence)")
    if filters.category is not None:
        wanted.append("#category = :category")
        values[":category"] = {"S": filters.category}
    if filters.followers_min is not None:
        names["#followers"] = "followers"
        wanted.append("#followers >= :followers")
        values[":followers"] = {"N": str(filters.followers_min)}
    if filters.grade_min is not None:
        enough = GRADES[GRADES.index(filters.grade_min) :]
        values.update({f":grade{i}": {"S": grade} for i, grade in enumerate(enough)})
        wanted.append(f"#grade IN ({', '.join(f':grade{i}' for i in range(len(enough)))})")
    query: dict[str, Any] = {
        "TableName": AccountRecord.Meta.table_name,
        "IndexName": "by_value",
        "KeyConditionExpression": "#listing = :listed",
        "FilterExpression": " AND ".join(wanted),
        "ProjectionExpression": ", ".join(f"#{part}" for part in (*_PARTS, price)),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": False,
    }
    accounts: list[Listed] = []
    examined = 0
    while examined < EXAMINED_MAX:
        response = aws.client("dynamodb").query(**query, Limit=EXAMINED_MAX - examined)
        examined += int(response["ScannedCount"])
        accounts += [_listed(item, price, kind) for item in response["Items"] if not _is_proof_missing(item)]
        if "LastEvaluatedKey" not in response:
            return Found(accounts, examined, False)
        query["ExclusiveStartKey"] = response["LastEvaluatedKey"]
    return Found(accounts, examined, True)


def of_record(record: AccountRecord, price: int, kind: Kind) -> Listed | None:
    """Return the candidate of one account; None if its figures are unknown."""
    if record.evidence is None:
        return None
    return _made(record.pk, record.handle, record.category, record.grade, record.evidence, price, kind)


def _is_proof_missing(item: dict[str, Any]) -> bool:
    evidence, ownership = (json.loads(item[name]["S"]) if name in item else None for name in ("evidence", "ownership"))
    known = item.get("known_at_binding", {}).get("BOOL")
    return is_proof_missing(evidence, ownership, known, bool(rules().proof_of_graded))


def _listed(item: dict[str, Any], price: str, kind: Kind) -> Listed:
    def text(name: str) -> str | None:
        found: str | None = item.get(name, {}).get("S")
        return found

    evidence = json.loads(item["evidence"]["S"])
    cost = int(item[price]["N"])
    return _made(item["pk"]["S"], item["handle"]["S"], text("category"), text("grade"), evidence, cost, kind)


def _made(
    account_id: str,
    handle: str,
    category: str | None,
    grade: str | None,
    figures: AccountFigures,
    price: int,
    kind: Kind,
) -> Listed:
    evidence = Evidence.from_json(figures)
    brings = forecast(evidence, category, grade, kind)
    return Listed(account_id, handle, category, grade, evidence.followers, price, brings, evidence.as_of)
