"""The application object: Chalice, with its own few error answers (405, 404, 500) turned into problem documents."""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice

from chalicelib import wire
from chalicelib.api import problems
from chalicelib.errors import TABLE

_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}


class Market(Chalice):
    """Chalice whose every answer of 400 and above is a problem document, or one of our pages, with a request id."""

    def __call__(self, event: Any, context: Any) -> Any:
        answer = super().__call__(event, context)
        status = answer.get("statusCode", 500)
        if status < 400:
            return answer
        headers = {name.lower(): text for name, text in (answer.get("headers") or {}).items()}
        if headers.get("content-type") in (problems.MEDIA_TYPE, problems.PAGE_TYPE):
            return answer
        request_id = str((event.get("requestContext") or {}).get("requestId") or "")
        code = _CODES.get(status, "bad_request" if status < 500 else "internal_error")
        body = wire.dumps(problems.document(code, TABLE[code].title + ".", request_id))
        kept = {name: text for name, text in (answer.get("headers") or {}).items() if name.lower() == "allow"}
        return {
            **answer,
            "statusCode": TABLE[code].status,
            "headers": {
                **kept,
                **problems.SECURITY_HEADERS,
                "Content-Type": problems.MEDIA_TYPE,
                "X-Request-Id": request_id,
            },
            "multiValueHeaders": {},
            "body": body,
        }
