"""A rejection has reasons."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import InvalidBody
from chalicelib.tasks.model.rejection_reasons import require_reasons


def test_an_approval_needs_no_reason_and_a_rejection_one() -> None:
    require_reasons("approved", [])
    require_reasons("rejected", [{"code": "misleading"}])
    with pytest.raises(InvalidBody) as refused:
        require_reasons("rejected", [])
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/reasons", "missing")]
