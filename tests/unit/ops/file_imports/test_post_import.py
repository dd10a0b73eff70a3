"""A file of posts becomes evidence about the accounts of the other file."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest

from chalicelib.accounts.bulk_import import Entry
from ops.file_imports.account_import import entries
from ops.file_imports.column_layout import STANDARD
from ops.file_imports.post_import import COLUMNS, PostsSummary, read_posts

DOCUMENT = Path(__file__).parents[4] / "docs" / "operations" / "importing.md"
HEADER = "account,time,text_key,reposts,comments,likes,is_forward,n_url,client\n"


def posts(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text(text, "utf-8")
    return path


def test_posts_are_summed_up_by_account(tmp_path: Path) -> None:
    lines = "".join(
        f"tea,2017-05-{day:02}T11:57:00+08:00,k{day % 5},1,,3,{day % 2},1,皮皮时光机\n" for day in range(1, 11)
    )
    summaries = read_posts(posts(tmp_path, HEADER + lines + "cake,,,,,7,,,\n"))
    found = {handle: summary.figures for handle, summary in summaries.items()}
    assert found["cake"] == {"likes_avg_30d": 0, "reactions_median": 2.0794, "reactions_spread": 0}
    assert found["tea"]["duplicates_share"] == 0.5
    assert found["tea"]["originals_share"] == 0.5
    assert (found["tea"]["links_share"], found["tea"]["automated_share"]) == (1, 1)
    assert "comments_avg_30d" not in found["tea"]
    assert "reads_avg_30d" not in found["tea"]


def test_figures_of_the_row_override_posts(tmp_path: Path) -> None:
    shown = {"tea": PostsSummary({"likes_avg_30d": 7, "comments_avg_30d": 1}, "美食")}
    file = io.StringIO("handle,followers,likes_avg_30d\ntea,100,9\ncake,100,9\n", newline="")
    tea, cake = (entry for _, entry in entries(file, "weibo", STANDARD, "2026-11-01", shown))
    assert isinstance(tea, Entry)
    assert isinstance(cake, Entry)
    assert (tea.figures["likes_avg_30d"], tea.figures["comments_avg_30d"]) == (9, 1)
    assert "comments_avg_30d" not in cake.figures
    assert (tea.proposed, cake.proposed) == ("美食", None)


def test_texts_propose_a_category(tmp_path: Path) -> None:
    lines = "".join(f"tea,,今天的美食 {number},,,,,,\n" for number in range(4))
    found = read_posts(posts(tmp_path, HEADER + lines + "cake,,a,,,,,,\n"))
    assert (found["tea"].category, found["cake"].category) == ("美食", None)


def test_a_file_without_handles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column handle"):
        read_posts(posts(tmp_path, "time,text\n"))


BAD_POSTS = [
    ("tea,,k,x,,,,,", "reposts: 'x' cannot be read"),
    ('tea,,k,"1,50",,,,,', "reposts: '1,50' cannot be read (commas may only"),
    ("tea,,k,1e400,,,,,", "reposts: '1e400' cannot be read"),
    ("tea,,k,1e99,,,,,", "reposts: '1e99' cannot be read (more than"),
    ("tea,,k,-5,,,,,", "reposts: '-5' cannot be read (it is negative)"),
    ("tea,,k,1.5,,,,,", "reposts: '1.5' cannot be read (it has a fraction)"),
    ("tea,soon,,,,,,,", "time: 'soon' cannot be read"),
    ("tea,46327,,,,,,,", "time: '46327' cannot be read (of digits alone"),
    ("tea,0001-01-01,,,,,,,", "time: '0001-01-01' cannot be read"),
    ("tea,2017-05-02T11:00:00,,,,,,,", "time: 2017-05-02T11:00:00 has no time zone, the first time of the file has"),
    ("tea,,k,,,,,,,more", "10 cells where the header has 9"),
    ("tea,," + "k" * 140_000 + ",,,,,,", "a cell has more than 131,072 characters"),
    ('"' + "k" * 140_000 + '",,,,,,,,', "a cell has more than 131,072 characters"),
    ('tea,,"k,5,,,,,', "the quote that opens on line 3 is not closed"),
    (",,k,1,,,,,", "account: is empty"),
    ("1.66988E+09,,k,1,,,,,", "account: '1.66988E+09' cannot be read (a spreadsheet"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_POSTS, ids=[reason[:40] for _, reason in BAD_POSTS])
def test_a_bad_post_is_named_and_the_others_count(tmp_path: Path, row: str, reason: str) -> None:
    text = f"{HEADER}tea,2017-05-01T11:57:00+08:00,a,1,,,,,\n{row}\n,,,,,,,,\ntea,2017-05-01T05:57:00Z,b,3.0,,,,,\n"
    skipped: list[tuple[int, str]] = []
    found = read_posts(posts(tmp_path, text), lambda line, why: skipped.append((line, why)))
    assert found["tea"].figures["reactions_median"] == pytest.approx(math.log(8) / 2, abs=1e-4)
    ((line, why),) = skipped
    assert line == 3
    assert why.startswith(reason)


def test_counts_are_read_as_in_the_accounts_file(tmp_path: Path) -> None:
    text = 'handle,likes,reads\ntea,"1,234",1.2万\ntea,"1,236",10万+\n'
    found = read_posts(posts(tmp_path, text))["tea"].figures
    assert found["reactions_median"] == pytest.approx(math.log(1_235 * 1_237) / 2, abs=1e-4)
    assert found["reads_median"] == pytest.approx(math.log(12_001 * 100_001) / 2, abs=1e-4)


def test_the_document_names_every_column() -> None:
    text = DOCUMENT.read_text("utf-8").partition("## Posts")[2]
    assert [column for among in COLUMNS.values() for column in among if f"`{column}`" not in text] == []
