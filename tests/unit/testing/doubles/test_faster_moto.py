"""The faster moto responds as moto does: the same requests in this process, and in one with moto alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import boto3
import pytest

from chalicelib.store import tables
from infra.package import ROOT
from testing.doubles.mocked_aws import mocked_aws
from testing.samples import dynamodb_requests
from testing.samples.dynamodb_requests import REQUESTS


@pytest.fixture(scope="module")
def of_moto() -> list[Any]:
    """The responses of moto alone, in a process that has not imported the doubles."""
    program = [sys.executable, "-m", dynamodb_requests.__name__]
    ran = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    found: list[Any] = json.loads(ran.stdout)
    return found


def test_responses_are_those_of_moto(of_moto: list[Any]) -> None:
    with mocked_aws():
        found = dynamodb_requests.responses(REQUESTS)
    different = [
        (request, here, there) for request, here, there in zip(REQUESTS, found, of_moto, strict=True) if here != there
    ]
    assert different == []
    assert sum("Error" in response for response in found) > 15


def test_a_failed_update_leaves_no_item() -> None:
    """moto alone leaves an empty one."""
    failed = dynamodb_requests.update(dynamodb_requests.key("none"), "SET nowhere.inner = :v", None, {":v": {"N": "1"}})
    with mocked_aws():
        refused, found = dynamodb_requests.responses([failed, ("get_item", {"Key": dynamodb_requests.key("none")})])
    assert "Error" in refused
    assert "Item" not in found


def test_a_kept_client_has_nothing_of_an_earlier_test() -> None:
    """Neither replaced requests, nor handlers, nor the stored items."""
    heard: list[str] = []

    def hear(event_name: str, **_: Any) -> None:
        heard.append(event_name)

    with mocked_aws():
        client: Any = tables.connection().client
        client.put_item(TableName=os.environ["TASKS_TABLE"], Item=dynamodb_requests.key("one"))
        boto3.client("s3").meta.events.register("before-call.s3", hear)
        client.meta.events.register("before-call.dynamodb", hear)
        client.list_tables()
        client._make_api_call = lambda *_: {}
    assert heard == ["before-call.dynamodb.ListTables"]
    with mocked_aws():
        again: Any = tables.connection().client
        assert again is client
        assert again.scan(TableName=os.environ["TASKS_TABLE"])["Items"] == []
        boto3.client("s3").list_buckets()
    assert heard == ["before-call.dynamodb.ListTables"]


def test_a_client_for_another_region_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for region in ("ap-east-1", "us-east-1"):
        monkeypatch.setenv("AWS_REGION", region)
        with mocked_aws():
            found.append(tables.connection().client.meta.region_name)
    assert found == ["ap-east-1", "us-east-1"]
