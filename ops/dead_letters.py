"""Delivers dead letters again: stream records to the outbox or the publisher, cron events to their function, deliveries of webhooks
and e-mails to their queue.

A stream's dead letter holds the positions of records, not their content: the content is read from the stream, which stores it for
24 hours. For older records the sweep, which is called at the end, starts, resumes and wakes the workflows; the events that the
publisher would have stored and the track record that the outbox would have written are lost. Delivering twice is harmless. A
letter is deleted after its delivery; one that fails again stays in its queue.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cli.failures import Failed
from infra.deploy import scheduled_event

BATCH = 10
WAIT_SECONDS = 1
"""The time that a read of a queue waits for a message."""
EMPTY_READS_MAX = 20
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}


@dataclass(frozen=True)
class DeadLetterQueues:
    """The URLs of the queues of dead letters and of the queues `deliveries` and `emails`, and the names of the functions `outbox`,
    `publisher` and `sweep`."""

    outbox_queue: str
    publisher_queue: str
    cron_queue: str
    deliveries_queue: str
    emails_queue: str
    deliveries: str
    emails: str
    outbox: str
    publisher: str
    sweep: str


class DeliveryFailed(Failed):
    """The function failed again, with its error."""


def queues_of(outputs: dict[str, str]) -> DeadLetterQueues:
    """Return the queues that the stack's outputs name. Raise ValueError with the names of missing outputs."""
    letters = ("OutboxDeadLettersUrl", "PublisherDeadLettersUrl", "CronDeadLettersUrl")
    moved = ("DeliveriesDeadLettersUrl", "EmailDeadLettersUrl", "DeliveriesUrl", "EmailQueueUrl")
    names = (*letters, *moved, "OutboxFunction", "PublisherFunction", "SweepFunction")
    missing = [name for name in names if name not in outputs]
    if missing:
        raise ValueError(f"the stack has no output {', '.join(missing)}: deploy it again.")
    return DeadLetterQueues(*(outputs[name] for name in names))


def redrive(queues: DeadLetterQueues) -> Counter[str]:
    """Deliver every letter once and return counts of `delivered`, `too_old` and `failed`."""
    counts: Counter[str] = Counter()
    sqs = boto3.client("sqs")
    for url, deliver in (
        (queues.outbox_queue, partial(_deliver_records, queues.outbox)),
        (queues.publisher_queue, partial(_deliver_records, queues.publisher)),
        (queues.cron_queue, _deliver_to_cron),
        (queues.deliveries_queue, partial(_send_to, queues.deliveries)),
        (queues.emails_queue, partial(_send_to, queues.emails)),
    ):
        for message in _messages(sqs, url):
            try:
                outcome = deliver(json.loads(message["Body"]))
            except (DeliveryFailed, ClientError, ValueError, KeyError) as error:
                print(f"  failed  {message['MessageId']}: {error}")
                counts["failed"] += 1
                continue
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            counts[outcome] += 1
    _invoke(queues.sweep, json.loads(scheduled_event("operator", os.environ["AWS_REGION"])))
    return counts


def _messages(sqs: Any, url: str) -> Any:
    """Return each message once. Messages that are not deleted return to the queue after its visibility timeout."""
    while True:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=WAIT_SECONDS).get(
            "Messages", []
        )
        if not found:
            return
        yield from found


def _deliver_records(function: str, letter: dict[str, Any]) -> str:
    """Deliver the records of a letter to the function that read them from the stream."""
    batch = letter["DDBStreamBatchInfo"]
    streams = boto3.client("dynamodbstreams")
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        for records in _pages(streams, iterator, int(batch["batchSize"])):
            response = _invoke(function, {"Records": records})
            if response and response.get("batchItemFailures"):
                raise DeliveryFailed(f"{function} could not process all records")
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return "too_old"
    return "delivered"


def _pages(streams: Any, iterator: str | None, wanted: int) -> Iterator[list[Any]]:
    """Return `wanted` records from the iterator on. A read returns at most 1 MB, and sometimes no record.

    Raise DeliveryFailed if the stream has fewer: a letter is delivered completely or stays."""
    empty_reads = 0
    while wanted:
        if iterator is None or empty_reads == EMPTY_READS_MAX:
            raise DeliveryFailed(f"the stream did not return the last {wanted} records of the letter")
        page = streams.get_records(ShardIterator=iterator, Limit=wanted)
        iterator, records = page.get("NextShardIterator"), page["Records"]
        empty_reads = 0 if records else empty_reads + 1
        wanted -= len(records)
        if records:
            yield records


def _deliver_to_cron(event: dict[str, Any]) -> str:
    """Deliver an event to the targets of the rule that sent it."""
    rule = event["resources"][0].rpartition("/")[2]
    for target in boto3.client("events").list_targets_by_rule(Rule=rule)["Targets"]:
        _invoke(target["Arn"], event)
    return "delivered"


def _send_to(url: str, message: dict[str, Any]) -> str:
    """Send a message to its queue again, in the group of its endpoint if it has one (chalicelib.webhooks.delivery_queue)."""
    group = {"MessageGroupId": message["endpoint_id"]} if "endpoint_id" in message else {}
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(message), **group)
    return "delivered"


def _invoke(function: str, payload: dict[str, Any]) -> Any:
    text = json.dumps(payload, default=str)
    response = boto3.client("lambda").invoke(FunctionName=function, Payload=text.encode())
    result = response["Payload"].read()
    if "FunctionError" in response:
        raise DeliveryFailed(result.decode(errors="replace")[:300])
    return json.loads(result or b"null")
