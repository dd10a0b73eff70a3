"""Grades: figures that an administrator reads from the network, reads without a confirmation, and the appeal of a creator."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from testing.browser.chromium_launch import playwright
from testing.browser.market_with_history import Played
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
UserOf = Callable[[str], Person]


def test_figures_are_read_and_the_grade_drawn_again(user_of: UserOf, played: Played) -> None:
    admin, expect = user_of("admin"), playwright().expect

    other = next(account for account in played.accounts if account != played.account_id)
    admin.open(f"/accounts/{other}")
    changes = admin.page.get_by_role("table", name="Changes of the grade").locator("tbody tr")
    changes.first.wait_for()
    before = changes.count()
    admin.click("Read the figures now")
    admin.read("The figures are read and the account is graded again.")
    expect(changes).to_have_count(before + 1)


def test_appeal_of_a_grade_is_granted(user_of: UserOf, played: Played) -> None:
    creator, auditor, expect = user_of("creator"), user_of("auditor"), playwright().expect
    reason, ruling = "上个月新增的粉丝没有计入。", "平台后台的数据与之相符。"
    reads = ".facts div:has(dt:text-is('Reads'))"

    auditor.open(f"/accounts/{played.account_id}")
    expect(auditor.page.locator(reads)).to_contain_text("Unconfirmed")

    creator.open(f"/my-accounts/{played.account_id}")
    creator.click("Appeal the grade")
    dialog = creator.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_label("Followers").fill("123456")
    dialog.get_by_label("Reads per post").fill("4321")
    creator.click("Send", within="dialog")
    creator.read("Your appeal is sent.")
    appeal = creator.page.locator("main p", has_text=reason)
    expect(appeal).to_contain_text("Open")

    auditor.open("/appeals")
    auditor.page.locator(".waiting").get_by_role("link", name=reason).click()
    expect(auditor.page.get_by_role("table", name="Claimed").locator("tr", has_text="Followers")).to_contain_text(
        "123456"
    )
    expect(auditor.page.locator(reads)).to_contain_text("Unconfirmed")
    auditor.click("Grant")
    auditor.click("Grant", within="dialog")
    note = auditor.page.get_by_role("dialog").get_by_label("Note")
    expect(note).to_have_attribute("aria-invalid", "true")
    note.fill(ruling)
    auditor.click("Grant", within="dialog")
    auditor.read("Your decision is recorded.")

    auditor.open(f"/accounts/{played.account_id}")
    expect(auditor.page.locator(reads)).to_contain_text("4.3K")
    expect(auditor.page.locator(reads)).not_to_contain_text("Unconfirmed")

    creator.open("/")
    creator.open(f"/my-accounts/{played.account_id}")
    expect(appeal).to_contain_text("Granted")
    expect(appeal).to_contain_text(ruling)
    causes = creator.page.get_by_role("table", name="Changes of the grade").locator("td[data-name=Cause]")
    expect(causes.first).to_have_text("Appeal")
    expect(creator.page.locator(".facts div", has_text="Followers").first).to_contain_text("123,456")
