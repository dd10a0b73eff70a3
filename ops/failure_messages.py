"""One-sentence messages for failures, with the next step for the operator."""

from __future__ import annotations

from chalicelib.core.errors import Problem
from cli.failures import Failed

RIGHTS = "docs/operations/deployment.md lists the rights that each command needs"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}


def failure_message(error: Exception) -> str | None:
    """Return the message for the operator, or None for a bug, which is shown with its stack trace."""
    if isinstance(error, Failed | OSError | ValueError):
        return str(error)
    from botocore import exceptions as aws

    if isinstance(error, aws.NoCredentialsError | aws.PartialCredentialsError | aws.ProfileNotFound):
        return f"no credentials: {error}. Sign in to AWS, or pass the --stack of this machine."
    if isinstance(error, aws.EndpointConnectionError | aws.ConnectTimeoutError | aws.ConnectionClosedError):
        return f"no connection: {error}. Check `make status` and --endpoint-url."
    if isinstance(error, aws.ClientError):
        details = error.response.get("Error", {})
        text = f"{error.operation_name}: {details.get('Message') or details.get('Code')}".rstrip(".")
        if details.get("Code") in _DENIED:
            return f"refused: {text} ({RIGHTS})."
        if details.get("Code") in _EXPIRED:
            return f"the credentials are invalid or expired: {text}. Sign in to AWS again."
        return f"refused: {text}."
    if type(error).__module__.startswith("pynamodb."):
        cause = getattr(error, "cause", None)
        return (failure_message(cause) if isinstance(cause, Exception) else None) or str(error)
    if isinstance(error, aws.BotoCoreError):
        return str(error)
    return error.detail if isinstance(error, Problem) else None
