"""Shortlists: folders of accounts that an advertiser compares, plans with, or orders."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.accounts.records import AccountRecord
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.rules import rules
from chalicelib.shortlists.own_lists import change_own, delete_own, find_own, save_new
from chalicelib.shortlists.records import Entry, ShortlistRecord
from chalicelib.store import Page, PageKey, read_page

SHORTLIST = "shortlist"


def create(
    advertiser_id: str, name: str, note: str | None, account_ids: Sequence[str], attempt: Attempt | None
) -> tuple[ShortlistRecord, bool]:
    """Store a shortlist. Return it, and whether an earlier attempt of the request has stored it.

    Raise Problem `list_full` if the advertiser has `shortlists_max`, InvalidBody for accounts that do not exist."""
    shortlist_id, at = id_for(attempt, "lst"), clock.stamp(clock.now())
    record = ShortlistRecord(
        shortlist_id,
        SHORTLIST,
        advertiser_id=advertiser_id,
        owner=_listed(advertiser_id),
        listed_at=f"{at}#{shortlist_id}",
        name=name,
        note=note,
        entries=[],
        fingerprint=attempt.fingerprint if attempt else None,
        created_at=at,
        updated_at=at,
    )
    _require_accounts(account_ids)
    _add(record, account_ids)
    return save_new(record, rules().shortlists_max, attempt)


def find(shortlist_id: str, advertiser_id: str) -> ShortlistRecord:
    """Return the advertiser's shortlist. Raise Problem `not_found`."""
    return find_own(ShortlistRecord, SHORTLIST, shortlist_id, advertiser_id)


def of_advertiser(
    advertiser_id: str, account_id: str | None, limit: int, after: PageKey | None
) -> Page[ShortlistRecord]:
    """Return a page of the advertiser's shortlists, newest first; with `account_id`, those that have this account."""

    def has_account(record: ShortlistRecord) -> bool:
        return account_id is None or account_id in _ids(record)

    return read_page(
        ShortlistRecord, _listed(advertiser_id), index="by_owner", limit=limit, after=after, only_if=has_account
    )


def revise(shortlist_id: str, advertiser_id: str, changes: dict[str, str | None]) -> ShortlistRecord:
    """Change the name and the note, as far as `changes` has them. Raise Problem `not_found`."""

    def change(record: ShortlistRecord) -> None:
        for member, text in changes.items():
            setattr(record, member, text)

    return change_own(ShortlistRecord, SHORTLIST, shortlist_id, advertiser_id, change)


def remove(shortlist_id: str, advertiser_id: str) -> ShortlistRecord:
    """Delete the shortlist and return it as it was. Raise Problem `not_found`."""
    return delete_own(ShortlistRecord, SHORTLIST, shortlist_id, advertiser_id)


def add_accounts(shortlist_id: str, advertiser_id: str, account_ids: Sequence[str]) -> ShortlistRecord:
    """Add accounts; those that the shortlist has already stay where they are.

    Raise Problem `not_found`; `list_full` above `shortlist_accounts_max`; InvalidBody for accounts that do not exist."""
    find(shortlist_id, advertiser_id)
    _require_accounts(account_ids)
    return change_own(ShortlistRecord, SHORTLIST, shortlist_id, advertiser_id, lambda record: _add(record, account_ids))


def remove_account(shortlist_id: str, advertiser_id: str, account_id: str) -> ShortlistRecord:
    """Remove an account. Raise Problem `not_found` if the shortlist, or the account in it, does not exist."""

    def change(record: ShortlistRecord) -> None:
        if account_id not in _ids(record):
            raise not_found("account in this shortlist")
        record.entries = [entry for entry in record.entries if entry["id"] != account_id]

    return change_own(ShortlistRecord, SHORTLIST, shortlist_id, advertiser_id, change)


def accounts_of(record: ShortlistRecord, limit: int, after: PageKey | None) -> Page[tuple[Entry, AccountRecord]]:
    """Return a page of the accounts of a shortlist, the one that was added last at the head. The cursor is the place in the time of
    addition, so accounts that are added or removed in between neither repeat nor hide others."""
    begin = (str(after["at"]), str(after["id"])) if after else None
    entries = [entry for entry in record.entries if begin is None or (entry["at"], entry["id"]) < begin]
    shown = entries[:limit]
    found = {one.pk: one for one in AccountRecord.batch_get([(entry["id"], "account") for entry in shown])}
    keys: list[PageKey] = [dict(entry) for entry in shown]
    pairs = [(entry, found[entry["id"]]) for entry in shown]
    return Page(pairs, keys[-1] if len(entries) > limit else None, keys=keys)


def _listed(advertiser_id: str) -> str:
    return f"shortlists#{advertiser_id}"


def _ids(record: ShortlistRecord) -> set[str]:
    return {entry["id"] for entry in record.entries}


def _add(record: ShortlistRecord, account_ids: Sequence[str]) -> None:
    """Add the accounts to the record in memory. Raise Problem `list_full`."""
    at, known = clock.stamp(clock.now()), _ids(record)
    added: list[Entry] = [{"id": one, "at": at} for one in dict.fromkeys(account_ids) if one not in known]
    entries = sorted([*record.entries, *added], key=lambda entry: (entry["at"], entry["id"]), reverse=True)
    most = rules().shortlist_accounts_max
    if len(entries) > most:
        raise Problem("list_full", f"A shortlist has at most {most} accounts.", most=most)
    record.entries = entries


def _require_accounts(account_ids: Sequence[str]) -> None:
    """Raise InvalidBody with a Fault for each account that does not exist."""
    if not account_ids:
        return
    wanted = dict.fromkeys(account_ids)
    found = {one.pk for one in AccountRecord.batch_get([(one, "account") for one in wanted])}
    faults = [
        Fault(f"/account_ids/{place}", "account_unknown", "There is no such account.")
        for place, one in enumerate(account_ids)
        if one not in found
    ]
    if faults:
        raise InvalidBody(*faults)
