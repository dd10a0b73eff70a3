"""A faster moto: work that it repeats at each request although the result is the same.

* moto writes each response member by member along botocore's description of the operation and tries several spellings of each
  name, ten of them for each attribute of an item. The results of actions on items already have the form that botocore reads.
* Requests for items go from botocore's serialiser to moto's handler, whose result is the response: they are neither signed, nor
  made into an HTTP request that moto takes apart again.
* It lists the methods of a service's class at each request, and botocore builds the same User-Agent each time.
* Each user pool of its Cognito factorises the same RSA key.
* It registers 1,300 URLs for the package `requests` at the start of each mocked AWS.
* botocore and pynamodb make sessions, with all of botocore's handlers, and clients again for each test.
* What its DynamoDB repeats is in `faster_dynamodb`.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import threading
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
import botocore.useragent
import moto.cognitoidp.models
import moto.core.responses
import pynamodb.connection.base
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint, convert_to_response_dict
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import DEFAULT_ACCOUNT_ID, MockAWS, botocore_stubber, responses_mock
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import method_names_from_class
from moto.dynamodb.responses import DynamoHandler

from chalicelib.core import aws
from testing.doubles import faster_dynamodb

_ITEM_ACTIONS = frozenset(
    {
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactGetItems",
        "TransactWriteItems",
    }
)
_AWS = ".amazonaws.com"
_serialized = DynamoHandler.serialized
_send = Endpoint.make_request
_enable = MockAWS._enable_patching
_registered: dict[str, list[Any]] = {}
_endpoint: Any = Endpoint
_mock: Any = MockAWS
_responses: Any = moto.core.responses
_cognito: Any = moto.cognitoidp.models
_import_key = _cognito.jwk.RSAKey.import_key
_user_agent: Any = botocore.useragent.UserAgentString
_connections: Any = pynamodb.connection.base
_aws: Any = aws


def _result_as_it_is(self: Any, action_result: ActionResult) -> Any:
    result = action_result.result
    if not isinstance(result, dict) or self._get_action() not in _ITEM_ACTIONS:
        return _serialized(self, action_result)
    self.members = {name: value for name, value in result.items() if value is not None}
    return 200, self.response_headers, ""


def _number_request(headers: dict[str, Any]) -> str:
    """Set a request id; moto draws 52 random letters for each."""
    headers["x-amzn-requestid"] = "TESTS"
    return "TESTS"


def _decoded(members: dict[str, Any]) -> dict[str, Any]:
    """Decode the bytes of an attribute's value, as moto does when it reads a request."""
    if len(members) == 1:
        if isinstance(text := members.get("B"), str):
            return {"B": base64.b64decode(text)}
        if isinstance(texts := members.get("BS"), list):
            return {"BS": [base64.b64decode(text) for text in texts]}
    return members


def _handler(operation: str, region: str, body: bytes) -> Any:
    """Return moto's handler of a request for items."""
    handler: Any = DynamoHandler()
    handler.headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
    handler.querystring, handler.uri_match, handler.response_headers = {}, {}, {}
    handler.region, handler.current_account = region, DEFAULT_ACCOUNT_ID
    handler.body = handler.params = json.loads(body, object_hook=_decoded)
    return handler


def _make_request(lock: threading.RLock, endpoint: Any, operation: Any, request: dict[str, Any]) -> Any:
    """Send a request to moto, and return the HTTP response and its members."""
    host = urlsplit(request["url"]).hostname or ""
    of_items = operation.service_model.service_name == "dynamodb" and operation.name in _ITEM_ACTIONS
    if not (of_items and botocore_stubber.enabled and host.endswith(_AWS)):
        return _send(endpoint, operation, request)
    handler = _handler(operation.name, host.removesuffix(_AWS).rpartition(".")[2], request["body"])
    with lock:
        status, headers, body = BaseResponse.call_action(handler)
    raw: Any = MockRawResponse(body)
    response = AWSResponse(request["url"], status, HTTPHeaders.from_pairs(headers.items()), raw)
    if status < 300:
        known = operation.output_shape.members
        parsed = {name: value for name, value in handler.members.items() if name in known}
        return response, {**parsed, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers}}
    members = convert_to_response_dict(response, operation)
    parser = endpoint._response_parser_factory.create_parser(operation.metadata["protocol"])
    parsed = parser.parse(members, operation.output_shape)
    endpoint._add_modeled_error_fields(members, parsed, operation, parser)
    return response, parsed


@functools.cache
def _signing_key(text: str) -> Any:
    return _import_key(json.loads(text))


def _urls() -> Any:
    return responses_mock._registry


def _enable_with_known_urls(mock: Any, reset: bool = True) -> None:
    if not _registered:
        _enable(mock, reset)
        _registered.update({method: list(found) for method, found in _urls()._registered.items()})
        return
    botocore_stubber.enabled = True
    if reset:
        mock.reset()
    responses_mock.start()
    for method, found in _registered.items():
        _urls()._registered[method].extend(found)


def apply(lock: threading.RLock) -> None:
    """Replace the slow functions. `lock` is held while moto serves a request.

    Errors, and actions on anything but items, are written by moto as before."""
    DynamoHandler.serialized = _result_as_it_is  # type: ignore[method-assign]
    _endpoint.make_request = lambda endpoint, operation, request: _make_request(lock, endpoint, operation, request)
    _mock._enable_patching = _enable_with_known_urls
    _responses.method_names_from_class = functools.cache(method_names_from_class)
    _responses.gen_amzn_requestid_long = _number_request
    _user_agent.to_string = lambda self: "tests"
    _cognito.jwk = SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda key: _signing_key(json.dumps(key))))
    faster_dynamodb.apply()


_clients: dict[Any, tuple[Any, dict[str, Any], list[tuple[str, Any]]]] = {}
"""The cached clients by session and arguments, each with its first attributes and the handlers that a test has added."""


def _kept_client(session: Any, *arguments: Any, config: Any = None, **options: Any) -> Any:
    """Return the client that was made first with the same arguments."""
    key = session, repr((arguments, sorted(options.items()), config and config._user_provided_options))
    if key not in _clients:
        client = type(session).create_client(session, *arguments, config=config, **options)
        added: list[tuple[str, Any]] = []
        emitter = client.meta.events._emitter
        register = emitter._register_section

        def record_and_register(event_name: str, handler: Any, unique_id: Any, *arguments: Any, **options: Any) -> None:
            if unique_id is None:
                added.append((event_name, handler))
            register(event_name, handler, unique_id, *arguments, **options)

        emitter._register_section = record_and_register
        _clients[key] = client, dict(vars(client)), added
    return _clients[key][0]


def is_changed(client: Any) -> bool:
    """Return True if a test has replaced the requests of pynamodb's client, or observes them; also if the client is not cached."""
    for cached, _, added in _clients.values():
        if cached is client:
            return "_make_api_call" in vars(client) or len(added) > 1  # one handler is pynamodb's
    return True


def _restore_clients() -> None:
    """Remove the attributes and the handlers that a test has given to the cached clients."""
    for client, attributes, added in _clients.values():
        vars(client).clear()
        vars(client).update(attributes)
        while added:
            client.meta.events.unregister(*added.pop())


@functools.cache
def _botocore_session(user: str, environment: frozenset[tuple[str, str]]) -> Any:
    """Return the session of this user of botocore, which keeps its clients. Each user changes its session in its own way."""
    session: Any = botocore.session.Session()
    session.create_client = functools.partial(_kept_client, session)
    return session


@functools.cache
def _boto3_session(environment: frozenset[tuple[str, str]]) -> boto3.Session:
    return boto3.Session(botocore_session=_botocore_session("boto3", environment))


def _environment() -> frozenset[tuple[str, str]]:
    return frozenset((name, text) for name, text in os.environ.items() if name.startswith("AWS_"))


def share_sessions() -> None:
    """Within a mocked AWS, use the sessions and clients that were made with the same credentials and endpoints."""
    if not botocore_stubber.enabled:
        return
    environment = _environment()
    boto3.DEFAULT_SESSION = _boto3_session(environment)
    _connections.get_session = functools.partial(_botocore_session, "pynamodb", environment)
    _aws.get_session = functools.partial(_botocore_session, "market", environment)


def end_sharing() -> None:
    """Make sessions again as boto3, pynamodb and the market do without this module."""
    boto3.DEFAULT_SESSION = None
    _connections.get_session = _aws.get_session = botocore.session.get_session
    _restore_clients()
