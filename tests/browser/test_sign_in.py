"""Signing in on the user pool's page, and signing out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from testing.browser.person import PASSWORD, Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]


def test_deep_link_survives_a_first_sign_in_that_replaces_the_password(arrive: Arrive) -> None:
    person = arrive("first", "advertiser", sign_in=False, temporary=True)
    person.url += "#/accounts?sort=price"
    person.visit()
    person.enter(PASSWORD)
    person.page.get_by_label("New password", exact=True).fill("Battery-Staple-43")
    person.page.get_by_label("Confirm new password").fill("Battery-Staple-43")
    person.click("Update password")
    person.page.get_by_role("heading", name="Accounts", level=1).wait_for()
    assert person.page.url.endswith("/console/#/accounts?sort=price")


def test_signing_out_leaves_no_session(arrive: Arrive) -> None:
    person = arrive("leaver", "creator")
    person.page.locator(".account-menu summary").click()
    with person.page.expect_request("**/oauth2/revoke") as revoked:
        person.click("Sign out")
    assert revoked.value.method == "POST"
    person.read("You are signed out.")
    stored = person.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "eyJ" not in stored, "no token is stored"
    person.click("Sign in")
    person.page.get_by_label("Username").wait_for()
