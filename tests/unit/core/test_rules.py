"""A stage can override only existing rules, within their ranges."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.core import rules
from infra.deploy_options import DeploymentOptions

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    rules.rules.cache_clear()
    yield
    rules.rules.cache_clear()


def test_production_has_the_published_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX", "off")
    found = rules.rules()
    assert (found.topup_min, found.commission_bps, found.retention_min) == (500_000, 3_000, timedelta(hours=24))
    assert (found.posts_per_day_max, found.posts_gap_min) == (2, timedelta(minutes=60))


def test_the_sandbox_shortens_and_the_stage_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX", "on")
    monkeypatch.setenv("RULES", '{"retention_min": 30, "commission_bps": 2000}')
    assert rules.rules().retention_min == timedelta(seconds=30)
    assert rules.rules().commission_bps == 2_000
    assert rules.rules().topup_min == 500_000


def test_every_rule_has_a_range_around_its_default() -> None:
    defaults = dataclasses.asdict(rules.Rules())
    for name in rules.TEXTS:
        del defaults[name]
    for name, default in [*defaults.items(), *rules.SANDBOX_RULES.items()]:
        least, most = rules.range_of(name)
        number = default.total_seconds() if isinstance(default, timedelta) else default
        assert least <= number <= most, name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"comission_bps": 1}', "comission_bps"),
        ('{"commission_bps": 12000}', "commission_bps"),
        ('{"commission_bps": -1}', "commission_bps"),
        ('{"commission_bps": 30.5}', "commission_bps"),
        ('{"commission_bps": "3000"}', "commission_bps"),
        ('{"commission_bps": true}', "commission_bps"),
        ('{"cancel_compensation_bps": 10001}', "cancel_compensation_bps"),
        ('{"mend": -1}', "mend"),
        ('{"mend": 1e300}', "mend"),
        ('{"mend": NaN}', "mend"),
        ('{"dispute_ruling": 0}', "dispute_ruling"),
        ('{"task_orders_max": 1000000}', "task_orders_max"),
        ('{"posts_per_day_max": 0}', "posts_per_day_max"),
        ('{"currency": "yuan"}', "currency"),
        ('{"currency": "XXX"}', "currency"),
        ('{"currency": ["CNY"]}', "currency"),
        ('{"time_zone": "China"}', "time_zone"),
        ('{"time_zone": "../etc/passwd"}', "time_zone"),
        ('{"time_zone": 8}', "time_zone"),
        ('{"public_holidays": "FR"}', "public_holidays"),
        ('{"price_min": 5000, "price_max": 4000}', "price_min"),
        ('{"retention_min": 86400, "retention_max": 3600}', "retention_min"),
        ("[]", "object"),
        ("{", "JSON"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_name(text: str, named: str) -> None:
    with pytest.raises(rules.InvalidRules, match=named):
        rules.read_rules(text, sandbox=False)


def test_every_wrong_rule_is_named_at_once() -> None:
    with pytest.raises(rules.InvalidRules) as refused:
        rules.read_rules('{"commission_bps": 12000, "mend": -1, "unheard": 1}', sandbox=True)
    assert all(name in str(refused.value) for name in ("commission_bps", "mend", "unheard"))


def test_a_function_with_a_wrong_rule_does_not_start() -> None:
    """Lambda imports `app` before it takes a request, so a deployment with a wrong rule fails."""
    environment = {**os.environ, "RULES": '{"commission_bps": 12000}'}
    command = [sys.executable, "-c", "import app"]
    started = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode != 0
    assert "commission_bps is 12000" in started.stderr


def test_a_deployment_with_a_wrong_rule_is_refused() -> None:
    options = DeploymentOptions(stage="test", rules='{"commission_bps": 12000}')
    with pytest.raises(rules.InvalidRules, match="commission_bps"):
        options.template_parameters()
