"""The page of a grade: it shows the figures of the API, is public, and runs nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest

from chalicelib.accounts.bulk_import import Entry, take
from chalicelib.accounts.records import account_id, segment_of
from chalicelib.api import ROUTES
from chalicelib.core import clock, ids
from chalicelib.grading import regrade, track_record_store
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import missing_of
from chalicelib.grading.model.methodology import LABELS, in_force, published, versions
from chalicelib.grading.model.track_record_figures import TrackRecordEntry
from chalicelib.grading.pages.wording import WORDS, at_least, figure
from chalicelib.social.handles import display_form
from testing.api import Api

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIGURES = {
    "as_of": "2026-11-20T00:00:00Z",
    "followers": 400_000,
    "active_followers": 300_000,
    "reads_avg_30d": 50_000,
    "posts_30d": 12,
    "likes_avg_30d": 200,
    "following": 500,
}
HOSTILE = "</style><script>alert(1)</script>'\"&\u202eevil"
SHELL = "python3 - <<'END'\n"


class Page(HTMLParser):
    """Collect the text of the page; every element must be closed in its place."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.commands: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(body)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "br"):
            self._open.append(tag)
        if tag == "pre":
            self.commands.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["pre"]:
            self.commands[-1] += data
        if self._open[-1:] != ["style"]:
            self.text += f" {data}"


def listed(handle: str = "tea", category: str | None = "美食", **changes: Any) -> str:
    figures = cast("AccountFigures", {**FIGURES, **changes})
    take([Entry("weibo", handle, category, figures, {}, dated=True)])
    return account_id("weibo", handle)


def shown(api: Api, account: str) -> Page:
    found = api.get(f"/grades/{account}")
    assert found.status_code == 200
    return Page(found.body.decode())


def grade_of(api: Api, account: str) -> dict[str, Any]:
    found: dict[str, Any] = api.as_("ann", "advertiser").get(f"/v1/accounts/{account}/grade").json_body
    return found


def test_the_page_shows_the_figures_of_the_api(api: Api) -> None:
    account = listed()
    text, grade = shown(api, account).text, grade_of(api, account)
    assert f"{grade['score']:.3f}" in text
    assert LABELS[grade["grade"]] in text
    assert f"Confidence {grade['confidence']:.0%}" in text
    assert f"{grade['percentile_in_category']:.0f}% of {grade['percentile_compared_with']}" in " ".join(text.split())
    for factor in grade["factors"]:
        assert factor["label"] in text
        known = not factor["evidence"]["missing"]
        assert (f"{factor['contribution']:.3f}" in text) if known else "Not known. It adds nothing" in text
        assert factor["compared_with"] is None or factor["compared_with"] in text
    for way in grade["next"]["by_factor"]:
        reached = at_least(way["to"], whole=way["name"] in ("followers", "activity"))
        assert reached in text
        assert float(reached.replace(",", "")) >= way["to"], "what is said to be enough is enough"
    for band in grade["advised_price"].values():
        for price in ("low", "mid", "high"):
            assert f"¥{band[price]['amount'] // 100:,}" in text
    for missing in ("days with a post", "repeated texts", "offers accepted"):
        assert missing in text


def test_the_page_is_public_cacheable_and_runs_nothing(api: Api) -> None:
    found = api.get(f"/grades/{listed()}")
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    assert found.headers["Cache-Control"] == "public, max-age=300"
    policy = found.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert {"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    page = Page(found.body.decode())
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & page.tags
    assert not {name for name in page.names if name.startswith("on") or name == "style"}


def test_links_of_the_page_work(api: Api) -> None:
    page = shown(api, listed())
    assert set(page.links) == {f"../v1/grading/methodology?version={in_force().version}", "../docs"}
    assert api.get(f"/v1/grading/methodology?version={in_force().version}").status_code == 200
    assert "/docs" in {route.path for route in ROUTES}, "tests/browser opens it; its files are built with the package"


def test_names_from_outside_stay_text(api: Api) -> None:
    account = listed(HOSTILE, f"<img src=x onerror=alert(2)>{HOSTILE}")
    markup = api.get(f"/grades/{account}").body.decode()
    page = Page(markup)
    assert not {"script", "img"} & page.tags
    assert "onerror" not in page.names
    assert display_form("weibo", HOSTILE) in page.text
    assert markup.count("</style>") == 1
    body = {"network": "weibo", "handle": f"2{HOSTILE}", "category": "美食"}
    bare = shown(api, api.as_("an", "creator").post("/v1/accounts", body).json_body["id"])
    assert display_form("weibo", f"2{HOSTILE}") in bare.text
    assert "script" not in bare.tags


@pytest.mark.parametrize(
    "account", [ids.derive("acc", "nobody"), "acc_none", "%3Cscript%3E", "tsk_01M83NJJH6SGPBTG5M3Y0XX67M"]
)
def test_an_unknown_account_has_an_error_page(api: Api, account: str) -> None:
    found = api.get(f"/grades/{account}")
    assert found.status_code == 404
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    assert found.headers["Cache-Control"] == "no-store"
    page = Page(found.body.decode())
    assert "No such account." in page.text
    assert found.headers["X-Request-Id"] in page.text
    assert "script" not in page.tags


def test_an_account_without_a_grade(api: Api) -> None:
    body = {"network": "weibo", "handle": "new", "category": "美食"}
    account = api.as_("an", "creator").post("/v1/accounts", body).json_body["id"]
    page = shown(api, account)
    assert "not graded yet" in page.text
    assert "pre" not in page.tags


def test_the_page_shows_unlisted_accounts_as_such(api: Api) -> None:
    body = {"network": "weibo", "handle": "new", "category": "美食"}
    account = api.as_("an", "creator").post("/v1/accounts", body).json_body["id"]
    assert api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", FIGURES).status_code == 201
    unlisted = "The market does not list this account"
    assert unlisted in shown(api, account).text
    api.as_("auditor", "auditor").post(f"/v1/accounts/{account}/admission", {"decision": "approved"})
    assert unlisted not in shown(api, account).text


def test_the_command_on_the_page_computes_the_grade(api: Api) -> None:
    """With the source code alone: no package of the environment is there."""
    account = listed()
    grade = grade_of(api, account)
    [command] = [one for one in shown(api, account).commands if one.startswith(SHELL)]
    program = command.removeprefix(SHELL).removesuffix("END")
    found = subprocess.run([sys.executable, "-S", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    *factors, result = [line.split() for line in found.stdout.splitlines()]
    assert result == [grade["grade"], str(grade["score"])]
    assert factors == [[factor["name"], str(factor["contribution"])] for factor in grade["factors"]]


def test_the_history_becomes_a_chart_with_its_second_step(api: Api) -> None:
    account, admin = listed(), api.as_("root", "admin")
    first = shown(api, account)
    assert "circle" not in first.tags
    assert "figures imported" in first.text
    more = {**FIGURES, "as_of": "2026-11-21T00:00:00Z", "reads_avg_30d": 900_000}
    assert admin.post(f"/v1/accounts/{account}/metrics", more).status_code == 201
    with clock.at(NOON):
        second = shown(api, account)
    assert "circle" in second.tags
    assert "new figures" in second.text
    history = api.as_("ann", "advertiser").get(f"/v1/accounts/{account}/grade/history").json_body["data"]
    assert len(history) == 2
    for change in history:
        assert f"{change['score']:.3f}" in second.text


def test_the_page_shows_paid_orders_and_uncounted_followers(api: Api) -> None:
    account = listed(active_followers=None)
    assert "The advice comes from the model alone" in shown(api, account).text
    for number in range(2):
        entry = TrackRecordEntry(ids.new("adv"), accepted=True, on_time=True, kept=True, paid=123_400)
        track_record_store.save(account, ids.new("ord"), "repost", NOON + timedelta(hours=number), entry)
    with clock.at(NOON + timedelta(days=1)):
        assert regrade.regrade("rgr", segment_of(account), lambda: True)
        more = {**FIGURES, "as_of": "2026-11-23T00:00:00Z", "followers": 4_000_000}
        del more["active_followers"]
        assert api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", more).status_code == 201
        page, grade = shown(api, account), grade_of(api, account)
    assert grade["price_model"]["paid"]["orders"] == 2
    assert (
        f"2 orders from 2 advertisers paid {grade['price_model']['paid']['ratio']:.0%} of the model's price"
        in page.text
    )
    assert page.text.count("¥1,234") == 2
    assert "orders on this market" in page.text
    assert grade["followers"]["counted"] < grade["followers"]["all"]
    assert "of 4,000,000 followers count" in page.text
    assert f"{grade['followers']['counted']:,}" in page.text


def test_a_diamond_needs_nothing_more(api: Api) -> None:
    account = listed(
        followers=90_000_000,
        active_followers=None,
        reads_avg_30d=90_000_000,
        popular=True,
        likes_avg_30d=900_000,
        comments_avg_30d=100_000,
    )
    assert grade_of(api, account)["grade"] == "diamond"
    assert "There is no higher grade" in shown(api, account).text


@pytest.mark.parametrize("version", versions())
def test_everything_that_can_be_missing_has_words(version: str) -> None:
    methodology = published(version)
    assert methodology is not None
    for rule in methodology.factors:
        assert set(missing_of(rule, Evidence("2026-11-20T00:00:00Z", 1))) <= WORDS.keys()


@pytest.mark.parametrize(
    ("value", "text", "reached"),
    [
        (300_000, "300,000", "300,000"),
        (64_747.298, "64,747", "64,748"),
        (436.308, "436.3", "436.4"),
        (12.34, "12.3", "12.4"),
        (9.5, "9.50", "9.50"),
        (0.0834, "0.083", "0.084"),
        (0, "0", "0"),
        (-2.345, "-2.35", "-2.34"),
    ],
)
def test_figures_are_short_and_targets_rounded_up(value: float, text: str, reached: str) -> None:
    assert (figure(value), at_least(value)) == (text, reached)
