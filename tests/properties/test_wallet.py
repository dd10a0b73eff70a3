"""All movements in any order, compared with a model of dictionaries: the same balances and refusals, no fen lost."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from moto import mock_aws

from chalicelib.core import clock
from chalicelib.wallet import ledger, movements, statements, task_callbacks
from chalicelib.wallet.insufficient_funds import InsufficientFunds
from chalicelib.wallet.ledger import TransferMismatch
from chalicelib.wallet.postings import Transfer, is_statement
from chalicelib.wallet.proof import reconciliation
from testing.doubles.mocked_aws import create_resources, forget_clients
from testing.markets.stage import NOON

ADVERTISERS = st.sampled_from(["adv_a", "adv_b"])
CREATORS = st.sampled_from(["cre_c", "cre_d"])
TASKS = st.sampled_from(["tsk_1", "tsk_2"])
OWNERS = ADVERTISERS | CREATORS
NUMBERS = st.integers(1, 6)
AMOUNTS = st.integers(1, 100)


class Wallet(RuleBasedStateMachine):
    """The ledger on moto and a model: balances and the transfers made, in plain dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.aws = mock_aws()
        self.aws.start()
        forget_clients()
        create_resources()
        self.balances: dict[str, int] = defaultdict(int)
        self.made: dict[str, Transfer] = {}
        self.standing: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
        """By transfer id: kind and amount of its entries in accounts with one entry of that id."""
        self.at = NOON

    def teardown(self) -> None:
        self.aws.stop()
        forget_clients()

    def post(self, transfer: Transfer) -> None:
        self.at += timedelta(milliseconds=7)
        standing = self.standing[transfer.id]
        entries = {
            account: (transfer.kind, amount)
            for account, amount in transfer.amounts().items()
            if not is_statement(account)
        }
        met = entries.keys() & standing.keys()
        # Money may always come in, also to an account that a claim took below 0.
        covered = all(
            amount > 0
            or account.startswith("provider:")
            or transfer.kind == "claim"
            or self.balances[account] + amount >= 0
            for account, amount in transfer.amounts().items()
        )
        if met:
            if all(entries[account] == standing[account] for account in met):
                assert ledger.post(transfer, self.at) is False
            else:
                with pytest.raises(TransferMismatch):
                    ledger.post(transfer, self.at)
        elif not covered:
            with pytest.raises(InsufficientFunds) as refusal:
                ledger.post(transfer, self.at)
            assert refusal.value.data["available"] < refusal.value.data["needed"]
        else:
            assert ledger.post(transfer, self.at) is True
            self.made[transfer.id] = transfer
            standing.update(entries)
            for account, amount in transfer.amounts().items():
                self.balances[account] += amount

    @rule(number=NUMBERS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def topup(self, number: int, advertiser: str, amount: int) -> None:
        self.post(movements.topup(f"pay_{number}", "bank", advertiser, amount, transaction_id=f"t{number}"))

    @rule(number=NUMBERS, amount=AMOUNTS)
    def suspend(self, number: int, amount: int) -> None:
        self.post(movements.suspense("bank", f"t{number}", amount))

    @rule(number=NUMBERS, advertiser=ADVERTISERS, amount=AMOUNTS, back=st.booleans())
    def resolve(self, number: int, advertiser: str, amount: int, back: bool) -> None:
        if back:
            self.post(movements.suspense_returned(f"sus_{number}", "bank", amount))
        else:
            self.post(movements.suspense_credited(f"sus_{number}", advertiser, amount))

    @rule(number=NUMBERS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def claim(self, number: int, advertiser: str, amount: int) -> None:
        self.post(movements.claim("bank", f"re_{number}", advertiser, amount))

    @rule(task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def hold(self, task: str, number: int, advertiser: str, amount: int) -> None:
        self.post(movements.hold(task, number, advertiser, amount))

    @rule(task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def return_hold(self, task: str, number: int, advertiser: str, amount: int) -> None:
        self.post(movements.return_hold(task, number, advertiser, amount))

    @rule(task=TASKS, number=NUMBERS, creator=CREATORS, net=AMOUNTS, fee=st.integers(0, 40))
    def settle(self, task: str, number: int, creator: str, net: int, fee: int) -> None:
        self.post(movements.settle(f"ord_{number}", task, creator, net, fee))

    @rule(task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def return_order(self, task: str, number: int, advertiser: str, amount: int) -> None:
        self.post(movements.return_order(f"ord_{number}", task, advertiser, amount))

    @rule(
        task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, creator=CREATORS, parts=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS)
    )
    def compensate(self, task: str, number: int, advertiser: str, creator: str, parts: tuple[int, int, int]) -> None:
        net, fee, rest = parts
        self.post(movements.compensate(f"ord_{number}", task, advertiser, creator, net=net, fee=fee, rest=rest))

    @rule(
        task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, creator=CREATORS, parts=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS)
    )
    def split(self, task: str, number: int, advertiser: str, creator: str, parts: tuple[int, int, int]) -> None:
        net, fee, rest = parts
        self.post(movements.split(f"ord_{number}", task, advertiser, creator, net=net, fee=fee, rest=rest))

    @rule(task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, price=AMOUNTS, other=AMOUNTS)
    def substitute(self, task: str, number: int, advertiser: str, price: int, other: int) -> None:
        transfer = movements.substitute(f"ord_{number}", f"ord_{number + 1}", task, advertiser, price, other)
        assert (transfer is None) == (price == other)
        if transfer is not None:
            self.post(transfer)

    @rule(task=TASKS, number=NUMBERS, advertiser=ADVERTISERS, price=AMOUNTS, more=AMOUNTS, up=st.booleans())
    def reprice(self, task: str, number: int, advertiser: str, price: int, more: int, up: bool) -> None:
        before, after = (price, price + more) if up else (price + more, price)
        self.post(movements.reprice(f"ord_{number}", task, advertiser, before, after))

    @rule(task=TASKS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def close_a_call(self, task: str, advertiser: str, amount: int) -> None:
        self.post(movements.return_unallocated(task, advertiser, amount))

    @rule(task=TASKS, advertiser=ADVERTISERS, amount=AMOUNTS)
    def close_a_task(self, task: str, advertiser: str, amount: int) -> None:
        self.post(movements.return_unoffered(task, advertiser, amount))

    @rule(number=NUMBERS, owner=OWNERS, amount=AMOUNTS)
    def withdraw(self, number: int, owner: str, amount: int) -> None:
        self.post(movements.withdrawal_requested(f"wdr_{number}", owner, amount))

    @rule(number=NUMBERS, owner=OWNERS, amount=AMOUNTS, paid=st.booleans())
    def end_withdrawal(self, number: int, owner: str, amount: int, paid: bool) -> None:
        if paid:
            self.post(movements.withdrawal_paid(f"wdr_{number}", owner, "bank", amount))
        else:
            self.post(movements.withdrawal_failed(f"wdr_{number}", owner, amount))

    @rule(data=st.data())
    def repeat(self, data: Any) -> None:
        if self.made:
            self.post(self.made[data.draw(st.sampled_from(sorted(self.made)))])

    @invariant()
    def the_same_balances(self) -> None:
        assert ledger.balances(self.balances) == self.balances
        assert sum(self.balances.values()) == 0
        claimed: dict[str, int] = defaultdict(int)
        for transfer in self.made.values():
            if transfer.kind == "claim":
                for account, amount in transfer.amounts().items():
                    claimed[account] += min(amount, 0)
        for account, balance in self.balances.items():
            assert account.startswith("provider:") or balance >= claimed[account], "below 0 by claims only"

    @rule(owner=ADVERTISERS, limit=st.integers(1, 5))
    def read_a_statement(self, owner: str, limit: int) -> None:
        account, after, running = f"advertiser:{owner}:available", None, self.balances[f"advertiser:{owner}:available"]
        while True:
            page = statements.page(account, limit, after)
            for line in page.items:
                assert line.balance_after == running
                running -= line.amount
            after = page.after
            if after is None:
                assert running == 0
                return

    @rule(days=st.integers(0, 2))
    def prove(self, days: int) -> None:
        self.at += timedelta(days=days)
        worth = task_callbacks._worth_of_tasks
        task_callbacks._worth_of_tasks = None
        try:
            with clock.at(self.at + timedelta(hours=2)):
                proof = reconciliation.reconcile()
        finally:
            task_callbacks._worth_of_tasks = worth
        # The model has transfers without the records of withdrawals and suspense that belong to them.
        assert [difference for difference in proof["differences"] if difference["kind"] != "open"] == []
        assert proof["entries_checked"] == sum(len(transfer.amounts()) for transfer in self.made.values())


@pytest.mark.hypothesis
def test_the_ledger_does_what_the_model_does() -> None:
    run_state_machine_as_test(
        Wallet,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_concurrent_transfer_is_in_both_accounts() -> None:
    """An example that hypothesis found: the same order repriced in one task, in another, and differently in the first."""
    wallet = Wallet()
    try:
        for number in (1, 2):
            wallet.topup(number, "adv_a", 100)
        wallet.hold("tsk_1", 1, "adv_a", 90)
        wallet.hold("tsk_2", 1, "adv_a", 10)
        wallet.reprice("tsk_1", 5, "adv_a", 20, 20, up=True)
        wallet.reprice("tsk_2", 5, "adv_a", 20, 20, up=True)
        wallet.reprice("tsk_1", 5, "adv_a", 20, 62, up=False)
    finally:
        wallet.teardown()


def test_money_comes_into_an_account_below_0() -> None:
    """An example that hypothesis found: after a claim of 71, a top-up of 1 is accepted and leaves 70 owed."""
    wallet = Wallet()
    try:
        wallet.claim(1, "adv_a", 71)
        wallet.topup(1, "adv_a", 1)
        wallet.the_same_balances()
        assert wallet.balances["advertiser:adv_a:available"] == -70
        wallet.withdraw(1, "adv_a", 1)
    finally:
        wallet.teardown()
