"""HTTP routes that serve the web console and the API reference."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import HTML, ApiRequest, TextResponse, route
from chalicelib.api.urls import base_url
from chalicelib.console_serving import files, reference_page, start_page

blueprint = Blueprint(__name__)
_FILES = tuple(files.MEDIA_TYPES.values())
_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}


@route(
    blueprint,
    "GET",
    "/console",
    roles=None,
    media_types=("text/html",),
    errors=("not_found",),
    free_query=True,
    client="console.page",
)
def page(request: ApiRequest) -> TextResponse:
    """The web console. Its screens are below `#`; the sign-in page returns to it with a code."""
    base = base_url(request.http)
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": start_page.policy(base)}
    return TextResponse(start_page.start_page(files.template("index.html"), base), HTML, headers=headers)


@route(
    blueprint, "GET", "/console/{file}", roles=None, media_types=_FILES, errors=("not_found",), client="console.file"
)
def file(request: ApiRequest, file: str) -> TextResponse:
    """A script, style or picture of the web console. Its name changes with its content."""
    return TextResponse(files.read(file), files.media_type(file), headers=_IMMUTABLE)


@route(blueprint, "GET", "/docs", roles=None, media_types=("text/html",), errors=("not_found",), client="service.docs")
def reference(request: ApiRequest) -> TextResponse:
    """This API for people, on one page."""
    base = base_url(request.http)
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": reference_page.policy(base)}
    return TextResponse(reference_page.reference_page(files.template("reference.html"), base), HTML, headers=headers)
