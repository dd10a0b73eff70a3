"""Who decides about a subject, and which revision of it that person has read.

Every decision of staff takes a Decider and holds it against the subject that it read from the store: nobody decides about
something of their own (rule 26), and only about the revision that was read (rule 27). The write that follows is conditional on
the same revision, so a change between the two is refused too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.core.errors import Problem


@dataclass(frozen=True)
class Decider:
    """A user who decides. `own_ids` are the advertiser and the creator that the same user is, whatever groups the user is in now;
    `revision` is the one that was read, None for an act that names none (a stop, a payout, a snapshot of metrics)."""

    sub: str
    own_ids: frozenset[str]
    revision: int | None = None

    def require_other(self, parties: Iterable[str | None]) -> None:
        """Raise Problem `conflict_of_interest` if one of the parties (ids of advertisers and creators) is this user."""
        if not self.own_ids.isdisjoint(parties):
            raise Problem("conflict_of_interest", "This is about you: another member of staff has to do it.")

    def require_read(self, revision: float) -> None:
        """Raise Problem `revision_changed` unless `revision`, that of the subject now, is the one that was read."""
        if self.revision != revision:
            raise Problem("revision_changed", "The subject has changed since it was read: read it again.")

    def require_repeat(self, decided: float | None, revision: float) -> None:
        """Raise Problem `revision_changed` if the decision already taken was about another version of the subject.

        `decided` is the revision which that decision was taken on, None if none was recorded; `revision` that of the subject."""
        if decided is not None and self.revision not in (None, decided, revision):
            raise Problem("revision_changed", "The decision was taken on another version: read the subject again.")
