"""Closed routes of the deployed market with every kind of wrong token: the gateway responds with 401 and calls no function."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from demo.stack import Stack
from testing.in_force.closed_routes import CLOSED

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
ADMINS = "/v1/ledger/proof"
SOON = 3
"""Lifetime in seconds of a token that expires during a test."""
SAMPLE = CLOSED[::16]
"""All routes have the same authorizer, which a request without a token and one with a changed token show for each of them."""


def _text(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _part(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return document


def _send(stack: Stack, method: str, path: str, token: str | None) -> tuple[int, str, dict[str, Any]]:
    """Return status, media type and body of the response."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if method == "GET" else b"{}"
    request = urllib.request.Request(stack.api_url.rstrip("/") + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers["Content-Type"], json.loads(refusal.read())


def _signed_in(stack: Stack, pool: str, client: str, name: str) -> dict[str, str]:
    """Return the tokens of a new admin of this pool, by Cognito's names."""
    cognito, password = stack.client("cognito-idp"), f"Aa1!{secrets.token_urlsafe(18)}"
    cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="admin")
    names = {"USERNAME": name, "PASSWORD": password}
    answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=names)
    return dict(answer["AuthenticationResult"])


def _client(stack: Stack, pool: str, **options: Any) -> str:
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = stack.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool, ClientName="tokens", ExplicitAuthFlows=flows, **options
    )
    return str(made["UserPoolClient"]["ClientId"])


@pytest.fixture(scope="module")
def tokens(stack: Stack) -> dict[str, str | None]:
    """Invalid tokens by their fault. The expired one was valid before."""
    brief = _client(stack, stack.user_pool_id, IdTokenValidity=SOON, TokenValidityUnits={"IdToken": "seconds"})
    expired = _signed_in(stack, stack.user_pool_id, brief, "briefly")["IdToken"]
    assert _send(stack, "GET", ADMINS, expired)[0] == 200
    cognito = stack.client("cognito-idp")
    elsewhere = cognito.create_user_pool(PoolName="another market's")["UserPool"]["Id"]
    cognito.create_group(UserPoolId=elsewhere, GroupName="admin")
    foreign = _signed_in(stack, elsewhere, _client(stack, elsewhere), "briefly")["IdToken"]
    issued = _signed_in(stack, stack.user_pool_id, stack.client_id, "tokens")
    good = issued["IdToken"]
    assert _send(stack, "GET", ADMINS, good)[0] == 200
    header, payload, signature = good.split(".")
    named = _part(header)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed = _text(key.sign(f"{header}.{payload}".encode(), padding.PKCS1v15(), hashes.SHA256()))
    unsigned = _text(json.dumps({**named, "alg": "none"}).encode())
    symmetric = _text(json.dumps({**named, "alg": "HS256"}).encode())
    mac = _text(hmac.digest(named["kid"].encode(), f"{symmetric}.{payload}".encode(), hashlib.sha256))
    promoted = _text(json.dumps({**_part(payload), "cognito:groups": ["admin", "finance"]}).encode())
    longer = _text(json.dumps({**_part(expired.split(".")[1]), "exp": int(time.time()) + 3600}).encode())
    time.sleep(max(0.0, _part(expired.split(".")[1])["exp"] + 0.5 - time.time()))
    return {
        "none": None,
        "no token": "x",
        "expired": expired,
        "expired, with a later time": ".".join([expired.split(".")[0], longer, expired.split(".")[2]]),
        "another pool's": foreign,
        "another pool's, with our issuer": f"{foreign.split('.')[0]}.{payload}.{foreign.split('.')[2]}",
        "unsigned": f"{unsigned}.{payload}.",
        "unsigned, with a signature": f"{unsigned}.{payload}.{signature}",
        "symmetric": f"{symmetric}.{payload}.{mac}",
        "signed by another key": f"{header}.{payload}.{signed}",
        "with a role more": f"{header}.{promoted}.{signature}",
        "access": issued["AccessToken"],
        "refresh": issued["RefreshToken"],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        "none",
        "no token",
        "expired",
        "expired, with a later time",
        "another pool's",
        "another pool's, with our issuer",
        "unsigned",
        "unsigned, with a signature",
        "symmetric",
        "signed by another key",
        "with a role more",
        "access",
        "refresh",
    ],
)
def test_a_wrong_token_opens_no_route(stack: Stack, tokens: dict[str, str | None], wrong: str) -> None:
    for route in CLOSED if wrong in ("none", "with a role more") else SAMPLE:
        path = re.sub(r"\{\w+\}", "x", route.path)
        status, media_type, problem = _send(stack, route.method, path, tokens[wrong])
        assert (status, problem["code"]) == (401, "unauthenticated"), (route.method, path)
        assert media_type == "application/problem+json"
        assert problem["request_id"]


def test_a_token_without_a_role_is_forbidden(stack: Stack) -> None:
    without_role = stack.user("without-role").token
    for route in (route for route in SAMPLE if route.roles):  # tests/contract/routes/test_roles.py has them all
        path = re.sub(r"\{\w+\}", "x", route.path)
        status, media_type, problem = _send(stack, route.method, path, without_role)
        assert (status, problem["code"]) == (403, "forbidden"), (route.method, path)
        assert media_type == "application/problem+json"
        assert problem["request_id"]
