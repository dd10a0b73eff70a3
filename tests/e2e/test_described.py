"""schemathesis sends the deployed market valid and invalid requests for /openapi.json, and checks every response against it.

It sends examples, the bounds of every schema, random requests, and chains in which the ids of one response are in the next
request, in this order and as many as the time permits. It runs in its own process, because it brings threads and plugins. The
requests are the same in every run of `make test`; `make explore` sends others for a longer time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apispec.documents import OPENAPI
from demo.stack import Stack

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
EXPLORES = os.environ.get("EXAMPLES") == "random"
SECONDS = 150 if EXPLORES else 15
ROLES = ("admin", "advertiser", "creator", "auditor", "finance")
LEFT_OUT = {
    "positive_data_acceptance": "a body may fit its schema and break a rule: a moment in the past, an amount below the least",
    "ensure_resource_availability": "it takes a missing part, as an account of a new shortlist, for the missing shortlist",
}
"""Checks of schemathesis that do not fit, and why; all others are made."""
REFUSALS = (
    "[checks.negative_data_rejection]\nexpected-statuses = [400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429]\n"
)
"""Statuses of a request that does not fit its schema; schemathesis lacks 413, the status for a large body."""
ROOMS = (
    (
        "accounts",
        "advertisers",
        "admissions",
        "categories",
        "certifications",
        "decisions",
        "appeals",
        "grades",
        "grading",
    ),
    ("tasks", "quotes", "pictures", "reviews", "draft-reviews", "plans", "calls", "applications", "previews"),
    (
        "orders",
        "disputes",
        "exports",
        "links",
        "me",
        "service",
        "console",
        "events",
        "notifications",
        "claims",
        "queues",
    ),
    ("wallet", "withdrawals", "suspense", "ledger", "payments", "sandbox"),
    ("shortlists", "searches", "lookup", "catalogue", "webhooks"),
)
"""Tags that are tested together, each group in a process of its own."""


NOT_REQUESTED = {"move_clock"}
"""It would move the time of concurrent requests by up to a year; tests/integration/store/test_sandbox_clock.py tests it."""


def operations() -> dict[str, str]:
    """Return the tag of each operation that is requested."""
    document: dict[str, Any] = json.loads(OPENAPI.read_text("utf-8"))
    return {
        operation["operationId"]: operation["tags"][0]
        for methods in document["paths"].values()
        for operation in methods.values()
        if operation["operationId"] not in NOT_REQUESTED
    }


def test_every_tag_is_in_a_group() -> None:
    assert sorted(tag for room in ROOMS for tag in room) == sorted(set(operations().values()))


@pytest.mark.hypothesis  # `make explore` runs it, too
def test_responses_follow_the_description(stack: Stack, tmp_path: Path) -> None:
    token = stack.user("everybody", *ROLES).token
    url = stack.api_url.rstrip("/")
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(REFUSALS)
    runs = []
    for number, tags in enumerate(ROOMS):
        names = [name for name, tag in operations().items() if tag in tags]
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings), "run"]
        command += [str(OPENAPI), "--url", url]
        command += ["--header", f"Authorization: Bearer {token}", "--workers", "1", "--max-time", str(SECONDS)]
        command += ["--request-timeout", "90"]  # a busy machine may start a worker for a first request
        command += [] if EXPLORES else ["--generation-deterministic"]
        command += ["--max-examples", "5", "--no-color"]
        command += ["--continue-on-failure", "--exclude-checks", ",".join(LEFT_OUT)]
        command += [part for name in names for part in ("--include-operation-id", name)]
        output = (tmp_path / f"{number}.txt").open("w+")
        runs.append((subprocess.Popen(command, stdout=output, stderr=output, cwd=tmp_path), output))
    outputs = []
    for process, output in runs:
        process.wait(timeout=SECONDS + 400)
        output.seek(0)
        outputs.append(output.read())
        output.close()
    assert [process.returncode for process, _ in runs] == [0] * len(ROOMS), "\n".join(text[-6_000:] for text in outputs)
