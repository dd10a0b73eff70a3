"""Every kind of transfer, each with its T-account: debits left, credits right, `a` the amount.

The id of each is made from its subject, so that it happens only once. Two kinds share the id `received:…`: one transaction of a
provider is either credited or goes to suspense, never both. docs/reference/ledger.md draws them all.
"""

from __future__ import annotations

from chalicelib.wallet.postings import (
    CLAIM,
    SUSPENSE,
    Posting,
    Transfer,
    advertiser_available,
    available,
    commission,
    creator_available,
    provider,
    task_held,
    withdrawing,
)


def topup(
    payment_id: str, provider_name: str, advertiser_id: str, amount: int, *, transaction_id: str | None = None
) -> Transfer:
    """A verified payment (rules 3, 4); `transaction_id` is the provider's, for a provider that has its own numbers.

    provider:{name}        | a
    advertiser:available   |      a
    """
    move = Posting(provider(provider_name), advertiser_available(advertiser_id), amount)
    return Transfer(f"received:{provider_name}:{transaction_id or payment_id}", "topup", payment_id, (move,))


def suspense(provider_name: str, transaction_id: str, amount: int) -> Transfer:
    """Verified money that fits no open payment: unknown, late, wrong amount, paid twice (rule 4).

    provider:{name}        | a
    platform:suspense      |      a
    """
    move = Posting(provider(provider_name), SUSPENSE, amount)
    return Transfer(f"received:{provider_name}:{transaction_id}", "suspense", transaction_id, (move,))


def claim(provider_name: str, reversal_id: str, advertiser_id: str, amount: int) -> Transfer:
    """A refund or dispute of a credited top-up: the amount leaves the advertiser's balance, which may become negative by it, and
    waits in suspense for the outcome. Then it is returned to the provider, or credited again.

    advertiser:available   | a
    platform:suspense      |      a
    """
    move = Posting(advertiser_available(advertiser_id), SUSPENSE, amount)
    return Transfer(f"claimed:{provider_name}:{reversal_id}", CLAIM, reversal_id, (move,))


def suspense_credited(suspense_id: str, advertiser_id: str, amount: int) -> Transfer:
    """Finance has found the advertiser whose money it is.

    platform:suspense      | a
    advertiser:available   |      a
    """
    move = Posting(SUSPENSE, advertiser_available(advertiser_id), amount)
    return Transfer(f"resolve:{suspense_id}", "suspense_credited", suspense_id, (move,))


def suspense_returned(suspense_id: str, provider_name: str, amount: int) -> Transfer:
    """Finance returns the money to the provider.

    platform:suspense      | a
    provider:{name}        |      a
    """
    move = Posting(SUSPENSE, provider(provider_name), amount)
    return Transfer(f"resolve:{suspense_id}", "suspense_returned", suspense_id, (move,))


def hold(task_id: str, submission: int, advertiser_id: str, amount: int) -> Transfer:
    """The `submission`-th submission of a task (rule 5).

    advertiser:available   | a
    task:held              |      a
    """
    move = Posting(advertiser_available(advertiser_id), task_held(task_id), amount)
    return Transfer(f"hold:{task_id}:{submission}", "hold", task_id, (move,))


def return_hold(task_id: str, submission: int, advertiser_id: str, amount: int) -> Transfer:
    """A submission that was rejected, cancelled or not reviewed in time (rule 8).

    task:held              | a
    advertiser:available   |      a
    """
    move = Posting(task_held(task_id), advertiser_available(advertiser_id), amount)
    return Transfer(f"return:{task_id}:{submission}", "return", task_id, (move,))


def return_order(order_id: str, task_id: str, advertiser_id: str, amount: int) -> Transfer:
    """An order that was declined, lapsed, failed, cancelled or stopped unpublished, or whose dispute was ruled `refund` (rules 12,
    15, 16, 18-20).

    task:held              | a
    advertiser:available   |      a
    """
    move = Posting(task_held(task_id), advertiser_available(advertiser_id), amount)
    return Transfer(f"return:{order_id}", "return", order_id, (move,))


def substitute(
    order_id: str, reserve_order_id: str, task_id: str, advertiser_id: str, price: int, reserve_price: int
) -> Transfer | None:
    """An order of a reserve account that replaces a declined or lapsed one (rule 12); None if both cost the same. If the reserve
    costs less:

    task:held              | price - reserve_price
    advertiser:available   |                        price - reserve_price

    If it costs more, which only money that was returned earlier can cover, the other way round.
    """
    if price == reserve_price:
        return None
    held, own = task_held(task_id), advertiser_available(advertiser_id)
    back = price - reserve_price
    move = Posting(held, own, back) if back > 0 else Posting(own, held, -back)
    return Transfer(f"substitute:{order_id}", "substitution", reserve_order_id, (move,))


def reprice(order_id: str, task_id: str, advertiser_id: str, price: int, agreed: int) -> Transfer:
    """The advertiser accepted a counter-offer: the difference between the two prices is held as well, or returned. If the
    agreed price is the higher one:

    advertiser:available   | agreed - price
    task:held              |                agreed - price

    If it is the lower one, the other way round.
    """
    held, own = task_held(task_id), advertiser_available(advertiser_id)
    more = agreed - price
    move = Posting(own, held, more) if more > 0 else Posting(held, own, -more)
    return Transfer(f"reprice:{order_id}", "reprice", order_id, (move,))


def return_unallocated(task_id: str, advertiser_id: str, amount: int) -> Transfer:
    """The part of an ended open call's budget for which no account was picked.

    task:held              | a
    advertiser:available   |      a
    """
    move = Posting(task_held(task_id), advertiser_available(advertiser_id), amount)
    return Transfer(f"return:{task_id}:call", "return", task_id, (move,))


def return_unoffered(task_id: str, advertiser_id: str, amount: int) -> Transfer:
    """The prices of the orders that a cancelled or stopped task had not offered yet (rules 18, 19).

    task:held              | a
    advertiser:available   |      a
    """
    move = Posting(task_held(task_id), advertiser_available(advertiser_id), amount)
    return Transfer(f"return:{task_id}:unoffered", "return", task_id, (move,))


def settle(order_id: str, task_id: str, creator_id: str, net: int, fee: int) -> Transfer:
    """An order that was completed, stopped after publication, or whose dispute was ruled `pay`: net to the creator, fee to the
    platform (rules 11, 17, 19, 20).

    task:held              | net + fee
    creator:available      |            net
    platform:commission    |            fee
    """
    moves = [Posting(task_held(task_id), creator_available(creator_id), net)]
    if fee:
        moves.append(Posting(task_held(task_id), commission(order_id), fee))
    return Transfer(f"settle:{order_id}", "settle", order_id, tuple(moves))


def compensate(
    order_id: str, task_id: str, advertiser_id: str, creator_id: str, *, net: int, fee: int, rest: int
) -> Transfer:
    """An order that the advertiser cancelled after acceptance: a share of the price as net and fee, the rest returned (rules 11,
    18).

    task:held              | net + fee + rest
    creator:available      |            net
    platform:commission    |            fee
    advertiser:available   |            rest
    """
    moves = _divided(order_id, task_id, advertiser_id, creator_id, net, fee, rest)
    return Transfer(f"compensate:{order_id}", "compensation", order_id, moves)


def split(
    order_id: str, task_id: str, advertiser_id: str, creator_id: str, *, net: int, fee: int, rest: int
) -> Transfer:
    """An order whose dispute was ruled `split`: the creator's share as net and fee, the rest returned (rule 20).

    task:held              | net + fee + rest
    creator:available      |            net
    platform:commission    |            fee
    advertiser:available   |            rest
    """
    moves = _divided(order_id, task_id, advertiser_id, creator_id, net, fee, rest)
    return Transfer(f"split:{order_id}", "split", order_id, moves)


def withdrawal_requested(withdrawal_id: str, owner_id: str, amount: int) -> Transfer:
    """A request to pay out a creator's earnings or an advertiser's unspent balance (rule 21).

    {owner}:available      | a
    {owner}:withdrawing    |      a
    """
    move = Posting(available(owner_id), withdrawing(owner_id), amount)
    return Transfer(f"withdraw:{withdrawal_id}", "withdrawal", withdrawal_id, (move,))


def withdrawal_paid(withdrawal_id: str, owner_id: str, provider_name: str, amount: int) -> Transfer:
    """A withdrawal that the provider has paid (rule 21). It shares its id with `withdrawal_failed`, so that only one happens.

    {owner}:withdrawing    | a
    provider:{name}        |      a
    """
    move = Posting(withdrawing(owner_id), provider(provider_name), amount)
    return Transfer(f"withdrawn:{withdrawal_id}", "withdrawal_paid", withdrawal_id, (move,))


def withdrawal_failed(withdrawal_id: str, owner_id: str, amount: int) -> Transfer:
    """A withdrawal whose payout failed: the money is available again (rule 21).

    {owner}:withdrawing    | a
    {owner}:available      |      a
    """
    move = Posting(withdrawing(owner_id), available(owner_id), amount)
    return Transfer(f"withdrawn:{withdrawal_id}", "withdrawal_failed", withdrawal_id, (move,))


def _divided(
    order_id: str, task_id: str, advertiser_id: str, creator_id: str, net: int, fee: int, rest: int
) -> tuple[Posting, ...]:
    """Return the postings of a held price in three parts, without those of 0."""
    parts = (
        (creator_available(creator_id), net),
        (commission(order_id), fee),
        (advertiser_available(advertiser_id), rest),
    )
    return tuple(Posting(task_held(task_id), account, amount) for account, amount in parts if amount)
