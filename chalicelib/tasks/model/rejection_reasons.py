"""The reasons that auditors give when they reject a task or a draft. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.tasks.records.stored_documents import Reason


def require_reasons(decision: str, reasons: Sequence[Reason]) -> None:
    """Raise InvalidBody for a rejection without reasons."""
    if decision == "rejected" and not reasons:
        raise InvalidBody(Fault("/reasons", "missing", "A rejection needs at least one reason."))
