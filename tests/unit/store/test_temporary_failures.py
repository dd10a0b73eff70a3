"""Temporary failures of AWS services are distinguished from refusals."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from pynamodb.exceptions import PynamoDBException

from chalicelib.store.temporary_failures import unavailable


def error(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutItem")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "failure",
    [
        error("ThrottlingException"),
        error("ProvisionedThroughputExceededException"),
        error("Anything", 500),
        ReadTimeoutError(endpoint_url="https://x.example"),
        ConnectTimeoutError(endpoint_url="https://x.example"),
        EndpointConnectionError(endpoint_url="https://x.example"),
        PynamoDBException("failed", error("InternalServerError")),
    ],
)
def test_a_service_that_did_not_work_is_unavailable(failure: Exception) -> None:
    assert unavailable(failure)


@pytest.mark.parametrize(
    "failure",
    [
        error("ConditionalCheckFailedException"),
        error("AccessDeniedException"),
        PynamoDBException("failed", error("ValidationException")),
        ValueError("x"),
    ],
)
def test_a_refusal_is_not(failure: Exception) -> None:
    assert not unavailable(failure)
