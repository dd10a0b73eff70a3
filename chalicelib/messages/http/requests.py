"""Request types of messages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.api import Body
from chalicelib.api.validation.rule_limits import AtMost

Id = Annotated[str, Field(min_length=1, max_length=40)]


class MessageBody(Body):
    """A message of 1 to 2,000 characters, with pictures that the sender has uploaded."""

    text: Annotated[str, Field(min_length=1), AtMost("message_max_chars", "characters")]
    picture_ids: Annotated[list[Id], AtMost("pictures_max")] = Field(default_factory=list)


class MessagesReadBody(Body):
    """The last message that was read."""

    message_id: Id
