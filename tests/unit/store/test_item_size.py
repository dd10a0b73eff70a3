"""The size of an item as DynamoDB counts it, before and after a change."""

from __future__ import annotations

from typing import Any

import pytest
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.store import JSONAttribute, TasksRecord, put, require_room, transact, transactions, update
from chalicelib.store.item_size import ACCEPTED_MAX_BYTES, ITEM_MAX_BYTES, bytes_after, item_bytes, value_bytes

EMOJI = "😀"


class Item(TasksRecord):
    text = UnicodeAttribute(null=True)
    number = NumberAttribute(default=0)
    document = JSONAttribute(null=True)
    lines = ListAttribute[Any](default=list)


def item(**attributes: Any) -> Item:
    return Item("item", "test", **attributes)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": f"a茶{EMOJI}"}, 8),
        ({"N": "12345"}, 5),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}]}, 6),
        ({"M": {"k": {"S": "ab"}}}, 7),
        ({"B": b"abc"}, 3),
        ({"NS": ["1", "22"]}, 6),
    ],
)
def test_values_have_the_size_that_dynamodb_counts(value: dict[str, Any], size: int) -> None:
    assert value_bytes(value) == size


def test_json_is_stored_in_utf8_and_old_escapes_read() -> None:
    attribute = JSONAttribute()
    stored = attribute.serialize({"说": EMOJI * 100})
    assert stored is not None
    assert len(stored.encode()) < 420
    assert attribute.deserialize('{"\\u8bf4": "\\ud83d\\ude00"}') == {"说": EMOJI}
    assert attribute.serialize(None) is None


def test_json_with_half_of_a_surrogate_pair_is_stored() -> None:
    attribute = JSONAttribute()
    stored = attribute.serialize(["\ud83d"])
    assert stored is not None
    assert attribute.deserialize(stored.encode().decode()) == ["\ud83d"]


def test_size_after_a_change_is_that_of_the_item(aws: None) -> None:
    before = item(text="茶" * 10, document={"a": EMOJI}, lines=[{"x": "1"}])
    transact([put("item", before, None)])
    changes = [
        Item.text.remove(),
        Item.number.set(12_345),
        Item.document.set({"b": EMOJI * 50}),
        Item.lines.set(Item.lines.append([{"y": "茶"}])),
    ]
    expected = bytes_after(before, changes)
    transact([update("item", before, changes, None)])
    found = Item.find("item", "test")
    assert found is not None
    assert expected == pytest.approx(item_bytes(found.serialize()), abs=16)


def test_room_is_reserved_for_transitions() -> None:
    require_room(item(text="x" * (ACCEPTED_MAX_BYTES - 100)), "/text")
    with pytest.raises(InvalidBody) as refused:
        require_room(item(), "/text", [Item.text.set("x" * ACCEPTED_MAX_BYTES)])
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/text", "too_large")]


@pytest.mark.parametrize("unit", ["x", "茶", EMOJI, '"', "\n"])
@pytest.mark.parametrize("place", ["text", "document", "lines"])
def test_a_new_item_is_refused_exactly_above_the_accepted_size(unit: str, place: str) -> None:
    """Most items are so small that they are not measured exactly."""

    def filled(count: int) -> Item:
        value: Any = {"text": unit * count, "document": {"k": [unit] * count}, "lines": [unit * count]}[place]
        return item(**{place: value})

    accepted, refused = 1, ACCEPTED_MAX_BYTES
    while refused - accepted > 1:
        count = (accepted + refused) // 2
        if bytes_after(filled(count)) <= ACCEPTED_MAX_BYTES:
            accepted = count
        else:
            refused = count
    require_room(filled(accepted), "/text")
    with pytest.raises(InvalidBody):
        require_room(filled(refused), "/text")


def test_a_small_item_is_not_serialised_to_measure_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Item, "serialize", lambda *_, **__: pytest.fail("it is serialised by its write"))
    require_room(item(text="茶" * 2_000, document={"lines": [1, None, True]}), "/text")


def test_transaction_above_its_limits_is_refused_before_sending(aws: None) -> None:
    for actions in (
        [put(str(n), Item(f"item{n}", "test"), None) for n in range(transactions.ACTIONS_MAX + 1)],
        [put(str(n), Item(f"item{n}", "test", text="x" * 390_000), None) for n in range(11)],
    ):
        with pytest.raises(Problem) as refused:
            transact(actions)
        assert refused.value.code == "payload_too_large"
    assert Item.find("item0", "test") is None


@pytest.mark.parametrize("how", ["put", "update"])
def test_item_above_the_limit_of_dynamodb_is_a_problem(aws: None, how: str) -> None:
    small = item(text="x")
    transact([put("item", small, None)])
    large = ITEM_MAX_BYTES + 10_000
    action = (
        put("item", item(text="x" * large), None)
        if how == "put"
        else update("item", small, [Item.document.set("x" * large)], None)
    )
    with pytest.raises(Problem) as refused:
        transact([action])
    assert refused.value.code == "payload_too_large"
