"""Open items that the proof compares, and items that change or cannot be read meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.wallet import ledger
from chalicelib.wallet.postings import withdrawing
from chalicelib.wallet.proof import open_payment_checks
from chalicelib.wallet.proof.open_payment_checks import Comparison, compare, may_be_open, opened_amount
from chalicelib.wallet.records import Entry, Withdrawal

SETTLED = "2026-11-22T10:00:00.000Z"
EARLIER, LATER = "2026-11-22T09:59:59.999Z", "2026-11-22T10:00:00.001Z"


@pytest.mark.parametrize(
    ("sk", "attributes", "is_open"),
    [
        ("payment", {"status": "pending", "expires_at": SETTLED}, True),
        ("payment", {"status": "pending", "expires_at": EARLIER}, False),
        ("payment", {"status": "paid", "expires_at": LATER}, False),
        ("suspense", {"status": "open"}, True),
        ("suspense", {"status": "returned", "resolved_at": LATER}, True),
        ("suspense", {"status": "returned", "resolved_at": SETTLED}, False),
        ("withdrawal", {"status": "requested"}, True),
        ("withdrawal", {"status": "paid"}, False),
        ("withdrawal", {}, False),
        ("payee", {}, True),
        ("balance", {"status": "open"}, False),
    ],
)
def test_items_that_are_or_were_open_are_compared(sk: str, attributes: dict[str, str], is_open: bool) -> None:
    key = {"pk": {"S": "x"}, "sk": {"S": sk}, **{name: {"S": value} for name, value in attributes.items()}}
    assert may_be_open(key, SETTLED) is is_open


def withdrawal(amount: int = 500, status: str = "requested", revision: int = 1) -> Withdrawal:
    return Withdrawal("wdr_1", "withdrawal", owner="cre_1", status=status, amount=amount, revision=revision)


def finds(monkeypatch: pytest.MonkeyPatch, found: Callable[[], Withdrawal | None]) -> None:
    monkeypatch.setattr(Withdrawal, "find", lambda *_: found())


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> dict[str, Entry]:
    """The entries of the ledger by transfer; the seals of all items are intact."""
    found: dict[str, Entry] = {}
    monkeypatch.setattr(ledger, "entry", lambda account, transfer: found.get(transfer))
    monkeypatch.setattr(open_payment_checks, "is_intact", lambda item: True)
    return found


def begun(amount: int) -> Entry:
    return Entry(withdrawing("cre_1"), "entry#withdraw:wdr_1", amount=amount, kind="withdrawal_requested")


def test_an_open_withdrawal_has_the_entry_of_its_request(
    monkeypatch: pytest.MonkeyPatch, entries: dict[str, Entry]
) -> None:
    finds(monkeypatch, withdrawal)
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison((("record", None, 500),))
    entries["withdraw:wdr_1"] = begun(400)
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison((("record", 400, 500),))
    entries["withdraw:wdr_1"] = begun(500)
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison()


def test_only_a_paid_withdrawal_has_the_entry_of_an_end(
    monkeypatch: pytest.MonkeyPatch, entries: dict[str, Entry]
) -> None:
    entries["withdraw:wdr_1"] = begun(500)
    finds(monkeypatch, lambda: withdrawal(status="paid"))
    assert compare("wdr_1", "withdrawal", SETTLED).faults == (("record", "open", "paid"),)
    entries["withdrawn:wdr_1"] = Entry(
        withdrawing("cre_1"), "entry#withdrawn:wdr_1", amount=-500, kind="withdrawal_paid"
    )
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison()
    finds(monkeypatch, withdrawal)
    assert compare("wdr_1", "withdrawal", SETTLED).faults == (("record", "withdrawal_paid", "requested"),)


def test_an_altered_item_that_the_ledger_explains_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, entries: dict[str, Entry]
) -> None:
    entries["withdraw:wdr_1"] = begun(500)
    finds(monkeypatch, withdrawal)
    monkeypatch.setattr(open_payment_checks, "is_intact", lambda item: False)
    assert [kind for kind, *_ in compare("wdr_1", "withdrawal", SETTLED).faults] == ["record_seal"]


def test_an_item_that_changes_between_the_reads_is_compared_again(
    monkeypatch: pytest.MonkeyPatch, entries: dict[str, Entry]
) -> None:
    reads: Iterator[Withdrawal] = iter([withdrawal(amount=1), withdrawal(), withdrawal(), withdrawal()])
    entries["withdraw:wdr_1"] = begun(500)
    finds(monkeypatch, lambda: next(reads))
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison()
    assert list(reads) == []


def test_a_changing_or_deleted_item_is_no_fault(monkeypatch: pytest.MonkeyPatch, entries: dict[str, Entry]) -> None:
    revisions = iter(range(100))
    finds(monkeypatch, lambda: withdrawal(amount=1, revision=next(revisions)))
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison()
    finds(monkeypatch, lambda: None)
    assert compare("wdr_1", "withdrawal", SETTLED) == Comparison()


def test_an_item_that_cannot_be_read_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise ValueError

    finds(monkeypatch, fail)
    assert compare("wdr_1", "withdrawal", SETTLED).faults == (("record", "an item that can be read", None),)
    assert opened_amount(withdrawing("cre_1"), "wdr_1") == 0


@pytest.mark.parametrize(
    ("account", "withdrawal_id", "status", "amount"),
    [
        (withdrawing("cre_1"), "wdr_1", "requested", 500),
        (withdrawing("cre_2"), "wdr_1", "requested", 0),
        (withdrawing("cre_1"), "wdr_1", "paid", 0),
        (withdrawing("cre_1"), None, "requested", 0),
    ],
)
def test_only_an_open_withdrawal_of_the_owner_explains_a_balance(
    monkeypatch: pytest.MonkeyPatch, account: str, withdrawal_id: str | None, status: str, amount: int
) -> None:
    finds(monkeypatch, lambda: withdrawal(status=status))
    assert opened_amount(account, withdrawal_id) == amount
