"""Transfers balance, and every kind has its T-account."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.wallet import movements, postings
from chalicelib.wallet.postings import Posting, Transfer

ADV, CRE, TSK, ORD = "adv_a", "cre_c", "tsk_t", "ord_o"
AVAILABLE, HELD, EARNED = "advertiser:adv_a:available", "task:tsk_t:held", "creator:cre_c:available"
FEE = postings.commission(ORD)

KINDS: list[tuple[Transfer, str, dict[str, int]]] = [
    (movements.topup("pay_p", "bank", ADV, 5), "received:bank:pay_p", {"provider:bank": -5, AVAILABLE: 5}),
    (
        movements.topup("pay_p", "bank", ADV, 5, transaction_id="t1"),
        "received:bank:t1",
        {"provider:bank": -5, AVAILABLE: 5},
    ),
    (movements.suspense("bank", "t1", 5), "received:bank:t1", {"provider:bank": -5, postings.SUSPENSE: 5}),
    (movements.claim("bank", "re_1", ADV, 5), "claimed:bank:re_1", {AVAILABLE: -5, postings.SUSPENSE: 5}),
    (movements.suspense_credited("sus_s", ADV, 5), "resolve:sus_s", {postings.SUSPENSE: -5, AVAILABLE: 5}),
    (movements.suspense_returned("sus_s", "bank", 5), "resolve:sus_s", {postings.SUSPENSE: -5, "provider:bank": 5}),
    (movements.hold(TSK, 2, ADV, 5), "hold:tsk_t:2", {AVAILABLE: -5, HELD: 5}),
    (movements.return_hold(TSK, 2, ADV, 5), "return:tsk_t:2", {AVAILABLE: 5, HELD: -5}),
    (movements.return_order(ORD, TSK, ADV, 5), "return:ord_o", {AVAILABLE: 5, HELD: -5}),
    (movements.settle(ORD, TSK, CRE, 7, 3), "settle:ord_o", {HELD: -10, EARNED: 7, FEE: 3}),
    (movements.settle(ORD, TSK, CRE, 7, 0), "settle:ord_o", {HELD: -7, EARNED: 7}),
    (movements.return_unoffered(TSK, ADV, 5), "return:tsk_t:unoffered", {AVAILABLE: 5, HELD: -5}),
    (
        movements.compensate(ORD, TSK, ADV, CRE, net=4, fee=1, rest=5),
        "compensate:ord_o",
        {HELD: -10, EARNED: 4, FEE: 1, AVAILABLE: 5},
    ),
    (
        movements.split(ORD, TSK, ADV, CRE, net=4, fee=1, rest=5),
        "split:ord_o",
        {HELD: -10, EARNED: 4, FEE: 1, AVAILABLE: 5},
    ),
    (
        movements.withdrawal_requested("wdr_w", CRE, 5),
        "withdraw:wdr_w",
        {EARNED: -5, "creator:cre_c:withdrawing": 5},
    ),
    (
        movements.withdrawal_requested("wdr_w", ADV, 5),
        "withdraw:wdr_w",
        {AVAILABLE: -5, "advertiser:adv_a:withdrawing": 5},
    ),
    (
        movements.withdrawal_paid("wdr_w", CRE, "bank", 5),
        "withdrawn:wdr_w",
        {"creator:cre_c:withdrawing": -5, "provider:bank": 5},
    ),
    (movements.withdrawal_failed("wdr_w", CRE, 5), "withdrawn:wdr_w", {"creator:cre_c:withdrawing": -5, EARNED: 5}),
]


@pytest.mark.parametrize(("transfer", "id_", "amounts"), KINDS, ids=[kind[0].kind for kind in KINDS])
def test_each_kind_moves_these_amounts(transfer: Transfer, id_: str, amounts: dict[str, int]) -> None:
    assert transfer.id == id_
    assert transfer.amounts() == amounts
    assert sum(transfer.amounts().values()) == 0


@pytest.mark.parametrize(
    "moves",
    [
        (),
        (Posting("provider:x", postings.SUSPENSE, 0),),
        (Posting("provider:x", postings.SUSPENSE, -1),),
        (Posting(postings.SUSPENSE, postings.SUSPENSE, 1),),
        (Posting(AVAILABLE, EARNED, 1),),
    ],
    ids=["nothing", "zero", "negative", "in place", "no account keyed by id"],
)
def test_invalid_postings_are_refused(moves: Any) -> None:
    with pytest.raises(ValueError):
        Transfer("id", "kind", "reference", moves)


def test_only_a_provider_may_be_negative() -> None:
    accounts = {account for kind in KINDS for account in kind[2]}
    assert {account for account in accounts if postings.may_be_negative(account)} == {"provider:bank"}


def test_commission_is_spread_over_its_shards() -> None:
    used = {postings.commission(f"ord_{number}") for number in range(500)}
    assert used == {f"platform:commission:{shard:02d}" for shard in range(postings.COMMISSION_SHARDS)}
    assert len(used) == 16
