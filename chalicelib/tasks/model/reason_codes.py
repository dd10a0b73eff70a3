"""The reason codes of an order's end. Pure.

A code of a creator who declines is added here in DeclineCode and EndCode, with its texts in
chalicelib.catalogue.status_and_reason_texts."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

DeclineCode = Literal["price", "schedule", "content", "brand_conflict", "other"]
RemovalCode = Literal["account_revoked", "advertiser_revoked", "owner_changed", "account_unbound"]
EndCode = Literal[
    "price",
    "schedule",
    "content",
    "brand_conflict",
    "other",
    "not_answered",
    "account_revoked",
    "advertiser_revoked",
    "owner_changed",
    "account_unbound",
    "task_cancelled",
    "task_stopped",
    "not_published",
    "not_mended",
    "post_gone",
    "post_changed",
    "retained",
    "ruled_pay",
    "ruled_refund",
    "ruled_split",
    "not_ruled",
]


class EndReason(TypedDict):
    """The reason why an order ended: a machine-readable code, and an optional sentence."""

    code: EndCode
    note: NotRequired[str]
