"""What an order's price becomes when the order ends: the movement of the ledger and what the order says of it.

Each function gives `(changes, actions)` for the transaction that writes the end; `settled` of the order is
`{net, commission, returned}` in minor units, together its price.
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core.money import share
from chalicelib.core.rules import rules
from chalicelib.store import Action
from chalicelib.tasks.model.commission import PriceParts, split_price
from chalicelib.tasks.model.lifecycle import EndReason
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.wallet import ledger, movements

Ending = tuple[list[UpdateAction], list[Action]]


def returned(order: OrderRecord, at: datetime) -> Ending:
    """The price goes back to the advertiser."""
    back = movements.return_order(order.pk, str(order.task_id), order.advertiser_id, int(order.price))
    return [settled(0, 0, int(order.price))], ledger.actions(back, at)


def paid(order: OrderRecord, at: datetime) -> Ending:
    """Rule 17: net to the creator, commission to the platform."""
    parts = order.split
    pay = movements.settle(order.pk, str(order.task_id), str(order.owner), parts.net, parts.commission)
    return [settled(parts.net, parts.commission, 0)], ledger.actions(pay, at)


def compensated(order: OrderRecord, at: datetime) -> Ending:
    """Rule 18: a share of the price for the creator who had accepted, with the commission in it as in rule 11; the rest goes
    back."""
    parts, rest = compensation(order)
    pay = movements.compensate(
        order.pk,
        str(order.task_id),
        order.advertiser_id,
        str(order.owner),
        net=parts.net,
        fee=parts.commission,
        rest=rest,
    )
    return [settled(parts.net, parts.commission, rest)], ledger.actions(pay, at)


def divided(order: OrderRecord, creator_share_bps: int, at: datetime) -> Ending:
    """Rule 20: a share of the price is paid like a price, with its commission; the rest goes back."""
    parts = split_price(share(int(order.price), creator_share_bps), rules().commission_bps)
    rest = int(order.price) - parts.price
    pay = movements.split(
        order.pk,
        str(order.task_id),
        order.advertiser_id,
        str(order.owner),
        net=parts.net,
        fee=parts.commission,
        rest=rest,
    )
    return [settled(parts.net, parts.commission, rest)], ledger.actions(pay, at)


def compensation(order: OrderRecord) -> tuple[PriceParts, int]:
    """The compensation and its parts, and what goes back, when the advertiser cancels the accepted order (rule 18)."""
    part = share(int(order.price), rules().cancel_compensation_bps)
    return split_price(part, rules().commission_bps), int(order.price) - part


def not_published(order: OrderRecord) -> EndReason:
    """Why an accepted order ended without a post: nothing was published in the window, or nothing better in the time to mend."""
    return {"code": "not_mended" if order.mend_by else "not_published"}


def settled(net: int, commission: int, back: int) -> UpdateAction:
    """The change that says what the price became."""
    return OrderRecord.settled.set({"net": net, "commission": commission, "returned": back})


def counter_ended(order: OrderRecord, status: str) -> list[UpdateAction]:
    """An open counter-offer ends with the offer, as `lapsed` or `withdrawn`."""
    counter = order.counter or {}
    return [OrderRecord.counter.set({**counter, "status": status})] if counter.get("status") == "open" else []
