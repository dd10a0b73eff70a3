"""The order or task that an entry of a wallet statement refers to, with price and commission."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.wallet.task_callbacks import Subject


def subjects_of(references: Iterable[str]) -> dict[str, Subject]:
    """Return the subject of each reference of a ledger entry: an order, with its price and the commission in it (minor units), or a
    task. Other references are left out. The commission of an order that has ended is the one that was taken."""
    unique = list(dict.fromkeys(references))
    subjects = {reference: Subject(task_id=reference) for reference in unique if reference.startswith("tsk_")}
    keys = [(reference, "order") for reference in unique if reference.startswith("ord_")]
    for order in OrderRecord.batch_get(keys) if keys else ():
        commission = int(order.settled["commission"] if order.settled else order.commission)
        subjects[order.pk] = Subject(str(order.task_id), order.pk, int(order.price), commission)
    return subjects
