"""Screens about a provider that opens payees' accounts, and about e-mail to a verified address.

The responses of the API about them are given here; everything else is the deployed market's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]
ONBOARDING = "https://connect.stripe.example/setup/once"


def test_payee_is_opened_at_the_provider_and_email_is_chosen(arrive: Arrive) -> None:
    person = arrive("payee", "creator", sign_in=False)
    sent: list[Any] = []
    payee: dict[str, Any] = {
        "provider": "stripe",
        "account": "acct_1",
        "country": "DE",
        "status": "incomplete",
        "missing": ["external_account"],
        "onboarding": {"url": ONBOARDING, "expires_at": "2099-01-01T00:00:00Z"},
    }
    email: dict[str, Any] = {"status": "off", "address": None, "types": [], "language": "en"}

    def catalogue(route: Any) -> None:
        response = route.fetch()
        body = response.json()
        body["market"]["providers"] = [{"name": "stripe", "opens_accounts": True}]
        route.fulfill(response=response, json=body)

    def open_payee(route: Any) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(json=payee)

    def show_payee(route: Any) -> None:
        if sent:
            route.fulfill(json={**payee, "onboarding": None})
        else:
            route.fulfill(status=404, json={"code": "not_found", "title": "", "errors": []})

    def preferences(route: Any) -> None:
        if route.request.method == "PUT":
            sent.append(route.request.post_data_json)
            types = sent[-1]["email_types"]
            email.update(status="on", address="an@an.example", types=types, language=sent[-1]["language"])
        route.fulfill(json={"off": [], "types": ["order.offered", "order.reminder"], "email": email})

    person.page.route("**/v1/catalogue", catalogue)
    person.page.route("**/v1/wallet/payees?as=creator", open_payee)
    person.page.route("**/v1/wallet/payees/stripe?as=creator", show_payee)
    person.page.route("**/v1/notifications/preferences", preferences)
    person.sign_in()

    person.open("/wallet")
    person.fill(Country="de")
    person.read("Germany")
    person.click("Open the account")
    assert person.page.get_by_role("button", name="Go to Stripe").get_attribute("href") == ONBOARDING
    person.page.keyboard.press("Escape")
    person.read("Stripe needs further details before it can pay you.")
    person.click("Withdraw")
    dialog = person.page.get_by_role("dialog")
    dialog.locator(".pill", has_text="Details missing").wait_for()
    assert dialog.get_by_label("Payee's account").count() == 0
    person.page.keyboard.press("Escape")
    assert sent == [{"country": "DE", "provider": "stripe"}]

    person.open("/settings/notifications")
    person.page.get_by_label("A new offer: E-mail").check()
    person.page.get_by_label("Language of e-mails").select_option("zh")
    person.click("Save")
    person.read("E-mail goes to an@an.example.")
    assert sent[-1] == {"off": [], "email_types": ["order.offered"], "language": "zh"}
