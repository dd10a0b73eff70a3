"""Settle an order: move its held price to the final owners when the order ends.

Each function returns `(changes, actions)` for the transaction that writes the end. The `settled` document of the order adds up to
its price.
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core.money import share
from chalicelib.core.rules import rules
from chalicelib.store import Action
from chalicelib.tasks.model.commission import PriceParts, split_price
from chalicelib.tasks.model.reason_codes import EndReason
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.stored_documents import Settlement
from chalicelib.wallet import ledger, movements

Payout = tuple[list[UpdateAction], list[Action]]
"""The changes of the order, and the actions of the ledger."""


def return_price(order: OrderRecord, at: datetime) -> Payout:
    """Return the price to the advertiser."""
    movement = movements.return_order(order.pk, str(order.task_id), order.advertiser_id, int(order.price))
    return [_settled(0, 0, int(order.price))], ledger.actions(movement, at)


def pay_price(order: OrderRecord, at: datetime) -> Payout:
    """Pay net to the creator and commission to the platform (rule 17)."""
    parts = order.price_parts
    movement = movements.settle(order.pk, str(order.task_id), str(order.owner), parts.net, parts.commission)
    return [_settled(parts.net, parts.commission, 0)], ledger.actions(movement, at)


def compensate(order: OrderRecord, at: datetime) -> Payout:
    """Pay a share of the price, commission included, to a creator who had accepted, and return the rest (rule 18)."""
    parts, rest = compensation(order)
    movement = movements.compensate(
        order.pk,
        str(order.task_id),
        order.advertiser_id,
        str(order.owner),
        net=parts.net,
        fee=parts.commission,
        rest=rest,
    )
    return [_settled(parts.net, parts.commission, rest)], ledger.actions(movement, at)


def divide_price(order: OrderRecord, creator_share_bps: int, at: datetime) -> Payout:
    """Pay the ruled share of the price, commission included, and return the rest (rule 20)."""
    parts = split_price(share(int(order.price), creator_share_bps), rules().commission_bps)
    rest = int(order.price) - parts.price
    movement = movements.split(
        order.pk,
        str(order.task_id),
        order.advertiser_id,
        str(order.owner),
        net=parts.net,
        fee=parts.commission,
        rest=rest,
    )
    return [_settled(parts.net, parts.commission, rest)], ledger.actions(movement, at)


def compensation(order: OrderRecord) -> tuple[PriceParts, int]:
    """Return the compensation for a cancelled accepted order, and the amount that is returned (rule 18)."""
    amount = share(int(order.price), rules().cancel_compensation_bps)
    return split_price(amount, rules().commission_bps), int(order.price) - amount


def not_published_reason(order: OrderRecord) -> EndReason:
    """Return the reason of an accepted order that ended without a post: none in the window, or none in the time to mend."""
    return {"code": "not_mended" if order.mend_by else "not_published"}


def _settled(net: int, commission: int, returned: int) -> UpdateAction:
    settlement: Settlement = {"net": net, "commission": commission, "returned": returned}
    change: UpdateAction = OrderRecord.settled.set(settlement)
    return change
