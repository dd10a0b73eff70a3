"""Store plans with the figures they rest on, and turn a plan that is still valid into a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from chalicelib.accounts.orderable_accounts import orderable
from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.core import clock
from chalicelib.core.errors import Fault, Problem, not_found
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.planning import plan_exclusions
from chalicelib.planning.http import response_types
from chalicelib.planning.http.response_types import PlanStatus
from chalicelib.planning.records import PlanRecord, StoredPlanLine, packed
from chalicelib.store import Page, PageKey, Refused, read_page, update
from chalicelib.store.create_once import create_once, save_new
from chalicelib.tasks.submission.brief import TaskBrief
from chalicelib.tasks.submission.create import CreationResponseRecord, create_task, create_task_once

PLAN = "plan"
DraftFor = Callable[[Kind, Sequence[str], int], TaskBrief]
"""Return the task for these accounts and at most this total."""


def save(
    advertiser_id: str, make: Callable[[], Mapping[str, object]], attempt: Attempt | None
) -> tuple[response_types.Plan, bool]:
    """Store the plan that `make` returns. Return its response, and whether an earlier attempt of the request has stored it."""
    plan_id = id_for(attempt, "pln")

    def create() -> PlanRecord:
        at = clock.now()
        record = PlanRecord(
            plan_id,
            PLAN,
            advertiser_id=advertiser_id,
            owner=_listed(advertiser_id),
            listed_at=f"{clock.stamp(at)}#{plan_id}",
            packed=packed({"made_at": at, **make()}),
            expires_at=clock.stamp(at + rules().plan_good_for),
            fingerprint=attempt.fingerprint if attempt else None,
        )
        save_new(record, attempt)
        return record

    record, repeated = create_once(attempt, lambda: PlanRecord.find(plan_id, PLAN), create)
    return plan_response(record), repeated


def find(plan_id: str, advertiser_id: str) -> PlanRecord:
    """Return the advertiser's plan. Raise Problem `not_found`, also for another advertiser's plan."""
    record = PlanRecord.find(plan_id, PLAN)
    if record is None or record.advertiser_id != advertiser_id:
        raise not_found("plan")
    return record


def of_advertiser(advertiser_id: str, status: PlanStatus | None, limit: int, after: PageKey | None) -> Page[PlanRecord]:
    """Return a page of the advertiser's plans, newest first, in one status or all."""
    now, became = clock.stamp(clock.now()), PlanRecord.task_id.exists()
    conditions = {
        "ordered": became,
        "expired": ~became & (PlanRecord.expires_at <= now),
        "open": ~became & (PlanRecord.expires_at > now),
    }
    where = conditions[status] if status else None
    return read_page(PlanRecord, _listed(advertiser_id), index="by_owner", limit=limit, after=after, where=where)


def plan_summary_response(record: PlanRecord) -> response_types.PlanSummary:
    """Return the plan without its accounts, for a list."""
    plan = plan_response(record)
    return {
        "id": plan["id"],
        "status": plan["status"],
        "task_id": plan["task_id"],
        "expires_at": plan["expires_at"],
        "made_at": plan["made_at"],
        "goal": plan["goal"],
        "kind": plan["kind"],
        "budget": plan["budget"],
        "totals": plan["totals"],
        "accounts": len(plan["accounts"]),
    }


def _listed(advertiser_id: str) -> str:
    return f"plans#{advertiser_id}"


def plan_response(record: PlanRecord) -> response_types.Plan:
    """Return the plan as it was made, with its present status: `open`, `ordered` (see `task_id`) or `expired`."""
    expires_at = clock.parse(record.expires_at)
    status: PlanStatus = "ordered" if record.task_id else "expired" if clock.now() >= expires_at else "open"
    present = {"id": record.pk, "status": status, "task_id": record.task_id, "expires_at": expires_at}
    return cast("response_types.Plan", {**present, **record.document})


def order(plan_id: str, advertiser_id: str, draft_for: DraftFor, attempt: Attempt) -> tuple[Any, bool]:
    """Make the plan a task, once, with its accounts and kind, at most at its price. Return the task, and whether it is a replay.

    Raise Problem `plan_stale` if the plan has expired or is no longer valid for one of its accounts, `state_conflict` if it
    became a task already or is empty, and what `submission.create` raises."""
    return create_task_once(
        attempt, advertiser_id, lambda advertiser: _order(plan_id, advertiser_id, advertiser, draft_for, attempt)
    )


def _order(
    plan_id: str, advertiser_id: str, advertiser: AdvertiserRecord | None, draft_for: DraftFor, attempt: Attempt
) -> CreationResponseRecord:
    record = find(plan_id, advertiser_id)
    if record.task_id:
        raise _ordered(record.task_id)
    if clock.now() >= clock.parse(record.expires_at):
        raise Problem("plan_stale", f"The plan expired at {record.expires_at}.")
    plan = record.document
    lines = plan["accounts"]
    if not lines:
        raise Problem("state_conflict", "The plan has no accounts.")
    account_ids = [line["account_id"] for line in lines]
    draft = draft_for(plan["kind"], account_ids, plan["totals"]["price"]["amount"])
    changed = _changed(lines, advertiser_id, draft)
    if changed:
        detail = "; ".join(fault.message for fault in changed[:3])
        raise Problem("plan_stale", f"Changed since it was made: {detail}", faults=changed)
    ordered_at = clock.stamp(clock.now())
    becomes = [PlanRecord.task_id.set(attempt.id("tsk")), PlanRecord.ordered_at.set(ordered_at)]
    try:
        also = [update(PLAN, record, becomes, PlanRecord.task_id.does_not_exist())]
        return create_task(draft, advertiser, attempt, also=also)
    except Refused as refused:
        if PLAN not in refused.labels:
            raise
        raise _ordered(find(plan_id, advertiser_id).task_id) from refused


def _ordered(task_id: str | None) -> Problem:
    return Problem("state_conflict", f"The plan became {task_id}.", task_id=task_id)


def _changed(lines: Sequence[StoredPlanLine], advertiser_id: str, draft: TaskBrief) -> list[Fault]:
    """Return what is no longer as planned: accounts that take no orders, prices that rose, rule 13b."""
    account_ids = [line["account_id"] for line in lines]
    try:
        offers = orderable(account_ids, draft.kind, "/accounts")
    except Problem as problem:
        return list(problem.faults)
    faults = [
        Fault(f"/accounts/{place}", "price_changed", f"{offer.account_id} costs {_money(offer.price)} now.")
        for place, (line, offer) in enumerate(zip(lines, offers, strict=True))
        if offer.price > line["price"]["amount"]
    ]
    worn = plan_exclusions.named_too_often(advertiser_id)
    full = plan_exclusions.without_place(account_ids, (draft.schedule.start_at, draft.schedule.end_at))
    for place, account in enumerate(account_ids):
        if account in worn:
            faults.append(
                Fault(f"/accounts/{place}", "repeats", f"{account} is named by as many recent tasks as a plan allows.")
            )
        if account in full:
            message = f"{account} has no free place for a post in this window."
            faults.append(Fault(f"/accounts/{place}", "frequency_cap", message))
    return faults


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
