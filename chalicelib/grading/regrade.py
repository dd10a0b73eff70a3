"""Regrading every account: by segments, page by page, resumable, writing only what changed.

A run is named by its Step Functions execution and keeps the methodology that was in force when it began. Each of its 64 segments
keeps in one item how far it is and what it found. What changes on a page is stored in one transaction with that item: a page that
is done twice, or broken off anywhere, is counted once, writes no change twice and leaves no account out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chalicelib.core import aws, clock, json_format
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.settings import settings
from chalicelib.grading import assessment, saved_track_records
from chalicelib.grading.model.methodology import GRADES, Methodology, in_force, published
from chalicelib.grading.records import GradedAccount, RegradeRun, RegradeSegment
from chalicelib.store import Action, Meter, Refused, metered, put, read_page, transact, update
from chalicelib.store.retry import retry_on_conflict

SEGMENTS = tuple(f"{number:02d}" for number in range(64))
PAGE = 49
"""Accounts of a page: two writes for each and one for the progress are what a transaction takes."""
_STATUSES = {"RUNNING": "running", "SUCCEEDED": "succeeded"}


def start(name: str) -> str:
    """Starts the regrade workflow under this name; a second start with the same name is the same run."""
    stepfunctions = aws.client("stepfunctions")
    with suppress(stepfunctions.exceptions.ExecutionAlreadyExists):
        stepfunctions.start_execution(
            stateMachineArn=settings().regrade_machine_arn, name=name, input=json_format.dumps({"run": name})
        )
    return name


def begin(run: str) -> RegradeRun:
    """The run's item, with the methodology in force now if this is its beginning."""
    found = RegradeRun.find(_key(run), "run")
    if found is None:
        made = RegradeRun(
            pk=_key(run), sk="run", methodology_version=in_force().version, started_at=clock.stamp(clock.now())
        )
        with suppress(Refused):
            transact([put("run", made, RegradeRun.pk.does_not_exist())])
        found = RegradeRun.find(_key(run), "run")
        assert found is not None
    return found


def end(run: str) -> None:
    """Notes when the run ended, the first time."""
    item = RegradeRun(pk=_key(run), sk="run")
    with suppress(Refused):
        at = RegradeRun.ended_at.set(clock.stamp(clock.now()))
        transact([update("run", item, [at], RegradeRun.ended_at.does_not_exist())])


def regrade(run: str, segment: str, has_time: Callable[[], bool]) -> bool:
    """Regrades page after page of the segment, at least one, as long as there is time; True when the segment is done."""
    methodology = _methodology(begin(run).methodology_version)
    with metered() as meter:
        while not (done := _regrade_page(run, segment, methodology, meter)) and has_time():
            pass
        _add_units(run, segment, meter)
    return done


def _add_units(run: str, segment: str, meter: Meter) -> None:
    """Adds what the last page of the step cost: it could not know the cost of its own transaction."""
    read, written = meter.taken()
    if written:
        item = RegradeSegment(pk=_key(run), sk=f"segment#{segment}")
        added = [RegradeSegment.units_read.add(read), RegradeSegment.units_written.add(written)]
        with suppress(Refused):
            transact([update("units", item, added, RegradeSegment.pk.exists())])


def park(run: str, segment: str, reason: str) -> None:
    """Records that a segment could not be finished; it is tried again by the next run."""
    item = RegradeSegment(pk=_key(run), sk=f"segment#{segment}")
    transact([update("park", item, [RegradeSegment.parked.set(reason[:500])], None)])


def progress(run: str) -> dict[str, Any]:
    """`{status, …}` with all that `findings` has. Raises 404 for a run that does not exist."""
    return {"execution": run, "status": _status(run), **findings(run)}


def findings(run: str) -> dict[str, Any]:
    """`{methodology_version, segments {done, all}, accounts, changed, up, down, shares {grade: share}, units {read, written},
    parked[], started_at, ended_at, as_of}`. Units are DynamoDB's as far as it reports them, without
    the write that adds them at the end of a step."""
    begun = RegradeRun.find(_key(run), "run")
    segments = list(RegradeSegment.query(_key(run), RegradeSegment.sk.startswith("segment#"), consistent_read=True))
    grades: Counter[str] = Counter()
    for segment in segments:
        grades.update(segment.grades or {})
    total = sum(grades.values())
    return {
        "methodology_version": begun.methodology_version if begun else None,
        "segments": {"done": sum(bool(segment.done) for segment in segments), "all": len(SEGMENTS)},
        "accounts": sum(int(segment.accounts) for segment in segments),
        "changed": sum(int(segment.changed) for segment in segments),
        "up": sum(int(segment.up) for segment in segments),
        "down": sum(int(segment.down) for segment in segments),
        "shares": {grade: round(grades[grade] / total, 4) if total else 0 for grade in GRADES},
        "units": {
            "read": round(sum(segment.units_read for segment in segments), 1),
            "written": round(sum(segment.units_written for segment in segments), 1),
        },
        "parked": [
            {"segment": segment.sk.removeprefix("segment#"), "reason": segment.parked}
            for segment in segments
            if segment.parked and not segment.done
        ],
        "started_at": clock.parse(begun.started_at) if begun else None,
        "ended_at": clock.parse(begun.ended_at) if begun and begun.ended_at else None,
        "as_of": clock.now(),
    }


def _regrade_page(run: str, segment: str, methodology: Methodology, meter: Meter) -> bool:
    def decide() -> bool:
        progress = RegradeSegment.find(_key(run), f"segment#{segment}")
        progress = progress or RegradeSegment(pk=_key(run), sk=f"segment#{segment}")
        if progress.done:
            return True
        read = progress.cursor
        actions = _page(progress, segment, methodology)
        units_read, units_written = meter.taken()
        progress.units_read += units_read
        progress.units_written += units_written
        unmoved = RegradeSegment.cursor == read if read else RegradeSegment.cursor.does_not_exist()
        transact([put("progress", progress, unmoved), *actions])
        return bool(progress.done)

    return retry_on_conflict(decide, conflict=Refused)


def _page(progress: RegradeSegment, segment: str, methodology: Methodology) -> list[Action]:
    """Assesses the next page and adds it to the progress, in memory; what has to be stored of it."""
    after = _place(segment, progress.cursor) if progress.cursor else None
    page = read_page(GradedAccount, segment, index="by_segment", limit=PAGE, after=after, newest_first=False)
    accounts = GradedAccount.batch_get([(item.pk, "account") for item in page.items], consistent_read=True)
    grades: Counter[str] = Counter(progress.grades or {})
    now, actions = clock.now(), []
    for account in accounts:
        if account.evidence is None:
            continue
        before = account.grade_rank
        assessed = assessment.assess(
            saved_track_records.current_evidence(account, now), account.category, methodology, held=account.grade
        )
        if assessment.differs(account, assessed):
            cause = "orders" if account.methodology_version == methodology.version else "methodology"
            actions += assessment.store_actions(account, assessed, cause)
            progress.changed += 1
            progress.up += bool(before and assessed.graded.rank > before)
            progress.down += bool(before and assessed.graded.rank < before)
        progress.accounts += 1
        grades[assessed.graded.grade] += 1
    progress.grades = dict(grades)
    if page.items:
        progress.cursor = page.items[-1].pk
    progress.done = int(page.after is None)
    return actions


def _methodology(version: str) -> Methodology:
    """That version; the one in force if it was withdrawn."""
    newest = in_force()
    return newest if newest.version == version else published(version) or newest


def _status(run: str) -> str:
    arn = settings().regrade_machine_arn.replace(":stateMachine:", ":execution:") + f":{run}"
    stepfunctions = aws.client("stepfunctions")
    try:
        found = stepfunctions.describe_execution(executionArn=arn)["status"]
    except (stepfunctions.exceptions.ExecutionDoesNotExist, stepfunctions.exceptions.InvalidArn):
        raise not_found("regrade run") from None
    except Exception as error:
        raise Problem("upstream_unavailable", "The workflow service does not answer.") from error
    return _STATUSES.get(found, "failed")


def _key(run: str) -> str:
    return f"regrade#{run}"


def _place(segment: str, account_id: str) -> dict[str, Any]:
    return {"segment": {"S": segment}, "pk": {"S": account_id}, "sk": {"S": "account"}}
