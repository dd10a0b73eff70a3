"""The roles of the deployed functions, assumed by the test: the cloud enforces each policy with its conditions."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from demo.stack import Stack

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
NEVER = {"ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(pk)"}
"""A condition that no item meets: an allowed write fails on it and writes nothing."""
HELD, EARNED, PROVIDER = "task:tsk_1:held", "creator:cre_1:available", "provider:sandbox"


def change(table: str, pk: str, *names: str) -> tuple[str, dict[str, Any]]:
    """Return an update of these attributes."""
    return "UpdateItem", {
        "TableName": table,
        "Key": {"pk": {"S": pk}, "sk": {"S": "x"}},
        "UpdateExpression": "SET " + ", ".join(f"#n{i} = :v" for i in range(len(names))),
        "ExpressionAttributeNames": {f"#n{i}": name for i, name in enumerate(names)},
        "ExpressionAttributeValues": {":v": {"S": "x"}},
    }


def item(table: str, pk: str, *names: str) -> tuple[str, dict[str, Any]]:
    """Return a put of an item with these attributes."""
    return "PutItem", {"TableName": table, "Item": {name: {"S": "x"} for name in ("sk", *names)} | {"pk": {"S": pk}}}


ALLOWED = [
    ("Outbox", change("wallet", HELD, "holder")),
    ("Outbox", change("accounts", "acc_1", "traded_on", "revision")),
    ("Outbox", item("accounts", "acc_1", "kind", "advertiser_id", "paid")),
    ("TaskStep", change("wallet", EARNED, "balance", "entries", "updated_at")),
    ("Reconcile", item("wallet", "seal#" + HELD, "content", "mac")),
    ("APIHandler", change("wallet", PROVIDER, "balance", "entries", "updated_at")),
]
DENIED = [
    ("Outbox", change("wallet", EARNED, "holder")),
    ("Outbox", change("wallet", HELD, "entries")),
    ("Outbox", change("accounts", "acc_1", "grade")),
    ("Outbox", item("accounts", "acc_1", "grade")),
    ("Outbox", item("wallet", HELD, "amount")),
    ("Sweep", change("wallet", EARNED, "balance")),
    ("TaskStep", change("wallet", PROVIDER, "balance")),
    ("TaskStep", change("wallet", EARNED, "amount")),
    ("OrderStep", change("accounts", "acc_1", "grade")),
    ("OrderStep", item("wallet", PROVIDER, "amount")),
    ("RegradeStep", change("accounts", "adv_1", "grade")),
    ("Reconcile", item("wallet", EARNED, "amount")),
    ("Reconcile", change("wallet", EARNED, "balance")),
    ("APIHandler", change("wallet", EARNED, "amount")),
    ("APIHandler", change("wallet", EARNED, "balance", "kind")),
]


@pytest.fixture(scope="module")
def clients(stack: Stack) -> dict[str, Any]:
    """DynamoDB clients with each function's role."""
    found = {}
    for deployed in stack.client("lambda").list_functions()["Functions"]:
        for function in {function for function, _ in ALLOWED + DENIED}:
            if f"-{function}-" in deployed["FunctionName"]:
                role = {"RoleArn": deployed["Role"], "RoleSessionName": "test"}
                given = stack.client("sts").assume_role(**role)["Credentials"]
                found[function] = boto3.client(
                    "dynamodb",
                    endpoint_url=stack.endpoint_url,
                    region_name=stack.region,
                    aws_access_key_id=given["AccessKeyId"],
                    aws_secret_access_key=given["SecretAccessKey"],
                    aws_session_token=given["SessionToken"],
                )
    return found


def tried(stack: Stack, client: Any, operation: str, sent: dict[str, Any], together: bool) -> str:
    """Return the error code of the request, alone or in a transaction."""
    sent = {**sent, **NEVER, "TableName": stack.outputs[f"{sent['TableName'].title()}Table"]}
    if together:
        send, arguments = client.transact_write_items, {"TransactItems": [{operation.removesuffix("Item"): sent}]}
    else:
        send, arguments = client.update_item if operation == "UpdateItem" else client.put_item, sent
    with pytest.raises(ClientError) as refused:
        send(**arguments)
    return str(refused.value.response["Error"]["Code"])


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in a transaction"])
def test_a_role_has_its_rights_and_no_others(stack: Stack, clients: dict[str, Any], together: bool) -> None:
    met = "TransactionCanceledException" if together else "ConditionalCheckFailedException"
    found = [(function, *deed, tried(stack, clients[function], *deed, together)) for function, deed in ALLOWED + DENIED]
    assert [case for case in found[: len(ALLOWED)] if case[-1] != met] == []
    assert [case for case in found[len(ALLOWED) :] if case[-1] != "AccessDeniedException"] == []
