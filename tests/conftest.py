"""Fixtures that all tests share: a mocked AWS, the API in it, and fresh keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from testing.api import Api, served_api
from testing.doubles.mocked_aws import mocked_aws

# No example fails because the machine is busy. In CI the examples are the same in every run; elsewhere a failure prints the
# `@reproduce_failure` that repeats it.
_UNTIMED = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("random", **_UNTIMED)  # type: ignore[arg-type]
settings.register_profile("same", derandomize=True, **_UNTIMED)  # type: ignore[arg-type]
settings.load_profile("same" if os.environ.get("CI") else "random")


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
