"""The API reference: Redoc draws it under its policy, without another host."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from apispec.documents import OPENAPI
from demo.stack import Stack
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
Arrive = Callable[..., Person]
ELEMENTS_MAX = 30_000
"""Above this a section takes a phone many seconds to draw."""


def test_reference_draws_one_section_in_the_dark_without_another_host(arrive: Arrive, stack: Stack) -> None:
    reader = arrive("reader", sign_in=False, color_scheme="dark")
    hosts: set[str] = set()
    reader.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    reader.page.goto(f"{stack.api_url}/docs")
    described = json.loads(OPENAPI.read_bytes())
    operations = [one for part in ("paths", "webhooks") for methods in described[part].values() for one in methods]
    reader.page.locator("main li").first.wait_for()
    assert reader.page.locator("main li").count() == len(operations)
    reader.page.get_by_label("Section").select_option("deliveries")
    reader.page.get_by_role("heading", name="A task was approved").first.wait_for()
    reader.page.go_back()
    reader.page.get_by_role("link", name="GET /v1/accounts", exact=True).click()
    reader.page.get_by_role("heading", name="Search the listed accounts").first.wait_for()
    assert reader.page.get_by_role("heading", name="A task was approved").count() == 0
    assert reader.page.evaluate("document.querySelectorAll('*').length") < ELEMENTS_MAX
    assert hosts - {""} == {urlsplit(stack.api_url).netloc}
    assert reader.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 28)"
