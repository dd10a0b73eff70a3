"""Store the results of paid orders by kind, grade and category, for comparison with other orders."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute

from chalicelib.core import clock
from chalicelib.reporting import campaign_costs
from chalicelib.reporting.campaign_costs import Result
from chalicelib.store import AccountsRecord
from chalicelib.store.create_once import put_once
from chalicelib.tasks.records.order_record import OrderRecord

LASTS = timedelta(days=90)
MOST = 200
"""The number of newest orders that are compared."""


class BenchmarkRecord(AccountsRecord):
    """pk = `effect#{kind}#{grade}#{category}`, sk = `{ended at}#{order id}`: the costs and results of one order. Written once."""

    spend = NumberAttribute()
    reads = NumberAttribute(null=True)
    interactions = NumberAttribute(null=True)
    clicks = NumberAttribute(null=True)


def cell(kind: str, grade: str | None, category: str | None) -> str:
    """Return the name of the cell. Orders of one cell are comparable."""
    return f"effect#{kind}#{grade or ''}#{category or ''}"


def save_ended_order(order: OrderRecord) -> bool:
    """Store the result of a paid order. Return False if it was not paid, has no forecast to compare with, or is stored already."""
    if not order.forecast or order.payment != "paid":
        return False
    cell_name = cell(order.kind, order.forecast["grade"], order.forecast["category"])
    return save(cell_name, order.pk, order.updated_at, campaign_costs.latest_result(int(order.price), order.snapshots))


def save(cell_name: str, order_id: str, ended_at: datetime, result: Result) -> bool:
    """Store the result of an order of this cell. Return False if it is stored already."""
    return put_once(BenchmarkRecord(cell_name, f"{clock.stamp(ended_at)}#{order_id}", **result._asdict()))


def comparable(of: str, at: datetime) -> list[Result]:
    """Return the newest orders of the cell that ended within LASTS before that moment, with one query."""
    within = BenchmarkRecord.sk.between(clock.stamp(at - LASTS), clock.stamp(at) + "~")
    found = BenchmarkRecord.query(of, within, scan_index_forward=False, limit=MOST)
    return [
        Result(
            int(one.spend),
            *(None if figure is None else int(figure) for figure in (one.reads, one.interactions, one.clicks)),
        )
        for one in found
    ]
