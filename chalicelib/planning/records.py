"""Items of the accounts table that plans use."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.core import json_format
from chalicelib.store import AccountsRecord


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
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(zlib.decompress(self.packed))
        return found


def packed(document: Mapping[str, Any]) -> bytes:
    return zlib.compress(json_format.dumps(document).encode())
