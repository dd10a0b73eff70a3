"""Whatever fails is one sentence that says what to do, and a fault of the program is not."""

from __future__ import annotations

import pytest
from botocore import exceptions as aws
from pynamodb.exceptions import QueryError, VerboseClientError

from chalicelib.core.errors import Problem
from cli.progress import Failed
from ops.failure_messages import sentence


def refused(code: str, message: str = "no.") -> aws.ClientError:
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, "ListUsers")


VERBOSE = VerboseClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Query", {"table": "t"})


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Failed("do this."), "do this."),
        (FileNotFoundError(2, "No such file", "x.csv"), "x.csv"),
        (aws.NoCredentialsError(), "no credentials"),
        (aws.ProfileNotFound(profile="mei"), "Sign in to AWS"),
        (aws.EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), "nobody answers"),
        (refused("AccessDeniedException"), "refused: ListUsers: no (docs/operations/deployment.md lists the rights"),
        (refused("ExpiredTokenException"), "Sign in to AWS again"),
        (refused("LimitExceededException", "too many"), "refused: ListUsers: too many."),
        (QueryError("wrapped", VERBOSE), "refused: Query: no (docs/operations/deployment.md"),
        (QueryError("wrapped", aws.EndpointConnectionError(endpoint_url="u")), "nobody answers"),
        (QueryError("of its own"), "of its own"),
        (aws.ReadTimeoutError(endpoint_url="u"), "Read timeout"),
        (Problem("not_found", "No such advertiser."), "No such advertiser."),
    ],
)
def test_a_failure_is_a_sentence(error: Exception, says: str) -> None:
    told = sentence(error)
    assert told is not None
    assert says in told
    assert "\n" not in told


def test_a_fault_of_the_program_is_none() -> None:
    assert sentence(KeyError("x")) is None
    assert sentence(ZeroDivisionError()) is None
