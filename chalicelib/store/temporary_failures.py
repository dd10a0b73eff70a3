"""Failures of AWS services that are temporary."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

_TEMPORARY = {  # pynamodb drops the HTTP status, so 5xx are named too
    "InternalFailure",
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
}


def unavailable(error: BaseException) -> bool:
    """Return True if a service could not be reached, did not respond in time, failed internally or was overloaded. The operation
    may have been carried out all the same."""
    cause = getattr(error, "cause", None) or error  # pynamodb wraps botocore's
    if isinstance(cause, ClientError):
        status = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or cause.response.get("Error", {}).get("Code") in _TEMPORARY
    return isinstance(cause, ConnectionError | HTTPClientError)
