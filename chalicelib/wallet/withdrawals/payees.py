"""Payees: the accounts that a provider opens for creators and advertisers to pay them out (rule 21).

The account is opened once per owner and provider. The provider asks its owner for identity and bank account on its own page; the
market stores the account's id, sealed, and the last known state.
"""

from __future__ import annotations

from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.payments.port import Onboarding, OnboardingLink, Payee, PayeeAccount, PayeeNotice, Provider
from chalicelib.store import Page, PageKey, Refused, put, read_page, transact
from chalicelib.wallet.proof.sealed_items import altered, changed, is_intact, replaced, seal_of
from chalicelib.wallet.records import PayeeRecord


def open_payee(
    owner_id: str, provider: Provider, country: str, attempt: Attempt
) -> tuple[PayeeRecord, OnboardingLink | None]:
    """Open the owner's account at the provider unless it is open, and return its present state, with the page on which the owner
    enters its data; None if the provider needs none.

    A crash before the account is stored is repaired by a repeat, to which the provider returns the same account. Raises Problem
    `onboarding_unknown` (409), `payee_refused` (409), `record_altered` (409), `upstream_unavailable` (503)."""
    onboarding = _onboarding(provider)
    item = find(owner_id, provider.name)
    if item is None:
        item = _store(owner_id, provider.name, country, onboarding.open_account(owner_id, country))
    item = _save(item, onboarding.account(item.account))
    link = onboarding.link(item.account, attempt.id("lnk")) if item.status == "incomplete" else None
    return item, link


def read(owner_id: str, provider: Provider) -> PayeeRecord:
    """Return the owner's account with its present state. Raises Problem `not_found`, `onboarding_unknown`, `record_altered`,
    `upstream_unavailable`."""
    onboarding = _onboarding(provider)
    item = find(owner_id, provider.name)
    if item is None:
        raise not_found("payee")
    return _save(item, onboarding.account(item.account))


def of_withdrawal(owner_id: str, provider: Provider, named: Payee | None) -> Payee | None:
    """Return the payee of a withdrawal: the one that the owner named, or the owner's account at a provider that opens accounts.

    Raises Problem `payee_missing` (409) without such an account, `body_invalid` for a payee that is named to such a provider,
    `record_altered`."""
    if provider.onboarding is None:
        return named
    if named is not None:
        raise Problem("body_invalid", f"{provider.name} pays only the account that it has opened for you.")
    item = find(owner_id, provider.name)
    if item is None:
        raise Problem("payee_missing", f"Open your account at {provider.name} first.")
    return Payee(item.account, "")


def refresh(notice: PayeeNotice) -> str:
    """Store the state of an account that the provider has notified. Return `updated`, or `ignored` for an account that is not the
    owner's."""
    item = find(notice.owner_id, notice.provider)
    if item is None or item.account != notice.account.account:
        return "ignored"
    _save(item, notice.account)
    return "updated"


def find(owner_id: str, provider_name: str) -> PayeeRecord | None:
    """Return the owner's account, None without one. Raises Problem `record_altered`."""
    item = PayeeRecord.find(_id(owner_id, provider_name), "payee")
    if item is not None and not is_intact(item):
        raise altered(item)
    return item


def of_owner(owner_id: str, limit: int, after: PageKey | None) -> Page[PayeeRecord]:
    """Return a page of the owner's accounts, newest first, with the states known last."""
    where = PayeeRecord.sk == "payee"
    return read_page(PayeeRecord, owner_id, index="by_owner", limit=limit, after=after, where=where)


def _onboarding(provider: Provider) -> Onboarding:
    if provider.onboarding is None:
        raise Problem("onboarding_unknown", f"{provider.name} opens no accounts: name the payee in the withdrawal.")
    return provider.onboarding


def _store(owner_id: str, provider_name: str, country: str, account: PayeeAccount) -> PayeeRecord:
    item = PayeeRecord(
        pk=_id(owner_id, provider_name),
        sk="payee",
        owner=owner_id,
        listed_at=f"{clock.stamp(clock.now())}#{_id(owner_id, provider_name)}",
        provider=provider_name,
        account=account.account,
        status=account.status,
        missing=list(account.missing),
        country=country,
        at=clock.stamp(clock.now()),
    )
    item.seal = seal_of(item)
    try:
        transact([put("payee", item, PayeeRecord.pk.does_not_exist())])
    except Refused:  # the same request, sent twice at once
        stored = find(owner_id, provider_name)
        if stored is None:
            raise
        return stored
    return item


def _save(item: PayeeRecord, account: PayeeAccount) -> PayeeRecord:
    """Store another state; of two at once, either."""
    missing = list(account.missing)
    if (item.status, item.missing) == (account.status, missing):
        return item
    after = changed(item, status=account.status, missing=missing, at=clock.stamp(clock.now()))
    transact([replaced("payee", item, after, PayeeRecord.account == item.account)])
    return after


def _id(owner_id: str, provider_name: str) -> str:
    return ids.derive("pye", owner_id, provider_name)
