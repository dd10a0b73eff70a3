"""What a person has: available, held, withdrawing."""

from __future__ import annotations

from typing import Any

from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import available, withdrawing
from chalicelib.wallet.records import Balance


def of_owner(owner_id: str) -> dict[str, Any]:
    """An advertiser's `held` is the sum of the holds of its open tasks; a creator holds nothing: what an order is worth
    belongs to the task until it is settled."""
    holds = [item.pk for item in Balance.query(owner_id, index_name="holds")] if owner_id.startswith("adv_") else []
    found = ledger.balances([available(owner_id), withdrawing(owner_id), *holds])
    currency = rules().currency
    return {
        "available": Money(found[available(owner_id)], currency),
        "held": Money(sum(found[hold] for hold in holds), currency),
        "withdrawing": Money(found[withdrawing(owner_id)], currency),
    }
