"""Changes that are applied to an item as it was read."""

from __future__ import annotations

from typing import Any

import pytest
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.store import JSONAttribute, TasksRecord, changed


class Thing(TasksRecord):
    name = UnicodeAttribute(null=True)
    lines: Any = ListAttribute(default=list)
    document = JSONAttribute(null=True)
    revision = NumberAttribute(default=0)


def thing() -> Thing:
    return Thing("a", "thing", name="tea", lines=[{"n": 1}], document={"x": [1]}, revision=3)


def test_attributes_are_set_extended_and_removed() -> None:
    before = thing()
    after: Any = changed(
        before,
        [
            Thing.revision.set(4),
            Thing.lines.set(Thing.lines.append([{"n": 2}])),
            Thing.document.set({"x": []}),
            Thing.name.remove(),
        ],
    )
    assert (after.pk, after.sk, after.revision, after.name) == ("a", "thing", 4, None)
    assert (after.lines, after.document) == ([{"n": 1}, {"n": 2}], {"x": []})
    assert before.lines == [{"n": 1}]
    assert before.name == "tea"


@pytest.mark.parametrize(
    "change",
    [
        Thing.revision.set(Thing.revision + 1),
        Thing.revision.add(1),
        Thing.name.set(Thing.name | "tea"),
        Thing.lines[0].remove(),
    ],
)
def test_a_change_that_depends_on_the_stored_item_is_refused(change: Any) -> None:
    with pytest.raises(TypeError):
        changed(thing(), [change])
