"""The six tables and their indexes; the record classes of the domain packages add the attributes of their items.

Every record has `pk` and `sk`. All classes share one botocore client, because pynamodb creates one per class.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from botocore.session import Session
from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection.base import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import AttributeDeserializationError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.core import ids
from chalicelib.core.errors import not_found

R = TypeVar("R", bound="Record")


class _Connection(Connection):
    @property
    def session(self) -> Session:
        from chalicelib.store.response_parser import JSONResponseParserFactory  # not needed before the first request

        made: Session = super().session
        made.register_component("response_parser_factory", JSONResponseParserFactory())
        return made

    @property
    def client(self) -> Any:
        """The botocore client. It sends all requests to the endpoint of its region, which it has resolved once: botocore evaluates
        the rules of endpoints again for each request."""
        client: Any = super().client
        client._ruleset_resolver = None
        return client


@cache
def connection() -> Connection:
    """Return the process's connection to DynamoDB, with short timeouts and the standard retries of the SDK."""
    return _Connection(
        region=os.environ.get("AWS_REGION"),
        connect_timeout_seconds=1,
        read_timeout_seconds=3,
        max_retry_attempts=4,
        max_pool_connections=32,
    )


class Record(Model):
    """An item of one of the tables."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._connection is None:
            table: TableConnection = super()._get_connection()
            shared = connection()
            if table.table_name not in shared._tables:
                shared.add_meta_table(table.get_meta_table())
            table.connection = shared
        assert cls._connection is not None
        return cls._connection

    @classmethod
    def from_raw_data(cls: type[R], data: dict[str, Any]) -> R:
        """Return the item of these attribute values of DynamoDB.

        The result and the errors are those of pynamodb, with one pass over the present attributes instead of two over all declared
        ones, which is the largest cost of a list besides botocore (bench.latency)."""
        record = cls(_user_instantiated=False)
        values, readers = record.attribute_values, _readers(cls)
        for name, value in data.items():
            if name in readers and "NULL" not in value:
                own_name, kind, read = readers[name]
                if kind not in value:
                    raise AttributeDeserializationError(name, kind)
                values[own_name] = value[kind] if read is None else read(value[kind])
        return record

    @classmethod
    def find(cls: type[R], pk: str, sk: str, *, consistent: bool = True) -> R | None:
        """Return the item, read consistently by default, or None."""
        try:
            return cls.get(pk, sk, consistent_read=consistent)
        except cls.DoesNotExist:
            return None

    @classmethod
    def existing(cls: type[R], pk: str, sk: str, noun: str | None = None, *, prefix: str = "") -> R:
        """Return the item, read consistently. Raise Problem `not_found` for a missing `noun` (by default `sk`), without a read for
        an id that has not the form of one with this prefix."""
        found = cls.find(pk, sk) if not prefix or ids.is_id(prefix, pk) else None
        if found is None:
            raise not_found(noun or sk)
        return found


Reader = Callable[[Any], Any]


@cache
def _readers(record: type[Record]) -> dict[str, tuple[str, str, Reader | None]]:
    """Return, by name in DynamoDB, the name in Python, the type in DynamoDB and the reader; None for a value that stays as it
    is."""
    return {
        attribute.attr_name: (name, attribute.attr_type, _reader(attribute))
        for name, attribute in record.get_attributes().items()
    }


def _reader(attribute: Attribute[Any]) -> Reader | None:
    if type(attribute) is UnicodeAttribute:
        return None
    return _number if type(attribute) is NumberAttribute else attribute.deserialize


def _number(text: str) -> Any:
    """Return the number as pynamodb reads it, with a shortcut for whole numbers, which nearly all are."""
    return int(text) if text.isdecimal() else json.loads(text)


class _ByOwner(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class _ByQueueDue(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_queue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class WalletRecord(Record):
    """An item of the wallet table: balances, entries, payments, withdrawals, proofs."""

    class Meta:
        table_name = os.environ.get("WALLET_TABLE", "wallet")

    class Holds(GlobalSecondaryIndex[Any]):
        class Meta:
            index_name = "holds"
            projection = KeysOnlyProjection()

        holder = UnicodeAttribute(hash_key=True)
        pk = UnicodeAttribute(range_key=True)

    class ByQueue(GlobalSecondaryIndex[Any]):
        class Meta:
            index_name = "by_queue"
            projection = AllProjection()

        queue = UnicodeAttribute(hash_key=True)
        listed_at = UnicodeAttribute(range_key=True)

    holder = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    holds = Holds()
    by_owner = _ByOwner()
    by_queue = ByQueue()


class TasksRecord(Record):
    """An item of the tasks table: tasks, orders, posts of the sandbox network."""

    class Meta:
        table_name = os.environ.get("TASKS_TABLE", "tasks")

    class ItemsOfTask(GlobalSecondaryIndex[Any]):
        """Orders and applications of a task. It has only keys, which never change, so that only their creation writes it."""

        class Meta:
            index_name = "items_of_task"
            projection = KeysOnlyProjection()

        task_id = UnicodeAttribute(hash_key=True)
        pk = UnicodeAttribute(range_key=True)

    class ItemsOfOwner(GlobalSecondaryIndex[Any]):
        """Items of an advertiser, a creator or a list, newest first. It has only keys and attributes that seldom change: the queue,
        which shows the status of a task, and the payment, which shows whether an order is open."""

        class Meta:
            index_name = "items_of_owner"
            projection = IncludeProjection(["payment", "account_id", "task_id", "queue"])

        owner = UnicodeAttribute(hash_key=True)
        listed_at = UnicodeAttribute(range_key=True)

    class InQueue(GlobalSecondaryIndex[Any]):
        """Tasks by status, and what waits for staff, by time. It has only keys and the parties of an item."""

        class Meta:
            index_name = "in_queue"
            projection = IncludeProjection(["owner", "advertiser_id", "creator_id", "status"])

        queue = UnicodeAttribute(hash_key=True)
        due_at = UnicodeAttribute(range_key=True)

    class Open(GlobalSecondaryIndex[Any]):
        class Meta:
            index_name = "open"
            projection = KeysOnlyProjection()

        open = UnicodeAttribute(hash_key=True)
        pk = UnicodeAttribute(range_key=True)

    owner = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    task_id = UnicodeAttribute(null=True)
    open = UnicodeAttribute(null=True)
    items_of_owner = ItemsOfOwner()
    in_queue = InQueue()
    items_of_task = ItemsOfTask()
    open_index = Open()


class ClicksRecord(Record):
    """An item of the clicks table: counters of click links."""

    class Meta:
        table_name = os.environ.get("CLICKS_TABLE", "clicks")


class EventsRecord(Record):
    """An item of the events table: events with an expiry, webhook endpoints and their deliveries, settings of notifications."""

    class Meta:
        table_name = os.environ.get("EVENTS_TABLE", "events")


class WebhookSecretsRecord(Record):
    """An item of the table of webhook secrets."""

    class Meta:
        table_name = os.environ.get("WEBHOOK_SECRETS_TABLE", "webhook-secrets")


def _listing(name: str) -> type[GlobalSecondaryIndex[Any]]:
    """The index of listed accounts sorted by the number attribute `name`."""
    meta = type("Meta", (), {"index_name": f"by_{name}", "projection": AllProjection()})
    body = {
        "Meta": meta,
        "listing": UnicodeAttribute(hash_key=True),
        name: NumberAttribute(range_key=True),
    }
    return type(f"By_{name}", (GlobalSecondaryIndex,), body)


class AccountsRecord(Record):
    """An item of the accounts table: advertisers, social accounts, metric snapshots, grades, regrade runs."""

    class Meta:
        table_name = os.environ.get("ACCOUNTS_TABLE", "accounts")

    class BySegment(GlobalSecondaryIndex[Any]):
        class Meta:
            index_name = "by_segment"
            projection = KeysOnlyProjection()

        segment = UnicodeAttribute(hash_key=True)
        pk = UnicodeAttribute(range_key=True)

    owner = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    segment = UnicodeAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    score = NumberAttribute(null=True)
    followers = NumberAttribute(null=True)
    post_price = NumberAttribute(null=True)
    repost_price = NumberAttribute(null=True)
    value = NumberAttribute(null=True)
    by_owner = _ByOwner()
    by_queue = _ByQueueDue()
    by_segment = BySegment()
    by_score = _listing("score")()
    by_followers = _listing("followers")()
    by_post_price = _listing("post_price")()
    by_repost_price = _listing("repost_price")()
    by_value = _listing("value")()
