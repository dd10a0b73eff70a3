"""A file of posts becomes evidence about the accounts of the file beside it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from chalicelib.accounts.intake import Entry
from ops.importing import entries
from ops.layout import STANDARD
from ops.posts import COLUMNS, read_posts

DOCUMENT = Path(__file__).parents[3] / "docs" / "importing.md"
HEADER = "account,time,text_key,reposts,comments,likes,is_forward,n_url,client\n"


def posts(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text(text, "utf-8")
    return path


def test_posts_are_summed_up_by_account(tmp_path: Path) -> None:
    lines = "".join(
        f"tea,2017-05-{day:02}T11:57:00+08:00,k{day % 5},1,,3,{day % 2},1,皮皮时光机\n" for day in range(1, 11)
    )
    found = read_posts(posts(tmp_path, HEADER + lines + "cake,,,,,7,,,\n"))
    assert found["cake"] == {"likes_avg_30d": 7}
    assert found["tea"]["duplicates_share"] == 0.5
    assert found["tea"]["originals_share"] == 0.5
    assert (found["tea"]["links_share"], found["tea"]["automated_share"]) == (1, 1)
    assert "comments_avg_30d" not in found["tea"]
    assert "reads_avg_30d" not in found["tea"]


def test_what_the_row_says_comes_first(tmp_path: Path) -> None:
    shown = {"tea": {"likes_avg_30d": 7, "comments_avg_30d": 1}}
    file = io.StringIO("handle,followers,likes_avg_30d\ntea,100,9\ncake,100,9\n", newline="")
    tea, cake = (entry for _, entry in entries(file, "weibo", STANDARD, "2026-11-01", shown))
    assert isinstance(tea, Entry)
    assert isinstance(cake, Entry)
    assert (tea.figures["likes_avg_30d"], tea.figures["comments_avg_30d"]) == (9, 1)
    assert "comments_avg_30d" not in cake.figures


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("time,text\n", "no column handle"),
        (HEADER + "tea,,,,,\ntea,,k,x,,,,,\n", "line 3"),
        (HEADER + "tea,soon,,,,,,,\n", "line 2"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_posts(posts(tmp_path, text))


def test_the_document_names_every_column() -> None:
    text = DOCUMENT.read_text("utf-8").partition("## Posts")[2]
    assert [column for among in COLUMNS.values() for column in among if f"`{column}`" not in text] == []
