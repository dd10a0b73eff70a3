"""Items of the accounts table that plans use."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import cast

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.core import json_format
from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import TypedDict
from chalicelib.store import AccountsRecord


class StoredAmount(TypedDict):
    """An amount as it is stored in JSON."""

    amount: int
    currency: str


class StoredPlanLine(TypedDict):
    """The members of a planned account that an order from the plan reads."""

    account_id: str
    price: StoredAmount


class StoredPlanTotals(TypedDict):
    """The members of the totals that an order from the plan reads."""

    price: StoredAmount


class StoredPlan(TypedDict):
    """The members of a stored plan that an order from it reads. The whole document has those of planning.http.responses.Plan that
    do not change, in JSON."""

    kind: Kind
    accounts: list[StoredPlanLine]
    totals: StoredPlanTotals


class PlanRecord(AccountsRecord):
    """pk is the plan's id, sk = "plan": the plan with the prices, figures and versions it rests on (`packed`: compressed JSON).
    Only the task that it became, and when, is added later. owner is `plans#` and the advertiser's id; plans stored before they were
    listed have none."""

    advertiser_id = UnicodeAttribute()
    packed = BinaryAttribute(legacy_encoding=False)
    expires_at = UnicodeAttribute()
    task_id = UnicodeAttribute(null=True)
    ordered_at = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)

    @property
    def document(self) -> StoredPlan:
        return cast("StoredPlan", json.loads(zlib.decompress(self.packed)))


def packed(document: Mapping[str, object]) -> bytes:
    return zlib.compress(json_format.dumps(document).encode())
