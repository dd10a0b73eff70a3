"""The cloud of the workflow tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from testing.doubles.workflow_cloud import Cloud, running


@pytest.fixture
def cloud(aws: None) -> Iterator[Cloud]:
    """A cloud with the task and order machines (a test may make further ones) and running streams."""
    with running(Cloud()) as cloud:
        yield cloud
