"""Requests for items with which two doubles of DynamoDB are compared. Run as a program: print the responses of moto alone.

It imports no other module of the project, for `testing.doubles` changes moto."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
from botocore.exceptions import ClientError

TABLE = "things"
CREATION = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "owner", "at")],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_owner",
            "KeySchema": [
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}
Request = tuple[str, dict[str, Any]]


def key(pk: str, sk: str = "a") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def item(pk: str, sk: str = "a", **attributes: Any) -> dict[str, Any]:
    return {**key(pk, sk), **attributes}


def put(stored: dict[str, Any], **more: Any) -> Request:
    return "put_item", {"Item": stored, **more}


def update(of: dict[str, Any], expression: str, names: Any = None, values: Any = None, **more: Any) -> Request:
    sent = {"Key": of, "UpdateExpression": expression, "ReturnValues": "ALL_NEW", **more}
    if names:
        sent["ExpressionAttributeNames"] = names
    if values:
        sent["ExpressionAttributeValues"] = values
    return "update_item", sent


def write(*actions: tuple[str, dict[str, Any]]) -> Request:
    return "transact_write_items", {"TransactItems": [{kind: {"TableName": TABLE, **sent}} for kind, sent in actions]}


def query(condition: str, values: Any, names: Any = None, **more: Any) -> Request:
    sent = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values, **more}
    return "query", {**sent, **({"ExpressionAttributeNames": names} if names else {})}


NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
FULL = item(
    "full",
    number={"N": "12.50"},
    truth={"BOOL": True},
    nothing={"NULL": True},
    raw={"B": "AAEC"},
    raws={"BS": ["AAEC", "AwQ="]},
    words={"SS": ["x", "y"]},
    numbers={"NS": ["1", "2"]},
    list={"L": [{"S": "0"}, {"M": {"deep": {"L": [{"N": "1"}]}}}, {"B": "AAEC"}]},
    map={"M": {"S": {"S": "named as a type"}, "B": {"S": "text"}, "inner": {"M": {"count": {"N": "1"}}}}},
    owner={"S": "me"},
    at={"S": "2026-01-01"},
)
EVERYTHING: list[Request] = [("scan", {}), ("scan", {"IndexName": "by_owner"})]
_NAMES = {
    "#n": "number",
    "#l": "list",
    "#m": "map",
    "#t": "truth",
    "#x": "fresh",
    "#w": "words",
    "#pk": "pk",
    "#at": "at",
}
_VALUES: dict[str, Any] = {
    ":one": {"N": "1.5"},
    ":s": {"S": ""},
    ":l": {"L": [{"S": "more"}, {"M": {"k": {"S": "v"}}}]},
    ":w": {"SS": ["x", "new"]},
    ":m": {"M": {"a": {"L": [{"N": "1"}]}}},
}


def updates_of_whole_attributes() -> list[Request]:
    """Return updates as pynamodb writes them: with a placeholder for each name and value."""
    found = []
    for expression in (
        "SET #n = #n + :one, #m = :m REMOVE #t ADD #x :one",
        "SET #n = #n - :one, #x = #x + :one, #at = :s",
        "SET #n = if_not_exists (#n, :one) + :one, #x = if_not_exists (#t, :one)",
        "SET #x = #n, #n = #x REMOVE #m",
        "SET #l = list_append (#l, :l), #x = list_append (:l, #l)",
        "SET #x = list_append (if_not_exists (#x, :l), :l)",
        "SET #l = list_append (#t, :l)",
        "SET #n = list_append (#n, :l)",
        "SET #l = list_append (#l, :one)",
        "SET #x = if_not_exists (#t, #m)",
        "SET #x = if_not_exists (#n, #m)",
        "SET #x = if_not_exists (#n, :none)",
        "SET #x = #t + :one",
        "SET #x = #n + :s",
        "SET #x = (#n + :one)",
        "SET #n = :one, #n = :s",
        "SET #n = :one SET #x = :s",
        "SET #pk = :s",
        "SET #n = #pk",
        "SET #none = :one",
        "REMOVE #none",
        "REMOVE #n, #n",
        "ADD #pk :one",
        "ADD #n :s",
        "ADD #at :one",
        "ADD #at :s",
        "ADD #w :w",
        "ADD #w :one",
        "ADD #x :m",
        "ADD #n :none",
        "DELETE #w :w",
        "DELETE #n :one",
        "SET #at = :one",
        "SET #w = :w REMOVE #w",
    ):
        used = set(re.findall(r"[#:]\w+", expression))
        names = {name: text for name, text in _NAMES.items() if name in used}
        values = {name: value for name, value in _VALUES.items() if name in used}
        for pk in ("full", "whole"):
            found.append(update(key(pk), expression, names, values))
    return found


REQUESTS: list[Request] = [
    put(FULL),
    *updates_of_whole_attributes(),
    ("get_item", {"Key": key("full")}),
    ("get_item", {"Key": key("whole")}),
    ("delete_item", {"Key": key("whole")}),
    put(FULL),
    ("get_item", {"Key": key("full")}),
    ("get_item", {"Key": key("missing")}),
    (
        "get_item",
        {"Key": key("full"), "ProjectionExpression": "pk, #m.inner", "ExpressionAttributeNames": {"#m": "map"}},
    ),
    put(FULL, **NEW),
    put(FULL, **NEW, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
    put(item("", number={"N": "1"})),
    put(item("typed", owner={"N": "1"})),
    put(item("large", text={"S": "x" * 410_000})),
    put(item("wide", text={"S": "x" * 300_000}, more={"S": "y" * 50_000})),
    update(key("wide"), "SET other = :v", values={":v": {"S": "z" * 60_000}}),
    ("get_item", {"Key": key("wide"), "ProjectionExpression": "pk, other"}),
    update(key("full"), "SET #m.inner.#c = #m.inner.#c + :one", {"#m": "map", "#c": "count"}, {":one": {"N": "1"}}),
    update(key("full"), "SET #l[0] = :v, #l[9] = :v", {"#l": "list"}, {":v": {"S": "set"}}),
    update(
        key("full"), "SET #l = list_append(#l, :more)", {"#l": "list"}, {":more": {"L": [{"M": {"k": {"S": "v"}}}]}}
    ),
    update(key("full"), "SET fresh = if_not_exists(fresh, :v)", None, {":v": {"N": "7"}}),
    update(key("full"), "SET fresh = if_not_exists(fresh, :v)", None, {":v": {"N": "8"}}),
    update(key("full"), "SET copied = #l REMOVE truth, #l[0]", {"#l": "list"}),
    update(key("full"), "ADD #n :n, words :w", {"#n": "number"}, {":n": {"N": "-2"}, ":w": {"SS": ["z", "x"]}}),
    update(key("full"), "DELETE words :w", None, {":w": {"SS": ["x", "y", "z"]}}),
    update(key("new"), "SET a = :v ADD hits :one", None, {":v": {"S": "1"}, ":one": {"N": "1"}}),
    update(key("full"), "SET a = :v", None, {":v": {"S": "1"}}, ConditionExpression="attribute_exists(nowhere)"),
    update(key("full"), "SET pk = :v", None, {":v": {"S": "1"}}),
    update(key("full"), "SET a = :v, a = :v", None, {":v": {"S": "1"}}),
    update(key("full"), "SET #m.x = :v, #m = :v", {"#m": "map"}, {":v": {"S": "1"}}),
    update(key("full"), "SET a = :v SET b = :v", None, {":v": {"S": "1"}}),
    update(key("full"), "SET a = :missing", None, {":v": {"S": "1"}}),
    update(key("full"), "SET #missing = :v", {"#n": "x"}, {":v": {"S": "1"}}),
    update(key("full"), "SET a = :v", {"#unused": "x"}, {":v": {"S": "1"}}),
    update(key("full"), "SET name = :v", None, {":v": {"S": "reserved"}}),
    update(key("full"), "SET a == :v", None, {":v": {"S": "1"}}),
    update(key("full"), "SET owner = :v", None, {":v": {"S": ""}}),
    update(key("full"), "SET owner = :v", None, {":v": {"N": "1"}}),
    update(key("full"), "SET nowhere.inner = :v", None, {":v": {"N": "1"}}),
    write(
        ("Put", {"Item": item("t1", number={"N": "1"}), **NEW}),
        (
            "Update",
            {"Key": key("new"), "UpdateExpression": "ADD hits :n", "ExpressionAttributeValues": {":n": {"N": "4"}}},
        ),
        ("Delete", {"Key": key("wide")}),
        ("ConditionCheck", {"Key": key("full"), "ConditionExpression": "attribute_exists(pk)"}),
    ),
    write(
        (
            "Update",
            {"Key": key("new"), "UpdateExpression": "ADD hits :n", "ExpressionAttributeValues": {":n": {"N": "4"}}},
        ),
        (
            "Update",
            {"Key": key("t2"), "UpdateExpression": "SET a = :n", "ExpressionAttributeValues": {":n": {"N": "4"}}},
        ),
        ("Delete", {"Key": key("t1")}),
        ("Put", {"Item": FULL, **NEW, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    ),
    write(("Delete", {"Key": key("t1")}), ("Put", {"Item": item("t1")})),
    write(("Put", {"Item": item("t3"), "ConditionExpression": "#x = :v", "ExpressionAttributeNames": {"#y": "x"}})),
    *[
        put(item("part", f"{n % 5}#{n}", owner={"S": f"o{n % 2}"}, at={"S": f"{n % 3}"}, n={"N": f"{n}"}))
        for n in range(12)
    ],
    query("pk = :p", {":p": {"S": "part"}}),
    query("pk = :p AND begins_with(sk, :s)", {":p": {"S": "part"}, ":s": {"S": "1"}}),
    query("pk = :p AND sk BETWEEN :a AND :b", {":p": {"S": "part"}, ":a": {"S": "1"}, ":b": {"S": "3"}}),
    query("pk = :p", {":p": {"S": "part"}}, Limit=5, ScanIndexForward=False),
    query("pk = :p", {":p": {"S": "part"}}, Limit=5, ExclusiveStartKey=key("part", "1#6")),
    query("#o = :o", {":o": {"S": "o1"}}, {"#o": "owner"}, IndexName="by_owner"),
    query(
        "#o = :o AND #at > :t",
        {":o": {"S": "o1"}, ":t": {"S": "0"}},
        {"#o": "owner", "#at": "at"},
        IndexName="by_owner",
    ),
    query(
        "#o = :o",
        {":o": {"S": "o0"}, ":n": {"N": "4"}},
        {"#o": "owner"},
        IndexName="by_owner",
        ScanIndexForward=False,
        FilterExpression="n > :n AND NOT contains(sk, :o)",
    ),
    query("#o = :o", {":o": {"S": "o0"}}, {"#o": "owner"}, IndexName="by_owner", Limit=2),
    query("pk = :p", {":p": {"S": "part"}, ":n": {"N": "4"}}, FilterExpression="size(sk) = :n OR n IN (:n)"),
    query("pk = :p", {":p": {"S": "part"}}, ProjectionExpression="n"),
    query("pk = :p", {":p": {"S": "part"}}, Select="COUNT"),
    query("nothing = :p", {":p": {"S": "part"}}),
    query("#o = :o", {":o": {"S": "o1"}}, {"#o": "owner"}, IndexName="by_nobody"),
    ("delete_item", {"Key": key("part", "0#0"), "ReturnValues": "ALL_OLD"}),
    ("delete_item", {"Key": key("part", "0#0"), "ConditionExpression": "attribute_exists(pk)"}),
    ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [key("full"), key("missing"), key("part", "1#1")]}}}),
    (
        "batch_write_item",
        {"RequestItems": {TABLE: [{"PutRequest": {"Item": item("b1")}}, {"DeleteRequest": {"Key": key("new")}}]}},
    ),
    ("transact_get_items", {"TransactItems": [{"Get": {"TableName": TABLE, "Key": key("full")}}]}),
    ("get_item", {"TableName": "nowhere", "Key": key("full")}),
    *EVERYTHING,
]
WITHOUT_TABLE = {"batch_get_item", "batch_write_item", "transact_write_items", "transact_get_items"}


def responses(requests: list[Request]) -> list[Any]:
    """Return each response of DynamoDB without its metadata, or the error with its members."""
    client: Any = boto3.client("dynamodb", region_name="ap-east-1")
    client.create_table(**CREATION)
    found: list[Any] = []
    for operation, sent in requests:
        if operation not in WITHOUT_TABLE:
            sent = {"TableName": TABLE, **sent}
        try:
            response = getattr(client, operation)(**_with_bytes(sent))
        except ClientError as error:
            response = error.response
        except Exception as error:  # moto raises others where it does not know the error
            response = {"Error": repr(error)}
        found.append({name: value for name, value in response.items() if name != "ResponseMetadata"})
    plain: list[Any] = json.loads(json.dumps(found, default=lambda value: {"bytes": list(value)}))
    return plain


def _with_bytes(sent: Any) -> Any:
    """Return the request with its binary values as bytes, as boto3 takes them."""
    if isinstance(sent, list):
        return [_with_bytes(one) for one in sent]
    if not isinstance(sent, dict):
        return sent
    if sent.keys() == {"B"} and isinstance(sent["B"], str):
        return {"B": sent["B"].encode()}
    if sent.keys() == {"BS"}:
        return {"BS": [one.encode() for one in sent["BS"]]}
    return {name: _with_bytes(one) for name, one in sent.items()}


if __name__ == "__main__":
    from moto import mock_aws

    with mock_aws():
        print(json.dumps(responses(REQUESTS)))
