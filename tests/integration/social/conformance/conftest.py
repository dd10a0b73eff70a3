"""A network for each test: the sandbox, doubles in process, and servers of others, live or replayed from recordings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.core import clock
from chalicelib.store import AccountsRecord, TasksRecord
from testing.doubles.mocked_aws import forget_clients
from testing.social_networks import HARNESSES, Harness
from testing.social_networks.recording import Recorder
from testing.social_networks.servers import is_live

RECORDED = ("bluesky", "mastodon")
"""Networks whose servers have environments of their own. All others run in process."""


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    """The tables of the sandbox network and of attempts to publish; the tests have accounts and keys of their own."""
    with mock_aws():
        forget_clients()
        for record in (TasksRecord, AccountsRecord):
            record.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
        yield
    forget_clients()


@pytest.fixture(params=list(HARNESSES))
def harness(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """The network of one test."""
    name = str(request.param)
    recorder = Recorder(f"{name}/{request.node.originalname}", is_live=name not in RECORDED or is_live(name))
    with clock.at(recorder.at), HARNESSES[name].running(recorder) as harness:
        yield harness
        if name in RECORDED:
            recorder.finish()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the cases that a network has no means for."""
    items[:] = [item for item in items if not _is_lacking(item)]


def _is_lacking(item: pytest.Item) -> bool:
    marker, params = item.get_closest_marker("needs"), getattr(item, "callspec", None)
    if marker is None or params is None or "harness" not in params.params:
        return False
    return bool(HARNESSES[params.params["harness"]].lacks & set(marker.args))
