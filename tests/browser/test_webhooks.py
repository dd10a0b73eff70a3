"""The webhooks of a user in the console, with a receiver on this machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.harness.receivers import receiving
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]
PATH = "/healthy/browser"


def test_a_delivery_is_listed_with_its_attempt_and_sent_again(arrive: Arrive) -> None:
    person = arrive("deliveries", "advertiser")
    with receiving() as receivers:
        person.open("/settings/webhooks")
        person.click("New webhook")
        person.fill(Address=receivers.url(PATH))
        person.click("Create")
        receivers.secrets[PATH] = person.page.locator("dialog code", has_text="whsec_").inner_text()
        person.click("I have stored it")
        person.click("Send a test")
        person.wait_for("tbody tr .pill:has-text('Delivered')")
        person.page.locator("tbody tr summary").click()
        person.read("· 204 ·")
        person.click("Send again", within="tbody")
        person.read("It is sent again.")
        person.wait_for("tbody tr:has-text('sent again') .pill:has-text('Delivered')")
        assert receivers.unverified == []
        assert [len(bodies) for bodies in receivers.bodies[PATH].values()] == [2], "both have one id"
