"""Top-ups: an advertiser starts a payment, the provider confirms it with a signed notification, and the wallet is credited exactly
once (rules 3, 4)."""

from __future__ import annotations

from typing import Literal

from chalicelib.core import clock, ids, json_format
from chalicelib.core.errors import Fault, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.observability import count, logger
from chalicelib.core.rules import rules
from chalicelib.payments.port import PaidNotice, Provider
from chalicelib.store import Page, PageKey, Refused, put, read_page, transact, update
from chalicelib.store.create_once import create_once, stored_response
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.http.responses import TopUp, topup_response
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.proof.sealed_items import is_intact, report_altered, seal_of
from chalicelib.wallet.records import Payment, SuspenseItem, TopUpStatus

Outcome = Literal["credited", "suspended", "repeated", "contradicted"]


def start(advertiser_id: str, amount: Money, provider: Provider, attempt: Attempt) -> tuple[TopUp, bool]:
    """Start a payment. Return the response, and whether it is that of an earlier attempt.

    The payment is started at the provider first, and the provider's response is stored with it. After a crash in between, no payer
    has the address of what the provider has started. Raises Problem `topup_too_small` (422), `upstream_unavailable` (503)."""
    payment_id = attempt.id("pay")
    payment, repeated = create_once(
        attempt,
        lambda: Payment.find(payment_id, "payment"),
        lambda: _create(payment_id, advertiser_id, amount, provider, attempt),
    )
    return stored_response(payment), repeated


def _create(payment_id: str, advertiser_id: str, amount: Money, provider: Provider, attempt: Attempt) -> Payment:
    least, most = rules().topup_min, rules().topup_max
    if not least <= amount.amount <= most:
        detail = f"A top-up is between {Money(least, amount.currency)} and {Money(most, amount.currency)}."
        code = "topup_too_small" if amount.amount < least else "body_invalid"
        raise Problem(code, detail, faults=[Fault("/amount/amount", "out_of_range", detail)])
    now = clock.now()
    expires_at = now + rules().topup_expiry
    started = provider.start_payment(payment_id, amount, expires_at)
    payment = Payment(
        pk=payment_id,
        sk="payment",
        owner=advertiser_id,
        listed_at=f"{clock.stamp(now)}#{payment_id}",
        status="pending",
        provider=provider.name,
        amount=amount.amount,
        pay_url=started.url,
        provider_id=started.provider_id,
        created_at=clock.stamp(now),
        expires_at=clock.stamp(expires_at),
        fingerprint=attempt.fingerprint,
        answer="",
    )
    payment.answer = json_format.dumps(topup_response(payment))
    payment.seal = seal_of(payment)
    transact([put("payment", payment, Payment.pk.does_not_exist())])
    return payment


def find_own(advertiser_id: str, payment_id: str) -> Payment:
    """Return the advertiser's top-up. Raises 404, also for a top-up of another advertiser."""
    payment = Payment.find(payment_id, "payment")
    if payment is None or payment.owner != advertiser_id:
        raise not_found("top-up")
    return payment


def of_owner(advertiser_id: str, status: TopUpStatus | None, limit: int, after: PageKey | None) -> Page[Payment]:
    """Return a page of the advertiser's top-ups, newest first; of one status or all."""
    return read_page(
        Payment,
        advertiser_id,
        index="by_owner",
        limit=limit,
        after=after,
        where=Payment.sk == "payment",
        only_if=lambda payment: status is None or payment.status_now == status,
    )


def credit(notice: PaidNotice) -> Outcome:
    """Book a verified notification.

    Return `credited`; `suspended` (finance resolves it); `repeated` (nothing moved); or `contradicted` (nothing moved: the provider
    named another amount for this transaction before, which is logged and counted).

    The provider's transaction is received once, however often and in whatever order its notifications arrive."""
    is_ours = notice.payment_id is not None and ids.is_id("pay", notice.payment_id)
    payment = Payment.find(str(notice.payment_id), "payment") if is_ours else None
    if payment is not None and payment.provider == notice.provider and payment.transaction_id == notice.transaction_id:
        return _compare_amounts(notice, int(payment.amount))
    reason = _reason_for_suspense(payment, notice)
    if payment is not None and reason is None:
        return _credit(payment, notice)
    return suspend(notice, str(reason))


def _reason_for_suspense(payment: Payment | None, notice: PaidNotice) -> str | None:
    if payment is None or payment.provider != notice.provider:
        return "payment_unknown"
    if not is_intact(payment):
        report_altered(payment)
        return "payment_altered"
    if payment.status != "pending":
        return "already_paid"
    if int(payment.amount) != notice.amount:
        return "amount_wrong"
    return "payment_expired" if payment.is_late else None


def _credit(payment: Payment, notice: PaidNotice) -> Outcome:
    now = clock.now()
    transfer = movements.topup(
        payment.pk, notice.provider, str(payment.owner), notice.amount, transaction_id=notice.transaction_id
    )
    paid = update(
        "payment",
        Payment(pk=payment.pk, sk="payment"),
        [
            Payment.status.set("paid"),
            Payment.paid_at.set(clock.stamp(now)),
            Payment.transaction_id.set(notice.transaction_id),
        ],
        Payment.status == "pending",
    )
    try:
        transact([paid, *ledger.actions(transfer, now)])
    except Refused as refused:
        received = _received_amount(notice, refused)
        if received is not None:
            return _compare_amounts(notice, received)
        if "payment" not in refused.labels:
            raise
        return credit(notice)  # another notification changed the payment first
    return "credited"


def suspend(notice: PaidNotice, reason: str) -> Outcome:
    """Book verified money that is not credited to an advertiser."""
    now = clock.now()
    transfer = movements.suspense(notice.provider, notice.transaction_id, notice.amount)
    suspense_id = ids.derive("sus", notice.provider, notice.transaction_id)
    item = SuspenseItem(
        pk=suspense_id,
        sk="suspense",
        queue="suspense",
        listed_at=f"{clock.stamp(now)}#{suspense_id}",
        status="open",
        provider=notice.provider,
        transaction_id=notice.transaction_id,
        payment_id=notice.payment_id,
        amount=notice.amount,
        reason=reason,
        at=clock.stamp(now),
    )
    item.seal = seal_of(item)
    try:
        transact([put("suspense", item, SuspenseItem.pk.does_not_exist()), *ledger.actions(transfer, now)])
    except Refused as refused:
        received = _received_amount(notice, refused)
        if received is not None:
            return _compare_amounts(notice, received)
        raise
    count("SuspenseReceived", reason=reason)
    return "suspended"


def _received_amount(notice: PaidNotice, refused: Refused) -> int | None:
    """Return the amount that was received under the provider's transaction before; None if there was none."""
    item = refused.labels.get(f"entry:{provider_account(notice.provider)}")
    return -int(item["amount"]["N"]) if item is not None else None


def _compare_amounts(notice: PaidNotice, received: int) -> Outcome:
    if received == notice.amount:
        return "repeated"
    count("ProviderContradictions")
    logger.error(
        "contradictory notices from the provider",
        extra={"transaction": notice.transaction_id, "received": received, "claimed": notice.amount},
    )
    return "contradicted"
