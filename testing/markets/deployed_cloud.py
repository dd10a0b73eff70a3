"""The tests' own local cloud, as fixtures: a free port, its own data, and the package that `make up` deploys."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import sample
from demo.stack import Stack
from infra.local_cloud import LocalCloud, free_port
from infra.package import ROOT

_TEST_SETTINGS = ("WALLET_TABLE", "TASKS_TABLE", "ACCOUNTS_TABLE", "SANDBOX", "STAGE")


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """MiniStack with the market deployed to it; stopped at the end. It saves its data when it stops only."""
    cloud = LocalCloud(free_port(), tmp_path_factory.mktemp("cloud"), save_seconds=0)
    cloud.up()
    yield cloud
    cloud.down()


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Stack:
    """The deployed market, with 300 sample accounts imported by the operator's command. While tests are written, the variable STACK
    names the stack file of a running cloud to use instead."""
    if running := os.environ.get("STACK"):
        return Stack.read(Path(running))
    local_cloud: LocalCloud = request.getfixturevalue("local_cloud")
    accounts = local_cloud.folder / "accounts.csv"
    sample.write(accounts, 300)
    environment = {name: text for name, text in os.environ.items() if name not in _TEST_SETTINGS}
    command = [sys.executable, "-m", "ops", "import", str(accounts), "--network", "sandbox"]
    done = subprocess.run(
        [*command, "--stack", str(local_cloud.stack_file)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Stack.read(local_cloud.stack_file)
