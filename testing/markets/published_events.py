"""The streams of the tables of one test, delivered to the publisher of events."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.events import publisher

TABLES = ("TASKS_TABLE", "WALLET_TABLE", "ACCOUNTS_TABLE")


class PublishedEvents:
    """Reads the streams of moto's tables, and calls the publisher with their records as event source mappings do."""

    def __init__(self, enable: bool = True) -> None:
        self._read = dict.fromkeys(TABLES, 0)
        view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        for name in TABLES if enable else ():
            boto3.client("dynamodb").update_table(TableName=os.environ[name], StreamSpecification=view)

    def records(self) -> list[dict[str, Any]]:
        """Return the records that were not delivered yet, those of each table in order."""
        found: list[dict[str, Any]] = []
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][os.environ["AWS_REGION"]]
        for name, read in self._read.items():
            shard = backend.get_table(os.environ[name]).stream_shard
            items = shard.items[read:] if shard else []
            self._read[name] = read + len(items)
            found += json.loads(json.dumps([item.to_json() for item in items], default=str))
        # DynamoDB writes no record when an update changes nothing; moto does.
        return [one for one in found if one["dynamodb"].get("NewImage") != one["dynamodb"].get("OldImage")]

    def deliver(self, times: int = 1) -> None:
        """Deliver the records since the last call, in batches of 25, each `times`."""
        records = self.records()
        for first in range(0, len(records), 25):
            for _ in range(times):
                assert publisher.publish({"Records": records[first : first + 25]}) == {"batchItemFailures": []}
