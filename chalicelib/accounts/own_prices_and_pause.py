"""The owner of an account sets its own prices, and pauses or resumes it (rule 10)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.accounts.records import AccountRecord, get_owned_account, rewritten
from chalicelib.accounts.valuation import grade_and_prices
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.store import Refused, transact
from chalicelib.store.retry import retry_on_conflict


def require_within_limits(prices: Mapping[Kind, int | None]) -> None:
    """Raise InvalidBody for an own price (minor units) outside of the market's limits."""
    lowest, highest = rules().price_min, rules().price_max
    for kind, price in prices.items():
        if price is not None and not lowest <= price <= highest:
            message = f"A price is between {Money(lowest, rules().currency)} and {Money(highest, rules().currency)}."
            raise InvalidBody(Fault(f"/prices/{kind}/amount", "price_range", message))


def revise(account: str, creator_id: str, prices: Mapping[Kind, int | None], paused: bool | None) -> AccountRecord:
    """Set own prices (minor units; None removes one, a missing kind stays), and pause or resume the account.

    Raise InvalidBody for a price outside of the market's limits; Problem `not_found` for another creator's account,
    `state_conflict` for a rejected one."""
    require_within_limits(prices)

    def change() -> AccountRecord:
        record = get_owned_account(account, creator_id)
        if record.status == "rejected":
            raise Problem("state_conflict", "The account was not admitted; bind it again.")
        own = {**{kind: record.own_price(kind) for kind in prices}, **prices}
        still = all(record.own_price(kind) == own[kind] for kind in own)
        if still and paused in (None, record.paused):
            return record
        record.paused = record.paused if paused is None else paused
        record.updated_at = clock.stamp(clock.now())
        repriced = grade_and_prices.apply_own_prices(record, own)
        transact([rewritten("account", record), *repriced])
        return record

    return retry_on_conflict(change, conflict=Refused)
