"""A POST that creates what has an id of its own (a handle, a user) keeps its answer under the Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.accounts.records import RECEIPT, ReceiptRecord
from chalicelib.core import json_format
from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.store import Action, Refused, put

Keep = Callable[[dict[str, Any]], list[Action]]


def once(attempt: Attempt | None, create: Callable[[Keep], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The answer of `create`, and whether it is a repeat of an earlier one.

    `create` commits what `keep(answer)` returns together with what it writes. Without a key nothing is kept. Raises
    Problem `idempotency_key_reused`."""
    if attempt is None:
        return create(_keep_nothing), False
    pk = attempt.id("rct")

    def keep(answer: dict[str, Any]) -> list[Action]:
        receipt = ReceiptRecord(pk=pk, sk=RECEIPT, fingerprint=attempt.fingerprint, answer=json_format.dumps(answer))
        return [put(RECEIPT, receipt, ReceiptRecord.pk.does_not_exist())]

    found = ReceiptRecord.find(pk, RECEIPT)
    if found is None:
        try:
            return create(keep), False
        except (Refused, Problem):
            # A twin of this request may have been faster: then what stands in the way is its own work.
            found = ReceiptRecord.find(pk, RECEIPT)
            if found is None:
                raise
    return attempt.replay(found.fingerprint, found.answer), True


def _keep_nothing(_: dict[str, Any]) -> list[Action]:
    return []
