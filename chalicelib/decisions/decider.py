"""The user who decides about a subject, and the revision of it that this user has read. Pure.

Every decision of staff takes a Decider and compares it with the stored subject: users do not decide about their own things (rule
26), and decide only about the revision that they read (rule 27). The write of the decision is conditional on the same revision, so
a change in between is refused too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.core.errors import Problem


@dataclass(frozen=True)
class Decider:
    """A user who decides. `own_ids` are the advertiser id and the creator id of the same user, whatever roles the user has now;
    `revision` is the one that was read, None for an action that names none (a stop, a payout, a snapshot of metrics)."""

    sub: str
    own_ids: frozenset[str]
    revision: int | None = None

    def require_other(self, parties: Iterable[str | None]) -> None:
        """Raise Problem `conflict_of_interest` if one of the parties (ids of advertisers and creators) is this user."""
        if not self.own_ids.isdisjoint(parties):
            raise Problem("conflict_of_interest", "You are a party to this: another member of staff has to do it.")

    def require_read(self, revision: float) -> None:
        """Raise Problem `revision_changed` unless the present `revision` of the subject is the one that was read."""
        if self.revision != revision:
            raise Problem("revision_changed", "The subject has changed since it was read: read it again.")

    def require_repeat(self, decided: float | None, revision: float) -> None:
        """Raise Problem `revision_changed` if the earlier decision was about another revision of the subject.

        `decided` is the revision of the earlier decision, None if it was not recorded; `revision` that of the subject."""
        if decided is not None and self.revision not in (None, decided, revision):
            raise Problem("revision_changed", "The decision was about another revision: read the subject again.")
