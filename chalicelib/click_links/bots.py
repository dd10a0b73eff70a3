"""Distinguish clicks of people from requests of programs. Pure.

`crawlers.generated.json` is the list of crawler-user-agents, written by infra/generated_lists.py; it names its version and date.
Programs that the list does not contain (HTTP libraries, programs that call themselves bots) are added here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

CRAWLERS_FILE = Path(__file__).with_name("crawlers.generated.json")

_DEVICE = re.compile(r";[^;()]{0,60}\bBuild/[^;)]{0,60}|\bM bot \d+|\bCUBOT\b|\bMIDP\b", re.IGNORECASE)
"""The name of a phone in an Android or Java User-Agent: `M bot 60 Build/...` is a phone."""
_PROGRAMS = re.compile(
    r"bots?(?![a-z])|crawler|spider|scraper|slurp|fetcher|headless|lighthouse|phantomjs|selenium|puppeteer|playwright"
    r"|link.?(?:check|preview|expand)|preview(?:er|bot)|unfurl|uptime|monitoring|validator|feed(?:fetch|read|burner|parser)|\brss\b"
    r"|externalagent|inspectiontool|snapshot"
    r"|^(?:undici|node|node-fetch|bun|deno|guzzlehttp|php|symfony|ruby|faraday|typhoeus|rest-client|http\.rb|dart|lua|perl|lwp|libwww"
    r"|python|aiohttp|httpx|urllib|httpie|requests|java/\d|jersey|apache|okhttp|unirest|jakarta|vert\.x|ktor|reactor|axios|got\b"
    r"|superagent|needle|request|reqwest|hyper|isahc|ureq|surf|go-http|fasthttp|resty|colly|curl|wget|fetch|winhttp|restsharp|microsoft"
    r"|postman|insomnia|paw/|k6/|jmeter|siege|ab/|hey/|vegeta|wrk|zgrab|masscan|nmap|nikto|sqlmap|libcurl|cfnetwork|dav|git/)",
    re.IGNORECASE,
)
_AHEAD = re.compile("prefetch|prerender|preview|preload")


def is_click(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a person followed the link: a GET that opens a page in a browser. A HEAD, a prefetch, a preview, a program
    and a request from inside another page (an image, a frame, a script) are not clicks. `headers` are by lower-case name."""
    ahead = " ".join(headers.get(name, "") for name in ("purpose", "sec-purpose", "x-purpose", "x-moz")).lower()
    opened = headers.get("sec-fetch-mode", "navigate") == "navigate"
    opened = opened and headers.get("sec-fetch-dest", "document") == "document"
    return method == "GET" and opened and not _AHEAD.search(ahead) and not is_bot(headers.get("user-agent", ""))


def is_bot(agent: str) -> bool:
    """Return whether the User-Agent is a program's: it is on a list, or empty."""
    agent = agent.strip()[:500]
    if not agent:
        return True
    return _PROGRAMS.search(_DEVICE.sub("", agent)) is not None or _listed().search(agent) is not None


def crawlers() -> dict[str, Any]:
    """Return the shipped list: `{source, newest, patterns}`."""
    document: dict[str, Any] = json.loads(CRAWLERS_FILE.read_text("utf-8"))
    return document


@cache
def _listed() -> re.Pattern[str]:
    """Return all patterns as one, compiled at the first click."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in crawlers()["patterns"]))
