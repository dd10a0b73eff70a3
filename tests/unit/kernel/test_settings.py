"""Rules can be overridden by stage, and only rules that exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import settings


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    settings.rules.cache_clear()
    yield
    settings.rules.cache_clear()


def test_production_has_the_published_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX", "off")
    rules = settings.rules()
    assert (rules.topup_min, rules.commission_bps, rules.retention_min) == (500_000, 3_000, timedelta(hours=24))
    assert (rules.posts_per_day_max, rules.posts_gap_min) == (2, timedelta(minutes=60))


def test_the_sandbox_shortens_and_the_stage_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX", "on")
    monkeypatch.setenv("RULES", '{"retention_min": 30, "commission_bps": 2000}')
    assert settings.rules().retention_min == timedelta(seconds=30)
    assert settings.rules().commission_bps == 2_000
    assert settings.rules().topup_min == 500_000


def test_an_unknown_rule_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULES", '{"comission_bps": 1}')
    with pytest.raises(TypeError):
        settings.rules()
