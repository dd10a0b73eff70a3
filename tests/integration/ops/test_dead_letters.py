"""Dead letters are delivered again: stream records, cron events, and a sweep for records that are too old."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import boto3
import pytest
from chalice.app import CloudWatchEvent

from infra.deploy import scheduled_event
from ops import dead_letters
from ops.dead_letters import DeadLetterQueues, DeliveryFailed, queues_of, redrive
from testing.api import Api
from testing.markets.stage import Stage

pytestmark = pytest.mark.xdist_group("engine")  # it is started once
RULE = "microtask-test-RegradeNightlyEvent"
REGRADE = "arn:aws:lambda:ap-east-1:123456789012:function:regrade"


class Functions:
    """A double of Lambda that records its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.responses: dict[str, dict[str, Any]] = {}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.calls.append((FunctionName, json.loads(Payload)))
        response = self.responses.get(FunctionName, {"Payload": {"batchItemFailures": []}})
        return {**response, "Payload": io.BytesIO(json.dumps(response["Payload"]).encode())}


@pytest.fixture
def functions(aws: None, monkeypatch: pytest.MonkeyPatch) -> Functions:
    functions, real = Functions(), boto3.client
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)
    monkeypatch.setattr("ops.dead_letters.boto3.client", lambda name: functions if name == "lambda" else real(name))
    return functions


@pytest.fixture
def queues(aws: None) -> DeadLetterQueues:
    sqs = boto3.client("sqs")
    names = ("outbox-letters", "publisher-letters", "cron-letters", "deliveries-letters", "emails-letters")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in names]
    return queues_of(
        {
            "OutboxDeadLettersUrl": urls[0],
            "PublisherDeadLettersUrl": urls[1],
            "CronDeadLettersUrl": urls[2],
            "DeliveriesDeadLettersUrl": urls[3],
            "EmailDeadLettersUrl": urls[4],
            "DeliveriesUrl": os.environ["DELIVERIES_QUEUE_URL"],
            "EmailQueueUrl": os.environ["EMAILS_QUEUE_URL"],
            "OutboxFunction": "outbox",
            "PublisherFunction": "publisher",
            "SweepFunction": "sweep",
        }
    )


def left(url: str) -> int:
    found = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])


def stream_letter(queues: DeadLetterQueues, queue: str | None = None, **differing: Any) -> None:
    """Send a letter with the position of the first record of the tasks stream, by default to the queue of the outbox."""
    table, client = os.environ["TASKS_TABLE"], boto3.client("dynamodbstreams")
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shard = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
    batch = {
        "shardId": shard["ShardId"],
        "startSequenceNumber": shard["SequenceNumberRange"]["StartingSequenceNumber"],
        "batchSize": 1,
        "streamArn": arn,
        **differing,
    }
    boto3.client("sqs").send_message(
        QueueUrl=queue or queues.outbox_queue, MessageBody=json.dumps({"DDBStreamBatchInfo": batch})
    )


@pytest.fixture
def task_id(api: Api, real_tables: None, dynamodb_engine: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a task whose record is in the stream. moto has no streams for our region."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", dynamodb_engine)
    boto3.client("dynamodb").update_table(
        TableName=os.environ["TASKS_TABLE"],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    stage = Stage(api)
    stage.certify()
    return str(stage.create(stage.bind("an"))["id"])


def test_stream_records_are_delivered_to_the_outbox(
    functions: Functions, queues: DeadLetterQueues, task_id: str
) -> None:
    stream_letter(queues)
    assert redrive(queues) == {"delivered": 1}
    (outbox, event), (sweep, scheduled) = functions.calls
    assert (outbox, sweep) == ("outbox", "sweep")
    assert CloudWatchEvent(scheduled, None).source == "microtask.operator"
    assert task_id in {record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]}
    assert left(queues.outbox_queue) == 0


def test_stream_records_are_delivered_to_the_publisher(
    functions: Functions, queues: DeadLetterQueues, task_id: str
) -> None:
    stream_letter(queues, queues.publisher_queue)
    assert redrive(queues) == {"delivered": 1}
    assert [name for name, _ in functions.calls] == ["publisher", "sweep"]
    assert left(queues.publisher_queue) == 0


class Stream:
    """A stream that returns its pages one by one, then empty ones."""

    def __init__(self, *pages: list[int], closed: bool = False) -> None:
        self.pages, self.closed = list(pages), closed

    def get_records(self, ShardIterator: str, Limit: int) -> dict[str, Any]:  # noqa: N803 - boto3's names
        records = self.pages.pop(0)[:Limit] if self.pages else []
        return (
            {"Records": records} if self.closed and not self.pages else {"Records": records, "NextShardIterator": "n"}
        )


def test_short_and_empty_pages_are_read_on() -> None:
    assert list(dead_letters._pages(Stream([], [1, 2], [], [3, 4, 5, 6]), "first", 5)) == [[1, 2], [3, 4, 5]]


@pytest.mark.parametrize("closed", [True, False])
def test_a_stream_with_fewer_records_delivers_no_letter(closed: bool) -> None:
    with pytest.raises(DeliveryFailed, match="last 2 records"):
        list(dead_letters._pages(Stream([1, 2, 3], closed=closed), "first", 5))


def test_a_letter_that_fails_again_stays(functions: Functions, queues: DeadLetterQueues, task_id: str) -> None:
    functions.responses["outbox"] = {"Payload": {"batchItemFailures": [{"itemIdentifier": "1"}]}}
    stream_letter(queues)
    boto3.client("sqs").send_message(QueueUrl=queues.cron_queue, MessageBody="no json")
    assert redrive(queues) == {"failed": 2}
    assert (left(queues.outbox_queue), left(queues.cron_queue)) == (1, 1)


def test_expired_records_are_left_to_the_sweep(functions: Functions, queues: DeadLetterQueues, task_id: str) -> None:
    stream_letter(queues, streamArn="arn:aws:dynamodb:ap-east-1:123456789012:table/gone/stream/2020")
    assert redrive(queues) == {"too_old": 1}
    assert [name for name, _ in functions.calls] == ["sweep"]
    assert left(queues.outbox_queue) == 0


def test_a_cron_event_goes_to_the_function_of_its_rule(functions: Functions, queues: DeadLetterQueues) -> None:
    events = boto3.client("events")
    rule = events.put_rule(Name=RULE, ScheduleExpression="rate(5 minutes)")["RuleArn"]
    events.put_targets(Rule=RULE, Targets=[{"Id": "1", "Arn": REGRADE}])
    event = {"source": "aws.events", "resources": [rule], "detail": {}}
    boto3.client("sqs").send_message(QueueUrl=queues.cron_queue, MessageBody=json.dumps(event))
    assert redrive(queues) == {"delivered": 1}
    assert functions.calls == [(REGRADE, event), ("sweep", json.loads(scheduled_event("operator", "ap-east-1")))]


def test_the_error_of_a_function_is_reported(functions: Functions, queues: DeadLetterQueues) -> None:
    functions.responses["sweep"] = {"FunctionError": "Unhandled", "Payload": {"errorMessage": "out of order"}}
    with pytest.raises(DeliveryFailed, match="out of order"):
        redrive(queues)


def test_missing_outputs_are_named() -> None:
    with pytest.raises(ValueError, match="SweepFunction"):
        queues_of({"OutboxDeadLettersUrl": "x", "CronDeadLettersUrl": "y", "OutboxFunction": "z"})


def test_deliveries_and_emails_return_to_their_queues(queues: DeadLetterQueues, functions: Functions) -> None:
    sqs = boto3.client("sqs")
    delivery = {"endpoint_id": "whk_1", "delivery_id": "dlv_1"}
    email = {"event": "2026#1#evt_1", "partition": "cre_1", "user": "an"}
    for url, message in ((queues.deliveries_queue, delivery), (queues.emails_queue, email)):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message))
    assert redrive(queues) == {"delivered": 2}
    assert (left(queues.deliveries_queue), left(queues.emails_queue)) == (0, 0)
    for url, message in ((queues.deliveries, delivery), (queues.emails, email)):
        (moved,) = sqs.receive_message(QueueUrl=url, AttributeNames=["MessageGroupId"])["Messages"]
        assert json.loads(moved["Body"]) == message
        assert moved["Attributes"].get("MessageGroupId") == message.get("endpoint_id")
