"""The operator's program on the deployed stack, as an IAM user with ops/policies/operator.json and no other rights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.stack import Stack, User
from infra.local_cloud import LocalCloud
from infra.package import ROOT

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time


@dataclass
class CommandOutput:
    """The output of a command: its exit status, its document and stderr."""

    status: int
    document: Any
    err: str


RunCommand = Callable[..., CommandOutput]


@pytest.fixture(scope="module")
def microtask(local_cloud: LocalCloud, stack: Stack) -> RunCommand:
    """Run a command line for the stage `local` with the credentials of that user."""
    iam, user = stack.client("iam"), "market-operator"
    iam.create_user(UserName=user)
    policy = (ROOT / "ops" / "policies" / "operator.json").read_text()
    iam.put_user_policy(UserName=user, PolicyName="operate", PolicyDocument=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    credentials = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "AWS_REGION": stack.region,
    }
    environment = {"PATH": os.environ["PATH"], **credentials}

    def run(*words: object) -> CommandOutput:
        where = ["--stage", "local", "--endpoint-url", stack.endpoint_url, "--json"]
        line = [sys.executable, "-m", "ops", *map(str, words), *where]
        done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        assert done.stdout, done.stderr
        return CommandOutput(done.returncode, json.loads(done.stdout), done.stderr)

    return run


def test_the_deployed_functions_prove_and_sweep(microtask: RunCommand, stack: Stack) -> None:
    proved = microtask("reconcile")
    assert (proved.status, proved.document["status"]) == (0, "clean"), proved.err
    assert microtask("redrive").document["failed"] == 0
    stuck = [one["id"] for one in microtask("stuck").document["stuck"]]
    status = microtask("status")
    findings = {finding["name"]: finding for finding in status.document["findings"]}
    assert findings["proof"]["figures"]["as_of"] == proved.document["as_of"]
    assert findings["stuck"]["figures"]["ids"] == stuck
    assert all(findings[what]["good"] for what in ("stack", "api", "dead letters", "proof"))
    assert {finding["name"] for finding in status.document["findings"]} >= {"alarms", "regrade"}
    lines = microtask("logs", "sweep", "--since", "1h").document["lines"]
    assert any("Sweep" in line["fields"] for line in lines)


def test_functions_share_one_unpacked_package(microtask: RunCommand, local_cloud: LocalCloud) -> None:
    microtask("reconcile")
    folders = list((local_cloud.folder / "scratch").glob("ministack-lambda-*/code"))
    assert folders
    assert all(folder.is_symlink() for folder in folders)
    assert len({folder.resolve() for folder in folders}) == 1
    if sys.platform == "linux":
        commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in local_cloud.workers()]
        assert any(b"worker_forks.py" in command for command in commands), "workers are forks"


def test_a_new_user_signs_in_to_the_api(microtask: RunCommand, stack: Stack, tmp_path: Path) -> None:
    temporary, own, token = tmp_path / "temporary", tmp_path / "own", tmp_path / "token"
    own.write_text("Own-password-1\n")
    microtask("users", "add", "operated", "--group", "finance", "--password-file", temporary)
    sign_in = ("users", "sign-in", "operated", "--token-file", token, "--password-file")
    assert microtask(*sign_in, temporary, "--new-password-file", own).status == 0
    caller = User(stack.api_url, token.read_text().strip())
    assert caller.get("/v1/ledger/proof")["status"] == "clean"
    assert microtask("users", "disable", "operated", "--yes").document["state"] == "disabled"
    assert microtask(*sign_in, own).status == 1


def test_the_journal_is_exported_completely(microtask: RunCommand, stack: Stack, tmp_path: Path) -> None:
    output = microtask(
        "export", "ledger", "--since", "2020-01-01", "--until", "2100-01-01", "--out", tmp_path / "all.csv"
    )
    assert (output.status, output.document.get("sum")) == (0, 0), repr(output.document)[:3000]


def test_a_command_without_rights_is_refused_in_one_line(microtask: RunCommand, stack: Stack) -> None:
    output = microtask("wallet", "backup")
    assert output.status == 1
    assert "CreateBackup" in output.document["error"]
    assert "docs/operations/deployment.md lists the rights" in output.document["error"]
    assert "Traceback" not in output.err
