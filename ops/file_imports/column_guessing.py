"""Guesses the meaning of a file's columns from header words in English and Chinese and from the values. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops.file_imports import cells
from ops.file_imports.column_layout import AVERAGES, COUNTS, MULTIPLES, PRICES, REQUIRED, SHARES, TIMES, TRUTHS

SAMPLE = 200
"""The number of rows that the guess reads."""
ENOUGH = 0.8
"""The share of a column's cells that must be readable as the field that the header names."""

_AVERAGE = r"(?:avg|average|mean)"


def _averages(english: str, chinese: str) -> str:
    return (
        rf"{_AVERAGE} (?:{english})(?: per post)?|(?:{english}) {_AVERAGE}|(?:{english}) per post"
        rf"|(?:平均|篇均|场均)(?:{chinese})[数量]?|(?:{chinese})[数量]?(?:均值|均数|平均值?|中位数)"
    )


# Patterns of a field's header, best first. A pattern must match the whole header in lower case without its unit.
HEADER_WORDS: dict[str, tuple[str, ...]] = {
    "handle": (
        r"handle|screen name|user ?name|用户名|账号|帐号|账户",
        r"昵称|微博昵称|达人昵称|博主昵称|账号名称?|帐号名称?|微博名称?|达人名称?|博主名称?|作者昵称",
        r"tiktoker(?: name)?|influencer insta name",
        r"(?:instagram|insta|tiktok|youtube|twitter|weibo) (?:name|handle|account|channel)",
        r"channel(?: name| info| title)?|youtuber(?: name)?|account(?: name)?|profile(?: name)?|page name",
        r"influencer(?: name)?|creator(?: name)?|blogger|kol|达人|博主|作者|红人|主播|大v|name|名称|名字|姓名",
    ),
    "followers": (
        r"followers?(?: count| number)?|(?:number|no\.?) of followers|total followers|follower count|粉丝数?量?|粉丝总数|总粉丝数?",
        r"subscribers?(?: count| number)?|(?:number|no\.?) of subscribers|subs|fans?(?: count)?|fans number|关注者数?|订阅数",
    ),
    "reads_avg_30d": (
        r"avg reads 30d|近30天(?:平均|篇均)(?:阅读|播放)[数量]?|月均阅读[数量]?",
        _averages("reads?|views?|impressions?|plays?", "阅读|播放|观看|浏览|曝光"),
    ),
    "likes_avg_30d": (_averages("likes?", "点赞|赞"),),
    "comments_avg_30d": (_averages("comments?", "评论"),),
    "reposts_avg_30d": (_averages("reposts?|shares?|retweets?", "转发|分享"),),
    "posts_30d": (r"posts 30d|posts (?:per|a) month|近30天(?:发文|发博|作品|发布)数?|月发文数?",),
    "posts_total": (
        r"(?:total |number of )?posts(?: count| total)?|uploads|video count|videos|微博数|作品数|发文数|笔记数|视频数",
    ),
    "following": (r"following(?: count)?|followings|friends count|关注数|关注",),
    "category": (
        r"category(?: ?1)?|main category|分类|类别|领域|垂类|内容类型|账号类型|行业|所属领域|标签",
        r"niche|topic|genre|vertical|industry",
    ),
    "verified": (r"(?:is )?verified|verification|是否认证|认证|加v|是否加v|认证状态",),
    "post_price": (
        r"post price|price per post|price post|直发报?价格?|直发|发布价|原创报?价格?",
        r"报价|价格|单价|刊例价|price|rate|quote",
    ),
    "repost_price": (r"repost price|price repost|转发报?价格?",),
    "as_of": (r"as of|snapshot date|date|数据日期|日期|采集时间|采集日期|更新时间|更新日期|统计日期|数据时间",),
    "registered_at": (
        r"registered(?: at| on)?|registration date|joined(?: at| on| date)?|created(?: at| on| date)?|account created",
        r"注册时间|注册日期",
        r"created year|year created|start(?:ed)? year|注册年份",
    ),
}

_UNIT = re.compile(r" ?[(\[]\s*(?:单位)?:? ?([^()\[\]]{1,10}?)\s*[)\]] ?")
_UNIT_WORDS = {**dict.fromkeys(MULTIPLES), "thousand": "k", "thousands": "k", "millions": "m", "mn": "m"}


@dataclass(frozen=True)
class Guess:
    """A proposed layout. `document` is the layout in the form that `--map` reads, usable if `complete`. `notes` are sentences about
    missing and uncertain columns; `left_out` are columns that are not imported."""

    document: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return all(name in self.document["columns"] for name in REQUIRED)


def is_header(row: Sequence[str]) -> bool:
    """Return True if the cells name every required field."""
    names = [_normal(cell)[0] for cell in row]
    return all(any(_matches(name, words) for words in HEADER_WORDS[name_of] for name in names) for name_of in REQUIRED)


def guess(header: Sequence[str], rows: Sequence[Sequence[str]], currency: str = "CNY") -> Guess:
    """Return the guessed layout from the names of the columns and the first rows; prices are in `currency`."""
    samples = {
        name: [row[place] for row in rows[:SAMPLE] if row[place] and row[place].lower() not in cells.UNKNOWN]
        for place, name in enumerate(header)
    }
    columns: dict[str, Any] = {}
    taken: set[str] = set()
    notes: list[str] = []

    def accept(name: str, column: str) -> None:
        unit = _normal(column)[1]
        if name in PRICES and currency == "CNY":
            unit = unit or "yuan"
        columns[name] = {"column": column, "unit": unit} if unit and name in (*COUNTS, *AVERAGES, *PRICES) else column
        taken.add(column)

    for name, alternatives in HEADER_WORDS.items():
        for words in alternatives:
            found = [column for column in header if column not in taken and _matches(_normal(column)[0], words)]
            fitting = [column for column in found if _reason_against(name, column, samples[column], currency) is None]
            for column in found:
                reason = _reason_against(name, column, samples[column], currency)
                if reason is not None:
                    notes.append(f"{column} is not used as {name}: {reason}")
            if fitting:
                accept(name, fitting[0])
                break
    if "handle" not in columns:
        names = [column for column in header if column not in taken and _looks_like_names(samples[column])]
        if names:
            accept("handle", names[0])
            notes.append(f"{names[0]} is used as handle because its values are all different texts: check it")
    if "followers" not in columns:
        counts = [column for column in header if column and column not in taken and _looks_like_counts(samples[column])]
        if len(counts) == 1:
            accept("followers", counts[0])
            notes.append(f"{counts[0]} is used as followers because it is the only column of counts: check it")
        elif counts:
            notes.append(f"followers may be one of the columns {', '.join(counts)}: name it in the map")
    for name in REQUIRED:
        if name not in columns:
            notes.append(f"no column was recognised as {name}: name it in the map")
    left_out = [column for column in header if column and column not in taken]
    return Guess({"columns": columns}, notes, left_out)


def _normal(column: str) -> tuple[str, str | None]:
    """Return the name of a column in lower case without its unit, and the unit."""
    text = unicodedata.normalize("NFKC", column).strip().lower()
    unit = None
    for found in _UNIT.finditer(text):
        word = found[1].strip()
        if word in _UNIT_WORDS:
            unit = _UNIT_WORDS[word] or word
    text = _UNIT.sub(" ", text)
    ending = re.search(r"[_/ ](fen|yuan|分|元|万|w|k|m)$", text)
    if ending and unit is None:
        text, unit = text[: ending.start()], ending[1]
    return " ".join(re.sub(r"[_\-./:#]+", " ", text).split()), unit


def _matches(name: str, words: str) -> bool:
    return re.fullmatch(words, name) is not None


def _reason_against(name: str, column: str, sample: Sequence[str], currency: str) -> str | None:
    """Return the reason why the column cannot be the field, or None."""
    if name in PRICES and cells.names_other_money(" ".join((column, *sample[:5])).lower(), currency):
        return f"prices are imported in {'yuan (CNY)' if currency == 'CNY' else currency}"
    reader = _reader(name, currency)
    if reader is None or not sample:
        return None
    unreadable = [cell for cell in sample if not _readable(reader, cell)]
    if len(unreadable) > (1 - ENOUGH) * len(sample):
        kind = "days" if name in TIMES else "truth values" if name in TRUTHS else "numbers"
        return f"its values, such as {unreadable[0][:40]!r}, are not {kind}"
    return None


def _reader(name: str, currency: str) -> Callable[[str], Any] | None:
    if name in TIMES:
        return lambda cell: cells.read_time(cell, cells.read_zone("+00:00"))
    if name in TRUTHS:
        return cells.read_truth
    if name in PRICES:
        return lambda cell: cells.read_price(cell, currency)
    if name in SHARES:
        return cells.read_share
    return cells.read_number if name in (*COUNTS, *AVERAGES) else None


def _readable(reader: Callable[[str], Any], cell: str) -> bool:
    try:
        reader(cell)
    except ValueError:
        return False
    return True


def _looks_like_names(sample: Sequence[str]) -> bool:
    texts = [cell for cell in sample if not _readable(cells.read_number, cell) and not cell.startswith("http")]
    return (
        len(sample) > 1 and len(texts) == len(set(sample)) == len(sample) and all(len(cell) <= 100 for cell in sample)
    )


def _looks_like_counts(sample: Sequence[str]) -> bool:
    """Return True if the cells are counts, and not the numbers of the rows."""
    numbers = [cells.read_number(cell) for cell in sample if _readable(cells.read_number, cell)]
    if not numbers or len(numbers) < ENOUGH * len(sample):
        return False
    values = [number.value for number in numbers]
    numbered = len(values) > 1 and all(later - earlier == 1 for earlier, later in zip(values, values[1:], strict=False))
    return not numbered and all(value == int(value) for value in values)
