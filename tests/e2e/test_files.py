"""Pictures and exports in the bucket of the local cloud: uploads by a form, downloads by a link. IAM and the bucket's policy
are enforced.
"""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from demo import campaign
from demo.stack import Stack
from testing.markets.deployed_market import Market
from testing.samples.picture_samples import PLACE, png

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
PICTURE = png(3, 2, note=PLACE)


def upload(url: str, fields: dict[str, str], body: bytes) -> int:
    """Upload the file with these fields and return the status."""
    parts: dict[str, Any] = {**fields, "file": ("tea.png", body, "image/png")}
    return urllib3.request("POST", url, fields=parts).status


def test_a_picture_is_uploaded_and_shown_as_reviewed(stack: Stack, say: Any) -> None:
    people = campaign.cast(stack)
    campaign.certify(people, say)
    accounts = campaign.choose(people, say)
    campaign.top_up(people, say)
    made = people.advertiser.post("/v1/pictures", {"content_type": "image/png", "bytes": len(PICTURE)})
    form = made["upload"]
    assert upload(form["url"], form["fields"], PICTURE + b" and more") in (400, 403)
    assert upload(form["url"], form["fields"], PICTURE) in (200, 204)
    content = {"text": "今年的秋茶到了。", "picture_ids": [made["id"]], "urls": []}
    task = Market(people, accounts).task(["an"], content=content)
    assert upload(form["url"], form["fields"], png(5, 2, note=PLACE + b"..")[: len(PICTURE)]) in (
        200,
        204,
    )  # a task without a review
    (shown,) = people.auditor.get(f"/v1/tasks/{task['id']}/pictures")["data"]
    answer = urllib3.request("GET", shown["url"])
    assert (answer.status, answer.data) == (200, png(3, 2))
    address = urlsplit(shown["url"])
    assert urllib3.request("GET", address._replace(query="").geturl()).status == 403


def test_large_responses_are_compressed_for_clients_that_accept_it(stack: Stack) -> None:
    def get(path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", f"{stack.api_url}{path}", headers=headers, decode_content=False)

    plain, packed = get("/openapi.json"), get("/openapi.json", **{"Accept-Encoding": "br, gzip"})
    assert plain.headers.get("Content-Encoding") is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
    assert gzip.decompress(packed.data) == plain.data
    assert (
        get("/v1/version", **{"Accept-Encoding": "gzip"}).headers.get("Content-Encoding") is None
    )  # below the minimum


def test_an_export_is_downloaded_by_its_link(stack: Stack, say: Any) -> None:
    people = campaign.cast(stack)
    campaign.certify(people, say)
    part = people.advertiser.post("/v1/exports")
    answer = urllib3.request("GET", part["url"])
    assert answer.status == 200
    assert [json.loads(line)["type"] for line in answer.data.splitlines()] == ["advertiser"]
    assert (part["lines"], part["next_cursor"]) == (1, None)
