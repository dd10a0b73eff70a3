"""One request to an address that a user gave, such as the server of an account: public addresses only, within 8 s and 1 MB. A
deadline (chalicelib.social.request_deadline) shortens them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.core.settings import settings
from chalicelib.outbound import guarded_request
from chalicelib.outbound.guarded_request import RequestFailed, RequestRefused
from chalicelib.social.known_host_request import BODY_MAX_BYTES, Reply
from chalicelib.social.port import NotPermitted, Unavailable, Unreached, Unreadable
from chalicelib.social.request_deadline import at_most

SECONDS = 8.0
_UNSENT = frozenset({"dns", "tls"})
"""Failures before anything was sent."""


def send(method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, local: bool | None = None) -> Reply:
    """Send `body`. Redirects are not followed. `local` allows servers on this machine, over plain HTTP; None: only the
    local cloud allows them.

    Raise NotPermitted for an address that is not public; Unreached if nothing was sent; Unavailable if the response did not come in
    time; Unreadable if it is too large."""
    host = urlsplit(url).hostname
    try:
        local = settings().local_webhooks if local is None else local
        answer = guarded_request.send(
            method, url, body, headers, seconds=at_most(SECONDS), limit=BODY_MAX_BYTES + 1, local=local
        )
    except RequestRefused as refused:
        raise NotPermitted(f"The address of the server {host} may not be requested ({refused.code}).") from refused
    except RequestFailed as failed:
        failure = Unreached if failed.code in _UNSENT else Unavailable
        raise failure(f"{host} does not respond ({failed.code}).") from failed
    if len(answer.head) > BODY_MAX_BYTES:
        raise Unreadable("The network's response is too large.")
    return Reply(answer.status, answer.headers, answer.head)
