"""A browser before the deployed market, and people who sign in to its console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from demo.stack import Stack
from testing.browser import chromium_launch as chromium
from testing.browser.market_with_history import Played, play
from testing.browser.person import PASSWORD, SCREEN_TIMEOUT_MS, Person, create_user

Arrive = Callable[..., Person]
UserOf = Callable[[str], Person]
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    try:
        chromium.program()
        chromium.playwright()
    except chromium.Missing as missing:
        pytest.fail(str(missing))
    chromium.playwright().expect.set_options(timeout=SCREEN_TIMEOUT_MS)
    with chromium.started() as started:
        yield started


@pytest.fixture(scope="session")
def played(stack: Stack) -> Played:
    """A market with a history."""
    return play(stack)


@pytest.fixture(scope="session")
def _signed_in(browser: Any, stack: Stack, played: Played) -> Iterator[Callable[[str], Person]]:
    """Return a function that returns the user of a role of the played market, who signs in at the first call only."""
    with arrivals(browser, stack) as come:
        yield cache(lambda role: come(user=(played.names[role], played.passwords[role])))


@pytest.fixture
def user_of(_signed_in: Callable[[str], Person]) -> Iterator[UserOf]:
    """Return a function that returns the signed-in user of a role of the played market, at the role's home. The tests share these
    users: a sign-in takes some seconds. Between tests they load nothing. No script has failed at the end."""
    used: list[Person] = []

    def user(role: str) -> Person:
        person = _signed_in(role)
        person.resume_polling()
        person.open("/")
        used.append(person)
        return person

    yield user
    faults = [fault for person in used for fault in person.faults]
    for person in used:
        person.reset(DESK)
        person.stop_polling()
    assert faults == []


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
        # with less motion, colours change at once, and the browser does not draw the frames between
        options = {"viewport": DESK, "locale": "en-GB", "reduced_motion": "reduce", **context}
        contexts.append(browser.new_context(**options))
        person = Person(contexts[-1], f"{stack.api_url}/console/", full)
        people.append(person)
        if sign_in:
            person.sign_in(password)
        return person

    yield come
    for context in contexts:
        context.close()
    assert [fault for person in people for fault in person.faults] == []
