"""What an advertiser takes out of the market: a report behind a link, and the data of a month."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from chalicelib.core.regions.working_days import local_time
from demo.stack import Stack
from testing.browser.chromium_launch import playwright
from testing.browser.market_with_history import Played
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
UserOf = Callable[[str], Person]


def test_shared_report_ends_when_its_link_is_revoked(user_of: UserOf, played: Played) -> None:
    advertiser = user_of("advertiser")
    page = advertiser.page

    advertiser.open(f"/tasks/{played.task_id}/report")
    advertiser.click("Link for others")
    url = page.locator(".notice code").inner_text()
    assert page.request.get(url).status == 200
    advertiser.click("Revoke all links")
    advertiser.read("Every link made so far is revoked.")
    assert page.request.get(url).status == 410
    assert page.locator(".notice code").count() == 0


def test_data_of_a_month_is_exported(user_of: UserOf, played: Played, stack: Stack) -> None:
    advertiser = user_of("advertiser")
    page = advertiser.page
    api = stack.signed_in(played.names["advertiser"], played.passwords["advertiser"])
    created = datetime.fromisoformat(api.tasks.read(played.task_id)["created_at"])
    month = local_time(created, stack.market()["time_zone"]).strftime("%Y-%m")

    def exported(month: str) -> str:
        page.get_by_label("Month (empty: everything)").fill(month)
        with page.expect_response("**/v1/exports?*") as made:
            advertiser.click("Export this month")
        assert urlsplit(made.value.url).query == f"as=advertiser&month={month}"
        url = made.value.json()["url"]
        playwright().expect(page.get_by_role("link", name="Part 1")).to_have_attribute("href", url)
        content: str = page.request.get(url).text()
        return content

    advertiser.open("/settings")
    lines = [json.loads(line) for line in exported(month).splitlines()]
    assert played.task_id in {line["id"] for line in lines if "id" in line}
    assert played.task_id not in exported("2020-01")
