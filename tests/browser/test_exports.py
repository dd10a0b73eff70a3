"""The export of a user's data in the console."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

import pytest

from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]


def test_the_data_of_a_month_is_exported(arrive: Arrive) -> None:
    person = arrive("exports", "advertiser")
    requested: list[str] = []
    person.page.on("request", lambda request: requested.append(request.url))
    person.open("/settings")
    person.page.get_by_label("Month (empty: everything)").fill("2026-11")
    person.click("Export this month")
    part = person.page.locator("li a", has_text="Part 1")
    part.wait_for()
    assert [url.partition("?")[2] for url in requested if "/v1/exports" in url] == ["as=advertiser&month=2026-11"]
    with urllib.request.urlopen(str(part.get_attribute("href"))) as response:
        assert response.read() == b"", "the user has no data yet"
