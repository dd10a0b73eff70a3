"""Sources of id tokens. A source is called before each request and, with `renew`, after a 401."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import urllib3

from microtask.errors import Unauthenticated, Unreachable

TokenSource = Callable[[bool], str]
"""`source(renew)` returns a token; `renew`: the last one was refused."""
EARLY_SECONDS = 60


def fixed(token: str) -> TokenSource:
    """Return a source of always the same token."""
    return lambda _: token


class CognitoUser:
    """Token source of a user of the market's Cognito pool: signs in with name and password, and refreshes the token a minute before
    it expires.

    `region` of the pool on AWS, or `endpoint_url` of another cloud. Raises Unauthenticated and Unreachable."""

    def __init__(
        self,
        client_id: str,
        name: str,
        password: str,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not (region or endpoint_url):
            raise ValueError("Give region or endpoint_url.")
        self._url = endpoint_url or f"https://cognito-idp.{region}.amazonaws.com"
        self._client_id, self._name, self._password, self._now = client_id, name, password, now
        self._http = urllib3.PoolManager(retries=urllib3.Retry(3, backoff_factor=0.3), timeout=10)
        self._token, self._refresh, self._expires_at = "", "", 0.0

    def __call__(self, renew: bool = False) -> str:
        if renew or self._now() >= self._expires_at - EARLY_SECONDS:
            self._renew()
        return self._token

    def _renew(self) -> None:
        if self._refresh:
            try:
                return self._store(self._auth("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=self._refresh))
            except Unauthenticated:
                self._refresh = ""  # expired
        return self._store(self._auth("USER_PASSWORD_AUTH", USERNAME=self._name, PASSWORD=self._password))

    def _auth(self, flow: str, **parameters: str) -> dict[str, Any]:
        body = {"AuthFlow": flow, "ClientId": self._client_id, "AuthParameters": parameters}
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        }
        try:
            response = self._http.request("POST", self._url, body=json.dumps(body), headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"Cognito cannot be reached: {error}") from error
        document = json.loads(response.data or b"{}")
        result: dict[str, Any] | None = document.get("AuthenticationResult")
        if response.status != 200 or result is None:
            reason = (
                document.get("ChallengeName") or str(document.get("__type", "")).rpartition("#")[2] or response.status
            )
            raise Unauthenticated({"status": 401, "code": "unauthenticated", "detail": f"Cognito: {reason}"})
        return result

    def _store(self, result: dict[str, Any]) -> None:
        self._token = result["IdToken"]
        self._refresh = result.get("RefreshToken", self._refresh)
        self._expires_at = _expiry(self._token) or self._now() + float(result.get("ExpiresIn", 3_600))


def _expiry(token: str) -> float | None:
    """Return the expiry in the claims of the token."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        return float(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))["exp"])
    except (ValueError, KeyError):
        return None
