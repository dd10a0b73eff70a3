"""HTTP routes of the sandbox network and its clock: public, and only on stages with the sandbox on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Self, cast

from chalice.app import Blueprint
from pydantic import Field, model_validator

from chalicelib.api import ApiRequest, ApiResponse, Body, route
from chalicelib.api.validation.time_fields import Duration, Moment, refusal
from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, not_found
from chalicelib.social import sandbox
from chalicelib.social.http import response_types
from chalicelib.social.port import LATEST
from chalicelib.store import sandbox_clock

blueprint = Blueprint(__name__)
Text = Annotated[str, Field(min_length=1, max_length=10_000)]
Url = Annotated[str, Field(max_length=2_000)]
Urls = Annotated[list[Url], Field(max_length=20)]


class PostBody(Body):
    """A post of `account_id`. `repost_of` is the URL of the post it reposts."""

    account_id: str = Field(max_length=40)
    text: Text
    urls: Urls = Field(default_factory=list)
    picture_ids: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=20)
    repost_of: Url | None = None


class ProfileBody(Body):
    """The profile of an account; ownership codes are put here."""

    description: Annotated[str, Field(max_length=1_000)]


class CommentsBody(Body):
    """The comments under a post, newest first."""

    comments: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(max_length=LATEST)


class EditBody(Body):
    """The new text of a post and, if given, its new URLs."""

    text: Text
    urls: Urls | None = None


class ClockBody(Body):
    """A move of the clock: by the duration `advance`, or to the time `to`."""

    advance: Duration | None = None
    to: Moment | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.advance is None) == (self.to is None):
            raise refusal("one_of", "Send either advance or to.", "advance")
        return self


@route(
    blueprint,
    "POST",
    "/sandbox/posts",
    roles=None,
    request=PostBody,
    response=response_types.SandboxPost,
    status=201,
    client="sandbox.write_post",
)
def write_post(request: ApiRequest[PostBody]) -> ApiResponse[response_types.SandboxPost]:
    """Publish a post on the sandbox network."""
    body = request.body
    if not ids.is_id("acc", body.account_id):
        raise InvalidBody(Fault("/account_id", "account_id", "This is not the id of an account."))
    record = sandbox.create_post(body.account_id, body.text, body.urls, body.picture_ids, body.repost_of, clock.now())
    return ApiResponse(_post_response(record))


@route(
    blueprint,
    "GET",
    "/sandbox/posts/{post_id}",
    roles=None,
    response=response_types.SandboxPost,
    client="sandbox.read_post",
)
def read_post(request: ApiRequest, post_id: str) -> response_types.SandboxPost:
    """Return a post of the sandbox network."""
    return _post_response(sandbox.get_post(post_id))


@route(
    blueprint,
    "PUT",
    "/sandbox/posts/{post_id}",
    roles=None,
    request=EditBody,
    response=response_types.SandboxPost,
    client="sandbox.edit_post",
)
def edit_post(request: ApiRequest[EditBody], post_id: str) -> response_types.SandboxPost:
    """Edit a post of the sandbox network."""
    return _post_response(sandbox.edit_post(post_id, request.body.text, request.body.urls, clock.now()))


@route(
    blueprint,
    "PUT",
    "/sandbox/posts/{post_id}/comments",
    roles=None,
    request=CommentsBody,
    response=response_types.SandboxPost,
    client="sandbox.comment_post",
)
def comment_post(request: ApiRequest[CommentsBody], post_id: str) -> response_types.SandboxPost:
    """Set the comments under a post of the sandbox network; they are added to its simulated number of comments."""
    return _post_response(sandbox.set_comments(post_id, request.body.comments))


@route(
    blueprint,
    "DELETE",
    "/sandbox/posts/{post_id}",
    roles=None,
    response=response_types.SandboxPostDeleted,
    client="sandbox.delete_post",
)
def delete_post(request: ApiRequest, post_id: str) -> response_types.SandboxPostDeleted:
    """Delete a post of the sandbox network."""
    sandbox.delete_post(post_id, clock.now())
    return {"id": post_id, "deleted": True}


@route(
    blueprint,
    "PUT",
    "/sandbox/accounts/{account_id}/profile",
    roles=None,
    request=ProfileBody,
    response=response_types.SandboxProfile,
    client="sandbox.describe_account",
)
def describe_account(request: ApiRequest[ProfileBody], account_id: str) -> response_types.SandboxProfile:
    """Set the description of an account on the sandbox network."""
    _require_account(account_id)
    sandbox.set_description(account_id, request.body.description)
    return _profile_response(account_id)


@route(
    blueprint,
    "GET",
    "/sandbox/accounts/{account_id}/profile",
    roles=None,
    response=response_types.SandboxProfile,
    client="sandbox.read_profile",
)
def read_profile(request: ApiRequest, account_id: str) -> response_types.SandboxProfile:
    """Return the profile of an account on the sandbox network."""
    _require_account(account_id)
    return _profile_response(account_id)


@route(
    blueprint,
    "POST",
    "/sandbox/clock",
    roles=("admin",),
    request=ClockBody,
    response=response_types.SandboxClock,
    errors=("idempotency_key_reused", "write_contention"),
    client="sandbox.move_clock",
)
def move_clock(request: ApiRequest[ClockBody]) -> ApiResponse[response_types.SandboxClock]:
    """Move the clock of the stage forward; every deadline that it passes takes effect."""
    if request.body.advance is not None:
        record, replayed = sandbox_clock.advance(request.body.advance, request.attempt)
    else:
        assert request.body.to is not None, "ClockBody checks that one of both is set"
        record, replayed = sandbox_clock.move_to(request.body.to, request.attempt)
    moved_to = clock.parse(str(record.moved_to))
    return ApiResponse({"now": moved_to, "offset": record.ahead, "waking": True}, replayed=replayed)


@route(
    blueprint, "GET", "/sandbox/clock", roles=None, response=response_types.SandboxClock, client="sandbox.read_clock"
)
def read_clock(request: ApiRequest) -> response_types.SandboxClock:
    """Return the clock of the stage."""
    record = sandbox_clock.stored()
    return {
        "now": clock.now() - clock.offset() + record.ahead,
        "offset": record.ahead,
        "waking": record.shard is not None,
    }


def _require_account(account_id: str) -> None:
    if not ids.is_id("acc", account_id):
        raise not_found("account")


def _profile_response(account_id: str) -> response_types.SandboxProfile:
    return {
        "account_id": account_id,
        "description": sandbox.description_of(account_id),
        "followers": sandbox.followers_of(account_id),
    }


def _post_response(record: sandbox.PostRecord) -> response_types.SandboxPost:
    return {
        "id": record.pk,
        "post_url": record.url,
        "account_id": record.account_id,
        "text": record.text,
        "urls": record.urls,
        "picture_ids": record.picture_ids,
        "repost_of": record.repost_of,
        "posted_at": clock.parse(record.posted_at),
        "figures": cast(response_types.SandboxFigures, asdict(record.figures)),
        "edited_at": clock.parse(record.edited_at) if record.edited_at else None,
    }
