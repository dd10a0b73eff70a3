"""Comparison of a provider's settlement file with the ledger: small files in the body, large ones through the bucket."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core import clock, ids
from chalicelib.core.errors import InvalidBody
from chalicelib.core.regions.periods import Period
from chalicelib.core.settings import settings
from chalicelib.wallet import ledger, movements, settlement_file_comparison
from testing.api import Api
from testing.markets.stage import NOON, cny

ADV = ids.derive("adv", "ann")
PATH = "/v1/ledger/settlements"


@pytest.fixture
def finance(api: Api) -> Api:
    """Three payments have come through the sandbox provider, one of them before noon."""
    for number, minutes in ((1, -60), (2, 1), (3, 2)):
        transfer = movements.topup(f"pay_{number}", "sandbox", ADV, 100 * number, transaction_id=f"t{number}")
        ledger.post(transfer, NOON + timedelta(minutes=minutes))
    return api.as_("fin", "finance")


def upload(finance: Api, content: bytes) -> str:
    """Upload the file with the form. Return its id."""
    answer = finance.post(f"{PATH}/sandbox/uploads", {"bytes": len(content)})
    assert answer.status_code == 201, answer.json_body
    form = answer.json_body["upload"]["fields"]
    assert form["Content-Type"] == "text/csv"
    boto3.client("s3").put_object(Bucket=settings().pictures_bucket, Key=form["key"], Body=content)
    return str(answer.json_body["id"])


def test_a_file_is_compared_stored_and_shown(finance: Api) -> None:
    assert finance.get("/v1/ledger/proof").json_body["settlements"] == []
    text = b"\xef\xbb\xbftransaction_id,fee,amount\r\nt2,1,200\r\nt3,1,301\r\nt9,1,7\r\n"
    found = finance.post(f"{PATH}/sandbox?since=2026-11-22T12:00:00Z", text).json_body
    assert found["differences"] == [
        {"transaction_id": "t3", "kind": "amount", "ledger": 300, "file": 301},
        {"transaction_id": "t9", "kind": "not_in_ledger", "ledger": None, "file": 7},
    ]
    assert (found["status"], found["matched"], found["differences_found"]) == ("differences", 1, 2)
    assert (found["ledger_total"], found["file_total"]) == (cny(500), cny(508))
    assert (found["since"], found["until"]) == ("2026-11-22T12:00:00Z", None)
    clean = finance.post(f"{PATH}/sandbox", b"transaction_id,amount\nt1,100\nt2,200\nt3,300\n").json_body
    assert (clean["status"], clean["differences"]) == ("clean", [])
    assert finance.get(f"{PATH}/sandbox/{found['id']}").json_body == found
    summaries = [{name: part for name, part in one.items() if name != "differences"} for one in (clean, found)]
    listed = finance.get(PATH).json_body["data"]
    assert sorted(listed, key=str) == sorted(summaries, key=str)
    assert finance.get(f"{PATH}?provider=other").json_body["data"] == []
    assert finance.post("/v1/ledger/proof").json_body["settlements"] == [summaries[0]]
    assert finance.get("/v1/ledger/proof").json_body["settlements"] == [summaries[0]]


def test_comparisons_are_listed_page_by_page(finance: Api) -> None:
    made = []
    for number in range(3):
        with clock.at(NOON + timedelta(hours=number)):
            made.append(finance.post(f"{PATH}/sandbox", b"transaction_id,amount\n").json_body["id"])
    first = finance.get(f"{PATH}?provider=sandbox&limit=2").json_body
    rest = finance.get(f"{PATH}?provider=sandbox&limit=2&cursor={first['next_cursor']}").json_body
    assert [one["id"] for one in first["data"] + rest["data"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_an_uploaded_file_is_compared(finance: Api, api: Api) -> None:
    upload_id = upload(finance, b"transaction_id,amount\nt1,100\nt2,200\nt3,300")
    assert finance.post(f"{PATH}/sandbox?upload={upload_id}").json_body["matched"] == 3
    announced = finance.post(f"{PATH}/sandbox/uploads", {"bytes": 5}).json_body["id"]
    for unknown in (announced, ids.new("stu"), "x"):
        assert finance.post(f"{PATH}/sandbox?upload={unknown}").status_code == 404
    size = finance.post(f"{PATH}/sandbox/uploads", {"bytes": settlement_file_comparison.UPLOAD_MAX_BYTES + 1})
    assert (size.status_code, size.json_body["code"]) == (422, "body_invalid")
    assert api.as_("ann", "advertiser").post(f"{PATH}/sandbox/uploads", {"bytes": 5}).status_code == 403
    assert finance.get(f"{PATH}/sandbox/{ids.new('stl')}").status_code == 404


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        (b"id,amount\nt1,100\n", 422, "body_invalid"),
        (b"transaction_id,amount\nt1,1.00\n", 422, "body_invalid"),
        (b"transaction_id,amount\nt1,-100\n", 422, "body_invalid"),
        (b"transaction_id,amount\nt1,100\nt1,100\n", 422, "body_invalid"),
        (b"transaction_id,amount\n,100\n", 422, "body_invalid"),
        (b"transaction_id,amount\nt1\n", 422, "body_invalid"),
        (b'transaction_id,amount\n"t1,100\n', 422, "body_invalid"),
        (b"transaction_id,amount\n" + b"x" * 140_000, 422, "body_invalid"),
        (b"transaction_id,amount\n\xff,100\n", 400, "body_unreadable"),
        (b"", 422, "body_invalid"),
    ],
)
def test_what_is_no_settlement_file(finance: Api, text: bytes, status: int, code: str) -> None:
    answer = finance.post(f"{PATH}/sandbox", text)
    assert (answer.status_code, answer.json_body["code"]) == (status, code)
    assert finance.get(PATH).json_body["data"] == []


def test_a_large_file_needs_little_memory(finance: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 1.4 MB: memory holds one amount per line, and the stored differences fit into an item."""
    lines = 20_000

    def parts() -> Iterator[bytes]:
        text = "transaction_id,amount,note\r\n" + "".join(
            f'2026112222001{n:015d},{n},"paid, by card, in the shop of a town"\r\n' for n in range(lines)
        )
        content = text.encode()
        return iter([content[at : at + 65_536] for at in range(0, len(content), 65_536)])

    chunks = parts()
    tracemalloc.start()
    claimed = settlement_file_comparison.read(chunks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(claimed) == lines
    assert peak < 420 * lines, "one dictionary of ids and amounts"
    found = settlement_file_comparison.compare("sandbox", Period(), claimed)
    assert found["differences_found"] == lines + 3
    assert len(found["differences"]) == settlement_file_comparison.LISTED_MAX
    assert settlement_file_comparison.show("sandbox", found["id"]) == found
    monkeypatch.setattr(settlement_file_comparison, "ROWS_MAX", 2_000)
    too_many: Any = [
        b"transaction_id,amount\n",
        *(f"n{n},1\n".encode() for n in range(settlement_file_comparison.ROWS_MAX + 1)),
    ]
    with pytest.raises(InvalidBody, match=str(settlement_file_comparison.ROWS_MAX)):
        settlement_file_comparison.read(too_many)


def test_a_ledger_of_many_receipts_is_read_in_pages(finance: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlement_file_comparison, "_PAGE", 2)
    claimed = settlement_file_comparison.read([b"transaction_id,amount\nt3,", b"300\nt1,1", b"00\nt2,200"])
    assert settlement_file_comparison.compare("sandbox", Period(), claimed)["matched"] == 3
