"""Every text field filled to its limit, and then every row of the tables played on that item: no item comes near DynamoDB's
limit, so that no user can fill one up and stop its state machine.

A row that has no act here is written by the transition alone, so that a new row is held to the same bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib import store
from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.store import AccountsRecord, TasksRecord, WalletRecord
from chalicelib.store.item_size import ITEM_MAX_BYTES, item_bytes
from chalicelib.tasks.closing import winding_up
from chalicelib.tasks.model import transition_write
from chalicelib.tasks.model.lifecycle import ORDER, TASK, Transition
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import reserves
from chalicelib.tasks.records.event_history import event_line, shortened
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import steps
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny

HOUR = timedelta(hours=1)
START, END = NOON + HOUR, NOON + 3 * HOUR
HALF, RETAINED = START + 12 * HOUR, START + 24 * HOUR
EMOJI = "😀"
FILLERS = {"emoji": EMOJI, "characters that JSON escapes": '"'}
NAMES = ("an", "bo", "chen", *(f"other{number}" for number in range(7)))
RESERVE = "reserve"
Act = Callable[["Full"], Any]


class Full:
    """A market in which everybody writes as much as every field takes."""

    def __init__(self, stage: Stage, filler: str) -> None:
        self.stage = stage
        self.note = filler * 1_000
        self.text = ("最强，" * 100 + filler * 2_000)[:1_996]
        self.at = NOON
        self.auditors = 0
        with clock.at(self.at):
            stage.certify(funds=50_000_000)
            self.source = stage.source()
            for name in (*NAMES, RESERVE):
                self.bind(name)

    def bind(self, name: str) -> None:
        handle = f"{EMOJI * 90}{name}"
        body = {"network": "sandbox", "handle": handle, "category": "生活", "prices": {"repost": cny(10_000)}}
        account = self.send(self.stage.creator(name), "POST", "/v1/accounts", body)
        self.send(self.stage.auditor, "POST", f"/v1/accounts/{account['id']}/admission", {"decision": "approved"})
        self.stage.accounts[name] = account["id"]

    def send(self, who: Api, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """The response; it is a success, or has the status that is expected, and is about anything but size."""
        with clock.at(self.at):
            response = who.request(method, path, body, key=self.stage.key() if method == "POST" else None)
        assert response.status_code == status if status else response.status_code < 300, (path, response.json_body)
        return response.json_body

    def terms(self, version: int) -> dict[str, Any]:
        """A task in which everything is as long as it can be, and differs from other versions."""
        return {
            "kind": "repost",
            "title": f"{version}{EMOJI * 99}",
            "content": {
                "text": f"{version}{self.text}",
                "picture_ids": [],
                "urls": [f"https://tea.example/{EMOJI * 1_970}{version}{place}" for place in range(5)],
            },
            "source_url": f"{self.source}?{EMOJI * 1_900}{version}",
            "window": {"start_at": clock.rfc3339(START), "end_at": clock.rfc3339(END)},
            "accept_by": clock.rfc3339(START),
            "retention": "PT24H",
            "account_ids": [self.stage.accounts[name] for name in NAMES],
            "reserve_account_ids": [self.stage.accounts[RESERVE]],
            "draft_approval": True,
        }

    # -- the task --

    def task_in(self, state: str) -> str:
        """The id of a task that has come to this state the long way: rejected, submitted again and appealed before."""
        task_id = str(self.send(self.stage.advertiser, "POST", "/v1/tasks", {**self.terms(0), "draft": True})["id"])
        if state == "draft":
            return task_id
        self.send(self.stage.advertiser, "POST", f"/v1/tasks/{task_id}/submit", {})
        for version in (1, 2):
            self.reject(task_id)
            self.send(self.stage.advertiser, "PUT", f"/v1/tasks/{task_id}", self.terms(version))
        self.reject(task_id)
        if state == "rejected":
            return task_id
        self.send(self.stage.advertiser, "POST", f"/v1/tasks/{task_id}/appeal", {"note": self.note})
        if state == "running":
            self.approve(task_id)
        return task_id

    def review(self, task_id: str, body: Any) -> None:
        self.auditors += 1  # an appeal is decided by another auditor
        auditor = self.stage.api.as_(f"auditor{self.auditors}", "auditor")
        self.send(auditor, "POST", f"/v1/tasks/{task_id}/review", body)

    def approve(self, task_id: str) -> None:
        self.review(task_id, {"decision": "approved", "reasons": []})

    def reject(self, task_id: str) -> None:
        notes = [self.note[: len(self.note) // 3] for _ in range(6)]
        self.review(task_id, {"decision": "rejected", "reasons": [{"code": "content", "note": note} for note in notes]})

    def close(self, task_id: str, path: str) -> None:
        who = self.stage.auditor if path == "stop" else self.stage.advertiser
        self.send(who, "POST", f"/v1/tasks/{task_id}/{path}", {"reason_code": "a" * 40, "note": self.note})
        with clock.at(self.at):
            winding_up.wind_up(task_id)

    # -- the order of `an` --

    def order_in(self, state: str) -> str:
        """The id of the first order, which has come to this state with as many words as there can be."""
        task_id = self.task_in("in_review" if state == "pending" else "running")
        order_id = str(self.stage.orders(task_id)[0]["id"])
        if state == "pending":
            return order_id
        self.creator(order_id, "counter", {"price": cny(11_000), "note": self.note})
        if state == "offered":
            return order_id
        self.creator(order_id, "accept", {})
        self.draft(order_id, 1)
        self.clear_draft(order_id)
        self.send(self.stage.advertiser, "POST", f"/v1/orders/{order_id}/draft/changes", {"note": self.note})
        self.draft(order_id, 2)
        if state == "accepted":
            return order_id
        self.at = START
        self.publish(order_id)
        if state == "disputed":
            self.dispute(order_id)
        return order_id

    def creator(self, order_id: str, action: str, body: Any, status: int | None = None) -> Any:
        return self.send(self.stage.creator("an"), "POST", f"/v1/orders/{order_id}/{action}", body, status)

    def draft(self, order_id: str, version: int) -> None:
        self.creator(order_id, "draft", {"text": f"{version}{self.text}"})

    def clear_draft(self, order_id: str) -> None:
        """An auditor reads the draft, for its text has findings."""
        path = f"/v1/orders/{order_id}/draft/review"
        self.send(self.stage.auditor, "POST", path, {"decision": "approved", "reasons": []})

    def approve_draft(self, order_id: str) -> None:
        if find_order(order_id).draft_status != "submitted":
            self.clear_draft(order_id)
        self.send(self.stage.advertiser, "POST", f"/v1/orders/{order_id}/draft/approve", {})

    def fail(self, order_id: str) -> None:
        """A post that is not what was agreed."""
        self.approve_draft(order_id)
        self.at = START
        url = self.stage.post(self.stage.order(order_id), text=EMOJI)
        self.creator(order_id, "publish", {"post_url": _lengthened(url)}, 422)

    def publish(self, order_id: str) -> None:
        self.fail(order_id)
        url = self.stage.post(self.stage.order(order_id))
        self.creator(order_id, "publish", {"post_url": _lengthened(url)})

    def lose_post(self, order_id: str) -> None:
        url = str(self.stage.order(order_id)["post_url"]).partition("?")[0]
        self.stage.api.request("DELETE", f"/sandbox/posts/{url.rpartition('/')[2]}")
        self.step("check", order_id, HALF, HALF + rules().second_look)

    def dispute(self, order_id: str) -> None:
        self.creator(order_id, "dispute", {"reason_code": "a" * 40, "note": self.note})
        path = f"/v1/disputes/{self.stage.order(order_id)['dispute_id']}/statements"
        urls = [f"https://tea.example/{EMOJI * 650}{place}" for place in range(10)]
        for side in (self.stage.advertiser, self.stage.creator("an")):
            for number in range(10):
                self.send(side, "POST", path, {"note": f"{number}{self.note[:999]}", "urls": urls})

    def rule(self, order_id: str, outcome: str, **more: Any) -> None:
        dispute_id = self.stage.order(order_id)["dispute_id"]
        ruling = {"outcome": outcome, "note": self.note, **more}
        self.send(self.stage.auditor, "POST", f"/v1/disputes/{dispute_id}/ruling", ruling)

    def step(self, step: str, item_id: str, *moments: Any, **more: Any) -> None:
        """A step of the item's workflow at these moments."""
        run = steps.task_step if item_id.startswith("tsk_") else steps.order_step
        for moment in moments:
            self.at = moment
            with clock.at(moment):
                run({"step": step, "id": item_id, **more})

    # -- what fills up without being a transition --

    def stuff(self, item: TaskRecord | OrderRecord) -> None:
        """Its history is full of the longest lines, and its workflow has stopped."""
        record: Any = type(item)
        lines = [event_line("check_failed", self.at, "system", EMOJI * 1_000) for _ in range(300)]
        item.update([record.events.set(shortened([*item.events, *lines]))])
        error = {"Error": EMOJI * 1_000, "Cause": EMOJI * 5_000}
        self.step("park", item.pk, self.at, error=error)


def _lengthened(url: str) -> str:
    """The longest URL of the same post."""
    return f"{url}?{EMOJI * (2_000 - len(url) - 1)}"


@dataclass(frozen=True)
class Saved:
    """A market in which one item has come to a state: the tables, and what `Full` knows of them."""

    tables: dict[str, Any]
    full: dict[str, Any]
    stage: dict[str, Any]
    item_id: str


_saved: dict[tuple[str, str, str], Saved] = {}


def _tables() -> dict[str, Any]:
    """moto's tables, by name."""
    tables: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"].tables
    return tables


@pytest.fixture
def reached(api: Api) -> Callable[[str, str, str], tuple[Full, str]]:
    """Return a market whose `task` or `order` is in a state, and the id of that item.

    Each worker plays the way to a state once; every other test begins with a copy of the tables that it led to."""

    def reach(filler: str, kind: str, state: str) -> tuple[Full, str]:
        key = filler, kind, state
        if key not in _saved:
            full = Full(Stage(api), FILLERS[filler])
            item_id = full.task_in(state) if kind == "task" else full.order_in(state)
            full.stuff(find_task(item_id) if kind == "task" else find_order(item_id))
            known = {name: value for name, value in vars(full).items() if name != "stage"}
            scenery = {name: value for name, value in vars(full.stage).items() if name != "api"}
            _saved[key] = Saved(deepcopy(_tables()), deepcopy(known), deepcopy(scenery), item_id)
            return full, item_id
        saved = _saved[key]
        _tables().update(deepcopy(saved.tables))
        full = Full.__new__(Full)
        vars(full).update(deepcopy(saved.full), stage=Stage(api, **deepcopy(saved.stage)))
        return full, saved.item_id

    return reach


def largest() -> tuple[int, str]:
    """The largest item of all tables, and its key."""
    found = (0, "")
    for record in (TasksRecord, WalletRecord, AccountsRecord):
        for page in record.scan().page_iter:
            for raw in page["Items"]:
                found = max(found, (item_bytes(raw), f"{raw['pk']['S']} {raw['sk']['S']}"))
    return found


TASK_ACTS: dict[tuple[str, str], Callable[[Full, str], Any]] = {
    ("draft", "submitted"): lambda full, task: full.send(full.stage.advertiser, "POST", f"/v1/tasks/{task}/submit", {}),
    ("draft", "cancelled"): lambda full, task: full.close(task, "cancel"),
    ("in_review", "approved"): lambda full, task: full.approve(task),
    ("in_review", "rejected"): lambda full, task: full.reject(task),
    ("in_review", "review_missed"): lambda full, task: full.step("review_missed", task, START),
    ("in_review", "cancelled"): lambda full, task: full.close(task, "cancel"),
    ("in_review", "stopped"): lambda full, task: full.close(task, "stop"),
    ("rejected", "resubmitted"): lambda full, task: full.send(
        full.stage.advertiser, "PUT", f"/v1/tasks/{task}", full.terms(3)
    ),
    ("rejected", "appealed"): lambda full, task: full.send(
        full.stage.advertiser, "POST", f"/v1/tasks/{task}/appeal", {"note": full.note}
    ),
    ("rejected", "cancelled"): lambda full, task: full.close(task, "cancel"),
    ("running", "cancelled"): lambda full, task: full.close(task, "cancel"),
    ("running", "stopped"): lambda full, task: full.close(task, "stop"),
}
ORDER_ACTS: dict[tuple[str, str], Callable[[Full, str], Any]] = {
    ("offered", "accepted"): lambda full, order: full.creator(order, "accept", {}),
    ("offered", "declined"): lambda full, order: full.creator(
        order, "decline", {"reason_code": "brand_conflict", "note": full.note}
    ),
    ("offered", "lapsed"): lambda full, order: full.step("lapsed", order, START),
    ("offered", "counter_declined"): lambda full, order: full.send(
        full.stage.advertiser, "POST", f"/v1/orders/{order}/counter/decline", {}
    ),
    ("offered", "counter_accepted"): lambda full, order: full.send(
        full.stage.advertiser, "POST", f"/v1/orders/{order}/counter/accept", {}
    ),
    ("accepted", "changes_requested"): lambda full, order: full.send(
        full.stage.advertiser, "POST", f"/v1/orders/{order}/draft/changes", {"note": f"{full.note[:999]}2"}
    ),
    ("accepted", "draft_approved"): lambda full, order: full.approve_draft(order),
    ("accepted", "check_failed"): lambda full, order: full.fail(order),
    ("accepted", "published"): lambda full, order: full.publish(order),
    ("accepted", "publication_missed"): lambda full, order: full.step("publication_missed", order, END, END),
    ("published", "disputed"): lambda full, order: full.dispute(order),
    ("published", "retained"): lambda full, order: full.step("check", order, HALF, RETAINED),
    ("published", "post_lost"): lambda full, order: full.lose_post(order),
    ("disputed", "ruled_pay"): lambda full, order: full.rule(order, "pay"),
    ("disputed", "ruled_refund"): lambda full, order: full.rule(order, "refund"),
    ("disputed", "ruled_split"): lambda full, order: full.rule(order, "split", creator_share_bps=5_000),
    **{
        (state, f"{path}{'led' if path == 'cancel' else 'ped'}"): lambda full, order, path=path: full.close(  # type: ignore[misc]
            str(find_order(order).task_id), path
        )
        for state, path in (
            ("offered", "cancel"),
            ("offered", "stop"),
            ("accepted", "cancel"),
            ("accepted", "stop"),
            ("published", "stop"),
        )
    },
}


def named(row: Transition) -> str:
    return f"{row.state} {row.event}"


def each(rows: Iterable[Transition]) -> pytest.MarkDecorator:
    """Parametrize with every filler and row; the rows of one filler share what has been saved of it."""
    return pytest.mark.parametrize(
        ("filler", "row"),
        [
            pytest.param(filler, row, id=f"{filler}-{named(row)}", marks=pytest.mark.xdist_group(f"full of {filler}"))
            for filler in FILLERS
            for row in rows
        ],
    )


@pytest.fixture(autouse=True)
def written_as_returned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Compare each item that a transition returns, which is not read again, with the stored one. Returns the compared keys."""
    computed: list[Any] = []
    compared: list[str] = []

    def changed(item: Any, changes: Any) -> Any:
        computed.append(store.changed(item, changes))
        return computed[-1]

    def commit(actions: Any) -> None:
        transitions_commit(actions)
        item = computed[-1]
        assert type(item).get(item.pk, item.sk, consistent_read=True).serialize() == item.serialize()
        compared.append(item.pk)

    transitions_commit = transition_write.commit
    for module in (transition_write, reserves):
        monkeypatch.setattr(module, "changed", changed)
        monkeypatch.setattr(module, "commit", commit)
    return compared


@each(TASK.transitions)
def test_a_full_task_makes_every_transition(reached: Any, filler: str, row: Transition) -> None:
    full, task_id = reached(filler, "task", row.state)
    act = TASK_ACTS.get((row.state, row.event))
    if act is not None:
        act(full, task_id)
    else:
        apply_event(find_task(task_id), Event(row.event, "system", full.at, note=full.note))
    assert find_task(task_id).status == row.then
    assert largest()[0] <= ITEM_MAX_BYTES, largest()


@each([row for row in ORDER.transitions if row.state != "pending"])
def test_a_full_order_makes_every_transition(
    reached: Any, filler: str, row: Transition, written_as_returned: list[str]
) -> None:
    full, order_id = reached(filler, "order", row.state)
    act = ORDER_ACTS.get((row.state, row.event))
    if act is not None:
        act(full, order_id)
    else:
        reason: Any = {"code": row.reasons[0], "note": full.note} if row.reasons else None
        apply_event(find_order(order_id), Event(row.event, "system", full.at, note=full.note, reason=reason))
        assert order_id in written_as_returned
    assert find_order(order_id).status == row.then
    assert largest()[0] <= ITEM_MAX_BYTES, largest()
