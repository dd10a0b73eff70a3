"""Build the responses about appeals against grades."""

from __future__ import annotations

from typing import cast

from chalicelib.accounts.http import response_types
from chalicelib.accounts.review.grade_appeals import AppealRecord, StoredRuling
from chalicelib.core import clock
from chalicelib.grading.model.methodology import grade_name

LABELS: dict[str, str] = {"open": "申诉中", "granted": "申诉成立", "rejected": "申诉驳回"}


def appeal_response(appeal: AppealRecord, *, staff: bool) -> response_types.GradeAppeal:
    """Return the appeal as its owner sees it. `staff`: with the user id of the auditor who ruled it."""
    due_at = clock.parse(appeal.due_at) if appeal.due_at else None
    return {
        "id": appeal.pk,
        "revision": int(appeal.revision),
        "account_id": appeal.account_id,
        "status": cast("response_types.AppealStatus", appeal.status),
        "label": LABELS[appeal.status],
        "grade": None if appeal.grade is None else grade_name(appeal.grade),
        "reason": appeal.reason,
        "evidence": appeal.evidence,
        "due_at": due_at,
        "overdue": due_at is not None and clock.now() >= due_at,
        "ruling": None if appeal.ruling is None else _ruling(appeal.ruling, staff),
        "created_at": clock.parse(appeal.created_at),
    }


def _ruling(ruling: StoredRuling, staff: bool) -> response_types.AppealRuling:
    response: response_types.AppealRuling = {
        "outcome": ruling["outcome"],
        "note": ruling["note"],
        "evidence": ruling["evidence"],
        "by": ruling["by"] if staff else "auditor",
        "at": clock.parse(ruling["at"]),
        "before": None if ruling["before"] is None else grade_name(ruling["before"]),
        "after": None if ruling["after"] is None else grade_name(ruling["after"]),
    }
    revision = ruling.get("revision")
    if revision is not None:
        response["revision"] = revision
    return response
