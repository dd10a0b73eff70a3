"""Regrading every account under the methodology in force: by segments, page by page, resumable, writing only what changed.

A run is named by its Step Functions execution. Each of the 64 segments keeps in one item how far it is and what it found, so a
page that is done twice, or a run that was broken off, writes no change twice and leaves no account out. What a page stored
before it broke off counts as unchanged when it is read again.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from chalicelib import clock, cloud, wire
from chalicelib.errors import Problem, not_found
from chalicelib.grading import assessing, deeds
from chalicelib.grading.methodology import GRADES, in_force
from chalicelib.grading.records import GradedAccount, RegradeSegment
from chalicelib.settings import deployment
from chalicelib.store import Refused, put, read_page, transact, update

SEGMENTS = tuple(f"{number:02d}" for number in range(64))
PAGE = 100
_STATUSES = {"RUNNING": "running", "SUCCEEDED": "succeeded"}


def start(name: str) -> str:
    """Starts the regrade workflow under this name; a second start with the same name is the same run."""
    stepfunctions = cloud.client("stepfunctions")
    with suppress(stepfunctions.exceptions.ExecutionAlreadyExists):
        stepfunctions.start_execution(
            stateMachineArn=deployment().regrade_machine_arn, name=name, input=wire.dumps({"run": name})
        )
    return name


def regrade_page(run: str, segment: str) -> bool:
    """Regrades the next page of the segment; True when the segment is done."""
    key = f"regrade#{run}"
    progress = RegradeSegment.find(key, f"segment#{segment}") or RegradeSegment(pk=key, sk=f"segment#{segment}")
    if progress.done:
        return True
    read = progress.cursor
    after = _key(segment, read) if read else None
    page = read_page(GradedAccount, segment, index="by_segment", limit=PAGE, after=after, newest_first=False)
    accounts = GradedAccount.batch_get([(item.pk, "account") for item in page.items], consistent_read=True)
    grades: Counter[str] = Counter(progress.grades or {})
    for account in accounts:
        if account.evidence is None:
            continue
        before = account.grade_rank
        assessment = assessing.assess(deeds.evidence(account, clock.now()), account.category, held=account.grade)
        cause = "orders" if account.methodology_version == assessment.graded.methodology.version else "methodology"
        if assessing.store(account, assessment, cause):
            progress.changed += 1
            progress.up += bool(before and assessment.graded.rank > before)
            progress.down += bool(before and assessment.graded.rank < before)
        progress.accounts += 1
        grades[assessment.graded.grade] += 1
    progress.grades = dict(grades)
    progress.cursor = page.items[-1].pk if page.items else read
    progress.done = int(page.after is None)
    # A page repeated by a retry counts once: only the writer who saw the cursor it started from may move it.
    unmoved = RegradeSegment.cursor == read if read else RegradeSegment.cursor.does_not_exist()
    with suppress(Refused):
        transact([put("progress", progress, unmoved)])
    return bool(progress.done)


def park(run: str, segment: str, reason: str) -> None:
    """Records that a segment could not be finished; it is tried again by the next run."""
    item = RegradeSegment(pk=f"regrade#{run}", sk=f"segment#{segment}")
    transact([update("park", item, [RegradeSegment.parked.set(reason[:500])], None)])


def progress(run: str) -> dict[str, Any]:
    """`{status, …}` with all that `findings` has. Raises 404 for a run that does not exist."""
    return {"execution": run, "status": _status(run), **findings(run)}


def findings(run: str) -> dict[str, Any]:
    """`{methodology_version, segments {done, all}, accounts, changed, up, down, shares {grade: share}, parked[], as_of}`."""
    segments = list(RegradeSegment.query(f"regrade#{run}", consistent_read=True))
    grades: Counter[str] = Counter()
    for segment in segments:
        grades.update(segment.grades or {})
    total = sum(grades.values())
    return {
        "methodology_version": in_force().version,
        "segments": {"done": sum(bool(segment.done) for segment in segments), "all": len(SEGMENTS)},
        "accounts": sum(int(segment.accounts) for segment in segments),
        "changed": sum(int(segment.changed) for segment in segments),
        "up": sum(int(segment.up) for segment in segments),
        "down": sum(int(segment.down) for segment in segments),
        "shares": {grade: round(grades[grade] / total, 4) if total else 0 for grade in GRADES},
        "parked": [
            {"segment": segment.sk.removeprefix("segment#"), "reason": segment.parked}
            for segment in segments
            if segment.parked and not segment.done
        ],
        "as_of": clock.now(),
    }


def _status(run: str) -> str:
    arn = deployment().regrade_machine_arn.replace(":stateMachine:", ":execution:") + f":{run}"
    stepfunctions = cloud.client("stepfunctions")
    try:
        found = stepfunctions.describe_execution(executionArn=arn)["status"]
    except (stepfunctions.exceptions.ExecutionDoesNotExist, stepfunctions.exceptions.InvalidArn):
        raise not_found("regrade run") from None
    except Exception as error:
        raise Problem("upstream_unavailable", "The workflow service does not answer.") from error
    return _STATUSES.get(found, "failed")


def _key(segment: str, account_id: str) -> dict[str, Any]:
    return {"segment": {"S": segment}, "pk": {"S": account_id}, "sk": {"S": "account"}}
