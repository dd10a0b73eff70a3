"""Choosing accounts: a search that is saved and opened again, a shortlist, and a plan that becomes a task."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from demo.stack import Stack
from testing.browser.chromium_launch import playwright
from testing.browser.market_with_history import Played
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
UserOf = Callable[[str], Person]


def test_saved_search_opens_with_its_filters(user_of: UserOf) -> None:
    advertiser, expect, name = user_of("advertiser"), playwright().expect, f"teas {uuid4().hex[:6]}"
    page = advertiser.page
    shown = {"Kind": "repost", "Price from": "150", "Price to": "900.50", "Followers from": "1000", "Sort": "price"}

    def see_filters() -> None:
        for label, value in shown.items():
            expect(page.get_by_label(re.compile(f"^{label}"))).to_have_value(value)
        expect(page.locator(".chip[aria-pressed=true]")).to_contain_text("Three stars")

    advertiser.open("/accounts?kind=repost&from=150&to=900.50&followers=1000&sort=price")
    page.locator(".chip", has_text="Three stars").click()
    see_filters()
    advertiser.click("Save this search")
    advertiser.fill(Name=name)
    advertiser.click("Save", within="dialog")
    advertiser.read("The search is saved.")

    advertiser.open("/shortlists")
    page.get_by_role("link", name=name).click()
    see_filters()

    advertiser.open("/shortlists")
    page.get_by_role("row", name=name).get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def test_shortlist_takes_accounts_of_the_search_and_drops_one(user_of: UserOf, played: Played, stack: Stack) -> None:
    advertiser, expect, name = user_of("advertiser"), playwright().expect, f"list {uuid4().hex[:6]}"
    page = advertiser.page

    advertiser.open("/accounts?kind=repost")
    boxes = page.locator("main table input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    advertiser.click("Add to a shortlist", within=".tray")
    advertiser.fill(Name=name)
    advertiser.click("Add", within="dialog")
    advertiser.read("Added.")
    advertiser.click("Clear", within=".tray")

    advertiser.open("/shortlists")
    page.get_by_role("link", name=name).click()
    rows = page.get_by_role("table", name="Accounts").locator("tbody tr")
    expect(rows).to_have_count(2)
    remaining = rows.nth(1).get_by_role("link").inner_text()
    with page.expect_response(lambda response: response.request.method == "DELETE") as removed:
        rows.nth(0).get_by_role("button", name="Remove").click()
    assert removed.value.ok
    expect(rows).to_have_count(1)
    shortlist_id = page.url.rpartition("/")[2]
    api = stack.signed_in(played.names["advertiser"], played.passwords["advertiser"])
    assert [account["handle"] for account in api.shortlists.accounts(shortlist_id)] == [remaining]


def test_plan_becomes_a_task_with_its_accounts(user_of: UserOf, played: Played, stack: Stack) -> None:
    advertiser, expect = user_of("advertiser"), playwright().expect
    page = advertiser.page
    api = stack.signed_in(played.names["advertiser"], played.passwords["advertiser"])
    accounts = api.plans.read(played.plan_id)["accounts"]

    advertiser.open(f"/plans/{played.plan_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan for reads")
    advertiser.click("Make it a task")
    advertiser.read("The accounts are those of your plan")
    expect(page.locator("[data-pointer='/account_ids'] .waiting").first.get_by_role("link")).to_have_text(
        [account["handle"] for account in accounts]
    )
    advertiser.fill(Post_to_repost=played.source_url, Title="秋茶方案", Text="今年的秋茶到了，欢迎来店里品尝。")
    advertiser.click("Submit for review")
    advertiser.read("Submitted. The money is held until orders end.")
    task_id = page.url.rpartition("/")[2]
    assert api.tasks.read(task_id)["account_ids"] == [account["account_id"] for account in accounts]

    advertiser.open(f"/plans/{played.plan_id}")
    page.locator(f"a[href='#/tasks/{task_id}']").wait_for()
    expect(page.get_by_role("button", name="Make it a task")).to_have_count(0)
