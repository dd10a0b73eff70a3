"""Deliveries in the queue, and the owners of the endpoints that receive them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from chalicelib.events.event_types import OPERATOR, STAFF
from chalicelib.webhooks.delivery_queue import QueuedDelivery, delivery_id
from chalicelib.webhooks.fan_out import owner_of

AT = datetime(2026, 11, 27, tzinfo=UTC)


def test_a_delivery_is_read_as_it_was_queued() -> None:
    queued = QueuedDelivery("adv_1", "whk_1", "adv_1", "key", "dlv_1", is_replay=True)
    assert QueuedDelivery.read(json.dumps(asdict(queued))) == queued


def test_messages_from_before_replays_are_read() -> None:
    text = '{"owner": "a", "endpoint_id": "b", "event_pk": "c", "event_sk": "d", "delivery_id": "e"}'
    assert QueuedDelivery.read(text).is_replay is False


def test_a_repeat_has_the_same_id_and_a_replay_another() -> None:
    first = delivery_id("whk_1", "evt_1", AT)
    assert first == delivery_id("whk_1", "evt_1", AT)
    others = {
        delivery_id("whk_2", "evt_1", AT),
        delivery_id("whk_1", "evt_2", AT),
        delivery_id("whk_1", "evt_1", AT, "r"),
    }
    assert len(others | {first}) == 4


@pytest.mark.parametrize("partition", sorted(STAFF))
def test_events_of_staff_go_to_the_endpoints_of_the_operator(partition: str) -> None:
    assert owner_of(partition) == OPERATOR
    assert owner_of("adv_1") == "adv_1"
