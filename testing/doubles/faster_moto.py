"""A faster moto: work that it repeats at each request although the result is the same. It took half the time of a test.

* moto writes each response member by member along botocore's description of the operation and tries several spellings of each
  name, ten of them for each attribute of an item. The results of actions on items already have the form that DynamoDB sends.
* It lists the methods of a service's class at each request, and botocore builds the same User-Agent each time.
* pynamodb makes a session, with all of botocore's handlers, for each connection.
"""

from __future__ import annotations

import base64
import functools
import json
import os
from typing import Any

import boto3
import botocore.session
import botocore.useragent
import moto.core.responses
import pynamodb.connection.base
from moto.core.responses import ActionResult
from moto.core.utils import method_names_from_class
from moto.dynamodb.responses import DynamoHandler

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
_serialized = DynamoHandler.serialized
_responses: Any = moto.core.responses
_user_agent: Any = botocore.useragent.UserAgentString
_connections: Any = pynamodb.connection.base


def _text_of_bytes(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} is no value of DynamoDB")


def _serialized_as_it_is(self: Any, action_result: ActionResult) -> Any:
    result = action_result.result
    if not isinstance(result, dict) or self._get_action() not in _ITEM_ACTIONS:
        return _serialized(self, action_result)
    members = {name: value for name, value in result.items() if value is not None}
    headers = {"Content-Type": "application/x-amz-json-1.0", **self.response_headers}
    return 200, headers, json.dumps(members, default=_text_of_bytes)


def apply() -> None:
    """Replace the slow functions. Errors, and actions on anything but items, are written by moto as before."""
    DynamoHandler.serialized = _serialized_as_it_is  # type: ignore[method-assign]
    _responses.method_names_from_class = functools.cache(method_names_from_class)
    _user_agent.to_string = lambda self: "tests"


@functools.cache
def _boto3_session(environment: frozenset[tuple[str, str]]) -> boto3.Session:
    return boto3.Session()


@functools.cache
def _botocore_session(environment: frozenset[tuple[str, str]]) -> botocore.session.Session:
    return botocore.session.Session()


@functools.cache
def _client(environment: frozenset[tuple[str, str]], service: str) -> Any:
    return _boto3_session(environment).client(service)


def _environment() -> frozenset[tuple[str, str]]:
    return frozenset((name, text) for name, text in os.environ.items() if name.startswith("AWS_"))


def client(service: str) -> Any:
    """Return a client that is made once for these credentials and endpoints. Tests that change a client make their own."""
    return _client(_environment(), service)


def share_sessions() -> None:
    """Use the sessions that earlier tests made with the same credentials and endpoints; a session does not change its own."""
    environment = _environment()
    boto3.DEFAULT_SESSION = _boto3_session(environment)
    _connections.get_session = lambda: _botocore_session(environment)


def end_sharing() -> None:
    """Make sessions again as boto3 and pynamodb do without this module."""
    boto3.DEFAULT_SESSION = None
    _connections.get_session = botocore.session.get_session
