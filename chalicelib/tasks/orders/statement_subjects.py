"""What a line of a statement says about its order: task, price and commission."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.wallet.statements import Subject


def subjects_of(references: Iterable[str]) -> dict[str, Subject]:
    """By reference of a ledger entry: the order, with its price and the commission in it (minor units), or the task. References to
    anything else are left out. The commission of an order that ended is the one that was taken."""
    wanted = list(dict.fromkeys(references))
    found = {reference: Subject(task_id=reference) for reference in wanted if reference.startswith("tsk_")}
    keys = [(reference, "order") for reference in wanted if reference.startswith("ord_")]
    for order in OrderRecord.batch_get(keys) if keys else ():
        commission = int((order.settled or {}).get("commission", order.commission))
        found[order.pk] = Subject(str(order.task_id), order.pk, int(order.price), commission)
    return found
