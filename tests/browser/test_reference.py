"""The API reference: Redoc draws it under its policy, without another host."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from demo.stack import Stack
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
Arrive = Callable[..., Person]


def test_reference_shows_operations_in_the_dark_and_asks_no_other_host(arrive: Arrive, stack: Stack) -> None:
    reader = arrive("reader", sign_in=False, color_scheme="dark")
    hosts: set[str] = set()
    reader.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    reader.page.goto(f"{stack.api_url}/docs")
    reader.page.get_by_role("heading", name="Search the listed accounts").first.wait_for()
    assert hosts - {""} == {urlsplit(stack.api_url).netloc}
    assert reader.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 28)"
