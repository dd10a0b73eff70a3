"""Users and money on the tests' local cloud, which tests/conftest.py starts."""

from __future__ import annotations

from typing import Any

import pytest

from demo import campaign
from demo.stack import Stack
from testing.markets.deployed_market import Market


@pytest.fixture(scope="session")
def market(stack: Stack) -> Market:
    """An advertiser with money, three creators with accounts, and staff."""
    people = campaign.cast(stack)

    def silent(topic: str, text: str) -> None:
        return None

    campaign.certify(people, silent)
    accounts = campaign.choose(people, silent)
    campaign.top_up(people, silent)
    return Market(people, accounts)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    """Print the campaign's steps, which pytest shows if the test fails."""
    return lambda topic, text: print(f"{topic:10} {text}")
