"""`microtask import` on a market in moto: imported accounts, unchanged accounts, and messages about bad rows."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import openpyxl
import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.accounts import binding
from chalicelib.accounts.records import AccountRecord, SnapshotRecord, account_id, find_account
from chalicelib.accounts.valuation import metric_snapshots
from chalicelib.core import clock
from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.records import GradeChange
from ops.__main__ import main
from ops.file_imports.account_import import SkippedRow, Summary, import_accounts, run_import
from ops.file_imports.column_layout import FORMATS, WEIRENWU, Layout
from ops.target_deployment import Unreachable
from testing.doubles.operator_program import Cloud

HEADER = "handle,followers,reads_avg_30d,category,post_price,repost_price,verified,as_of\n"
WEIRENWU_HEADER = (
    "account,followers,by_appointment,hot,stars,play_count,repost_price_cny,accepted_all_last_week,category\n"
)


@pytest.fixture
def csv_file(tmp_path: Path) -> Any:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "accounts.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def imported(path: Path, layout: Layout = FORMATS["standard"], **options: Any) -> tuple[Summary, list[SkippedRow]]:
    skipped: list[SkippedRow] = []
    return import_accounts(path, "weibo", layout, skipped=skipped.append, **options), skipped


def account(handle: str) -> AccountRecord:
    found = find_account(account_id("weibo", handle))
    assert found is not None
    return found


def everything() -> list[Any]:
    items = boto3.client("dynamodb").scan(TableName=AccountRecord.Meta.table_name)["Items"]
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def test_the_price_list_of_2017_is_graded_and_priced(aws: None, csv_file: Any) -> None:
    path = csv_file(WEIRENWU_HEADER + "a1,49850000,0,0,6,688064,20500,1,作家\nb2,1200,1,0,1,300,70,0,None\n")
    summary, skipped = imported(path, WEIRENWU)
    assert (dict(summary.outcomes), skipped) == ({"imported": 2}, [])
    one = account("a1")
    assert one.evidence == {
        "as_of": "2017-11-22T00:00:00Z",
        "followers": 49_850_000,
        "reads_avg_30d": 688_064,
        "popular": False,
        "by_appointment": False,
        "accepted_all_last_week": True,
    }
    assert (one.own_repost_price, one.repost_price) == (2_050_000, 2_050_000)
    assert one.own_post_price is None
    assert (one.status, one.listing, one.category) == ("unclaimed", "listed", "作家")
    assert one.owner is None
    assert account("b2").category is None
    assessment = assess(Evidence.from_json(one.evidence), "作家")
    assert (one.grade, one.post_price) == (assessment.graded.grade, assessment.prices["post"].mid)
    history = list(GradeChange.query(one.pk, GradeChange.sk.startswith("grade#")))
    assert [(change.cause, change.grade) for change in history] == [("import", one.grade)]


def test_importing_twice_changes_nothing(aws: None, csv_file: Any) -> None:
    lines = "".join(f"h{n},{n * 1_000},{n * 300},美食,,{n + 10}.50,,\n" for n in range(80))
    path = csv_file(HEADER + lines)
    assert imported(path)[0].outcomes == {"imported": 80}
    before = everything()
    for _ in range(2):
        summary, _ = imported(path)
        assert summary.outcomes == {"unchanged": 80}
        assert summary.grades.total() == 80
    assert everything() == before


def test_newer_figures_and_corrections_are_taken_over(aws: None, csv_file: Any) -> None:
    imported(csv_file(HEADER + "tea,1000,200,美食,30,20,,2026-11-01\ncake,1000,200,美食,30,20,,2026-11-01\n"))
    summary, _ = imported(
        csv_file(HEADER + "tea,900000,90000,,,25,,2026-11-02\ncake,1000,200,旅游,30,20,,2026-11-01\n")
    )
    assert summary.outcomes == {"updated": 2}
    tea, cake = account("tea"), account("cake")
    assert tea.evidence["followers_shown"] == tea.followers == 900_000
    assert (tea.category, tea.own_post_price, tea.own_repost_price) == ("美食", 3_000, 2_500)
    assert cake.category == "旅游"
    assert cake.advised == {
        kind: band.as_json() for kind, band in assess(Evidence.from_json(cake.evidence), "旅游").prices.items()
    }


def test_older_figures_are_history_only(aws: None, csv_file: Any) -> None:
    imported(csv_file(HEADER + "tea,1000,200,美食,,,,2026-11-10\n"))
    older = csv_file(HEADER + "tea,5,1,美食,,,,2026-11-01\n")
    assert imported(older)[0].outcomes == {"updated": 1}
    assert account("tea").followers == 1_000
    before = everything()
    assert imported(older)[0].outcomes == {"unchanged": 1}
    assert everything() == before


def test_an_import_does_not_change_a_bound_account(api: Any, csv_file: Any) -> None:
    imported(csv_file(HEADER + "tea,1000,200,美食,30,20,,2026-11-01\n"))
    body = {
        "network": "weibo",
        "handle": "tea",
        "category": "旅游",
        "prices": {"post": {"amount": 777_00, "currency": "CNY"}},
    }
    card = api.as_("an", "creator").post("/v1/accounts", body).json_body
    path = csv_file(HEADER + "tea,50000,20000,美食,30,20,,2026-11-02\n")
    assert imported(path)[0].outcomes == {"updated": 1}
    now = api.as_("an", "creator").get(f"/v1/accounts/{card['id']}").json_body
    for member in ("status", "category", "prices", "paused", "admission", "created_at"):
        assert now[member] == card[member], member
    assert now["metrics"]["followers"] == 50_000
    assert now["effective_prices"]["repost"] == now["advised_price"]["repost"]["mid"]
    assert [entry["id"] for entry in api.as_("an", "creator").get("/v1/accounts?owner=me").json_body["data"]] == [
        now["id"]
    ]
    assert imported(path)[0].outcomes == {"unchanged": 1}


def test_a_concurrent_binding_is_not_overwritten(api: Any, csv_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(csv_file(HEADER + "tea,1000,200,美食,30,20,,2026-11-01\n"))
    observe, times = metric_snapshots.observe, 0

    def interrupted(*arguments: Any) -> Any:
        nonlocal times
        times += 1
        if times == 1:
            wanted = binding.Binding("weibo", "tea", "旅游", {"post": None, "repost": 55_500})
            binding.bind("cre_an", wanted, None, lambda record: record.pk)
        return observe(*arguments)

    monkeypatch.setattr(metric_snapshots, "observe", interrupted)
    rows = "tea,2000,200,美食,30,20,,2026-11-02\ncake,2000,200,美食,30,20,,2026-11-02\n"
    summary, skipped = imported(csv_file(HEADER + rows))
    assert (dict(summary.outcomes), skipped) == ({"updated": 1, "imported": 1}, [])
    tea = account("tea")
    assert (tea.owner, tea.status, tea.category, tea.own_repost_price) == ("cre_an", "pending", "美食", 55_500)
    assert (tea.followers, account("cake").followers) == (2_000, 2_000)


def test_a_bad_row_is_reported_with_its_line_and_skipped(aws: None, csv_file: Any) -> None:
    rows = [b"good,100,,,,,,", b"", b"x,many,,,,,,", b"\xff\xfe,100,,,,,,", b"good,1,,,,,,", b"last,100,,,,,,", b""]
    summary, skipped = imported(csv_file(HEADER.encode() + b"\n".join(rows)))
    assert skipped == [
        SkippedRow(4, "followers: 'many' is not a whole number"),
        SkippedRow(5, "handle: has bytes that are not utf-8; name the encoding with --encoding, such as gb18030"),
        SkippedRow(6, "good is already on line 2"),
    ]
    assert summary.outcomes == {"imported": 2, "skipped": 3}
    assert (account("good").followers, account("last").followers) == (100, 100)


def test_a_stray_byte_matters_only_in_an_imported_column(aws: None, csv_file: Any) -> None:
    path = csv_file(b"handle,followers,about\ntea,100,caf\xe9\ncak\xe9,100,x\n")
    summary, skipped = imported(path)
    assert summary.outcomes == {"imported": 1, "skipped": 1}
    assert [row.line for row in skipped] == [3]
    assert account("tea").followers == 100


def test_dated_rows_become_snapshots_in_order(aws: None, csv_file: Any) -> None:
    rows = "tea,300,,,,30,,20261103\ntea,100,,,,10,,20261101\ncake,5,,,,,,20261101\ntea,200,,,,20,,20261102\n"
    summary, skipped = imported(csv_file(HEADER + rows + "tea,200,,,,20,,2026-11-02\n"))
    assert summary.outcomes == {"imported": 2, "updated": 2, "skipped": 1}
    assert skipped == [SkippedRow(6, "tea is already on line 5")]
    tea = account("tea")
    assert (tea.followers, tea.own_repost_price) == (300, 3_000)
    snapshots = list(SnapshotRecord.query(tea.pk, SnapshotRecord.sk.startswith("metrics#")))
    assert [(snapshot.figures["followers"], snapshot.counted is not None) for snapshot in snapshots] == [
        (100, True),
        (200, True),
        (300, True),
    ]
    assert imported(csv_file(HEADER + rows))[0].outcomes["updated"] == 0


def test_a_workbook_is_imported_with_its_proposed_layout(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, columns, book = tmp_path / "list.xlsx", tmp_path / "columns.json", openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["昵称", "粉丝数(万)", "报价", "平均阅读", "日期"])
    sheet.append(["茶馆", 1.2, 500, "10万+", date(2026, 11, 20)])
    sheet.append(["糕点", "3.4w", "￥1,500", 800, 20261120])
    book.save(path)
    command = ["import", str(path), "--network", "weibo", "--stage", "test", "--json"]
    assert main(command) == 1
    proposed = json.loads(capsys.readouterr().out)
    assert find_account(account_id("weibo", "茶馆")) is None
    columns.write_text(json.dumps(proposed["map"]))
    assert main([*command, "--map", str(columns), "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["checked"] == 2
    assert find_account(account_id("weibo", "茶馆")) is None
    assert main([*command, "--map", str(columns)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["imported"], document["skipped"], document["lower_bounds"]) == (2, 0, {"平均阅读": 1})
    assert (account("茶馆").followers, account("糕点").followers) == (12_000, 34_000)
    assert (account("茶馆").own_post_price, account("糕点").own_post_price) == (50_000, 150_000)
    assert account("茶馆").evidence["reads_avg_30d"] == 100_000


def test_other_figures_of_the_same_moment_are_refused(aws: None, csv_file: Any) -> None:
    imported(csv_file(HEADER + "tea,1000,200,,,,,2026-11-01\n"))
    summary, [skipped] = imported(csv_file(HEADER + "cake,5,,,,,,2026-11-01\ntea,1001,200,,,,,2026-11-01\n"))
    assert (skipped.line, skipped.reason) == (3, "There is another snapshot of 2026-11-01T00:00:00Z.")
    assert summary.outcomes == {"imported": 1, "skipped": 1}
    assert account("tea").followers == 1_000


def test_byte_order_marks_and_spaces_are_accepted(aws: None, csv_file: Any) -> None:
    path = csv_file(b'\xef\xbb\xbf handle , followers \r\n tea ,"1,000"\r\n')
    assert imported(path)[0].outcomes == {"imported": 1}
    assert account("tea").followers == 1_000


def test_a_file_without_the_columns_is_refused(csv_file: Any) -> None:
    for text in ("", "name,followers\nx,1\n", "handle\nx\n"):
        with pytest.raises(ValueError, match="the file has no column"):
            imported(csv_file(text))


def test_a_wrong_network_is_refused_before_anything_is_written(csv_file: Any) -> None:
    with pytest.raises(ValueError, match="not the name of a network"):
        import_accounts(csv_file(HEADER + "tea,1,,,,,,\n"), "Wei Bo", FORMATS["standard"])


def test_as_of_defaults_to_now(aws: None, csv_file: Any) -> None:
    moment = clock.parse("2026-11-22T10:00:00Z")
    path = csv_file("handle,followers\ntea,1000\n")
    with clock.at(moment):
        imported(path)
    assert account("tea").evidence["as_of"] == "2026-11-22T10:00:00Z"
    assert imported(path, as_of="2026-11-22T11:00:00Z")[0].outcomes == {"updated": 1}


def test_an_unreachable_deployment_is_reported(aws: None, csv_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(entries: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://nowhere.example")

    monkeypatch.setattr("ops.file_imports.account_import.take", silent)
    with pytest.raises(Unreachable, match="nowhere"):
        imported(csv_file(HEADER + "tea,1,,,,,,\n"))


def test_the_command_reports_bad_rows_and_a_summary(aws: None, csv_file: Any, tmp_path: Path) -> None:
    columns = tmp_path / "columns.json"
    columns.write_text(
        json.dumps(
            {"columns": {"handle": "名", "followers": "粉丝"}, "unknown": ["-"], "as_of": "2026-11-01T00:00:00Z"}
        )
    )
    path = csv_file("名,粉丝\ntea,1000\ncake,-\n")
    out = io.StringIO()
    summary = run_import(path, "weibo", columns, None, out)
    (first,) = out.getvalue().splitlines()
    assert first.startswith("line 3 skipped: followers: ")
    counts, *grades = str(summary).splitlines()
    document = summary.document()
    assert (document["imported"], document["skipped"], document["left"][0]["line"]) == (1, 1, 3)
    assert counts.startswith("1 imported, 0 updated, 0 unchanged, 1 skipped in ")
    assert len(grades) == 1
    assert "100.0%" in grades[0]
    assert account("tea").evidence["as_of"] == "2026-11-01T00:00:00Z"


def test_an_import_without_rows_fails(cloud: Cloud, csv_file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = csv_file(HEADER + "tea,bad,,,,,,\n")
    assert main(["import", str(path), "--network", "weibo", "--stage", "test", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["imported"], document["skipped"]) == (0, 1)
