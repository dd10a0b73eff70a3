"""What a failure is in one sentence, with what to do next."""

from __future__ import annotations

from chalicelib.core.errors import Problem
from cli.progress import Failed

RIGHTS = "docs/operations/deployment.md lists the rights that each command needs"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}


def sentence(error: Exception) -> str | None:
    """None for what is a fault of the program and has to be seen whole."""
    if isinstance(error, Failed | OSError | ValueError):
        return str(error)
    from botocore import exceptions as aws

    if isinstance(error, aws.NoCredentialsError | aws.PartialCredentialsError | aws.ProfileNotFound):
        return f"no credentials: {error}. Sign in to AWS, or name a --stack of this machine."
    if isinstance(error, aws.EndpointConnectionError | aws.ConnectTimeoutError | aws.ConnectionClosedError):
        return f"nobody answers: {error}. Does it run (`make status`), and is it this --endpoint-url?"
    if isinstance(error, aws.ClientError):
        told = error.response.get("Error", {})
        words = f"{error.operation_name}: {told.get('Message') or told.get('Code')}".rstrip(".")
        if told.get("Code") in _DENIED:
            return f"refused: {words} ({RIGHTS})."
        if told.get("Code") in _EXPIRED:
            return f"the credentials are not good (any more): {words}. Sign in to AWS again."
        return f"refused: {words}."
    if type(error).__module__.startswith("pynamodb."):
        cause = getattr(error, "cause", None)
        return (sentence(cause) if isinstance(cause, Exception) else None) or str(error)
    if isinstance(error, aws.BotoCoreError):
        return str(error)
    return error.detail if isinstance(error, Problem) else None
