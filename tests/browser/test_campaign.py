"""One whole campaign through the screens only: an advertiser, a creator, an auditor; an administrator moves the sandbox's clock."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from microtask.types import Account

from demo import campaign
from demo.stack import Stack, User
from testing.browser.chromium_launch import playwright
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]
TEXT = "今年的秋茶到了，欢迎来店里品尝。"


def _unclaimed(reader: User) -> Account:
    """Return an imported account that has no owner yet, with a price for reposts."""
    listed = reader.accounts.search(kind="repost", price_min=20_000, price_max=200_000, sort="-value", limit=100)
    return next(account for account in listed if account["status"] == "unclaimed")


def _move_clock(admin: Person, hours: float) -> None:
    admin.open("/health")
    admin.fill(Hours_forward=str(hours))
    admin.click("Move the clock")
    admin.read("The clock has moved")


def test_campaign_is_played_on_the_screens(arrive: Arrive, stack: Stack) -> None:
    reader, expect = stack.user(f"reader-{uuid4().hex[:6]}", "advertiser"), playwright().expect
    account, source = _unclaimed(reader), campaign.source(reader)
    handle = account["handle"]
    advertiser, creator = arrive("teahouse", "advertiser"), arrive("an", "creator")
    auditor, admin = arrive("auditor", "auditor"), arrive("admin", "admin")
    for staff in (auditor, admin):  # what they wait for is on the screens that they open
        staff.stop_polling()

    advertiser.fill(
        Name_of_the_enterprise="清风茶业有限公司",
        Licence_number="91310000MA1K4XYZ0A",
        Contact_person="王敏",
        Phone="+86 21 5555 0100",
        Email="wang@tea.example",
    )
    advertiser.click("Submit for certification")
    advertiser.read("An auditor is checking your enterprise")

    auditor.open("/certifications")
    auditor.read("清风茶业有限公司")
    auditor.page.get_by_role("link", name="清风茶业有限公司").last.click()
    auditor.click("Certify")
    auditor.read("Your decision is recorded.")

    creator.open("/my-accounts")
    creator.fill(Handle=handle, Price_of_a_repost="300")
    creator.click("Bind")
    creator.click("Get a code")
    creator.click("Put it into the sandbox profile")
    creator.read("The profile shows the code.")
    creator.click("Check now")
    creator.read("The account is yours.")

    state = creator.page.locator(".facts .pill").first
    if state.inner_text() != "Admitted":  # otherwise the proof has admitted it
        auditor.open("/admissions")
        auditor.page.get_by_role("link", name=handle).last.click()
        auditor.click("Admit")
        auditor.read("Your decision is recorded.")

    advertiser.open("/wallet")
    advertiser.click("Top up")
    advertiser.fill(Amount="6000")
    advertiser.click("Continue")
    advertiser.click("Pay (sandbox)")
    advertiser.read("Paid. The wallet is credited.")

    advertiser.open(f"/accounts?kind=repost&q={handle}")
    advertiser.page.get_by_label(f"Select {handle}").check()
    advertiser.click("New task", within=".tray")
    advertiser.fill(
        Post_to_repost=source,
        Title="秋茶上市",
        Text=TEXT,
        Links="https://tea.example/autumn",
    )
    advertiser.page.locator(".bill .total", has_text="300").wait_for()
    advertiser.page.locator(".post", has_text=TEXT).wait_for()
    advertiser.click("Submit for review")
    advertiser.read("Submitted. The money is held until orders end.")
    task = advertiser.page.url.rpartition("/")[2]

    auditor.open("/reviews")
    auditor.page.get_by_role("link", name="秋茶上市").last.click()
    auditor.page.locator(".post", has_text=TEXT).wait_for()
    auditor.page.keyboard.press("a")
    auditor.read("Your decision is recorded.")

    creator.wait_for(".bell .badge")  # the offer arrives without a reload
    creator.page.locator(".bell").click()
    creator.page.locator("a.row-link:has-text('A new offer')").first.click()
    creator.click("Accept")
    creator.read("You have accepted the order.")

    creator.fill(Message="几点发布最好？")
    creator.click("Send the message")
    creator.page.locator(".thread .mine", has_text="几点发布最好？").wait_for()
    advertiser.open(f"/tasks/{task}")
    advertiser.page.locator("a.row-link", has_text=handle).click()
    advertiser.page.locator(".drawer .thread li", has_text="几点发布最好？").wait_for()
    creator.wait_for("text=Read by: Advertiser")
    advertiser.page.keyboard.press("Escape")

    _move_clock(admin, 12.1)
    other = reader.sandbox.write_post(account_id=account["id"], text="今年的秋茶。", repost_of=source)
    creator.wait_for("input[type=url]")  # the window has opened
    creator.fill(Address_of_the_post=other["post_url"])
    creator.click("Report the post")
    creator.page.locator(".post del").first.wait_for()  # the missing part of the text
    creator.wait_for("text=Post there").click()
    expect(creator.page.locator("input[type=url]")).not_to_have_value(other["post_url"])
    expect(creator.page.locator("input[type=url]")).not_to_have_value("")
    creator.click("Report the post")
    creator.page.locator(".pill", has_text="Published").first.wait_for()

    _move_clock(admin, 12.5)
    _move_clock(admin, 12.5)
    creator.wait_for(".pill.good:has-text('Completed')")
    creator.open("/wallet")
    creator.page.locator("td", has_text="210").first.wait_for()  # 300 less 30 % commission

    advertiser.open(f"/tasks/{task}")
    advertiser.wait_for(".pill.good:has-text('Completed')")
    advertiser.open(f"/tasks/{task}/report")
    advertiser.page.locator(".facts dd", has_text="300").first.wait_for()
