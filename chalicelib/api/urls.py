"""The URL at which clients reach this API: every link in a response is absolute."""

from __future__ import annotations

from chalice.app import Request

from chalicelib.core.settings import settings


def base_url(request: Request) -> str:
    """Return the URL before the paths of this API, without a slash at its end: `PUBLIC_URL` if the deployment sets it, else the
    host and the prefix (the stage or a base path) under which API Gateway received this request."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    context = request.context
    host = context.get("domainName") or request.headers.get("host", "")
    parts = str(context.get("path") or request.path).rstrip("/").split("/")
    prefix = parts[: len(parts) - request.path.rstrip("/").count("/")]
    return f"https://{host}{'/'.join(prefix)}"
