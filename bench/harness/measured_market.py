"""The market in one process, for measurements: the API through chalice's client, DynamoDB from the local cloud's engine over
HTTP, everything else from moto. `Meter` counts requests to DynamoDB and their capacity units.
"""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.client import BaseClient

from ops.cloud_costs import order_costs
from testing import api as http_api
from testing.doubles import mocked_aws
from testing.markets.stage import Stage

WRITES = {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
_READ_BLOCK = 4_096


@dataclass
class Meter:
    """DynamoDB's requests by operation and their capacity units; requests to other services in `others`.

    Write units come from the engine (`ReturnConsumedCapacity`). It does not report the size of reads, so read units are
    computed from the responses as AWS documents them: blocks of 4 KiB, of each single item, and of all items together that a
    query examines; half if the read need not be consistent."""

    calls: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    write: float = 0
    read: float = 0

    @property
    def round_trips(self) -> int:
        return self.calls.total()

    def written(self, operation: str, response: dict[str, Any]) -> None:
        """Count a request that writes."""
        self.calls[operation] += 1
        consumed = response["ConsumedCapacity"]
        self.write += sum(part["CapacityUnits"] for part in (consumed if isinstance(consumed, list) else [consumed]))

    def was_read(self, operation: str, arguments: dict[str, Any], response: dict[str, Any]) -> None:
        """Count a request that reads. For a query, `response` holds every examined item completely."""
        self.calls[operation] += 1
        if operation == "GetItem":
            self.read += _blocks([response.get("Item", {})]) * _rate(arguments)
        elif operation == "BatchGetItem":
            for table, keys in arguments["RequestItems"].items():
                items = response["Responses"].get(table, [])
                absent = len(keys["Keys"]) - len(items)
                self.read += (sum(_blocks([item]) for item in items) + absent) * _rate(keys)
        else:
            self.read += _blocks(response["Items"]) * _rate(arguments)


def _rate(arguments: dict[str, Any]) -> float:
    return 1 if arguments.get("ConsistentRead") else 0.5


def _blocks(items: list[dict[str, Any]]) -> int:
    return max(1, -(-sum(size(item) for item in items) // _READ_BLOCK))


def size(item: dict[str, Any]) -> int:
    """Return the bytes of an item in DynamoDB's JSON: names and texts in UTF-8, numbers with two digits per byte."""
    return sum(len(name.encode()) + _weight(value) for name, value in item.items())


def _weight(value: dict[str, Any]) -> int:
    ((kind, inner),) = value.items()
    if kind in ("S", "N"):
        return len(inner.encode()) if kind == "S" else len(inner) // 2 + 2
    if kind in ("SS", "NS"):
        return sum(_weight({kind[0]: part}) for part in inner)
    if kind == "L":
        return 3 + sum(1 + _weight(part) for part in inner)
    if kind == "M":
        return 3 + len(inner) + size(inner)
    return 1


@contextmanager
def without_clock() -> Iterator[None]:
    """Do not read the clock of a sandbox stage within the block: production stages, which are measured, never read it."""
    from chalicelib.store import sandbox_clock  # it imports the tables, like `engine`

    module: Any = sandbox_clock
    stored = module.stored
    module.stored = lambda: sandbox_clock.ClockRecord(sandbox_clock.KEY, sandbox_clock.KEY)
    try:
        yield
    finally:
        module.stored = stored


def _reads_post(operation: str, arguments: dict[str, Any]) -> bool:
    """Return True for a read of a post of the sandbox network: a production stage sends a request to a social network in its
    place."""
    return operation == "GetItem" and arguments["Key"].get("sk") == {"S": "post"}


def _whole(query: dict[str, Any]) -> dict[str, Any]:
    """Return the same query without filter and projection, which returns every item that the query examines."""
    parts = {name: value for name, value in query.items() if name not in ("FilterExpression", "ProjectionExpression")}
    condition = str(parts.get("KeyConditionExpression", ""))
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        used = {name: value for name, value in parts.pop(part, {}).items() if re.search(rf"{name}\b", condition)}
        if used:
            parts[part] = used
    return parts


@contextmanager
def metered(whose: Callable[[], Meter | None] | None = None) -> Iterator[Meter]:
    """Count this process's requests to AWS within the block, of all clients and threads.

    With `whose`, each request counts for the meter that it returns at that moment, or for none."""
    every: Any = BaseClient
    all_of_them, send, counting = Meter(), every._make_api_call, Lock()

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        meter = whose() if whose else all_of_them
        if meter is None:
            return send(client, operation, arguments)
        service = client.meta.service_model.service_name
        if service != "dynamodb":
            response = send(client, operation, arguments)
            with counting:
                meter.others[f"{service} {operation}"] += len(arguments.get("Entries", [1]))
        elif _reads_post(operation, arguments):
            response = send(client, operation, arguments)
            with counting:
                meter.others[order_costs.NETWORK_REQUEST] += 1
        elif operation in WRITES:
            response = send(client, operation, {**arguments, "ReturnConsumedCapacity": "TOTAL"})
            with counting:
                meter.written(operation, response)
        else:
            response = send(client, operation, arguments)
            whole = send(client, operation, _whole(arguments)) if operation in ("Query", "Scan") else response
            with counting:
                meter.was_read(operation, arguments, whole)
        return response

    every._make_api_call = call
    try:
        with without_clock():
            yield all_of_them
    finally:
        every._make_api_call = send


@contextmanager
def market() -> Iterator[Stage]:
    """Open an empty market with its tables on a new engine."""
    from chalice.test import Client
    from moto import mock_aws
    from moto.core.botocore_stubber import BotocoreStubber

    from app import app

    with engine() as url:
        services: Any = {
            "core": {"mock_credentials": False},
            "stepfunctions": {"execute_state_machine": True},
            "lambda": {"use_docker": False},
        }
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = os.environ["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"] = url
        # The tests serialise requests to moto for its DynamoDB; a step that sends from threads would wait forever.
        stubber: Any = BotocoreStubber
        stubber.__call__ = mocked_aws.moto_call
        try:
            with mock_aws(config=services), warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=".*is not a supported in local mode.*")
                mocked_aws.forget_clients()
                mocked_aws.create_resources()
                with Client(app) as client:
                    yield Stage(http_api.Api(client.http))
        finally:
            stubber.__call__ = mocked_aws.serialised
            del os.environ["AWS_ENDPOINT_URL_DYNAMODB"], os.environ["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"]
            mocked_aws.forget_clients()


@contextmanager
def engine() -> Iterator[str]:
    """Start the local cloud without the market on a free port, and return its URL."""
    # It imports the tables, which take their names from the environment that `testing` sets.
    from infra.local_cloud import LocalCloud, free_port

    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(free_port(), Path(folder), save_seconds=0)
        cloud.start()
        try:
            yield cloud.url
        finally:
            cloud.down()
