"""The item of the looks at a post that changed nothing of its order: snapshots of figures, and unannounced checks that found the
post as agreed.

Most looks are of this kind. Stored with the order they would rewrite its content and its history each time."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute

from chalicelib.store import TasksRecord
from chalicelib.tasks.records.stored_documents import CheckEvidence, Snapshot
from chalicelib.tasks.records.task_attributes import Document, Moment

LOOKS = "looks"


class LooksRecord(TasksRecord):
    """pk is the order's id, sk is `looks`. `snapshots` and `evidence` are added to those of the order, `evidence` being that of
    unannounced checks, which were made up to `checked_until`. `revision` counts the writes.

    An order has at most four snapshots and `unannounced_checks` (rule 29), so the item has about a kilobyte."""

    snapshots = Document[list[Snapshot]](default=list)
    evidence = Document[list[CheckEvidence]](default=list)
    checked_until = Moment(null=True)
    revision = NumberAttribute(default=0)
