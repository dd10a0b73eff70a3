"""Snapshots of an account's metrics: immutable, keyed by the time of measurement; the latest is the evidence."""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.accounts.records import AccountRecord, SnapshotRecord, get_account, rewritten
from chalicelib.accounts.review import admission
from chalicelib.accounts.valuation import grade_and_prices
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.decisions.decider import Decider
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.carried_figures import after_correction, carried, first
from chalicelib.store import Action, Refused, put, transact
from chalicelib.store.retry import retry_on_conflict


def record(account: str, figures: AccountFigures, by: Decider, proposed: str | None = None) -> AccountRecord:
    """Store the snapshot (`as_of` and figures, plain JSON) and, if it is the latest, grade the account by it. `proposed` is the
    category that its posts propose.

    The same snapshot again changes nothing; another one with the same `as_of` is Problem `already_exists`. An older one is
    stored as history only. Raise Problem `conflict_of_interest` for an account of `by`."""

    def change() -> AccountRecord:
        found = get_account(account)
        by.require_other([found.owner])
        actions = observe(found, figures, "metrics")
        if actions:
            found.category_proposed = proposed or found.category_proposed
            transact([rewritten("account", found), *actions])
        return found

    return retry_on_conflict(change, conflict=Refused)


def observe(
    account: AccountRecord,
    figures: AccountFigures,
    cause: str,
    confirmed_by: str | None = None,
    corrected: Collection[str] = (),
) -> list[Action]:
    """Return the other actions to write for a snapshot of the account, which is changed in memory; none for a known snapshot.
    Figures that an auditor confirmed, by the ruling of the appeal `confirmed_by`, become the evidence even if later ones
    exist, and are stored beside a measurement of the same second. `corrected` names those that the ruling corrected.

    Raise Problem `already_exists` for other figures of the same moment."""
    as_of = figures["as_of"]
    key = f"metrics#{as_of}#{confirmed_by}" if confirmed_by else f"metrics#{as_of}"
    known = SnapshotRecord.find(account.pk, key) if account.evidence else None
    if known is not None:
        if known.figures != figures:
            raise Problem("already_exists", f"There is another snapshot of {as_of}.")
        return []
    now = clock.now()
    moment = clock.stamp(now)
    snapshot = SnapshotRecord(pk=account.pk, sk=key, figures=figures, recorded_at=moment)
    actions = [put("snapshot", snapshot, SnapshotRecord.pk.does_not_exist())]
    if account.evidence is None or confirmed_by or as_of > account.evidence["as_of"]:
        if account.evidence is None:
            counts = first(figures)
        elif confirmed_by:
            counts = after_correction(account.evidence, figures, corrected)
        else:
            counts = carried(account.evidence, figures)
        actions += grade_and_prices.apply_grade(account, counts, cause)
        snapshot.counted = counts["followers"]
        admission.enter_verified(account, now)
    account.updated_at = moment
    return actions
