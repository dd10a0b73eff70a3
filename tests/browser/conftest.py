"""A browser before the deployed market, and people who sign in to its console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from demo.stack import Stack
from testing.browser import chromium_launch as chromium
from testing.browser.market_with_history import Played, play
from testing.browser.person import PASSWORD, Person, create_user

Arrive = Callable[..., Person]
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    try:
        chromium.program()
        chromium.playwright()
    except chromium.Missing as missing:
        pytest.fail(str(missing))
    with chromium.started() as started:
        yield started


@pytest.fixture(scope="session")
def played(stack: Stack) -> Played:
    """A market with a history."""
    return play(stack)


@pytest.fixture
def arrive(browser: Any, stack: Stack) -> Iterator[Arrive]:
    """As `arrivals`, for one test."""
    with arrivals(browser, stack) as come:
        yield come


@pytest.fixture(scope="module")
def arrive_once(browser: Any, stack: Stack) -> Iterator[Arrive]:
    """As `arrivals`, for the tests of a module, which share their people: a sign-in takes some seconds."""
    with arrivals(browser, stack) as come:
        yield come


@contextmanager
def arrivals(browser: Any, stack: Stack) -> Iterator[Arrive]:
    """Return a function that signs a user in, a new one with roles or a known one, in a browser context of its own. At the end no
    script has failed, and nothing has violated the Content-Security-Policy."""
    contexts: list[Any] = []
    people: list[Person] = []

    def come(
        name: str = "",
        *groups: str,
        sign_in: bool = True,
        temporary: bool = False,
        user: tuple[str, str] | None = None,
        **context: Any,
    ) -> Person:
        full, password = user or (f"{name}-{uuid4().hex[:6]}", PASSWORD)
        if user is None:
            create_user(stack, full, *groups, temporary=temporary)
        contexts.append(browser.new_context(**{"viewport": DESK, "locale": "en-GB", **context}))
        person = Person(contexts[-1], f"{stack.api_url}/console/", full)
        people.append(person)
        if sign_in:
            person.sign_in(password)
        return person

    yield come
    for context in contexts:
        context.close()
    assert [fault for person in people for fault in person.faults] == []
