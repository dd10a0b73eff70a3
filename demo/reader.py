"""A reader with a browser, without any knowledge of the market."""

from __future__ import annotations

import urllib3

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


def led_to(link: str) -> tuple[int, str]:
    """Open the link as a browser does, and return the status and the target of the redirect."""
    answer = urllib3.request("GET", link, headers={"User-Agent": BROWSER}, redirect=False, timeout=40)
    return answer.status, answer.headers.get("Location", "")
