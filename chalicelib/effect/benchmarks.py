"""What orders brought, by kind, grade and category, so that others can be compared with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute

from chalicelib import clock
from chalicelib.effect.costs import Result
from chalicelib.store import AccountsRecord, Refused, put, transact

LASTS = timedelta(days=90)
MOST = 200
"""The newest orders that one is compared with."""


class BenchmarkRecord(AccountsRecord):
    """pk = `effect#{kind}#{grade}#{category}`, sk = `{ended at}#{order id}`: what one order paid and brought. Written once."""

    spend = NumberAttribute()
    reads = NumberAttribute(null=True)
    interactions = NumberAttribute(null=True)
    clicks = NumberAttribute(null=True)


def cell(kind: str, grade: str | None, category: str | None) -> str:
    """Orders of one cell are comparable."""
    return f"effect#{kind}#{grade or ''}#{category or ''}"


def keep(of: str, order_id: str, ended_at: datetime, result: Result) -> bool:
    """Keeps what an order brought; False if it is kept already."""
    made = BenchmarkRecord(of, f"{clock.stamp(ended_at)}#{order_id}", **result._asdict())
    try:
        transact([put("benchmark", made, BenchmarkRecord.pk.does_not_exist())])
    except Refused:
        return False
    return True


def comparable(of: str, at: datetime) -> list[Result]:
    """The newest orders of the cell that ended within LASTS before that moment: one query."""
    within = BenchmarkRecord.sk.between(clock.stamp(at - LASTS), clock.stamp(at) + "~")
    found = BenchmarkRecord.query(of, within, scan_index_forward=False, limit=MOST)
    return [
        Result(
            int(one.spend),
            *(None if figure is None else int(figure) for figure in (one.reads, one.interactions, one.clicks)),
        )
        for one in found
    ]
