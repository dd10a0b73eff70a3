"""The body of a quote, as in api.md."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.api import Body
from chalicelib.api.validation.rule_limits import AtMost
from chalicelib.core.order_kinds import Kind

Id = Annotated[str, Field(min_length=1, max_length=40)]
AccountIds = Annotated[list[Id], Field(min_length=1), AtMost("task_accounts_max")]


class QuoteBody(Body):
    """The accounts for which prices are quoted."""

    kind: Kind
    account_ids: AccountIds
