"""Bounds of bodies are the rules of the stage, not the defaults of the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from chalicelib.api.validation.validation_errors import faults_of
from chalicelib.core import rules
from chalicelib.planning.http.requests import PlanBody
from chalicelib.tasks.http.quote_requests import QuoteBody
from chalicelib.tasks.http.requests import AccountsBody, PictureBody, PublishBody, TaskBody

TASK = {
    "kind": "post",
    "title": "tea",
    "content": {"text": "tea"},
    "window": {"start_at": "2026-12-01T00:00:00Z", "end_at": "2026-12-02T00:00:00Z"},
    "accept_by": "2026-11-30T00:00:00Z",
}
MONEY = {"amount": 1, "currency": "CNY"}
CASES: list[tuple[str, type[BaseModel], dict[str, Any], str]] = [
    ("task_accounts_max", QuoteBody, {"kind": "post", "account_ids": ["a", "b", "c"]}, "/account_ids"),
    ("task_accounts_max", AccountsBody, {"account_ids": ["a", "b", "c"]}, "/account_ids"),
    ("task_accounts_max", TaskBody, {**TASK, "account_ids": ["a", "b", "c"]}, "/account_ids"),
    ("task_accounts_max", TaskBody, {**TASK, "reserve_account_ids": ["a", "b", "c"]}, "/reserve_account_ids"),
    ("task_accounts_max", PlanBody, {"budget": MONEY, "must_have": ["a", "b", "c"]}, "/must_have"),
    ("task_accounts_max", PlanBody, {"budget": MONEY, "max_accounts": 3}, "/max_accounts"),
    ("task_orders_max", PlanBody, {"budget": MONEY, "exclude": ["a", "b", "c"]}, "/exclude"),
    ("title_max_chars", TaskBody, TASK, "/title"),
    ("url_max_chars", PublishBody, {"post_url": "https://a.example"}, "/post_url"),
    ("picture_max_bytes", PictureBody, {"content_type": "image/png", "bytes": 2_000}, "/bytes"),
]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    rules.rules.cache_clear()


@pytest.mark.parametrize(("rule", "model", "body", "pointer"), CASES, ids=[f"{c[0]} {c[3]}" for c in CASES])
def test_rule_of_the_stage_bounds_the_body(
    monkeypatch: pytest.MonkeyPatch, rule: str, model: type[BaseModel], body: dict[str, Any], pointer: str
) -> None:
    model.model_validate(body)
    least = max(2, rules.range_of(rule)[0])
    monkeypatch.setenv("RULES", json.dumps({rule: least}))
    rules.rules.cache_clear()
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    (fault,) = faults_of(caught.value, body)
    assert (fault.pointer, str(least) in fault.message) == (pointer, True)


def test_rule_bounds_the_accounts_of_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PlanBody.model_validate({"budget": MONEY}).max_accounts == 100
    monkeypatch.setenv("RULES", '{"task_accounts_max": 2}')
    rules.rules.cache_clear()
    assert PlanBody.model_validate({"budget": MONEY}).max_accounts == 2


def test_schema_states_the_default_of_the_rule() -> None:
    assert QuoteBody.model_json_schema()["properties"]["account_ids"]["maxItems"] == 100
