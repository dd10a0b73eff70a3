"""Payouts: a transfer from the market's balance to the payee's account, and a payout from there to the payee's bank.

The transfer carries the withdrawal's id as `transfer_group` and is found by it; the payout is found on the transfer's destination
by the withdrawal's id in its metadata. Each step is looked up before it is made, and made with a key of its own, so a crash between
any two requests is continued by the next call.
"""

from __future__ import annotations

from chalicelib.payments.port import Payout, PayoutOrder
from chalicelib.payments.stripe import accounts, client
from chalicelib.payments.stripe.amounts import amount_fields, least_amount


def pay_out(order: PayoutOrder) -> Payout:
    """Make what is missing of the payout, and return its state."""
    assert order.payee is not None
    try:
        transfer = _transfer_of(order.withdrawal_id)
        if transfer is None:
            if order.amount.amount % least_amount(order.amount.currency):
                return Payout("refused", "amount_not_payable")
            account = accounts.state_of(client.get(f"/v1/accounts/{order.payee.account}", {}))
            if account.status != "ready":
                return Payout("waiting", account.status)
            transfer = _make_transfer(order)
    except client.Declined as declined:
        return Payout("refused", declined.code, declined=True)
    except client.NoResponse as error:
        return Payout("unknown", error.reason)
    try:
        payouts = _payouts_of(transfer)
        state = _state(transfer, payouts)
        if state.status != "pending" or _is_under_way(payouts):
            return state
        return _state(transfer, [_make_payout(order, transfer, len(payouts))])
    except client.Declined as declined:  # the money is in the payee's account
        return Payout("pending", declined.code, declined=True)
    except client.NoResponse as error:
        return Payout("unknown", error.reason)


def find(withdrawal_id: str) -> Payout:
    """Return the state of the payout, `refused` if there is no transfer."""
    try:
        transfer = _transfer_of(withdrawal_id)
        return Payout("refused", "no_transfer") if transfer is None else _state(transfer, _payouts_of(transfer))
    except (client.Declined, client.NoResponse) as error:
        return Payout("unknown", str(error))


def recall(order: PayoutOrder) -> Payout:
    """Cancel a payout that the bank does not have yet, and reverse the transfer. Return the state afterwards."""
    try:
        transfer = _transfer_of(order.withdrawal_id)
        if transfer is None:
            return Payout("refused", "no_transfer")
        payouts = _payouts_of(transfer)
        state = _state(transfer, payouts)
        if state.status != "pending" or state.reason == "in_transit":
            return state
        if _is_under_way(payouts):
            payout_id = payouts[0]["id"]
            client.post(f"/v1/payouts/{payout_id}/cancel", {}, f"cancel:{payout_id}", _destination(transfer))
        reversal = {"amount": transfer["amount"], "metadata[withdrawal_id]": order.withdrawal_id}
        key = f"{order.withdrawal_id}:reversal:{order.attempt}"
        client.post(f"/v1/transfers/{transfer['id']}/reversals", reversal, key)
        return Payout("failed", "recalled")
    except client.Declined as declined:
        return Payout("pending", declined.code, declined=True)
    except client.NoResponse as error:
        return Payout("unknown", error.reason)


def _make_transfer(order: PayoutOrder) -> client.Document:
    assert order.payee is not None
    fields = {
        **amount_fields(order.amount),
        "destination": order.payee.account,
        "transfer_group": order.withdrawal_id,
        "metadata[withdrawal_id]": order.withdrawal_id,
    }
    return client.post("/v1/transfers", fields, f"{order.withdrawal_id}:transfer:{order.attempt}")


def _make_payout(order: PayoutOrder, transfer: client.Document, earlier: int) -> client.Document:
    """Pay out what was transferred; `earlier` payouts of it have failed."""
    fields = {
        "amount": transfer["amount"],
        "currency": transfer["currency"],
        "metadata[withdrawal_id]": order.withdrawal_id,
    }
    key = f"{order.withdrawal_id}:payout:{order.attempt}:{earlier}"
    return client.post("/v1/payouts", fields, key, _destination(transfer))


def _transfer_of(withdrawal_id: str) -> client.Document | None:
    return next(client.each("/v1/transfers", {"transfer_group": withdrawal_id}), None)


def _payouts_of(transfer: client.Document) -> list[client.Document]:
    """Return the payouts of what was transferred, newest first."""
    withdrawal_id = transfer["metadata"].get("withdrawal_id")
    since = {"created[gte]": int(transfer["created"])}
    found = client.each("/v1/payouts", since, _destination(transfer))
    return [payout for payout in found if (payout.get("metadata") or {}).get("withdrawal_id") == withdrawal_id]


def _is_under_way(payouts: list[client.Document]) -> bool:
    return bool(payouts) and payouts[0]["status"] in ("pending", "in_transit")


def _destination(transfer: client.Document) -> str:
    return str(transfer["destination"])


def _state(transfer: client.Document, payouts: list[client.Document]) -> Payout:
    if transfer["reversed"]:
        return Payout("failed", "reversed")
    if not payouts:
        return Payout("pending", "transferred")
    newest = payouts[0]
    if newest["status"] == "paid":
        return Payout("paid")
    return Payout("pending", str(newest.get("failure_code") or newest["status"]))
