"""Problem documents: RFC 9457 `application/problem+json` with `code`, `request_id` and `errors[]`."""

from __future__ import annotations

from typing import Any

from chalicelib.api.validation.validation_errors import faults_of
from chalicelib.core.errors import TABLE, Fault, Problem

__all__ = ["HTML", "MEDIA_TYPE", "SECURITY_HEADERS", "TYPE_PREFIX", "document", "faults_of", "of"]

MEDIA_TYPE = "application/problem+json"
HTML = "text/html; charset=utf-8"
TYPE_PREFIX = "https://micro-task.example/problems/"
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every response, also of the gateway's own; a page or a download overrides some of them."""


def document(code: str, detail: str, request_id: str, faults: tuple[Fault, ...] = (), **data: Any) -> dict[str, Any]:
    """Return the problem document for a row of the error table; `data` are further members."""
    kind = TABLE[code]
    return {
        "type": TYPE_PREFIX + code,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in faults],
        **data,
    }


def of(problem: Problem, request_id: str) -> dict[str, Any]:
    """Return the problem document of a Problem."""
    return document(problem.code, problem.detail, request_id, problem.faults, **problem.data)
