"""Delivers dead letters again: stream records to the outbox, cron events to their function.

A stream's dead letter names the records, not their content: they are read from the stream, which keeps them for 24 hours. What is
older is left to the sweep, which is called at the end: it starts, resumes and wakes workflows. What a lost record would have told
others, or kept of an ended order for the account's conduct, is not made good. Delivering twice is harmless. A letter is deleted
when it was delivered; one that fails again stays.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cli.progress import Failed
from infra.deploy import tick

BATCH = 10
SILENT_READS_MAX = 20
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}


@dataclass(frozen=True)
class Letters:
    """Where they lie and what they are delivered to: two queues' URLs and two functions' names."""

    outbox_queue: str
    cron_queue: str
    outbox: str
    sweep: str


class Refused(Failed):
    """The function failed again; says why."""


def of_outputs(outputs: dict[str, str]) -> Letters:
    """From the stack's outputs. Raises ValueError naming the one that is missing."""
    names = ("OutboxDeadLettersUrl", "CronDeadLettersUrl", "OutboxFunction", "SweepFunction")
    missing = [name for name in names if name not in outputs]
    if missing:
        raise ValueError(f"the stack has no output {', '.join(missing)}: deploy it anew.")
    return Letters(*(outputs[name] for name in names))


def redrive(letters: Letters) -> Counter[str]:
    """Delivers every letter once: counts of `delivered`, `too_old`, `failed`."""
    counts: Counter[str] = Counter()
    sqs = boto3.client("sqs")
    for url, deliver in ((letters.outbox_queue, _to_outbox), (letters.cron_queue, _to_cron)):
        for letter in _unread(sqs, url):
            try:
                outcome = deliver(json.loads(letter["Body"]), letters)
            except (Refused, ClientError, ValueError, KeyError) as error:
                print(f"  failed  {letter['MessageId']}: {error}")
                counts["failed"] += 1
                continue
            sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
            counts[outcome] += 1
    _invoke(letters.sweep, json.loads(tick("operator", os.environ["AWS_REGION"])))
    return counts


def _unread(sqs: Any, url: str) -> Any:
    """Each message once; those that are not deleted come back to the queue after its visibility timeout."""
    while True:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=1).get("Messages", [])
        if not found:
            return
        yield from found


def _to_outbox(letter: dict[str, Any], letters: Letters) -> str:
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
            answer = _invoke(letters.outbox, {"Records": records})
            if answer and answer.get("batchItemFailures"):
                raise Refused("the outbox could not work through it")
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return "too_old"
    return "delivered"


def _pages(streams: Any, iterator: str | None, wanted: int) -> Iterator[list[Any]]:
    """The records from the iterator on, `wanted` in all: a stream gives at most 1 MB at a time, and now and then nothing.
    Raises Refused if it has no more: a letter is delivered whole or stays."""
    silent = 0
    while wanted:
        if iterator is None or silent == SILENT_READS_MAX:
            raise Refused(f"the stream did not give the last {wanted} records that the letter names")
        page = streams.get_records(ShardIterator=iterator, Limit=wanted)
        iterator, records = page.get("NextShardIterator"), page["Records"]
        silent = 0 if records else silent + 1
        wanted -= len(records)
        if records:
            yield records


def _to_cron(event: dict[str, Any], letters: Letters) -> str:
    """The rule that sent the event names the function."""
    rule = event["resources"][0].rpartition("/")[2]
    for target in boto3.client("events").list_targets_by_rule(Rule=rule)["Targets"]:
        _invoke(target["Arn"], event)
    return "delivered"


def _invoke(function: str, payload: dict[str, Any]) -> Any:
    text = json.dumps(payload, default=str)
    answer = boto3.client("lambda").invoke(FunctionName=function, Payload=text.encode())
    said = answer["Payload"].read()
    if "FunctionError" in answer:
        raise Refused(said.decode(errors="replace")[:300])
    return json.loads(said or b"null")
