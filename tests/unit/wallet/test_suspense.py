"""Resolutions of suspense that are refused before anything is read."""

from __future__ import annotations

import pytest

from chalicelib.core.errors import InvalidBody
from chalicelib.decisions.decider import Decider
from chalicelib.wallet import suspense
from chalicelib.wallet.suspense import Resolution

FIN = Decider("fin", frozenset(), 1)


@pytest.mark.parametrize(("resolution", "advertiser_id"), [("credited", None), ("returned", "adv_1")])
def test_only_a_credit_names_an_advertiser(resolution: Resolution, advertiser_id: str | None) -> None:
    with pytest.raises(InvalidBody) as refused:
        suspense.resolve("sus_1", resolution, advertiser_id, None, FIN)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/advertiser_id", "mismatch")]
