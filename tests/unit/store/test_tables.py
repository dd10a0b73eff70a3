"""Items that must exist."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from chalicelib.core import ids
from chalicelib.core.errors import Problem
from chalicelib.store import TasksRecord, tables

ID = ids.derive("ord", "task", "account")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the keys of the items that are read; only ID exists."""
    keys: list[tuple[str, str]] = []

    def find(pk: str, sk: str, **_: Any) -> TasksRecord | None:
        keys.append((pk, sk))
        return TasksRecord(pk, sk) if pk == ID else None

    monkeypatch.setattr(TasksRecord, "find", find)
    return keys


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-east-1", "cn-north-1", "us-gov-west-1"])
def test_requests_go_to_the_endpoint_that_botocore_resolves(
    monkeypatch: pytest.MonkeyPatch, region: str, endpoint: str | None
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    else:
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    ours: Any = tables.connection.__wrapped__().client
    theirs: Any = botocore.session.get_session().create_client("dynamodb", region_name=region)
    found = []
    for client in (ours, theirs):
        model = client.meta.service_model.operation_model("GetItem")
        key = {"TableName": "tasks", "Key": {"pk": {"S": "a"}}}
        context: dict[str, Any] = {"client_region": region, "client_config": client.meta.config}
        found.append(client._resolve_endpoint_ruleset(model, key, context)[0])
    assert found[0] == found[1]


def test_an_existing_item_is_returned(reads: list[tuple[str, str]]) -> None:
    assert TasksRecord.existing(ID, "order", prefix="ord").pk == ID
    assert reads == [(ID, "order")]


@pytest.mark.parametrize(("noun", "named"), [(None, "order"), ("post", "post")])
def test_a_missing_item_is_not_found_by_its_noun(reads: list[tuple[str, str]], noun: str | None, named: str) -> None:
    with pytest.raises(Problem) as raised:
        TasksRecord.existing(ids.derive("ord", "other"), "order", noun, prefix="ord")
    assert raised.value.code == "not_found"
    assert named in raised.value.detail
    assert len(reads) == 1


@pytest.mark.parametrize("text", ["", "ord_1", ID.replace("ord_", "tsk_"), f"{ID}x"])
def test_an_id_of_another_form_is_not_read(reads: list[tuple[str, str]], text: str) -> None:
    with pytest.raises(Problem):
        TasksRecord.existing(text, "order", prefix="ord")
    assert reads == []
