"""DynamoDB: the four tables, a shared connection, labelled transactions, pages of queries, and sizes of items."""

from chalicelib.store.attributes import JSONAttribute
from chalicelib.store.failures import unavailable
from chalicelib.store.item_size import require_room
from chalicelib.store.metering import Meter, metered
from chalicelib.store.pages import Page, range_keys, read_page, read_queues
from chalicelib.store.tables import AccountsRecord, ClicksRecord, TasksRecord, WalletRecord
from chalicelib.store.transactions import Action, Refused, as_read, check, delete, put, transact, update

__all__ = [
    "AccountsRecord",
    "Action",
    "ClicksRecord",
    "JSONAttribute",
    "Meter",
    "Page",
    "Refused",
    "TasksRecord",
    "WalletRecord",
    "as_read",
    "check",
    "delete",
    "metered",
    "put",
    "range_keys",
    "read_page",
    "read_queues",
    "require_room",
    "transact",
    "unavailable",
    "update",
]
