"""Save the track record entry of each ended order, and read the evidence of an account with its track record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.core import clock
from chalicelib.grading.currency_conversion import market_prices
from chalicelib.grading.model.advised_price import Paid
from chalicelib.grading.model.evidence import PAID_FIGURES, TRACK_RECORD_FIGURES, Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import in_force
from chalicelib.grading.model.track_record_figures import COUNTED_FOR, TrackRecordEntry, track_record_figures
from chalicelib.grading.records import GradedAccount, TrackRecordItem
from chalicelib.store import Action, Refused, put, transact, update
from chalicelib.store.create_once import put_once
from chalicelib.store.retry import WriteConflict, retry_on_conflict

NEWEST_MAX = 1_000
"""The number of newest entries of an account that count. It limits the cost of grading one account."""


def save(
    account_id: str,
    order_id: str,
    kind: str,
    ended_at: datetime,
    entry: TrackRecordEntry,
    known: GradedAccount | None = None,
) -> bool:
    """Save the entry of an ended order and mark the account as one that has orders. For a paid order, the price that the model
    advises now is stored with it. `known` is the account if it was read already. Return False if the entry is saved already or the
    account does not exist.

    Raises Problem `write_contention`."""
    already_read = iter([known] if known else [])

    def decide() -> bool:
        account = next(already_read, None) or GradedAccount.find(account_id, "account")
        if account is None:
            return False
        priced = entry._replace(advised=model_price(account, kind)) if entry.paid else entry
        record = TrackRecordItem(account_id, f"deed#{clock.stamp(ended_at)}#{order_id}", kind=kind, **priced._asdict())
        if account.traded_on is not None:
            return put_once(record)
        entry_put = put("track_record", record, TrackRecordItem.pk.does_not_exist())
        try:
            transact([entry_put, _mark(account, f"{ended_at:%Y-%m-%d}")])
            return True
        except Refused as refused:
            if "track_record" in refused.labels:
                return False
            raise WriteConflict from refused

    return retry_on_conflict(decide)


def model_price(account: GradedAccount, kind: str) -> int | None:
    """Return the mid price in minor units that the methodology in force advises, ignoring paid orders; None without evidence."""
    if account.evidence is None:
        return None
    graded = grade(Evidence.from_json(account.evidence), in_force(), account.counted_category)
    return market_prices(graded, account.counted_category, Paid())[kind].mid


def newest(account_id: str, at: datetime, limit: int = NEWEST_MAX) -> Iterator[TrackRecordItem]:
    """Return the entries that count at that moment, newest first, at most `limit`."""
    begin, end = (f"deed#{clock.stamp(moment)}" for moment in (at - COUNTED_FOR, at))
    within = TrackRecordItem.sk.between(begin, end + "~")
    return TrackRecordItem.query(account_id, within, scan_index_forward=False, limit=limit, consistent_read=True)


def current_evidence(account: GradedAccount, at: datetime) -> Evidence:
    """Return the evidence of a measured account with its track record at that moment. An account without orders costs no read."""
    figures = account.evidence
    if account.traded_on is None:
        return Evidence.from_json(figures)
    known = {name: value for name, value in figures.items() if name not in (*TRACK_RECORD_FIGURES, *PAID_FIGURES)}
    entries = (
        TrackRecordEntry(
            entry.advertiser_id,
            entry.accepted,
            entry.on_time,
            entry.kept,
            entry.lost,
            int(entry.paid) if entry.paid else None,
            int(entry.advised) if entry.advised else None,
            None if entry.comments_read is None else int(entry.comments_read),
            None if entry.comments_copied is None else int(entry.comments_copied),
        )
        for entry in newest(account.pk, at)
    )
    shown = track_record_figures(entries)
    if "copied_comments_share" in shown:  # in orders or in other posts: copies in either count
        shown["copied_comments_share"] = max(shown["copied_comments_share"], figures.get("copied_comments_share", 0))
    return Evidence.from_json({**known, **shown})


def _mark(account: GradedAccount, day: str) -> Action:
    """Return the action that marks the account at its first order; the six indexes of accounts have the mark."""
    read = int(account.revision)
    changes = [GradedAccount.traded_on.set(day), GradedAccount.revision.set(read + 1)]
    return update("account", GradedAccount(account.pk, "account"), changes, GradedAccount.revision == read)
