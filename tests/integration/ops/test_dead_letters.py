"""Dead letters are delivered again: what the stream still has, what the cron sent, and the sweep for the rest."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import boto3
import pytest
from chalice.app import CloudWatchEvent

from infra.deploy import tick
from ops import dead_letters
from ops.dead_letters import Letters, Refused, of_outputs, redrive
from testing.api import Api
from testing.markets.stage import Stage

RULE = "microtask-test-RegradeNightlyEvent"
REGRADE = "arn:aws:lambda:ap-east-1:123456789012:function:regrade"


class Functions:
    """Lambda, as far as redriving calls it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.calls.append((FunctionName, json.loads(Payload)))
        answer = self.answers.get(FunctionName, {"Payload": {"batchItemFailures": []}})
        return {**answer, "Payload": io.BytesIO(json.dumps(answer["Payload"]).encode())}


@pytest.fixture
def functions(aws: None, monkeypatch: pytest.MonkeyPatch) -> Functions:
    functions, real = Functions(), boto3.client
    monkeypatch.setattr("ops.dead_letters.boto3.client", lambda name: functions if name == "lambda" else real(name))
    return functions


@pytest.fixture
def letters(aws: None) -> Letters:
    sqs = boto3.client("sqs")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("outbox-letters", "cron-letters")]
    return of_outputs(
        {
            "OutboxDeadLettersUrl": urls[0],
            "CronDeadLettersUrl": urls[1],
            "OutboxFunction": "outbox",
            "SweepFunction": "sweep",
        }
    )


def left(url: str) -> int:
    found = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])


def stream_letter(letters: Letters, **differing: Any) -> None:
    """A letter about the first record of the tasks stream."""
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
        QueueUrl=letters.outbox_queue, MessageBody=json.dumps({"DDBStreamBatchInfo": batch})
    )


@pytest.fixture
def task_id(api: Api, real_tables: None, dynamodb_engine: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A task whose record is in the stream; moto has no streams for our region."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", dynamodb_engine)
    boto3.client("dynamodb").update_table(
        TableName=os.environ["TASKS_TABLE"],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    stage = Stage(api)
    stage.certify()
    return str(stage.create(stage.bind("an"))["id"])


def test_records_are_read_from_the_stream_and_given_to_the_outbox(
    functions: Functions, letters: Letters, task_id: str
) -> None:
    stream_letter(letters)
    assert redrive(letters) == {"delivered": 1}
    (outbox, event), (sweep, tick) = functions.calls
    assert (outbox, sweep) == ("outbox", "sweep")
    assert CloudWatchEvent(tick, None).source == "microtask.operator"
    assert task_id in {record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]}
    assert left(letters.outbox_queue) == 0


class Stream:
    """Gives its pages one by one, then nothing."""

    def __init__(self, *pages: list[int], closed: bool = False) -> None:
        self.pages, self.closed = list(pages), closed

    def get_records(self, ShardIterator: str, Limit: int) -> dict[str, Any]:  # noqa: N803 - boto3's names
        records = self.pages.pop(0)[:Limit] if self.pages else []
        return (
            {"Records": records} if self.closed and not self.pages else {"Records": records, "NextShardIterator": "n"}
        )


def test_a_stream_that_gives_little_at_a_time_is_read_on() -> None:
    assert list(dead_letters._pages(Stream([], [1, 2], [], [3, 4, 5, 6]), "first", 5)) == [[1, 2], [3, 4, 5]]


@pytest.mark.parametrize("closed", [True, False])
def test_a_stream_that_gives_less_delivers_no_letter(closed: bool) -> None:
    with pytest.raises(Refused, match="last 2 records"):
        list(dead_letters._pages(Stream([1, 2, 3], closed=closed), "first", 5))


def test_what_fails_again_stays(functions: Functions, letters: Letters, task_id: str) -> None:
    functions.answers["outbox"] = {"Payload": {"batchItemFailures": [{"itemIdentifier": "1"}]}}
    stream_letter(letters)
    boto3.client("sqs").send_message(QueueUrl=letters.cron_queue, MessageBody="no json")
    assert redrive(letters) == {"failed": 2}
    assert (left(letters.outbox_queue), left(letters.cron_queue)) == (1, 1)


def test_records_that_the_stream_no_longer_has_are_left_to_the_sweep(
    functions: Functions, letters: Letters, task_id: str
) -> None:
    stream_letter(letters, streamArn="arn:aws:dynamodb:ap-east-1:123456789012:table/gone/stream/2020")
    assert redrive(letters) == {"too_old": 1}
    assert [name for name, _ in functions.calls] == ["sweep"]
    assert left(letters.outbox_queue) == 0


def test_a_cron_event_goes_to_the_function_of_its_rule(functions: Functions, letters: Letters) -> None:
    events = boto3.client("events")
    rule = events.put_rule(Name=RULE, ScheduleExpression="rate(5 minutes)")["RuleArn"]
    events.put_targets(Rule=RULE, Targets=[{"Id": "1", "Arn": REGRADE}])
    event = {"source": "aws.events", "resources": [rule], "detail": {}}
    boto3.client("sqs").send_message(QueueUrl=letters.cron_queue, MessageBody=json.dumps(event))
    assert redrive(letters) == {"delivered": 1}
    assert functions.calls == [(REGRADE, event), ("sweep", json.loads(tick("operator", "ap-east-1")))]


def test_a_function_that_fails_is_said(functions: Functions, letters: Letters) -> None:
    functions.answers["sweep"] = {"FunctionError": "Unhandled", "Payload": {"errorMessage": "out of order"}}
    with pytest.raises(Refused, match="out of order"):
        redrive(letters)


def test_a_stack_without_the_outputs_is_said() -> None:
    with pytest.raises(ValueError, match="SweepFunction"):
        of_outputs({"OutboxDeadLettersUrl": "x", "CronDeadLettersUrl": "y", "OutboxFunction": "z"})
