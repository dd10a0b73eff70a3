"""The statements of the two sides of a dispute, with URLs of evidence."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.store import Action, as_read, put, update
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.content.url_rules import url_faults
from chalicelib.tasks.model.transition_write import commit
from chalicelib.tasks.records.dispute_record import DisputeRecord, Side, StatementRecord, find_dispute, side_of

STATEMENT_MAX_BYTES = 32_000
"""Size limit of the note and the URLs of one statement, in UTF-8; a dispute with all its statements stays below 1 MB."""
SIDES: tuple[Side, Side] = ("advertiser", "creator")


def statements_of(dispute: DisputeRecord) -> list[StatementRecord]:
    """Return the statements of both sides in order, read consistently."""
    if dispute.statements:
        return _inline(dispute)
    keys = [(dispute.pk, _statement_key(number)) for number in range(sum(statement_counts(dispute).values()))]
    found = StatementRecord.batch_get(keys, consistent_read=True) if keys else ()
    return sorted(found, key=lambda statement: statement.sk)


def statement_counts(dispute: DisputeRecord) -> dict[Side, int]:
    """Return the number of statements of each side."""
    counts = dispute.stated or Counter(statement["by"] for statement in dispute.statements)
    return {side: int(counts.get(side, 0)) for side in SIDES}


def add_statement(dispute_id: str, party_ids: frozenset[str], note: str, urls: list[str]) -> DisputeRecord:
    """Add a statement of a party to the open dispute, with URLs of evidence. A repetition changes nothing.

    Raises Problem `not_found` for users who are no party, `dispute_closed`; InvalidBody above the number of statements of one side,
    for a URL that does not lead to the public web (rule 6), and above STATEMENT_MAX_BYTES."""

    def decide() -> DisputeRecord:
        dispute = find_dispute(dispute_id)
        side = side_of(party_ids, dispute.advertiser_id, dispute.creator_id, "dispute")
        known = statements_of(dispute)
        if any((one.stated_by, one.note, one.urls) == (side, note, urls) for one in known):
            return dispute
        require_open(dispute)
        counts, limit = statement_counts(dispute), rules().statements_per_side_max
        if counts[side] >= limit:
            raise InvalidBody(Fault("/note", "too_many", f"Each side makes at most {limit} statements."))
        _require_statement(note, urls)
        statement = _statement(dispute.pk, sum(counts.values()), side, note, urls, clock.now())
        changes, actions = move_statements_out(dispute)
        counted = DisputeRecord.stated.set({**counts, side: counts[side] + 1})
        new = put("statement", statement, StatementRecord.pk.does_not_exist())
        commit([dispute_change(dispute, [*changes, counted]), *actions, new])
        return find_dispute(dispute_id)

    return retry_on_conflict(decide)


def move_statements_out(dispute: DisputeRecord) -> tuple[list[UpdateAction], list[Action]]:
    """Return the change and the actions that make items of inline statements, which could fill the dispute's own item; else
    none."""
    inline = _inline(dispute)
    if not inline:
        return [], []
    return [DisputeRecord.statements.set([])], [put(f"statement:{one.sk}", one, None) for one in inline]


def dispute_change(dispute: DisputeRecord, changes: list[UpdateAction]) -> Action:
    """Return the action, labelled `dispute`, that changes the dispute as it was read."""
    revision = DisputeRecord.revision.set(int(dispute.revision) + 1)
    return update("dispute", dispute, [*changes, revision], as_read(dispute))


def require_open(dispute: DisputeRecord) -> None:
    """Raise Problem `dispute_closed` if the dispute has ended or its ruling is overdue."""
    if dispute.status != "open":
        raise Problem("dispute_closed", f"The dispute is {dispute.status}.")
    if clock.now() >= dispute.ruling_due_at:
        raise Problem("dispute_closed", f"The dispute could be ruled until {clock.rfc3339(dispute.ruling_due_at)}.")


def _require_statement(note: str, urls: list[str]) -> None:
    """Raise InvalidBody for a URL that is not on the public web, or above STATEMENT_MAX_BYTES."""
    faults = [fault for place, url in enumerate(urls) for fault in url_faults(f"/urls/{place}", url, rules())]
    if not faults and len("".join([note, *urls]).encode()) > STATEMENT_MAX_BYTES:
        faults = [Fault("/urls", "too_large", f"A statement has at most {STATEMENT_MAX_BYTES:,} bytes, URLs included.")]
    if faults:
        raise InvalidBody(*faults)


def _statement_key(number: int) -> str:
    """Return the sort key of a statement; sort keys are in the order of the statements."""
    return f"statement#{number:03d}"


def _statement(dispute_id: str, number: int, side: str, note: str, urls: list[str], at: datetime) -> StatementRecord:
    key = _statement_key(number)
    return StatementRecord(dispute_id, key, stated_by=side, note=note, urls=urls, stated_at=at)


def _inline(dispute: DisputeRecord) -> list[StatementRecord]:
    """Return the statements of an older dispute, which are inside its item."""
    return [
        _statement(dispute.pk, number, one["by"], one["note"], one["urls"], clock.parse(one["at"]))
        for number, one in enumerate(dispute.statements)
    ]
