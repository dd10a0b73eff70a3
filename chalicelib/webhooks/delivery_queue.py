"""The queue of deliveries: one message for each event and endpoint, until the delivery has succeeded or is given up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from chalicelib.core import ids
from chalicelib.core.aws import client
from chalicelib.core.settings import settings


@dataclass(frozen=True)
class QueuedDelivery:
    """A delivery in the queue: the owner and the id of the endpoint, the keys of the stored event, and the id of the delivery."""

    owner: str
    endpoint_id: str
    event_pk: str
    event_sk: str
    delivery_id: str
    is_replay: bool = False

    @classmethod
    def read(cls, text: str) -> QueuedDelivery:
        return cls(**json.loads(text))


def delivery_id(endpoint_id: str, event_id: str, at: datetime, replay: str = "") -> str:
    """Return the id of the delivery of an event to an endpoint; `replay` distinguishes repeated ones."""
    return ids.derive_at("dlv", at, endpoint_id, event_id, replay)


def enqueue(deliveries: Sequence[QueuedDelivery]) -> None:
    """Send a message for each delivery. Its group is the endpoint: SQS lets no group with a backlog delay the others (fair queues
    of standard queues). Raise ClientError.

    They are sent one by one: an event has few endpoints, and the local cloud names the right to send a batch differently."""
    for delivery in deliveries:
        client("sqs").send_message(
            QueueUrl=settings().deliveries_queue_url,
            MessageBody=json.dumps(asdict(delivery)),
            MessageGroupId=delivery.endpoint_id,
        )


def hide(receipt: str, seconds: int) -> None:
    """Hide a received message for so long; then it is received again."""
    client("sqs").change_message_visibility(
        QueueUrl=settings().deliveries_queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds
    )
