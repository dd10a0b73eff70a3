"""Quotes: the prices of orders at this moment (rule 10)."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.accounts.orderable_accounts import orderable
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.records.task_lines import Line


def quote(kind: Kind, account_ids: Sequence[str], pointer: str = "/account_ids") -> tuple[Line, ...]:
    """Return a line for an order of each account, at the prices of this moment.

    Raises InvalidBody if an account is named twice, Problem `account_not_available` or `price_unknown`."""
    lines = []
    for account in orderable(list(account_ids), kind, pointer):
        parts = split_price(account.price, rules().commission_bps)
        lines.append(
            Line(
                account_id=account.account_id,
                creator_id=account.creator_id,
                network=account.network,
                handle=account.handle,
                price=parts.price,
                commission=parts.commission,
                price_source=account.price_source,
            )
        )
    return tuple(lines)
