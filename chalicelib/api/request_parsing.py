"""Requests: reading one by the declaration of its route, with its caller, body, query and Idempotency-Key checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any, Generic, cast
from urllib.parse import urlencode

from chalice.app import Request
from pydantic import BaseModel, ValidationError
from typing_extensions import TypeVar

from chalicelib.api import pagination, problems
from chalicelib.api.callers import Caller, caller_of
from chalicelib.api.negotiation import prefers
from chalicelib.api.pagination import Paging
from chalicelib.api.response import Item, Listed, SerialisedPage
from chalicelib.api.urls import base_url
from chalicelib.api.validation import text_fields
from chalicelib.api.validation.validation_errors import FAULTS_MAX, pointer_part
from chalicelib.core import idempotency, json_format
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.store import Page, PageKey

if TYPE_CHECKING:
    from chalicelib.api.routing import Route

BODY_MAX_BYTES = 256 * 1024
LIST_MAX_BYTES = 1_000_000
"""Size of a list's JSON. A function can return at most 6 MB, and the gateway at most 10 MB."""
DEPTH_MAX = 32

BodyT = TypeVar("BodyT", default=None, covariant=True)
QueryT = TypeVar("QueryT", default=None, covariant=True)


@dataclass(frozen=True)
class ApiRequest(Generic[BodyT, QueryT]):
    """A checked request: `body` and `query` are of the models that the route declares, `http` is chalice's request."""

    body: BodyT
    query: QueryT
    http: Request
    request_id: str
    raw_body: bytes
    known_caller: Caller | None
    attempt: Attempt | None

    @property
    def caller(self) -> Caller:
        """The caller of a route with roles."""
        assert self.known_caller is not None
        return self.known_caller

    @property
    def required_attempt(self) -> Attempt:
        """The attempt of a route that requires an Idempotency-Key."""
        assert self.attempt is not None
        return self.attempt

    def url(self, path: str) -> str:
        """Return the absolute URL of a path of this API; an absolute URL is returned unchanged."""
        return path if "://" in path else base_url(self.http) + path

    def prefers(self, media_type: str) -> bool:
        """Return True if the Accept header prefers `media_type` to JSON."""
        return prefers(self.http.headers.get("accept", ""), media_type)

    @property
    def scope(self) -> str:
        """The scope of the cursors of this list: this caller, and this path with these filters."""
        parameters = dict(self.http.query_params or {})
        filters = sorted((name, text) for name, text in parameters.items() if name not in ("cursor", "limit"))
        sub = self.known_caller and self.known_caller.sub
        method = "GET" if self.http.method == "HEAD" else self.http.method
        return json.dumps([sub, method, request_path(self.http), filters])

    @property
    def after(self: ApiRequest[Any, Paging]) -> PageKey | None:
        """The key in the cursor of the request: the page begins after it."""
        cursor = self.query.cursor
        return pagination.unseal(cursor, self.scope) if cursor else None

    def owning_advertiser(self, advertiser_id: str | None, *staff: str) -> str:
        """Return the advertiser whose list is read: the caller's own, or the named one for these roles of staff.

        Raise Problem `parameter_invalid` for staff who name none, `forbidden` for others who name another one."""
        if self.caller.has("advertiser") and advertiser_id in (None, self.caller.advertiser_id):
            return self.caller.advertiser_id
        if not self.caller.has(*staff):
            raise Problem("forbidden", f"This needs one of the roles: {', '.join(staff)}.")
        if advertiser_id is None:
            message = "Staff name the advertiser."
            fault = Fault("/query/advertiser_id", "missing", message)
            raise Problem("parameter_invalid", message, faults=[fault])
        return advertiser_id

    def page_response(self, page: Page[Any], present: Callable[[Any], Item]) -> Listed[Item]:
        """Return the response of a page of a list. It ends before `limit` if it would be larger than LIST_MAX_BYTES."""
        shown = [present(item) for item in page.items]
        listed = self._page_of(shown, page)
        # A character has at most 4 bytes, so most pages need not be encoded to be measured.
        if 4 * len(listed.json_text) > LIST_MAX_BYTES and len(listed.json_text.encode()) > LIST_MAX_BYTES:
            sizes = accumulate(len(json_format.dumps(item).encode()) for item in shown)
            count = max(1, sum(size <= LIST_MAX_BYTES for size in sizes))
            if page.can_end_after(count):
                listed = self._page_of(shown[:count], page.first(count))
        return cast(Listed[Item], listed)

    def _page_of(self, shown: list[Item], page: Page[Any]) -> SerialisedPage:
        cursor = pagination.seal(page.after, self.scope) if page.after else None
        return SerialisedPage({"data": shown, "next_cursor": cursor})

    def slice_response(
        self: ApiRequest[Any, Paging], items: Sequence[Any], present: Callable[[Any], Item]
    ) -> Listed[Item]:
        """Return the response of a page of a list that was read whole: the cursor is a position in it."""
        begin = int((self.after or {}).get("place", 0))
        end = min(begin + int(self.query.limit), len(items))
        keys = [{"place": place + 1} for place in range(begin, end)]
        return self.page_response(
            Page(list(items[begin:end]), keys[-1] if end < len(items) else None, keys=keys), present
        )


def read_request(route: Route, http: Request, request_id: str) -> ApiRequest[Any, Any]:
    """Return the checked request. Raise Problem if the caller, a header, the query or the body is not as `route` declares."""
    caller = None
    if route.roles is not None:
        caller = caller_of(http.context)
        if route.roles and not caller.has(*route.roles):
            raise Problem("forbidden", f"This needs one of the roles: {', '.join(route.roles)}.")
    raw_body = _raw_body(http)
    if len(raw_body) > BODY_MAX_BYTES:
        raise Problem("payload_too_large", f"At most {BODY_MAX_BYTES} bytes are read.")
    document = None
    if not route.request_media_type and route.method != "GET":
        document = read_json(raw_body, http.headers.get("content-type", "application/json"))
        if not text_fields.are_ordinary(raw_body.decode()):
            _require_readable(document)
    attempt = None
    if caller is not None and route.method == "POST":
        attempt = _attempt(http, caller, route.key_required, document)
    parameters = _parameters(http, route.free_query)
    query = None if route.query is None else _validated(route.query, parameters, "parameter_invalid", "/query")
    body = None if route.request is None else _validated(route.request, document, "body_invalid", "")
    return ApiRequest(body, query, http, request_id, raw_body, caller, attempt)


def _parameters(http: Request, free: bool) -> dict[str, str]:
    """Return the query parameters. Raise Problem `parameter_invalid` for a repeated one unless the query is `free`: which of
    several values is meant would be a guess."""
    sent = http.to_original_event()["multiValueQueryStringParameters"] or {}
    repeated = [] if free else [name for name, values in sent.items() if len(values) > 1]
    if repeated:
        message = "This parameter is sent more than once."
        faults = [Fault(f"/query/{pointer_part(name)}", "repeated", message) for name in repeated[:FAULTS_MAX]]
        raise Problem("parameter_invalid", f"{faults[0].pointer}: {message}", faults=faults)
    return {name: values[-1] for name, values in sent.items()}


def _raw_body(http: Request) -> bytes:
    try:
        body: str | bytes | None = http.raw_body
        return body.encode() if isinstance(body, str) else body or b""
    except ValueError as error:  # neither text that has a UTF-8 form nor base64
        raise Problem("body_unreadable", "The body is not JSON in UTF-8.") from error


def request_path(http: Request) -> str:
    """Return the path as sent, with its path parameters."""
    path = http.path
    for name, text in (http.uri_params or {}).items():
        path = path.replace("{" + name + "}", text)
    return path


def read_json(raw_body: bytes, content_type: str) -> Any:
    """Return the document in the body; `{}` for an empty body.

    Raise Problem `unsupported_media_type`, or `body_unreadable` if it is not JSON in UTF-8, repeats a name in an object, or
    is nested too deep."""
    if not raw_body:
        return {}
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("unsupported_media_type", f"The body came as {media_type}.")
    try:
        text = raw_body.decode().removeprefix("\ufeff")  # a byte order mark
        document = _DECODER.decode(text)
        if "\\u" in text:  # only an escape can make a lone surrogate, and those have no UTF-8
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Problem("body_unreadable", "The body is not JSON in UTF-8 with distinct names in each object.") from error
    if text.count("[") + text.count("{") > DEPTH_MAX and _is_deep(document):
        raise Problem("body_unreadable", f"The body is nested more than {DEPTH_MAX} deep.")
    return document


def _require_readable(document: Any) -> None:
    """Raise InvalidBody for texts that cannot be shown (chalicelib.api.validation.text_fields), with at most FAULTS_MAX faults."""
    faults = tuple(islice(text_fields.faults(document), FAULTS_MAX))
    if faults:
        raise InvalidBody(*faults)


def _is_deep(document: Any) -> bool:
    """Return True if the document is nested beyond DEPTH_MAX; level by level, so that a deep one cannot exhaust the stack."""
    level = [document]
    for _ in range(DEPTH_MAX + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of a body. Raise ValueError for a repeated name: which of its values is meant would be a guess."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated name")
    return found


def _reject_constant(name: str) -> None:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_reject_constant, object_pairs_hook=_object)


def _attempt(http: Request, caller: Caller, key_required: bool, document: Any) -> Attempt | None:
    key = idempotency.sent_key(_header_values(http, "idempotency-key"), required=key_required)
    if key is None:
        return None
    path = request_path(http)
    if http.query_params:
        path += f"?{urlencode(sorted(http.query_params.items()))}"
    return Attempt(caller.sub, key, idempotency.fingerprint(http.method, path, document))


def _header_values(http: Request, name: str) -> list[str]:
    """Return the values of a header, which the gateway lists for a header that is sent more than once."""
    if name not in http.headers:
        return []
    listed = http.to_original_event().get("multiValueHeaders") or {}
    values = [text for header, texts in listed.items() if header.lower() == name for text in texts]
    return values or [http.headers[name]]


def _validated(model: type[BaseModel], document: Any, code: str, prefix: str) -> BaseModel:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = problems.faults_of(error, document, prefix)
        detail = "; ".join(f"{fault.pointer or '/'}: {fault.message}" for fault in faults[:3])
        raise Problem(code, detail, faults=faults) from error
