"""The signed link by which a user turns e-mail off without signing in (RFC 8058). It does not expire."""

from __future__ import annotations

import hashlib
import hmac

from chalicelib.core.aws import secret
from chalicelib.core.errors import not_found
from chalicelib.core.settings import settings

PATH = "/v1/notifications/unsubscribe"
_SCOPE = b"unsubscribe\x00"
_MAC_CHARS = 32


def link(user: str) -> str:
    """Return the link of this user."""
    return f"{settings().public_url.rstrip('/')}{PATH}?key={user}.{_mac(user)}"


def user_of(key: str) -> str:
    """Return the user of the link with this key. Raise Problem `not_found` for a key that was not signed."""
    user, _, mac = key.rpartition(".")
    if not hmac.compare_digest(mac.encode(), _mac(user).encode()):
        raise not_found("link")
    return user


def _mac(user: str) -> str:
    key = secret(settings().cursor_secret_arn)
    return hmac.new(key, _SCOPE + user.encode(), hashlib.sha256).hexdigest()[:_MAC_CHARS]
