"""Items are read with the same result as by pynamodb."""

from __future__ import annotations

from typing import Any

import pytest
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import AttributeDeserializationError
from pynamodb.models import Model

from chalicelib.store import AccountsRecord


class Shelf(AccountsRecord):
    """A record with every kind of attribute of the market."""

    label = UnicodeAttribute(attr_name="named")
    amount = NumberAttribute(null=True)
    open = BooleanAttribute(default=False)
    goods = JSONAttribute(default=list)


@pytest.mark.parametrize("number", ["0", "7", "-7", "1000000000000", "0.5", "-12.25", "1E+3", "1.5E-7"])
def test_numbers(number: str) -> None:
    theirs = NumberAttribute().deserialize(number)
    ours = read({"amount": {"N": number}}).amount
    assert (ours, type(ours)) == (theirs, type(theirs))


def test_everything_else_by_its_name_and_type() -> None:
    data = {"named": {"S": "茶"}, "open": {"BOOL": True}, "goods": {"S": '["a", 1]'}, "unknown": {"S": "?"}}
    shelf = read(data)
    assert (shelf.label, shelf.open, shelf.goods) == ("茶", True, ["a", 1])
    assert shelf.attribute_values.get("amount") is None
    theirs = Model.from_raw_data.__func__(Shelf, {"pk": {"S": "1"}, "sk": {"S": "shelf"}, **data})  # type: ignore[attr-defined]
    assert shelf.attribute_values == theirs.attribute_values


def test_null_is_the_default_and_wrong_types_raise() -> None:
    assert read({"amount": {"NULL": True}, "goods": {"NULL": True}}).goods == []
    with pytest.raises(AttributeDeserializationError):
        read({"amount": {"S": "7"}})


def read(data: dict[str, Any]) -> Shelf:
    return Shelf.from_raw_data({"pk": {"S": "1"}, "sk": {"S": "shelf"}, **data})
