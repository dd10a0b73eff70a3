"""Appeals against a grade (rule 24): the owner names wrong figures, an auditor accepts or rejects the correction, and the grade
is computed again from the accepted figures. A grade cannot be set by hand.

There is one appeal per grade: its id is derived from the account and the number of the change that it is against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NotRequired

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.accounts.records import AccountRecord, get_account, get_owned_account, rewritten
from chalicelib.accounts.valuation import metric_snapshots
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.core.regions.working_days import working_time_after
from chalicelib.core.response_types import TypedDict
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.store import (
    AccountsRecord,
    Action,
    JSONAttribute,
    Page,
    PageKey,
    Refused,
    as_read,
    put,
    read_page,
    transact,
    update,
)
from chalicelib.store.retry import retry_on_conflict

QUEUE = "appeal"
AppealOutcome = Literal["granted", "rejected"]
Corrections = dict[str, Any]
"""Corrected figures of a snapshot by name; None for a figure that is unknown."""
Corrected = Callable[[Mapping[str, object], Corrections], AccountFigures]
"""`(evidence, corrections) -> snapshot of now`; raises InvalidBody for impossible figures."""


class StoredRuling(TypedDict):
    """The auditor's ruling, and the grades before and after it. `evidence` has the corrected figures of a snapshot."""

    outcome: AppealOutcome
    note: str
    evidence: Corrections
    by: str
    revision: NotRequired[int | None]
    at: str
    before: str | None
    after: str | None


class AppealRecord(AccountsRecord):
    """pk is its id, sk is `appeal`; owner is `appeals#` and the account, so that the appeals of an account can be listed."""

    account_id = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    status = UnicodeAttribute()
    grade = UnicodeAttribute()
    grade_number = NumberAttribute()
    reason = UnicodeAttribute()
    evidence = JSONAttribute[Corrections]()
    ruling = JSONAttribute[StoredRuling | None](null=True)
    revision = NumberAttribute(default=0)
    created_at = UnicodeAttribute()


def lodge(account: str, creator_id: str, reason: str, evidence: Corrections, corrected: Corrected) -> AppealRecord:
    """Appeal the present grade, with corrected figures if there are any. The same appeal again changes nothing.

    Raise Problem `not_found` for another creator's account; `state_conflict` for one without a grade; `already_exists` for a
    second appeal of the same grade; InvalidBody for impossible figures."""
    record = get_owned_account(account, creator_id)
    if record.grade is None:
        raise Problem("state_conflict", "The account has no grade yet.")
    evidence = _read(record, evidence, corrected)
    now, number = clock.now(), int(record.grade_number)
    appeal_id = ids.derive("apl", account, str(number))
    made = AppealRecord(
        appeal_id,
        "appeal",
        owner=_listed(account),
        listed_at=f"{clock.stamp(now)}#{appeal_id}",
        queue=QUEUE,
        due_at=clock.stamp(working_time_after(now, rules().grade_appeal, rules())),
        account_id=account,
        creator_id=creator_id,
        status="open",
        grade=record.grade,
        grade_number=number,
        reason=reason,
        evidence=evidence,
        created_at=clock.stamp(now),
    )
    try:
        transact([put("appeal", made, AppealRecord.pk.does_not_exist())])
    except Refused:
        known = find(appeal_id)
        if (known.reason, known.evidence) != (reason, evidence):
            raise Problem("already_exists", "This grade was appealed already.", id=appeal_id) from None
        return known
    return made


def find(appeal_id: str) -> AppealRecord:
    """Return the appeal, read consistently. Raise Problem `not_found`."""
    return AppealRecord.existing(appeal_id, "appeal", prefix="apl")


def of_account(account: str, limit: int, after: PageKey | None) -> Page[AppealRecord]:
    """Return a page of the account's appeals, newest first."""
    return read_page(AppealRecord, _listed(account), index="by_owner", limit=limit, after=after)


def waiting(limit: int, after: PageKey | None) -> Page[AppealRecord]:
    """Return a page of the appeals that wait for a ruling, in the order of their deadline."""
    return read_page(AppealRecord, QUEUE, index="by_queue", limit=limit, after=after, newest_first=False)


def rule(
    appeal_id: str, outcome: AppealOutcome, evidence: Corrections, note: str, by: Decider, corrected: Corrected
) -> AppealRecord:
    """Store the auditor's ruling. The same ruling again changes nothing.

    `granted`: the account's evidence is corrected by `evidence`, or by the appeal's figures if that is empty, and the grade is
    computed again, in one transaction with the ruling. `rejected`: nothing changes.

    Raise Problem `not_found`, `conflict_of_interest` for a party of the appeal, `already_decided`, `revision_changed`;
    InvalidBody for impossible figures; `state_conflict` for a grant without any figures."""

    def decide() -> AppealRecord:
        appeal = find(appeal_id)
        account = get_account(appeal.account_id)
        by.require_other([appeal.creator_id, account.owner])
        figures = _read(account, evidence, corrected)
        if appeal.ruling is not None:
            ruled = (appeal.ruling["outcome"], appeal.ruling["note"], appeal.ruling["evidence"])
            if ruled != (outcome, note, figures):
                raise Problem("already_decided", f"The appeal was {appeal.status}.")
            by.require_repeat(appeal.ruling.get("revision"), int(appeal.revision))
            return appeal
        by.require_read(int(appeal.revision))
        before = account.grade
        actions = _corrections(account, appeal, figures, corrected) if outcome == "granted" else []
        at = clock.now()
        actions.append(recorded("grade_appeal", appeal_id, outcome, None, note, by, at))
        ruling: StoredRuling = {
            "outcome": outcome,
            "note": note,
            "evidence": figures,
            "by": by.sub,
            "revision": by.revision,
            "at": clock.stamp(at),
            "before": before,
            "after": account.grade,
        }
        changes = [
            AppealRecord.status.set(outcome),
            AppealRecord.ruling.set(ruling),
            AppealRecord.revision.set(int(appeal.revision) + 1),
            AppealRecord.queue.remove(),
            AppealRecord.due_at.remove(),
        ]
        transact([update("appeal", appeal, changes, (AppealRecord.status == "open") & as_read(appeal)), *actions])
        return find(appeal_id)

    return retry_on_conflict(decide, conflict=Refused)


def _read(account: AccountRecord, evidence: Corrections, corrected: Corrected) -> Corrections:
    """Return the figures of `evidence` as numbers and times, because a number can be sent as a text of any length. Raise
    InvalidBody for impossible figures."""
    if not evidence:
        return {}
    figures = corrected(account.evidence or {}, evidence)
    return {name: figures.get(name) for name in evidence}


def _corrections(
    account: AccountRecord, appeal: AppealRecord, evidence: Corrections, corrected: Corrected
) -> list[Action]:
    """Return the actions for the snapshot of the corrected evidence; the account is changed in memory."""
    correction = evidence or appeal.evidence
    if not correction:
        raise Problem("state_conflict", "A granted appeal corrects figures; send them in evidence.")
    revised, figures = rewritten("account", account), corrected(account.evidence or {}, correction)
    cause = f"appeal {appeal.pk}"
    return [revised, *metric_snapshots.observe(account, figures, cause, confirmed_by=appeal.pk, corrected=correction)]


def _listed(account: str) -> str:
    return f"appeals#{account}"
