"""Keeping what orders showed of an account, and finding the evidence it has now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.grading.model.evidence import CONDUCT, PAID, Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import in_force
from chalicelib.grading.model.price import Paid, advised
from chalicelib.grading.model.track_record import LASTS, Deed, conduct
from chalicelib.grading.records import DeedRecord, GradedAccount
from chalicelib.store import Action, Refused, put, transact, update

TRIES = 5
MOST = 1_000
"""The newest deeds of an account that count: a bound on the work for one of them."""


def keep(account_id: str, order_id: str, kind: str, ended_at: datetime, deed: Deed) -> bool:
    """Keeps what the order showed, with the price that the model advised then if it was paid for, and marks the account as one
    that has orders; False if it is kept already or there is no such account.

    Raises Problem `write_contention` if others keep changing the account."""
    for _ in range(TRIES):
        account = GradedAccount.find(account_id, "account")
        if account is None:
            return False
        if deed.paid:
            deed = deed._replace(advised=modelled(account, kind))
        record = DeedRecord(account_id, f"deed#{clock.stamp(ended_at)}#{order_id}", kind=kind, **deed._asdict())
        actions = [put("deed", record, DeedRecord.pk.does_not_exist())]
        try:
            transact([*actions, *_marked(account, f"{ended_at:%Y-%m-%d}")])
            return True
        except Refused as refused:
            if "deed" in refused.labels:
                return False
    raise Problem("write_contention", "Others are changing the same account.")


def modelled(account: GradedAccount, kind: str) -> int | None:
    """The mid price in fen that the methodology in force advises without regard to what was paid; None without evidence."""
    if account.evidence is None:
        return None
    graded = grade(Evidence.from_json(account.evidence), in_force(), account.category)
    return advised(graded, account.category, Paid())[kind].mid


def of(account_id: str, at: datetime, most: int = MOST) -> Iterator[DeedRecord]:
    """The newest deeds that count at that moment, newest first."""
    begin, end = (f"deed#{clock.stamp(moment)}" for moment in (at - LASTS, at))
    within = DeedRecord.sk.between(begin, end + "~")
    return DeedRecord.query(account_id, within, scan_index_forward=False, limit=most, consistent_read=True)


def evidence(account: GradedAccount, at: datetime) -> Evidence:
    """The account's evidence (it has some) with what its orders show at that moment. No read for an account without orders."""
    figures = account.evidence
    if account.traded_on is None:
        return Evidence.from_json(figures)
    known = {name: value for name, value in figures.items() if name not in (*CONDUCT, *PAID)}
    deeds = (
        Deed(
            deed.advertiser_id,
            deed.accepted,
            deed.on_time,
            deed.kept,
            deed.lost,
            int(deed.paid) if deed.paid else None,
            int(deed.advised) if deed.advised else None,
        )
        for deed in of(account.pk, at)
    )
    return Evidence.from_json({**known, **conduct(deeds)})


def _marked(account: GradedAccount, day: str) -> list[Action]:
    if account.traded_on is not None and account.traded_on >= day:
        return []
    read = int(account.revision)
    changes = [GradedAccount.traded_on.set(day), GradedAccount.revision.set(read + 1)]
    return [update("account", GradedAccount(account.pk, "account"), changes, GradedAccount.revision == read)]
