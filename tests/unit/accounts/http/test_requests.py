"""Bodies of accounts and advertisers."""

from __future__ import annotations

import pytest

from chalicelib.accounts.http.requests import AccountPatch, AdvertiserIn
from chalicelib.core.errors import InvalidBody


def test_missing_prices_differ_from_removed_ones() -> None:
    sent = AccountPatch.model_validate({"prices": {"post": None}})
    assert sent.prices.amounts() == {"post": None}
    assert AccountPatch.model_validate({}).prices.amounts() == {}


@pytest.mark.parametrize("licence_no", ["91310000MA1K12345X", "12345", "A-1-b", " 91310000MA1K4XYZ0A "])
def test_licence_numbers_of_many_forms_are_taken(licence_no: str) -> None:
    contact = {"name": "王敏", "phone": "13800138000", "email": "a@b"}
    body = AdvertiserIn.model_validate({"name": "茶", "licence_no": licence_no, "contact": contact})
    assert body.particulars().licence_no == licence_no.strip()


def test_a_price_in_another_currency_is_refused() -> None:
    sent = AccountPatch.model_validate({"prices": {"repost": {"amount": 500, "currency": "USD"}}})
    with pytest.raises(InvalidBody) as refused:
        sent.prices.amounts()
    assert [fault.pointer for fault in refused.value.faults] == ["/prices/repost/currency"]
