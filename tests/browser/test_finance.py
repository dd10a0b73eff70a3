"""Finance: a settlement file compared with the ledger, and a withdrawal decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from demo.stack import Stack
from testing.browser.chromium_launch import playwright
from testing.browser.market_with_history import Played
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
UserOf = Callable[[str], Person]


def _file(transaction_id: str) -> dict[str, Any]:
    """Return a settlement file with one transaction, as a file that a person chooses."""
    content = f"transaction_id,amount\n{transaction_id},12345\n"
    return {"name": "settlement.csv", "mimeType": "text/csv", "buffer": content.encode()}


def test_settlement_file_is_uploaded_and_its_difference_shown(user_of: UserOf) -> None:
    finance, unknown = user_of("finance"), f"unknown-{uuid4().hex[:6]}"
    page = finance.page

    finance.open("/settlements")
    compare = page.get_by_role("button", name="Compare with the ledger")
    page.locator("input[type=file]").set_input_files(_file(unknown))
    finance.read("settlement.csv")
    page.route("**/*", lambda route: route.fulfill(status=403) if _is_upload(route) else route.fallback())
    compare.click()
    finance.read("The upload failed")
    page.unroute_all(behavior="wait")
    compare.click()

    page.get_by_role("heading", name="Comparison").wait_for()
    row = page.get_by_role("table", name="Differences").locator("tr", has_text=unknown)
    playwright().expect(row.locator("td").last).to_contain_text("123.45")


def _is_upload(route: Any) -> bool:
    return "multipart/form-data" in route.request.headers.get("content-type", "")


def test_withdrawal_is_paid_out_by_finance(user_of: UserOf, played: Played, stack: Stack) -> None:
    api = stack.signed_in(played.names["advertiser"], played.passwords["advertiser"])
    requested = next(one for one in api.wallet.withdrawals() if one["status"] == "requested")
    finance, advertiser, expect = user_of("finance"), user_of("advertiser"), playwright().expect

    finance.open("/withdrawals")
    row = finance.page.locator(f"main tr:has(time[datetime='{requested['requested_at']}'])")
    row.get_by_role("button", name="Decide").click()
    finance.page.get_by_role("dialog").get_by_text(requested["id"]).wait_for()
    finance.page.get_by_label("Note").fill("by hand, today")
    finance.click("Decide", within="dialog")
    finance.read("Your decision is recorded.")
    expect(row).to_have_count(0)

    advertiser.open("/wallet")
    withdrawals = advertiser.page.get_by_role("table", name="Withdrawals").locator("tbody tr")
    expect(withdrawals.first).to_contain_text("Paid")
    expect(withdrawals.first).to_contain_text("by hand, today")
    advertiser.stop_polling()
    advertiser.click("Withdraw")
    advertiser.fill(Amount="120")
    advertiser.click("Withdraw", within="dialog")
    advertiser.read("Requested. Finance pays it out.")
    expect(withdrawals.first).to_contain_text("120")
    expect(withdrawals.first).to_contain_text("Requested")
