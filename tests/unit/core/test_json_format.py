"""JSON of responses: core/json_format.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core import json_format
from chalicelib.core.money import Money


def test_json_has_money_moments_and_durations_only() -> None:
    document = {
        "price": Money(1, "CNY"),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "for": timedelta(hours=24),
        "text": "茶",
    }
    assert json.loads(json_format.dumps(document)) == {
        "price": {"amount": 1, "currency": "CNY"},
        "at": "2026-01-01T00:00:00Z",
        "for": "PT24H",
        "text": "茶",
    }
    with pytest.raises(TypeError):
        json_format.dumps({"x": object()})
