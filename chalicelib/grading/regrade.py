"""Regrade every account: by segments, page by page, resumable, writing only changes.

A run is named by its Step Functions execution and uses the methodology that was in force when it began. Each of its 64 segments
stores its progress and results in one item. The changes of a page are written in one transaction with that item. A page that is
repeated or interrupted is therefore counted once, writes no change twice and skips no account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from chalicelib.core import aws, clock, json_format
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.settings import settings
from chalicelib.grading import assessment, track_record_store
from chalicelib.grading.model.methodology import GRADES, Methodology, in_force, published
from chalicelib.grading.records import GradedAccount, RegradeRun, RegradeSegment
from chalicelib.grading.response_types import Regrade, RegradeResults, RegradeRunSummary
from chalicelib.store import Action, Meter, Page, PageKey, Refused, metered, put, read_page, transact, update
from chalicelib.store.retry import retry_on_conflict

SEGMENTS = tuple(f"{number:02d}" for number in range(64))
RUNS = "regrades"
"""The owner of the runs: they are listed together."""
PAGE = 49
"""Accounts of a page: a transaction has room for two writes per account and one for the progress."""
_RUN = re.compile(r"[\w-]{1,80}", re.ASCII)
"""Names that `start` gives to executions. Step Functions refuses others with errors that do not say that there is no such run."""
_STATUSES = {"RUNNING": "running", "SUCCEEDED": "succeeded"}


def start(name: str) -> str:
    """Start the regrade workflow under this name. A second start with the same name is the same run."""
    stepfunctions = aws.client("stepfunctions")
    with suppress(stepfunctions.exceptions.ExecutionAlreadyExists):
        stepfunctions.start_execution(
            stateMachineArn=settings().regrade_machine_arn, name=name, input=json_format.dumps({"run": name})
        )
    return name


def begin(run: str) -> RegradeRun:
    """Return the run's item; create it with the methodology in force if it does not exist."""
    found = RegradeRun.find(_key(run), "run")
    if found is None:
        at = clock.stamp(clock.now())
        made = RegradeRun(
            pk=_key(run),
            sk="run",
            owner=RUNS,
            listed_at=f"{at}#{run}",
            methodology_version=in_force().version,
            started_at=at,
        )
        with suppress(Refused):
            transact([put("run", made, RegradeRun.pk.does_not_exist())])
        found = RegradeRun.find(_key(run), "run")
        assert found is not None
    return found


def end(run: str) -> None:
    """Store when the run ended, the first time."""
    item = RegradeRun(pk=_key(run), sk="run")
    with suppress(Refused):
        at = RegradeRun.ended_at.set(clock.stamp(clock.now()))
        transact([update("run", item, [at], RegradeRun.ended_at.does_not_exist())])


def regrade(run: str, segment: str, has_time: Callable[[], bool]) -> bool:
    """Regrade pages of the segment while there is time, at least one. Return True when the segment is done."""
    methodology = _methodology(begin(run).methodology_version)
    with metered() as meter:
        while not (done := _regrade_page(run, segment, methodology, meter)) and has_time():
            pass
        _add_units(run, segment, meter)
    return done


def _add_units(run: str, segment: str, meter: Meter) -> None:
    """Add the units of the last page of the step: its transaction could not contain its own cost."""
    read, written = meter.taken()
    if written:
        item = RegradeSegment(pk=_key(run), sk=f"segment#{segment}")
        added = [RegradeSegment.units_read.add(read), RegradeSegment.units_written.add(written)]
        with suppress(Refused):
            transact([update("units", item, added, RegradeSegment.pk.exists())])


def mark_stuck(run: str, segment: str, reason: str) -> None:
    """Store that a segment could not be finished. The next run tries it again."""
    item = RegradeSegment(pk=_key(run), sk=f"segment#{segment}")
    transact([update("stuck", item, [RegradeSegment.parked.set(reason[:500])], None)])


def runs(limit: int, after: PageKey | None) -> Page[RegradeRun]:
    """Return a page of the runs, newest first. Runs from before they were listed are missing."""
    return read_page(RegradeRun, RUNS, index="by_owner", limit=limit, after=after)


def run_response(run: RegradeRun) -> RegradeRunSummary:
    """Return a run without its results."""
    return {
        "execution": run.pk.partition("#")[2],
        "methodology_version": run.methodology_version,
        "started_at": clock.parse(run.started_at),
        "ended_at": clock.parse(run.ended_at) if run.ended_at else None,
    }


def progress(run: str) -> Regrade:
    """Return `{execution, status, …}` and everything of `results`. Raise Problem `not_found` for an unknown run."""
    return {"execution": run, "status": _status(run), **results(run)}


def results(run: str) -> RegradeResults:
    """Return the progress and the results of the run. Units are DynamoDB's as far as it reports them, without the write that adds
    them at the end of a step."""
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
    """Assess the next page and add it to the progress in memory. Return the actions that store the changes."""
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
            track_record_store.current_evidence(account, now),
            account.counted_category,
            methodology,
            held=account.grade,
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
    """Return that version, or the one in force if that version was withdrawn."""
    newest = in_force()
    return newest if newest.version == version else published(version) or newest


def _status(run: str) -> str:
    if not _RUN.fullmatch(run):
        raise not_found("regrade run")
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


def _place(segment: str, account_id: str) -> PageKey:
    return {"segment": {"S": segment}, "pk": {"S": account_id}, "sk": {"S": "account"}}
