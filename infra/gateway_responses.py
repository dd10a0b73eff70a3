"""The problem documents that API Gateway itself responds with: without a valid token, above a limit, for an unknown path."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.api.problems import MEDIA_TYPE, SECURITY_HEADERS, TYPE_PREFIX
from chalicelib.core.errors import TABLE

GATEWAY = {
    "UNAUTHORIZED": "unauthenticated",
    "ACCESS_DENIED": "unauthenticated",
    "EXPIRED_TOKEN": "unauthenticated",
    "AUTHORIZER_FAILURE": "upstream_unavailable",
    "AUTHORIZER_CONFIGURATION_ERROR": "internal_error",
    "MISSING_AUTHENTICATION_TOKEN": "not_found",
    "INVALID_SIGNATURE": "unauthenticated",
    "INVALID_API_KEY": "forbidden",
    "RESOURCE_NOT_FOUND": "not_found",
    "REQUEST_TOO_LARGE": "payload_too_large",
    "UNSUPPORTED_MEDIA_TYPE": "unsupported_media_type",
    "THROTTLED": "rate_limited",
    "QUOTA_EXCEEDED": "rate_limited",
    "WAF_FILTERED": "rate_limited",  # the limits of infra/resources.yaml are its only rules
    "BAD_REQUEST_BODY": "bad_request",
    "BAD_REQUEST_PARAMETERS": "bad_request",
    "INTEGRATION_FAILURE": "upstream_unavailable",
    "INTEGRATION_TIMEOUT": "upstream_unavailable",
    "DEFAULT_4XX": "bad_request",
    "DEFAULT_5XX": "upstream_unavailable",  # the function crashed or did not start
}
"""The error code of each type of response of API Gateway."""


def gateway_responses() -> dict[str, Any]:
    """Return the responses by type, for the API's definition."""
    return {response_type: _gateway_response(code) for response_type, code in GATEWAY.items()}


def _gateway_response(code: str) -> dict[str, Any]:
    kind = TABLE[code]
    document = {
        "type": TYPE_PREFIX + code,
        "title": kind.title,
        "status": kind.status,
        "detail": f"{kind.title}.",
        "code": code,
        "request_id": "$context.requestId",
        "errors": [],
    }
    parameters: dict[str, Any] = {
        "gatewayresponse.header.Content-Type": f"'{MEDIA_TYPE}'",
        "gatewayresponse.header.X-Request-Id": "context.requestId",
        # A value here cannot contain quotes, so the program sets the policy for pages.
        **{f"gatewayresponse.header.{name}": f"'{text}'" for name, text in SECURITY_HEADERS.items() if "'" not in text},
    }
    # The document has no data of the caller, so any page may read it if pages may call the API (chalicelib/api/cors.py).
    parameters["gatewayresponse.header.Access-Control-Allow-Origin"] = {
        "Fn::If": ["OriginsAreAllowed", "'*'", {"Ref": "AWS::NoValue"}]
    }
    if kind.status == 401:  # RFC 9110 requires it
        parameters["gatewayresponse.header.WWW-Authenticate"] = "'Bearer'"
    if kind.status in (429, 503):
        parameters["gatewayresponse.header.Retry-After"] = "'1'"
    return {
        "statusCode": str(kind.status),
        "responseParameters": parameters,
        # The gateway selects the template by the Accept header and falls back to application/json.
        "responseTemplates": {"application/json": json.dumps(document)},
    }
