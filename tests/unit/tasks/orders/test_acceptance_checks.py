"""The time in which an offer can be answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.tasks.orders.acceptance_checks import require_answerable
from chalicelib.tasks.records.order_record import OrderRecord

ACCEPT_BY = clock.parse("2026-11-22T10:00:00Z")


@pytest.mark.parametrize(
    ("status", "late", "code"),
    [
        ("offered", timedelta(microseconds=-1), None),
        ("offered", timedelta(0), "accept_by_passed"),
        ("lapsed", timedelta(days=-1), "accept_by_passed"),
        ("accepted", timedelta(days=-1), "state_conflict"),
        ("cancelled", timedelta(days=1), "state_conflict"),
    ],
)
def test_an_open_offer_is_answered_until_accept_by(status: str, late: timedelta, code: str | None) -> None:
    order = OrderRecord("ord_1", "order", status=status, accept_by=ACCEPT_BY)
    with clock.at(ACCEPT_BY + late):
        if code is None:
            require_answerable(order)
        else:
            with pytest.raises(Problem, match=code):
                require_answerable(order)
