"""Every action of every policy, on every resource and key, is used in testing/markets/played_market.py: no function has an
unused right.

All tests show that no right is missing: testing/in_force/iam_in_force.py checks each request of a function against its policy.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from chalicelib.store import WalletRecord
from chalicelib.wallet.records import Entry
from testing.in_force import iam_in_force
from testing.in_force.iam_in_force import Grant, Use
from testing.markets.played_market import Record

pytestmark = pytest.mark.xdist_group("played")  # it is played once


def _by_aws(grant: Grant) -> bool:
    """Return True for actions that Lambda performs in the name of a function; tests/contract/deployment/test_package.py names the
    functions that need them."""
    if grant.resource.endswith(("-deliveries", "-emails")):
        return grant.action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return grant.action.partition(":")[0] in ("logs", "xray", "sqs") or "/stream/" in grant.resource


@pytest.mark.parametrize("function", iam_in_force.FUNCTIONS)
def test_every_grant_is_used(played: Record, function: str) -> None:
    """Checks every action on every resource, and every partition key and attribute of a condition. Remove an unused one from
    the policy; for a new one, extend testing/markets/played_market.py."""
    done = [use for by, use in played.uses if by == function]
    unused = []
    for grant in iam_in_force.grants(function):
        if _by_aws(grant):
            continue
        by_it = [use for use in done if grant.covers(use)]
        if not by_it:
            unused.append(f"{grant.sid}: {grant.action} on {grant.resource}")
        for _, key, values in grant.conditions:
            named = {name for use in by_it for name in getattr(use, key)}
            unused += [f"{grant.sid}: {v}" for v in values if not any(fnmatchcase(name, v) for name in named)]
    assert unused == []


ENTRY = set(Entry.get_attributes()) - set(WalletRecord.get_attributes())
GRADED = {"grade", "grade_rank", "grade_number", "score", "methodology_version", "graded_at", "evidence"}


def _may(function: str, action: str, table: str, key: str, *attributes: str) -> bool:
    arn = f"arn:aws:dynamodb:{iam_in_force.REGION}:{iam_in_force.ACCOUNT}:table/{iam_in_force.STACK}-{table}"
    named = frozenset({"pk", "sk", *attributes})
    return iam_in_force.allowed(function, Use(f"dynamodb:{action}", arn, frozenset({key}), named))


@pytest.mark.parametrize("function", iam_in_force.FUNCTIONS)
def test_every_function_may_read_the_clock_of_a_sandbox(function: str) -> None:
    assert _may(function, "GetItem", "tasks", "clock")


@pytest.mark.parametrize("function", iam_in_force.FUNCTIONS)
def test_no_function_changes_or_deletes_an_entry(function: str) -> None:
    """IAM sees the attributes of an update, not the sort key. It cannot require that a put does not replace an entry: each put
    is conditional, and the seal of the day shows a replaced entry (docs/operations/security.md)."""
    assert {"transfer_id", "kind", "reference", "amount", "at"} == ENTRY
    for attribute in ENTRY:
        assert not _may(function, "UpdateItem", "wallet", "task:tsk_1:held", attribute)
        assert not _may(function, "UpdateItem", "wallet", "task:tsk_1:held", "balance", attribute)
    for action in ("DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete", "PartiQLInsert"):
        for table in ("wallet", "tasks", "accounts", "clicks"):  # events are copies
            assert not _may(function, action, table, "task:tsk_1:held")


def test_an_entry_is_put_only_where_there_is_none(played: Record) -> None:
    puts = [use for _, use in played.uses if use.action == "dynamodb:PutItem" and use.attributes >= ENTRY]
    assert len({key for use in puts for key in use.keys}) > 10
    assert all(use.only_new for use in puts)


def test_only_money_functions_change_balances() -> None:
    movers = {
        f for f in iam_in_force.FUNCTIONS if _may(f, "UpdateItem", "wallet", "creator:cre_1:available", "balance")
    }
    assert movers == {"APIHandler", "TaskStep", "OrderStep"}
    writers = {f for f in iam_in_force.FUNCTIONS if _may(f, "PutItem", "wallet", "creator:cre_1:available", *ENTRY)}
    assert writers == movers
    payers = {f for f in iam_in_force.FUNCTIONS if _may(f, "UpdateItem", "wallet", "provider:alipay", "balance")}
    assert payers == {"APIHandler"}


def test_only_grading_functions_write_grades() -> None:
    """The API, which stores metrics and appeals, and the regrade."""
    for attribute in GRADED:
        for action in ("PutItem", "UpdateItem"):
            setters = {f for f in iam_in_force.FUNCTIONS if _may(f, action, "accounts", "acc_1", attribute)}
            assert setters == {"APIHandler", "RegradeStep"}, (action, attribute)
