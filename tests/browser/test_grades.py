"""Grades: figures that an administrator reads from the network, and the appeal of a creator."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from testing.browser.chromium_launch import playwright
from testing.browser.market_with_history import Played
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
UserOf = Callable[[str], Person]


def test_figures_are_read_and_the_grade_drawn_again(user_of: UserOf, played: Played) -> None:
    admin, expect = user_of("admin"), playwright().expect

    admin.open(f"/accounts/{played.account_id}")
    changes = admin.page.get_by_role("table", name="Changes of the grade").locator("tbody tr")
    changes.first.wait_for()
    before = changes.count()
    admin.click("Read the figures now")
    admin.read("The figures are read and the account is graded again.")
    expect(changes).to_have_count(before + 1)


def test_appeal_of_a_grade_is_granted(user_of: UserOf, played: Played) -> None:
    creator, auditor, expect = user_of("creator"), user_of("auditor"), playwright().expect
    reason = "上个月新增的粉丝没有计入。"

    creator.open(f"/my-accounts/{played.account_id}")
    creator.click("Appeal the grade")
    dialog = creator.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_label("Followers").fill("123456")
    creator.click("Send", within="dialog")
    creator.read("Your appeal is sent.")
    appeal = creator.page.locator("main p", has_text=reason)
    expect(appeal).to_contain_text("Open")

    auditor.open("/appeals")
    auditor.page.locator(".waiting").get_by_role("link", name=reason).click()
    expect(auditor.page.get_by_role("table", name="Claimed").locator("tr", has_text="Followers")).to_contain_text(
        "123456"
    )
    auditor.click("Grant")
    auditor.read("Your decision is recorded.")

    creator.open("/")
    creator.open(f"/my-accounts/{played.account_id}")
    expect(appeal).to_contain_text("Granted")
    causes = creator.page.get_by_role("table", name="Changes of the grade").locator("td[data-name=Cause]")
    expect(causes.first).to_have_text("Appeal")
    expect(creator.page.locator(".facts div", has_text="Followers").first).to_contain_text("123,456")
