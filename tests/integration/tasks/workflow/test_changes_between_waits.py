"""An order changes while its workflow is between two waits: no change is missed, whenever the next token is stored."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from bench.harness.measured_market import metered
from chalicelib.core import clock
from chalicelib.store import TasksRecord, update_if
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import outbox, resume_workflows, steps
from chalicelib.tasks.workflow.stored_items import StoredItems
from chalicelib.tasks.workflow.wait_tokens import KEY, Wait, WaitRecord, wait_of
from testing.markets.stage import Stage

MOMENTS = ("before the waits are read", "after they were read", "after the old token was tried", "after the change")


class Tokens:
    """Step Functions with the live tokens, and those that were answered with their answers."""

    def __init__(self) -> None:
        self.live: set[str] = set()
        self.answered: dict[str, str] = {}

    def _answer(self, token: str, answer: str) -> None:
        if token not in self.live:
            raise ClientError({"Error": {"Code": "TaskTimedOut"}}, "SendTaskSuccess")
        self.live.remove(token)
        self.answered[token] = answer

    def send_task_success(self, taskToken: str, output: str) -> None:  # noqa: N803 - names of AWS
        self._answer(taskToken, "success")

    def send_task_failure(self, taskToken: str, error: str, cause: str) -> None:  # noqa: N803 - names of AWS
        self._answer(taskToken, error)


@pytest.fixture
def tokens(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    made = Tokens()
    monkeypatch.setattr(resume_workflows, "client", lambda service: made)
    return made


def image(order_id: str) -> dict[str, Any]:
    key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
    found: dict[str, Any] = boto3.client("dynamodb").get_item(TableName=TasksRecord.Meta.table_name, Key=key)["Item"]
    return found


def deliver(*images: dict[str, Any]) -> None:
    """Deliver the changes between these images of an order in one batch."""
    records = [
        {"dynamodb": {"SequenceNumber": str(number), "OldImage": old, "NewImage": new}}
        for number, (old, new) in enumerate(zip(images, images[1:], strict=False))
    ]
    assert outbox.publish({"Records": records}) == {"batchItemFailures": []}


def store(tokens: Tokens, order_id: str, token: str, wait: Wait) -> None:
    """Let the workflow store the token of its next wait."""
    tokens.live.add(token)
    known = wait.as_input(order_id, clock.now())
    steps.order_step({"step": "wait", "token": token, "input": known, **known})


@pytest.fixture
def accepted(stage: Stage) -> tuple[str, Wait]:
    """An accepted order, and what its workflow waits for."""
    (order_id,) = stage.accepted("an")
    return order_id, wait_of(find_order(order_id))


def test_a_wait_reads_no_order_that_has_not_changed(tokens: Tokens, accepted: tuple[str, Wait]) -> None:
    order_id, wait = accepted
    with metered() as meter:
        store(tokens, order_id, "t", wait)
    assert meter.calls == {"UpdateItem": 1}
    assert tokens.live == {"t"}


@pytest.mark.parametrize("first", ["used", None])
@pytest.mark.parametrize("moment", MOMENTS)
def test_no_change_between_two_waits_is_missed(
    stage: Stage, tokens: Tokens, monkeypatch: pytest.MonkeyPatch, moment: str, first: str | None, accepted: Any
) -> None:
    """`first` is the token that is stored when the change is delivered: a used one, or none yet."""
    order_id, wait = accepted
    if first:
        WaitRecord(order_id, KEY, token=first, status="offered", until=wait.until).save()
    before = image(order_id)
    with clock.at(find_order(order_id).start_at):
        cancel = stage.advertiser.post(f"/v1/tasks/{before['task_id']['S']}/cancel", {"reason_code": "other"})
        assert cancel.status_code == 200, cancel.json_body
    stored: list[str] = []

    def reach(now: str) -> None:
        if now == moment and not stored:
            stored.append(now)
            store(tokens, order_id, "second", wait)

    stored_wait = StoredItems.wait_of

    def read(items: StoredItems, item_id: str) -> WaitRecord | None:
        reach(MOMENTS[0])
        found = stored_wait(items, item_id)
        reach(MOMENTS[1])
        return found

    def write(*arguments: Any) -> bool:
        reach(MOMENTS[2])
        return update_if(*arguments)

    monkeypatch.setattr(StoredItems, "wait_of", read)
    monkeypatch.setattr(resume_workflows, "update_if", write)
    deliver(before, image(order_id))
    reach(MOMENTS[3])
    assert stored, "the workflow has stored its token"
    assert tokens.answered == {"second": "Ended"}


def test_changes_of_one_batch_are_answered_with_the_wait_before_the_first(
    stage: Stage, tokens: Tokens, accepted: Any
) -> None:
    order_id, wait = accepted
    offered = image(order_id) | {"status": {"S": "offered"}, "revision": {"N": "0"}}
    between = image(order_id)
    tokens.live.add("first")
    WaitRecord(order_id, KEY, token="first", status="offered", until=wait.until).save()
    with clock.at(find_order(order_id).start_at):
        stage.publish("an", order_id)
        deliver(offered, between, image(order_id))
        assert tokens.answered == {"first": "success"}
        store(tokens, order_id, "second", wait)
    assert tokens.answered == {"first": "success", "second": "success"}


def test_a_step_that_is_repeated_after_a_crash_finds_the_change_again(
    stage: Stage, tokens: Tokens, monkeypatch: pytest.MonkeyPatch, accepted: Any
) -> None:
    order_id, wait = accepted
    before = image(order_id)
    with clock.at(find_order(order_id).start_at):
        stage.publish("an", order_id)
        deliver(before, image(order_id))

        def crash(*_: object, **__: object) -> None:
            raise ConnectionError

        with monkeypatch.context() as broken:
            broken.setattr(steps, "resume_record", crash)
            with pytest.raises(ConnectionError):
                store(tokens, order_id, "second", wait)
        store(tokens, order_id, "third", wait)
    assert tokens.answered == {"third": "success"}


def test_a_change_that_the_workflow_knows_does_not_resume_it(stage: Stage, tokens: Tokens, accepted: Any) -> None:
    order_id, _ = accepted
    before = image(order_id)
    with clock.at(find_order(order_id).start_at):
        stage.publish("an", order_id)
        deliver(before, image(order_id))
        store(tokens, order_id, "second", wait_of(find_order(order_id)))
    assert tokens.live == {"second"}
    assert tokens.answered == {}


def test_the_end_of_an_order_by_its_workflow_stores_nothing(stage: Stage, tokens: Tokens, accepted: Any) -> None:
    """The token of the last wait has timed out, and the last check answers its own."""
    order_id, _ = accepted
    with clock.at(find_order(order_id).start_at):
        stage.publish("an", order_id)
        wait = wait_of(find_order(order_id))
        store(tokens, order_id, "timed out", wait)
    tokens.live.clear()
    published = image(order_id)
    with metered() as meter:
        deliver(published, published | {"status": {"S": "completed"}, "revision": {"N": "9"}})
    assert "UpdateItem" not in meter.calls
    assert WaitRecord.existing(order_id, KEY).changed_in is None
