"""Fixtures that all tests share: a mocked AWS, the API in it, fresh keys, and one deployed local cloud."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

import pytest
import xdist
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

import testing  # noqa: F401 - sets the environment of the program

if TYPE_CHECKING:
    from testing.api import Api

# No example fails because the machine is busy, and the examples are the same in every run, so that no run fails by luck.
# `make explore` looks for new ones; a failure there prints the `@reproduce_failure` that repeats it.
_UNTIMED = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("random", **_UNTIMED)  # type: ignore[arg-type]
settings.register_profile("same", derandomize=True, **_UNTIMED)  # type: ignore[arg-type]
if os.environ.get("EXAMPLES") == "random":
    settings.load_profile("random")
else:
    settings.load_profile("same")
    # hypothesis takes examples from the constants of all imported modules, which it parses in each process. Without them the
    # examples of a test do not depend on the other tests that were collected.
    assert hasattr(providers, "_get_local_constants")
    providers._get_local_constants = lambda: providers._local_constants


_WHERE_CALLS_GO = ("AWS_ACCESS_KEY", "AWS_SECRET", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL")


def _aws_environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name.startswith(_WHERE_CALLS_GO)}


_AWS_ENVIRONMENT = _aws_environment()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Import the doubles before any test, as they replace functions. The controller of pytest-xdist, which runs no test, does not
    import them. The collection makes few objects that are garbage, so the garbage collector is off until its end."""
    if xdist.is_xdist_controller(session):
        return
    gc.disable()
    importlib.import_module("testing.doubles.mocked_aws")
    # The fixtures `local_cloud` and `stack`.
    session.config.pluginmanager.import_plugin("testing.markets.deployed_cloud")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Fail the last test of a module that leaves other credentials or endpoints in the environment."""
    yield
    if nextitem is None or nextitem.path != item.path:
        assert _aws_environment() == _AWS_ENVIRONMENT, f"{item.path} has changed the environment"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fail if pytest-xdist does not group the tests that share a cloud or a market.

    It sets a private attribute of pytest, and a release of pytest that renamed this attribute went unnoticed.
    What is imported and collected stays, so the garbage collector does not search it during the tests."""
    gc.freeze()
    gc.enable()
    if session.config.getoption("loadgroup", False):
        ungrouped = [
            item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        assert not ungrouped, f"pytest-xdist has not grouped {ungrouped[0]}"


@pytest.fixture
def aws() -> Iterator[None]:
    """A fresh, empty AWS for one test."""
    from testing.doubles.mocked_aws import mocked_aws

    with mocked_aws():
        yield


@pytest.fixture
def api(aws: None) -> Iterator[Api]:
    """The API of one test."""
    from testing.api import served_api

    with served_api() as api:
        yield api


@pytest.fixture
def unique() -> Callable[[], str]:
    """Fresh Idempotency-Keys."""
    numbers = iter(range(1, 1_000_000))
    return lambda: f"key-{next(numbers)}"
