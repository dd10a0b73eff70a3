"""DynamoDB: the tables, a shared connection, labelled transactions, pages of queries, and sizes of items."""

from chalicelib.store.attributes import JSONAttribute
from chalicelib.store.item_size import require_room
from chalicelib.store.local_changes import changed
from chalicelib.store.metering import Meter, metered
from chalicelib.store.page_queries import Page, PageKey, range_keys, read_merged, read_page, read_queue, read_queues
from chalicelib.store.tables import (
    AccountsRecord,
    ClicksRecord,
    EventsRecord,
    TasksRecord,
    WalletRecord,
    WebhookSecretsRecord,
)
from chalicelib.store.temporary_failures import unavailable
from chalicelib.store.transactions import (
    Action,
    Refused,
    as_read,
    check,
    delete,
    put,
    save_if,
    transact,
    update,
    update_if,
)

__all__ = [
    "AccountsRecord",
    "Action",
    "ClicksRecord",
    "EventsRecord",
    "JSONAttribute",
    "Meter",
    "Page",
    "PageKey",
    "Refused",
    "TasksRecord",
    "WalletRecord",
    "WebhookSecretsRecord",
    "as_read",
    "changed",
    "check",
    "delete",
    "metered",
    "put",
    "range_keys",
    "read_merged",
    "read_page",
    "read_queue",
    "read_queues",
    "require_room",
    "save_if",
    "transact",
    "unavailable",
    "update",
    "update_if",
]
