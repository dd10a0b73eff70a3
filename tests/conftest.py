"""Fixtures that all tests share: a mocked AWS, the API in it, fresh keys, and one deployed local cloud."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from testing.api import Api, served_api
from testing.doubles.mocked_aws import mocked_aws
from testing.markets.deployed_cloud import local_cloud, stack

__all__ = ["local_cloud", "stack"]

# No example fails because the machine is busy, and the examples are the same in every run, so that no run fails by luck.
# `make explore` looks for new ones; a failure there prints the `@reproduce_failure` that repeats it.
_UNTIMED = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("random", **_UNTIMED)  # type: ignore[arg-type]
settings.register_profile("same", derandomize=True, **_UNTIMED)  # type: ignore[arg-type]
settings.load_profile("random" if os.environ.get("EXAMPLES") == "random" else "same")


_WHERE_CALLS_GO = ("AWS_ACCESS_KEY", "AWS_SECRET", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL")


def _aws_environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name.startswith(_WHERE_CALLS_GO)}


_AWS_ENVIRONMENT = _aws_environment()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Fail the last test of a module that leaves other credentials or endpoints in the environment."""
    yield
    if nextitem is None or nextitem.path != item.path:
        assert _aws_environment() == _AWS_ENVIRONMENT, f"{item.path} has changed the environment"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fail if pytest-xdist does not group the tests that share a cloud or a market.

    It sets a private attribute of pytest, and a release of pytest that renamed this attribute went unnoticed."""
    if session.config.getoption("loadgroup", False):
        ungrouped = [
            item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        assert not ungrouped, f"pytest-xdist has not grouped {ungrouped[0]}"


@pytest.fixture
def aws() -> Iterator[None]:
    """A fresh, empty AWS for one test."""
    with mocked_aws():
        yield


@pytest.fixture
def api(aws: None) -> Iterator[Api]:
    """The API of one test."""
    with served_api() as api:
        yield api


@pytest.fixture
def unique() -> Callable[[], str]:
    """Fresh Idempotency-Keys."""
    numbers = iter(range(1, 1_000_000))
    return lambda: f"key-{next(numbers)}"
