"""Where id tokens come from. A token source is called before each request and, with `renew`, after a 401."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import urllib3

from microtask.errors import Unauthenticated, Unreachable

TokenSource = Callable[[bool], str]
"""`source(renew)` gives a token; `renew`: the last one was refused."""
EARLY_SECONDS = 60


def fixed(token: str) -> TokenSource:
    """Always the same token."""
    return lambda _: token


class CognitoUser:
    """A user of the market's Cognito pool: signs in with name and password, refreshes a minute before the token ends.

    `endpoint_url` is for another cloud than AWS; else `region` says where the pool is. Raises Unauthenticated, Unreachable."""

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
            raise ValueError("Where is the pool? Give region or endpoint_url.")
        self._url = endpoint_url or f"https://cognito-idp.{region}.amazonaws.com"
        self._client_id, self._name, self._password, self._now = client_id, name, password, now
        self._http = urllib3.PoolManager(retries=urllib3.Retry(3, backoff_factor=0.3), timeout=10)
        self._token, self._refresh, self._ends = "", "", 0.0

    def __call__(self, renew: bool = False) -> str:
        if renew or self._now() >= self._ends - EARLY_SECONDS:
            self._renew()
        return self._token

    def _renew(self) -> None:
        if self._refresh:
            try:
                return self._take(self._auth("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=self._refresh))
            except Unauthenticated:
                self._refresh = ""  # it has an end, too
        return self._take(self._auth("USER_PASSWORD_AUTH", USERNAME=self._name, PASSWORD=self._password))

    def _auth(self, flow: str, **parameters: str) -> dict[str, Any]:
        body = {"AuthFlow": flow, "ClientId": self._client_id, "AuthParameters": parameters}
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        }
        try:
            answer = self._http.request("POST", self._url, body=json.dumps(body), headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"Cognito does not answer: {error}") from error
        document = json.loads(answer.data or b"{}")
        found: dict[str, Any] | None = document.get("AuthenticationResult")
        if answer.status != 200 or found is None:
            why = document.get("ChallengeName") or str(document.get("__type", "")).rpartition("#")[2] or answer.status
            raise Unauthenticated({"status": 401, "code": "unauthenticated", "detail": f"Cognito: {why}"})
        return found

    def _take(self, found: dict[str, Any]) -> None:
        self._token = found["IdToken"]
        self._refresh = found.get("RefreshToken", self._refresh)
        self._ends = _expiry(self._token) or self._now() + float(found.get("ExpiresIn", 3_600))


def _expiry(token: str) -> float | None:
    """When the token ends, as it says itself."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        return float(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))["exp"])
    except (ValueError, KeyError):
        return None
