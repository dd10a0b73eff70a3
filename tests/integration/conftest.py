"""A stage with a certified advertiser; and a DynamoDB engine for streams as in AWS."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from chalicelib.core import clock
from chalicelib.store import AccountsRecord, ClicksRecord, EventsRecord, TasksRecord, WalletRecord, WebhookSecretsRecord
from chalicelib.tasks.posts import post_checks
from infra.local_cloud import LocalCloud, free_port
from testing.api import Api
from testing.doubles.mocked_aws import forget_clients
from testing.markets.played_market import Record, play
from testing.markets.stage import NOON, Stage


@pytest.fixture(autouse=True)
def seeded_unannounced_checks() -> Iterator[None]:
    """Unannounced checks at the same moments each time: 7.8 h and 3.6 h of 24 h, then 15.6 h and 1.7 h."""
    system, post_checks.RANDOM = post_checks.RANDOM, random.Random(7)
    yield
    post_checks.RANDOM = system


@pytest.fixture
def stage(api: Api) -> Iterator[Stage]:
    """The clock does not move, so that the same body made twice is the same."""
    with clock.at(NOON):
        stage = Stage(api)
        stage.certify()
        yield stage


@pytest.fixture(scope="session")
def dynamodb_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the local cloud's engine, with nothing in it."""
    cloud = LocalCloud(free_port(), tmp_path_factory.mktemp("engine"), save_seconds=0)
    cloud.start()
    yield cloud.url
    cloud.down()


@pytest.fixture
def real_tables(aws: None, dynamodb_engine: str) -> Iterator[None]:
    """The tables, empty, on that engine; everything else stays with moto.

    The environment is restored here, before moto restores its own: in the other order moto's credentials would stay in it."""
    with pytest.MonkeyPatch.context() as changes:
        changes.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_engine)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # moto has put others there
            changes.setenv(name, "test")
        forget_clients()
        for record in (WalletRecord, TasksRecord, AccountsRecord, ClicksRecord, EventsRecord, WebhookSecretsRecord):
            record.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        yield
        for record in (WalletRecord, TasksRecord, AccountsRecord, ClicksRecord, EventsRecord, WebhookSecretsRecord):
            record.delete_table()
    forget_clients()


@pytest.fixture(scope="session")
def played() -> Record:
    """The record of a small market: its requests and responses."""
    return play()
