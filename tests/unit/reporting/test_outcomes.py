"""Outcomes are read from CSV as a whole, or refused with the wrong lines."""

from __future__ import annotations

import pytest

from chalicelib.click_links import link_codes
from chalicelib.core import ids
from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.reporting.outcomes import FAULTS_MAX, Outcomes, read

ORDER, OTHER = ids.derive("ord", "one"), ids.derive("ord", "two")
CODE = link_codes.code(ORDER, 0)


def outcomes(*lines: str, header: str = "code,outcomes,value") -> Outcomes:
    return read("\n".join((header, *lines)).encode(), {ORDER})


def faults(*lines: str, header: str = "code,outcomes,value") -> list[str]:
    with pytest.raises(InvalidBody) as refused:
        outcomes(*lines, header=header)
    return [fault.message for fault in refused.value.faults]


def test_lines_of_one_order_are_added_up() -> None:
    second = link_codes.code(ORDER, 1)
    found = outcomes(f"{CODE},2,500", f"https://market.example/r/{second}, 3 ,")
    assert found == Outcomes({ORDER: 5}, {ORDER: 500})


def test_a_file_without_values_has_none() -> None:
    assert outcomes(f"{CODE},2", header="code,outcomes") == Outcomes({ORDER: 2}, {})


def test_a_byte_order_mark_is_not_part_of_a_name() -> None:
    assert read(f"\ufeffcode,outcomes\r\n{CODE},1\r\n".encode(), {ORDER}).counts == {ORDER: 1}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{link_codes.code(OTHER, 0)},1,", "Line 2: the code is not of a link of this task."),
        ("nothing,1,", "Line 2: the code is not of a link of this task."),
        (f"{CODE},,", "Line 2: outcomes and value are whole numbers, not below 0."),
        (f"{CODE},1.5,", "Line 2: outcomes and value are whole numbers, not below 0."),
        (f"{CODE},-1,", "Line 2: outcomes and value are whole numbers, not below 0."),
        (f"{CODE},1,９", "Line 2: outcomes and value are whole numbers, not below 0."),
        (f"{CODE},1000000000001,", "Line 2: outcomes and value are whole numbers, not below 0."),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    assert faults(line) == [message]


def test_many_wrong_lines_are_named_up_to_a_limit() -> None:
    assert len(faults(*["nothing,1,"] * 30)) == FAULTS_MAX


def test_a_missing_column_is_refused() -> None:
    assert faults(f"{CODE},1", header="code,count") == ["The first line must name: code, outcomes; value is optional."]


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(Problem) as refused:
        read(b"code,outcomes\n\xff,1", {ORDER})
    assert refused.value.code == "body_unreadable"
