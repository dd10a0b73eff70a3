"""A failure has a message of one sentence, and a bug has none."""

from __future__ import annotations

import pytest
from botocore import exceptions as aws
from pynamodb.exceptions import QueryError, VerboseClientError

from chalicelib.core.errors import Problem
from cli.failures import Failed
from ops.failure_messages import failure_message


def refused(code: str, message: str = "no.") -> aws.ClientError:
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, "ListUsers")


VERBOSE = VerboseClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Query", {"table": "t"})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Failed("do this."), "do this."),
        (FileNotFoundError(2, "No such file", "x.csv"), "x.csv"),
        (aws.NoCredentialsError(), "no credentials"),
        (aws.ProfileNotFound(profile="mei"), "Sign in to AWS"),
        (aws.EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), "no connection"),
        (refused("AccessDeniedException"), "refused: ListUsers: no (docs/operations/deployment.md lists the rights"),
        (refused("ExpiredTokenException"), "Sign in to AWS again"),
        (refused("LimitExceededException", "too many"), "refused: ListUsers: too many."),
        (QueryError("wrapped", VERBOSE), "refused: Query: no (docs/operations/deployment.md"),
        (QueryError("wrapped", aws.EndpointConnectionError(endpoint_url="u")), "no connection"),
        (QueryError("of its own"), "of its own"),
        (aws.ReadTimeoutError(endpoint_url="u"), "Read timeout"),
        (Problem("not_found", "No such advertiser."), "No such advertiser."),
    ],
)
def test_a_failure_has_a_message_of_one_line(error: Exception, expected: str) -> None:
    message = failure_message(error)
    assert message is not None
    assert expected in message
    assert "\n" not in message


def test_a_bug_has_no_message() -> None:
    assert failure_message(KeyError("x")) is None
    assert failure_message(ZeroDivisionError()) is None
