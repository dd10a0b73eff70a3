"""The local cloud saves while it runs, reports a failed save, and ends with its starter. No market is deployed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.failures import Failed
from infra.local_cloud import LocalCloud, _alive, free_port
from infra.package import ROOT

pytestmark = pytest.mark.xdist_group("saving")  # these clouds have their own ports
WAIT_TIMEOUT_S = 120.0


def until(holds: Callable[[], object], label: str) -> None:
    """Wait until `holds`; fail after WAIT_TIMEOUT_S seconds."""
    limit = time.monotonic() + WAIT_TIMEOUT_S
    while not holds():
        assert time.monotonic() < limit, label
        time.sleep(0.05)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    """A running cloud that saves on request only."""
    cloud = LocalCloud(free_port(), tmp_path, save_seconds=0)
    cloud.start()
    yield cloud
    cloud.down(discard=True)


def put(cloud: LocalCloud, *names: str) -> None:
    for name in names:
        cloud.client("ssm").put_parameter(Name=name, Value=name, Type="String")


def names(cloud: LocalCloud) -> list[str]:
    pages = cloud.client("ssm").get_paginator("describe_parameters").paginate()
    return sorted(found["Name"] for page in pages for found in page["Parameters"])


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def kill(cloud: LocalCloud) -> None:
    pid = cloud.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: cloud.pid() is None, "it is gone")


def test_a_killed_cloud_loses_only_what_came_after_the_save(
    cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    put(cloud, "first")
    assert cloud.save() is None
    put(cloud, "second")
    kill(cloud)
    cloud.start()
    assert names(cloud) == ["first"]
    assert "while it ran; it was killed later" in capsys.readouterr().out


def test_changes_are_saved_without_a_request(tmp_path: Path) -> None:
    cloud = LocalCloud(free_port(), tmp_path, save_seconds=1)
    cloud.start()
    put(cloud, "first")
    until(lambda: list((cloud.data / "saved").glob("[0-9]/ssm.json")), "it is saved")
    kill(cloud)
    cloud.start()
    assert names(cloud) == ["first"]
    cloud.down()


def test_a_terminated_cloud_saves_first(cloud: LocalCloud, capsys: pytest.CaptureFixture[str]) -> None:
    put(cloud, "first")
    pid = cloud.pid()
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    until(lambda: cloud.pid() is None, "it ends")
    cloud.start()
    assert names(cloud) == ["first"]
    assert "when the local cloud was stopped" in capsys.readouterr().out


def test_a_cloud_that_ends_while_it_saves_loses_nothing(cloud: LocalCloud) -> None:
    """The copy that saves is stopped in the middle, so that the save at the end meets it."""
    put(cloud, *(f"p{number:03}" for number in range(100)))
    pid = cloud.pid()
    assert pid is not None
    children = Path(f"/proc/{pid}/task/{pid}/children")
    before = children.read_text()
    saver = threading.Thread(target=cloud.save)
    saver.start()
    copies: set[str] = set()
    while saver.is_alive() and not copies:
        copies = set(children.read_text().split()) - set(before.split())
    os.kill(int(copies.pop()), signal.SIGSTOP)
    os.kill(pid, signal.SIGTERM)
    until(lambda: cloud.pid() is None, "it ends")
    saver.join()
    cloud.start()
    assert len(names(cloud)) == 100


def test_a_cloud_that_cannot_save_is_not_stopped(cloud: LocalCloud) -> None:
    (cloud.data / "saved").mkdir(exist_ok=True)
    (cloud.data / "saved").rename(cloud.data / "elsewhere")
    (cloud.data / "saved").write_text("no folder can be made here, as on a disk that is full or read-only")
    put(cloud, "first")
    stopped = subprocess.run(
        [sys.executable, "-m", "infra.local_cloud", "down", "--port", str(cloud.port), "--folder", str(cloud.folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert stopped.returncode == 1
    assert "cannot be saved, so the local cloud continues to run" in stopped.stderr
    assert "Free space" in stopped.stderr
    assert names(cloud) == ["first"]
    (cloud.data / "saved").unlink()
    assert cloud.down()
    cloud.start()
    assert names(cloud) == ["first"]


def test_a_cloud_that_ends_while_workflows_change_data_saves_first(cloud: LocalCloud) -> None:
    """Executions run in threads of the cloud's process, and these put items until it ends."""
    key = {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    cloud.client("dynamodb").create_table(
        TableName="table", AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], **key
    )
    put_item = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Parameters": {"TableName": "table", "Item": {"pk": {"S.$": "States.UUID()"}}},
        "ResultPath": None,
        "Next": "put",
    }
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}}
    rights = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}
    roles = cloud.client("iam")
    role = roles.create_role(RoleName="role", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    roles.put_role_policy(RoleName="role", PolicyName="put", PolicyDocument=policy(rights))
    workflows = cloud.client("stepfunctions")
    machine = workflows.create_state_machine(
        name="endless",
        definition=json.dumps({"StartAt": "put", "States": {"put": put_item}}),
        roleArn=role,
    )["stateMachineArn"]
    for _ in range(4):
        workflows.start_execution(stateMachineArn=machine)
    items = cloud.client("dynamodb")
    until(lambda: items.scan(TableName="table", Select="COUNT")["Count"] > 200, "the workflows put items")
    assert cloud.down()


def test_a_cloud_that_saved_nothing_at_its_end_is_reported(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    put(cloud, "first")
    assert cloud.save() is None
    shutil.move(cloud.data / "saved", cloud.data / "moved")
    (cloud.data / "saved").write_text("the disk is full by now")
    monkeypatch.setattr(LocalCloud, "save", lambda self: None)
    with pytest.raises(Failed, match="stopped without saving its last changes"):
        cloud.down()
    (cloud.data / "saved").unlink()


def test_damaged_data_is_named_and_not_loaded(cloud: LocalCloud) -> None:
    put(cloud, "first")
    cloud.down()
    for file in (cloud.data / "saved").glob("*/ssm.json"):
        file.write_text(file.read_text()[:-9])
    with pytest.raises(Failed, match=r"(?s)cannot be loaded: snapshot .*ssm\.json has .*`make clean`, then `make up`"):
        cloud.start()
    assert cloud.pid() is None


def test_objects_without_a_save_do_not_prevent_a_start(cloud: LocalCloud) -> None:
    cloud.client("s3").create_bucket(
        Bucket="microtask-left-behind", CreateBucketConfiguration={"LocationConstraint": "ap-east-1"}
    )
    cloud.client("s3").put_object(Bucket="microtask-left-behind", Key="object", Body=b"text")
    kill(cloud)
    cloud.start()
    assert cloud.client("s3").list_buckets()["Buckets"] == []


def test_a_killed_test_run_leaves_no_local_cloud(tmp_path: Path) -> None:
    """The controller of pytest-xdist and the worker that started the cloud are killed."""
    (tmp_path / "test_it.py").write_text(
        "import time\nfrom pathlib import Path\nfrom infra.local_cloud import LocalCloud, free_port\n\n\n"
        "def test_it():\n"
        f"    LocalCloud(free_port(), Path({str(tmp_path)!r})).start()\n"
        "    time.sleep(600)\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "xdist",
        "-n",
        "1",
        "-p",
        "no:cacheprovider",
        str(tmp_path / "test_it.py"),
    ]
    run = subprocess.Popen(
        [*command, "--rootdir", str(tmp_path), "-c", "/dev/null"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    cloud = LocalCloud(1, tmp_path)
    try:
        until(lambda: cloud.pid() is not None or run.poll() is not None, "the run starts a cloud")
        pid = cloud.pid()
        assert pid is not None
    finally:
        run.kill()
        run.wait()
    until(lambda: not _alive(pid), "the cloud ends with the run")


STARTER = """
import io, json, sys, time, zipfile
from pathlib import Path
from typing import Any
from infra.local_cloud import LocalCloud, free_port

cloud = LocalCloud(free_port(), Path(sys.argv[1]))
cloud.start()
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = cloud.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
package = io.BytesIO()
with zipfile.ZipFile(package, "w") as file:
    file.writestr("busy.py", "import time\\ndef handler(event, context):\\n    time.sleep(600)\\n")
functions = cloud.client("lambda")
functions.create_function(
    FunctionName="busy", Runtime="python3.11", Handler="busy.handler", Timeout=600, Role=role,
    Code={"ZipFile": package.getvalue()},
)
functions.invoke(FunctionName="busy", InvocationType="Event")
time.sleep(600)
"""


def test_a_cloud_and_its_workers_end_with_the_starter(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path)], cwd=ROOT, stdout=subprocess.DEVNULL)
    cloud = LocalCloud(1, tmp_path)
    try:
        until(lambda: (cloud.pid() is not None and cloud.workers()) or starter.poll() is not None, "a worker runs")
        pids = [cloud.pid(), *cloud.workers()]
        assert len(pids) > 1
    finally:
        starter.kill()
        starter.wait()
    until(lambda: not any(_alive(pid) for pid in pids if pid), "the cloud and its workers end")
