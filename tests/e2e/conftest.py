"""The tests' own local cloud: a free port, its own data, and the package that `make up` deploys."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from demo import campaign, sample
from demo.stack import Stack
from infra.local_cloud import LocalCloud, free_port
from infra.package import ROOT
from testing.markets.deployed_market import Market

IDLE_SECONDS = 8.0
"""The set-up of `market` takes less on an idle machine. A busy one gets more time for each step."""
_TEST_SETTINGS = ("WALLET_TABLE", "TASKS_TABLE", "ACCOUNTS_TABLE", "SANDBOX", "STAGE")


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """MiniStack with the market deployed to it; stopped at the end."""
    cloud = LocalCloud(free_port(), tmp_path_factory.mktemp("cloud"))
    cloud.up()
    yield cloud
    cloud.down()


@pytest.fixture(scope="session")
def stack(local_cloud: LocalCloud) -> Stack:
    """The deployed market, with 300 sample accounts imported by the operator's command."""
    accounts = local_cloud.folder / "accounts.csv"
    sample.write(accounts, 300)
    environment = {name: text for name, text in os.environ.items() if name not in _TEST_SETTINGS}
    command = [sys.executable, "-m", "ops", "import", str(accounts), "--network", "sandbox"]
    done = subprocess.run(
        [*command, "--stack", str(local_cloud.stack_file)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Stack.read(local_cloud.stack_file)


@pytest.fixture(scope="session")
def market(stack: Stack) -> Market:
    """An advertiser with money, three creators with accounts, and staff."""
    begin = time.monotonic()
    people = campaign.cast(stack)

    def silent(topic: str, text: str) -> None:
        return None

    campaign.certify(people, silent)
    accounts = campaign.choose(people, silent)
    campaign.top_up(people, silent)
    return Market(people, accounts, max(1.0, (time.monotonic() - begin) / IDLE_SECONDS))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    """Print the campaign's steps, which pytest shows if the test fails."""
    return lambda topic, text: print(f"{topic:10} {text}")
