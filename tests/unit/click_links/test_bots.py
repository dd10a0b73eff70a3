"""Requests of programs and of people (the shipped list and its additions)."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.click_links.bots import crawlers, is_bot, is_click

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
PEOPLE = [
    CHROME,
    "M bot 60 Build",
    "Mozilla/5.0 (Linux; Android 9; M bot 60 Build/PPR1.180610.011) AppleWebKit/537.36 Chrome/70.0 Mobile Safari/537.36",
    "TECNO PHANTOM6-Plus",
    "Mozilla/5.0 (Linux; Android 6.0; TECNO PHANTOM6-Plus Build/MRA58K) AppleWebKit/537.36 Chrome/60.0 Mobile Safari/537.36",
    "CamScanner",
    "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Mobile CamScanner/6.1",
    "Java/MIDP",
    "Nokia5250/10.0.011 (SymbianOS/9.4; U; Series60/5.0) Profile/MIDP-2.1 Java/MIDP",
    "Mozilla/5.0 (Linux; Android 14; CUBOT X30) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; Robot 7 Build/SP1A) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0 Weibo",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80) Presto/2.12",
]
PROGRAMS = [
    "",
    " ",
    "Pingdom.com_bot",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "Yeti",
    "Mozilla/5.0 (compatible; Yeti/1.1; +http://naver.me/spd)",
    "Scrapy",
    "Scrapy/2.11 (+https://scrapy.org)",
    "meta-externalagent",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "Google-InspectionTool",
    "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)",
    "undici",
    "node",
    "GuzzleHttp",
    "GuzzleHttp/7",
    "Java/1.8.0_131",
    "curl/8.4.0",
    "python-requests/2.31",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23",
    "Slackbot-LinkExpanding 1.0",
    "acme-crawler/1.0",
    "FooBot/0.1",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_phones_and_browsers_are_people(agent: str) -> None:
    assert not is_bot(agent)


@pytest.mark.parametrize("agent", PROGRAMS)
def test_programs_are_recognised_by_user_agent(agent: str) -> None:
    assert is_bot(agent)


@pytest.mark.parametrize(
    "headers",
    [
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"x-moz": "prefetch"},
        {"x-purpose": "preview"},
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
def test_requests_not_opened_by_people_are_not_clicks(headers: dict[str, str]) -> None:
    assert not is_click("GET", {"user-agent": CHROME, **headers})


def test_a_page_that_a_person_opens_is_a_click() -> None:
    assert is_click("GET", {"user-agent": CHROME})
    assert is_click("GET", {"user-agent": CHROME, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"})
    assert not is_click("HEAD", {"user-agent": CHROME})


def test_the_shipped_list_is_the_pinned_one() -> None:
    pins = (Path(__file__).parents[3] / "requirements/lists.txt").read_text()
    known = crawlers()
    assert f"crawler-user-agents=={known['source'].split(' ')[1].rstrip(',')}" in pins
    assert known["newest"] >= "2026-09-22"
    assert len(known["patterns"]) > 1_400
