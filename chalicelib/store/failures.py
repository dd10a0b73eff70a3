"""Which failures of a call to AWS only mean: not now."""

from __future__ import annotations

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

_LATER = {  # pynamodb drops the HTTP status, so 5xx are named too
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
    """Whether a service could not be reached, did not answer in time, failed by itself or was overloaded. What was asked for may
    still have been done."""
    cause = getattr(error, "cause", None) or error  # pynamodb wraps botocore's
    if isinstance(cause, ClientError):
        status = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or cause.response.get("Error", {}).get("Code") in _LATER
    return isinstance(cause, ConnectionError | HTTPClientError)
