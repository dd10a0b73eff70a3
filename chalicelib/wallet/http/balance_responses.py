"""The balances of an advertiser or a creator: available, held, withdrawing."""

from __future__ import annotations

from chalicelib.wallet import ledger
from chalicelib.wallet.http.responses import Wallet, money
from chalicelib.wallet.postings import available, withdrawing
from chalicelib.wallet.records import Balance


def wallet_response(owner_id: str) -> Wallet:
    """Return the owner's balances.

    The `held` of an advertiser is the sum of the holds of its open tasks. A creator has none: the price of an order belongs to the
    task until it is settled."""
    holds = [item.pk for item in Balance.query(owner_id, index_name="holds")] if owner_id.startswith("adv_") else []
    balances = ledger.balances([available(owner_id), withdrawing(owner_id), *holds])
    return {
        "available": money(balances[available(owner_id)]),
        "held": money(sum(balances[hold] for hold in holds)),
        "withdrawing": money(balances[withdrawing(owner_id)]),
    }
