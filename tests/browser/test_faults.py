"""Faults at the console: double clicks, a lost network, an expired session, hostile text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from demo.stack import Stack
from testing.browser.person import PASSWORD, Person
from testing.browser.pictures import settle

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e{{constructor}}"


@pytest.fixture(scope="module")
def enterprise(arrive_once: Arrive, stack: Stack) -> Person:
    """An advertiser with a certified enterprise. Its page loads nothing again by itself until the window is returned to."""
    person = arrive_once("certified", "advertiser", sign_in=False)
    caller = stack.signed_in(person.name, PASSWORD)
    advertiser = caller.advertisers.register(
        name=HOSTILE[:60],
        licence_no="91310000MA1K4XYZ0A",
        contact={"name": HOSTILE[:60], "phone": "+86 21 5555 0100", "email": "a@b.example"},
    )
    staff = stack.user(f"staff-of-{person.name}", "auditor")
    staff.advertisers.certify(advertiser["id"], decision="approved", revision=advertiser["revision"])
    person.context.add_init_script("window.setInterval = () => 0")
    person.sign_in()
    return person


@pytest.fixture
def certified(enterprise: Person) -> Iterator[Person]:
    """The advertiser at its home; requests are not changed any more after the test."""
    enterprise.page.keyboard.press("Escape")
    enterprise.open("/")
    yield enterprise
    enterprise.page.unroute_all(behavior="wait")


def _posts(person: Person, path: str) -> list[Any]:
    """Return a list to which each POST request to the path is added."""
    seen: list[Any] = []

    def note(request: Any) -> None:
        if request.method == "POST" and path in request.url:
            seen.append(request)

    person.page.on("request", note)
    return seen


def test_return_to_the_window_loads_everything_shown_once(certified: Person) -> None:
    certified.open("/wallet")
    settle(certified.page)
    loaded: list[str] = []
    certified.page.on("request", lambda request: loaded.append(request.url))
    with certified.page.expect_response("**/v1/me"), certified.page.expect_response("**/v1/wallet?*"):
        certified.page.evaluate("dispatchEvent(new Event('focus'))")
    assert sorted(loaded) == sorted(set(loaded))


def test_double_click_acts_once(certified: Person) -> None:
    sent = _posts(certified, "/v1/wallet/topups")
    certified.open("/wallet")
    certified.click("Top up")
    certified.fill(Amount="5100")
    certified.page.get_by_role("button", name="Continue").dblclick()
    certified.page.get_by_role("button", name="Pay (sandbox)").last.wait_for()
    assert len(sent) == 1


def test_repeat_after_a_lost_response_acts_once(certified: Person) -> None:
    keys: list[str] = []

    def lose_first(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # the market has the request; its response gets lost
            route.abort("connectionreset")
        else:
            route.continue_()

    certified.page.route("**/v1/wallet/topups", lose_first)
    certified.open("/wallet")
    certified.click("Top up")
    certified.fill(Amount="5200")
    certified.click("Continue")
    certified.read("No connection")
    certified.click("Continue")
    certified.page.get_by_role("dialog").get_by_role("button", name="Pay (sandbox)").wait_for()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    certified.page.keyboard.press("Escape")
    rows = certified.page.get_by_role("table", name="Top-ups to pay").locator("tbody tr", has_text="5,200")
    rows.first.wait_for()
    assert rows.count() == 1


def test_secret_of_a_webhook_is_shown_once(certified: Person) -> None:
    certified.open("/settings/webhooks")
    certified.click("New webhook")
    certified.fill(Address="http://127.0.0.1:9/market", Description="till")
    certified.click("Create")
    certified.page.locator("dialog code", has_text="whsec_").wait_for()
    certified.click("I have stored it")
    certified.page.get_by_role("heading", name="till").wait_for()
    certified.click("Send a test")
    certified.read("The test is sent")
    assert "whsec_" not in certified.page.content()


def test_expired_session_keeps_what_was_typed(arrive: Arrive) -> None:
    person = arrive("expiring", "advertiser")
    person.open("/tasks/new")
    person.fill(Title="An unfinished title")
    person.page.route(
        "**/v1/**", lambda route: route.fulfill(status=401, json={"code": "unauthenticated", "errors": []})
    )
    person.click("Submit for review")
    person.read("Your session has ended")
    person.page.keyboard.press("Escape")
    assert person.page.get_by_label("Title *").input_value() == "An unfinished title"


def test_hostile_text_stays_text(certified: Person) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    certified.page.on("dialog", dismiss)
    certified.page.get_by_role("heading", name="<img src=x").wait_for()
    certified.open("/tasks/new")
    certified.fill(Title=HOSTILE, Text=HOSTILE, Links=f"https://x.example/{HOSTILE}")
    certified.page.locator(".post").first.wait_for()
    assert certified.page.locator("main img, main script").count() == 0
    certified.open(f"/accounts?q={HOSTILE.replace('#', '')}")
    certified.read("No account matches these filters.")
    certified.page.locator("#search").fill(HOSTILE)
    certified.page.locator("#search").press("Enter")
    certified.page.get_by_role("heading", name="Accounts").wait_for()
    assert dialogs == []


def test_wrong_fields_are_named_at_the_fields(arrive: Arrive) -> None:
    person = arrive("careless", "advertiser")
    person.fill(Name_of_the_enterprise="清风茶业有限公司", Licence_number="1")
    person.click("Submit for certification")
    person.page.locator(".field[data-pointer='/contact/email'] .fault").wait_for()
    assert person.page.locator("[aria-invalid=true]").count() >= 2
    assert person.page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    person.read("Request")
