"""The start page of the web console: the settings of the deployment are written into it, and its policy names every host."""

from __future__ import annotations

import json
import os
from functools import cache
from html import escape
from urllib.parse import urlsplit

from chalicelib.core import aws
from chalicelib.core.settings import settings

BASE, CONFIGURATION = "BASE-URL", "CONFIGURATION"
"""Placeholders of console/index.html."""


def start_page(template: str, base_url: str) -> str:
    """Return the page, with the URL of the console and its configuration in place of the placeholders of `template`."""
    configuration = {
        "api_url": base_url,
        "sign_in_url": settings().sign_in_url.rstrip("/"),
        "issuer": f"https://cognito-idp.{_region()}.amazonaws.com/{settings().user_pool_id}",
        "client_id": settings().console_client_id,
        "stage": settings().stage,
        "sandbox": settings().sandbox,
    }
    page = template.replace(BASE, escape(f"{base_url}/console/"))
    return page.replace(CONFIGURATION, escape(json.dumps(configuration, ensure_ascii=True)))


def policy(base_url: str) -> str:
    """Return the Content-Security-Policy: scripts and styles are the console's own files, data comes from this API, the sign-in
    page and the bucket of pictures, and no text becomes markup or script."""
    files = f"{base_url}/console/"
    bucket = " ".join(_bucket_origins())
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {files}",
            f"style-src {files}",
            f"img-src {files} {bucket} blob: data:",
            f"connect-src {_origin(base_url)} {_origin(settings().sign_in_url)} {bucket}",
            f"base-uri {files}",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _region() -> str:
    return os.environ["AWS_REGION"]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _bucket_origins() -> tuple[str, ...]:
    """Return the origins of links to pictures and of upload forms; nothing is sent to S3."""
    s3, bucket = aws.client("s3"), settings().pictures_bucket
    link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "pictures/any"})
    form = s3.generate_presigned_post(bucket, "pictures/any")["url"]
    return tuple(sorted({_origin(link), _origin(form)}))
