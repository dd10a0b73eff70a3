"""The API reference: Redoc draws it in the browser from openapi.json. Its policy allows its own files, and the style elements that
Redoc makes by their hashes."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

BASE = "BASE-URL"
"""Placeholder of console/reference.html."""
STYLES = (
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc=",
)
"""Hashes of Redoc's style elements: an empty one, which it fills through the object model, and a constant one of its version."""


def reference_page(template: str, base_url: str) -> str:
    """Return the page with the URL of the console's files in place of the placeholder."""
    return template.replace(BASE, escape(f"{base_url}/console/"))


def policy(base_url: str) -> str:
    """Return the Content-Security-Policy: files of the console's folder, requests to this API, and Redoc's search in a worker."""
    files, parts = f"{base_url}/console/", urlsplit(base_url)
    styles = " ".join(f"'{one}'" for one in STYLES)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {files}",
            f"style-src {files} {styles}",
            "img-src data:",
            f"connect-src {parts.scheme}://{parts.netloc}",
            "worker-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
