"""Forwards stored events to a receiver on this machine, signed as webhooks are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import urllib3

from chalicelib.core import clock
from chalicelib.events.event_envelope import webhook_body
from chalicelib.events.records import EventRecord
from chalicelib.webhooks import signing

POLL_SECONDS = 2.0
TIMEOUT_SECONDS = 15.0
SETTLED_SECONDS = 5
"""Events are stored in another order than that of their times within some seconds: each poll reads so much again."""


@dataclass(frozen=True)
class Forwarded:
    """A forwarded event: its id, its type, and the status of the receiver's response; None without one."""

    event_id: str
    type: str
    status: int | None


def forwarded(
    recipient: str,
    to: str,
    secret: str,
    base_url: str,
    since: str,
    *,
    once: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Forwarded]:
    """Send the events of a recipient from `since` (a stamp) on to the URL `to`, oldest first, each once, and yield the outcomes.

    Without `once` it goes on until it is interrupted."""
    seen: set[str] = set()
    begin = since
    with urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=False) as http:
        while True:
            latest = begin
            for event in EventRecord.query(recipient, EventRecord.sk.between(begin, ":"), consistent_read=True):
                latest = max(latest, event.at)
                if event.sk in seen:
                    continue
                seen.add(str(event.sk))
                yield Forwarded(event.id, event.type, _send(http, event, to, secret, base_url))
            if once:
                return
            begin = max(since, _earlier(latest))
            seen = {key for key in seen if key >= begin}
            sleep(POLL_SECONDS)


def _earlier(moment: str) -> str:
    return clock.stamp(clock.parse(moment) - timedelta(seconds=SETTLED_SECONDS))


def _send(http: urllib3.PoolManager, event: EventRecord, to: str, secret: str, base_url: str) -> int | None:
    body = webhook_body(event, base_url)
    headers = {"Content-Type": "application/json", **signing.headers([secret], event.id, int(time.time()), body)}
    try:
        return int(http.request("POST", to, body=body, headers=headers, redirect=False).status)
    except urllib3.exceptions.HTTPError:
        return None
