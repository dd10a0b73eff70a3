"""The built web console: its types fit the API's document, its texts are used, and its first page is within the budget."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.catalogue.status_and_reason_texts import GROUPS
from chalicelib.console_serving.files import PAGES
from chalicelib.core.errors import TABLE
from infra import console_build

pytestmark = pytest.mark.xdist_group("package")  # it is built once

SCRIPT_MAX, STYLE_MAX = 60_000, 16_000
"""Bytes that the first page may load, compressed with gzip: scripts with one language and the largest home, and the style."""
WITHOUT_SCREEN = {
    "GET /console": "the console itself",
    "GET /console/{file}": "the console itself",
    "GET /docs": "a page",
    "GET /grades/{account_id}": "a page, linked on the account's screen",
    "GET /openapi.json": "for programs",
    "GET /r/{code}": "for readers of posts",
    "GET /sandbox/accounts/{account_id}/profile": "for programs",
    "GET /sandbox/posts/{post_id}": "for programs",
    "DELETE /sandbox/posts/{post_id}": "for programs",
    "PUT /sandbox/posts/{post_id}": "for programs",
    "PUT /sandbox/posts/{post_id}/comments": "for programs",
    "GET /tasks/{task_id}/report": "a page, by a link",
    "POST /v1/accounts/{account_id}/metrics": "for imports; the screen reads the figures from the network",
    "GET /v1/advertisers/me": "part of GET /v1/me",
    "GET /v1/appeals/{appeal_id}": "part of the lists of appeals",
    "GET /v1/categories": "part of GET /v1/catalogue",
    "GET /v1/notifications/unsubscribe": "a page, by the link in an e-mail",
    "POST /v1/notifications/unsubscribe": "by the link in an e-mail",
    "POST /v1/payments/{provider}/notifications": "for payment providers",
    "POST /v1/queues/{queue}/next": "for programs; screens list a queue and claim what they show",
    "GET /v1/searches/{search_id}": "part of the list of saved searches",
    "POST /v1/tasks/{task_id}/accounts": "for programs with more accounts than one request takes",
    "GET /v1/wallet/topups/{topup_id}": "part of the list of top-ups",
    "GET /v1/wallet/withdrawals/{withdrawal_id}": "part of the list of withdrawals",
}
"""Operations that no screen uses, each with the reason."""


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    console_build.build()


def test_first_page_is_within_the_budget() -> None:
    sizes = json.loads(console_build.SIZES.read_text())
    assert 20_000 < sizes["script"] <= SCRIPT_MAX
    assert 5_000 < sizes["style"] <= STYLE_MAX


def test_names_have_a_hash_of_the_content() -> None:
    names = {path.name for path in console_build.FILES.iterdir()}
    assert set(PAGES) <= names
    assert all("-" in name for name in names - set(PAGES))


def test_reference_names_its_files_and_no_other_host() -> None:
    page = (console_build.FILES / "reference.html").read_text("utf-8")
    named = re.findall(r'="BASE-URL([^"]+)"', page)
    assert len(named) == 3
    for name in named:
        assert "cdn.redoc.ly" not in (console_build.FILES / name).read_text("utf-8")


def test_types_fit_and_every_text_is_used_in_its_area() -> None:
    console_build.run("check-types-and-texts.mjs", *GROUPS, "category")


def test_every_operation_has_a_screen_or_a_reason() -> None:
    sources = (console_build.SOURCE / "src").rglob("*.ts*")
    text = "".join(path.read_text("utf-8") for path in sources if path.name != "schema.d.ts")
    called = {f"{method} {path}" for method, path in re.findall(r"api\.([A-Z]+)\(\s*\"([^\"]+)\"", text)}
    called |= {f"GET {path}" for path in re.findall(r"configuration\.api_url\}(/[\w/]+)", text)}
    paths = json.loads(console_build.OPENAPI.read_text("utf-8"))["paths"]
    operations = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert called & WITHOUT_SCREEN.keys() == set()
    assert operations - called == WITHOUT_SCREEN.keys()


def test_every_problem_has_a_chinese_text() -> None:
    texts = (console_build.SOURCE / "src/i18n/zh-CN/problems.ts").read_text("utf-8")
    assert [code for code in TABLE if f'"problem.{code}"' not in texts] == []
