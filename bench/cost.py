"""Counts and prices what AWS bills for an order: plays a task of ten orders to its end through the API and the shipped state
machines.

    python -m bench.cost    takes a minute; writes bench/counted.json and the tables of docs/reference/performance.md

DynamoDB is the local cloud's engine over HTTP; state machines, event bus and function calls are moto's, in this process. The
number of reads by people is an assumption, which `play` spells out.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import boto3

from bench.harness import counted
from bench.harness.measured_market import Meter, market, metered, size
from bench.harness.written_keys import units
from bench.routes import NAMES, people
from chalicelib.core import clock
from chalicelib.events.events_from_changes import is_read
from chalicelib.events.records import EventRecord
from chalicelib.grading import track_record_store
from chalicelib.grading.model.track_record_figures import TrackRecordEntry
from chalicelib.store import AccountsRecord, ClicksRecord, EventsRecord, TasksRecord, WalletRecord
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.records.task_record import find_task
from infra import package
from testing.api import Api
from testing.doubles.workflow_cloud import Cloud, passes_filter, running
from testing.markets.short_campaign import waits
from testing.markets.stage import Stage

ORDERS = 10
BATCH = 25
WINDOW = package.read_resources()["Resources"]["TasksToPublisher"]["Properties"]["MaximumBatchingWindowInSeconds"]
"""The seconds for which Lambda collects the publisher's records: at most BATCH of a stream."""
_now = threading.local()


class Bill:
    """A meter for each function, with the number of its calls and its milliseconds of the processor."""

    def __init__(self) -> None:
        self.meters: dict[str, Meter] = {}
        self.calls: Counter[str] = Counter()
        self.milliseconds: dict[str, float] = {}
        self._counting = threading.Lock()

    def meter(self) -> Meter | None:
        """Return the meter of the function that this thread runs. The pool that reads clicks counts for an order's step."""
        if threading.current_thread().name.startswith("ThreadPoolExecutor"):
            return self.meters.setdefault("order_step", Meter())
        return getattr(_now, "meter", None)

    @contextmanager
    def runs(self, function: str) -> Iterator[None]:
        """Count the requests of this thread within the block for this function."""
        _now.meter = self.meters.setdefault(function, Meter())
        begun = time.thread_time()
        try:
            yield
        finally:
            _now.meter = None
            with self._counting:
                self.calls[function] += 1
                spent = (time.thread_time() - begun) * 1000
                self.milliseconds[function] = self.milliseconds.get(function, 0) + spent


class BilledCloud(Cloud):
    """The tests' cloud with the engine's streams; each function's requests go on the bill."""

    def __init__(self, bill: Bill) -> None:
        super().__init__()
        self.bill = bill
        self.streams = boto3.client("dynamodbstreams")
        self.changes: dict[str, list[dict[str, Any]]] = {}
        self._collected: dict[str, list[dict[str, Any]]] = {}
        self._collected_at: dict[str, tuple[float, datetime]] = {}
        self._positions: dict[str, str] = {}
        self._delivering = threading.Lock()

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        with self.bill.runs(name):
            return super().invoke(name, event)

    def begin(self) -> None:
        tables = boto3.client("dynamodb")
        view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        for record in (TasksRecord, WalletRecord, AccountsRecord):
            name = record.Meta.table_name
            tables.update_table(TableName=name, StreamSpecification=view)
            arn = tables.describe_table(TableName=name)["Table"]["LatestStreamArn"]
            (shard,) = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
            begin = self.streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            self._positions[name] = begin["ShardIterator"]
        self._pump.start()

    def _pump_streams(self) -> None:
        while not self._stop.wait(0.05):
            self._call_scheduled()
            with self._delivering:
                self._deliver()
                self._publish()

    def _deliver(self) -> None:
        for table, position in list(self._positions.items()):
            found = self.streams.get_records(ShardIterator=position)
            self._positions[table] = found["NextShardIterator"]
            self.changes.setdefault(table, []).extend(record["dynamodb"] for record in found["Records"])
            if read := [record for record in found["Records"] if is_read(record)]:
                self._collected_at.setdefault(table, (time.monotonic(), self.time.moment))
                self._collected.setdefault(table, []).extend(read)
            if table != AccountsRecord.Meta.table_name:  # which the outbox does not read
                self._call("outbox", [record for record in found["Records"] if passes_filter(table, record)])

    def _publish(self, *, now: bool = False) -> None:
        """Call the publisher with the collected records of each table whose window is over, also in the time of the machines."""
        for table, (began, moment) in list(self._collected_at.items()):
            passed = max(time.monotonic() - began, (self.time.moment - moment).total_seconds())
            if now or passed >= WINDOW or len(self._collected[table]) >= BATCH:
                del self._collected_at[table]
                self._call("publisher", self._collected.pop(table))

    def _call(self, function: str, records: list[Any]) -> None:
        for begin in range(0, len(records), BATCH):
            with self.bill.runs(function):
                response = getattr(self._app, function)({"Records": records[begin : begin + BATCH]}, None)
            self.failures += [failed["itemIdentifier"] for failed in response["batchItemFailures"]]

    def read_changes(self) -> None:
        """Read the changes that the pump has not read yet, and publish their events."""
        with self._delivering:
            self._deliver()
            self._publish(now=True)

    def _drained(self) -> bool:
        with self._delivering:
            read = [self.streams.get_records(ShardIterator=position) for position in self._positions.values()]
        return not any(found["Records"] for found in read)


class BilledApi(Api):
    """The API; each request goes on the bill."""

    bill: Bill

    def as_(self, sub: str, *groups: str, **more: str) -> Api:
        api = super().as_(sub, *groups, **more)
        billed = BilledApi(api._http, api._token)
        billed.bill = self.bill
        return billed

    def request(self, *arguments: Any, **options: Any) -> Any:
        with self.bill.runs("api"):
            return super().request(*arguments, **options)


def play(stage: Stage, cloud: BilledCloud, billed: Stage) -> None:
    """Play a task of ten orders, from the search to the last order's payment. Waiting reads the store, off the bill."""
    names = NAMES[:ORDERS]
    ids = [stage.accounts[name] for name in names]
    advertiser = billed.advertiser
    for _ in range(2):
        advertiser.get("/v1/accounts?kind=post")
    for account in ids:
        advertiser.get(f"/v1/accounts/{account}")
    advertiser.post("/v1/quotes", {"kind": "post", "account_ids": ids})
    begin = clock.now()
    accept_by, end = begin + timedelta(seconds=15), begin + timedelta(seconds=40)
    window = {"start_at": clock.rfc3339(accept_by), "end_at": clock.rfc3339(end)}
    task = billed.create(ids, accept_by=clock.rfc3339(accept_by), window=window, retention="PT24H")
    cloud.wait_for(lambda: waits(task["id"]), "the task waits for its review")
    billed.auditor.get("/v1/reviews")
    billed.approve(task["id"])
    orders = {name: order["id"] for name, order in zip(names, stage.orders(task["id"]), strict=True)}
    for name, order in orders.items():
        cloud.wait_for(lambda order=order: waits(order), "the order waits for its creator")  # type: ignore[misc]
        billed.creator(name).get("/v1/orders")
        billed.creator(name).get(f"/v1/orders/{order}")
        assert billed.act(name, order, "accept").status_code == 200
    cloud.move_to(accept_by)
    for name, order in orders.items():
        url = stage.post(stage.order(order))
        assert billed.act(name, order, "publish", {"post_url": url}).status_code == 200
    cloud.wait_for(lambda: find_task(task["id"]).status == "completed", "the task is completed")
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends")
    for name in names:
        billed.creator(name).get("/v1/wallet")
    advertiser.get(f"/v1/tasks/{task['id']}")
    advertiser.get(f"/v1/tasks/{task['id']}/orders")
    advertiser.get("/v1/wallet")
    assert {order["status"] for order in stage.orders(task["id"])} == {"completed"}


def transitions(cloud: Cloud) -> int:
    """Return the number of states entered in all executions, including repeats: the units of Step Functions."""
    entered = 0
    for execution in cloud.executions():
        history = cloud.stepfunctions.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)
        entered += sum(event["type"].endswith("StateEntered") for event in history["events"])
    return entered


def stored() -> int:
    """Return the bytes in all tables and their indexes as DynamoDB bills them: 100 more for each item, also in an index."""
    client = boto3.client("dynamodb")
    total = 0
    for record in (TasksRecord, WalletRecord, AccountsRecord, ClicksRecord, EventsRecord):
        indexes = record._get_schema().get("global_secondary_indexes", [])
        for page in client.get_paginator("scan").paginate(TableName=record.Meta.table_name):
            for item in page["Items"]:
                total += size(item) + 100
                for index in indexes:
                    keys = {part["AttributeName"] for part in index["key_schema"]}
                    if keys <= item.keys():
                        projection = index["projection"]
                        whole = projection["ProjectionType"] == "ALL"
                        keys |= {"pk", "sk", *projection.get("NonKeyAttributes", [])} & item.keys()
                        total += 100 + size(item if whole else {name: item[name] for name in keys})
    return total


def stored_events(parties: set[str]) -> tuple[int, int]:
    """Return how many events are stored for these recipients, and how many of those are notifications."""
    found = [event for partition in parties for event in EventRecord.query(partition)]
    return len(found), sum(event.inbox is True for event in found)


def count() -> dict[str, Any]:
    """Return everything that is billed for ten orders."""
    bill = Bill()
    with market() as stage:
        people(stage)
        api = BilledApi(stage.api._http)
        api.bill = bill
        billed = Stage(api, keys=1_000_000, accounts=stage.accounts)
        cloud = BilledCloud(bill)
        for name in NAMES[:ORDERS]:  # the accounts have had orders before
            track_record_store.save(stage.accounts[name], "ord_before", "post", clock.now(), TrackRecordEntry("before"))
        before = stored()
        parties = {stage.advertiser_id, *map(stage.creator_id, NAMES[:ORDERS])}
        # The same moments of unannounced checks in each run; two checks of an order never coincide with another read.
        with running(cloud), metered(bill.meter), patch.object(post_checks, "RANDOM", random.Random(1)):
            play(stage, cloud, billed)
            entered = transitions(cloud)
            cloud.read_changes()
            assert cloud.failures == []
        grown = stored() - before
        copies, notified = stored_events(parties)
        names = {"teahouse", *NAMES}
        written = {
            record.Meta.table_name.rpartition("-")[2]: dict(
                sorted(units(record, cloud.changes[record.Meta.table_name], names).items())
            )
            for record in (TasksRecord, WalletRecord, AccountsRecord)
        }
    functions = {
        name: {
            "invocations": bill.calls[name],
            "milliseconds": round(bill.milliseconds[name]),
            **counted.plain(meter),
            "others": dict(sorted(meter.others.items())),
        }
        for name, meter in sorted(bill.meters.items())
    }
    return {
        "orders": ORDERS,
        "transitions": entered,
        "stored_bytes": grown,
        "events": functions["publisher"]["others"]["events PutEvents"],
        "recipients": copies,
        "notifications": notified,
        "functions": functions,
        "written": written,
    }


def main() -> None:
    """Count, and write the results."""
    counted.write("order", count())


if __name__ == "__main__":
    main()
