"""The catalogue: every event type with its payload, its recipients and those who find it in their inbox. Pure.

The type of a change follows from the transition tables: `{noun}.{status}` if the status changes, otherwise `{noun}.{event}`.
OpenAPI, the client and docs/reference/events.md are generated from here; a test compares the types with every transition table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from chalicelib.events import payloads

Side = Literal["advertiser", "creator", "auditors", "finance", "operator"]
"""Recipients: a party of the object, the staff whose queue it has entered, or the operator (admins) as owner of webhooks."""

STAFF: tuple[Side, Side] = ("auditors", "finance")


def side_of(recipient: str) -> Side:
    """Return the side of a recipient: of the id of an advertiser or a creator, or of the name of a staff side or the operator."""
    if recipient.startswith("adv_"):
        return "advertiser"
    return "creator" if recipient.startswith("cre_") else cast(Side, recipient)


OPERATOR: Side = "operator"
PARTIES: tuple[Side, Side] = ("advertiser", "creator")


@dataclass(frozen=True)
class EventType:
    """A row of the catalogue. `data` is the type of the payload, `inbox` the recipients who are notified."""

    name: str
    summary: str
    data: Any
    recipients: tuple[Side, ...]
    inbox: tuple[Side, ...]

    @property
    def noun(self) -> str:
        return self.name.partition(".")[0]


def _rows(
    noun: str, data: Any, parties: tuple[Side, ...], *rows: tuple[str, str, *tuple[Side, ...]]
) -> list[EventType]:
    """Return rows of one noun from `(name, summary, *inbox)`. Staff in the inbox are recipients, too."""
    return [
        EventType(f"{noun}.{name}", summary, data, (*parties, *(side for side in inbox if side in STAFF)), inbox)
        for name, summary, *sides in rows
        for inbox in [tuple(sides)]
    ]


_ROWS = (
    *_rows(
        "task",
        payloads.TaskChange,
        ("advertiser",),
        ("in_review", "A task was submitted, resubmitted or appealed and waits for its review.", "auditors"),
        ("running", "A task was approved.", "advertiser"),
        ("rejected", "A task was rejected.", "advertiser"),
        ("call_closed", "An open call takes no further applications.", "advertiser"),
        ("completed", "All orders of a task are settled.", "advertiser"),
        ("cancelled", "A task was cancelled, or was not reviewed in time.", "advertiser"),
        ("stopped", "The platform stopped a task.", "advertiser"),
    ),
    *_rows(
        "task",
        payloads.TaskChange,
        (OPERATOR,),
        ("stuck", "The workflow of a task failed and needs staff.", OPERATOR),
        ("retried", "The workflow of a task was run again."),
    ),
    *_rows(
        "review",
        payloads.ReviewAppealChange,
        ("advertiser",),
        ("appeal_open", "The advertiser appealed against the rejection of a task."),
        ("appeal_granted", "The appeal against the rejection of a task was granted.", "advertiser"),
        ("appeal_upheld", "The rejection of a task was upheld.", "advertiser"),
    ),
    *_rows(
        "order",
        payloads.OrderChange,
        PARTIES,
        ("offered", "An order was offered to an account.", "creator"),
        ("accepted", "An order was accepted, or its account was picked.", "advertiser", "creator"),
        ("declined", "The creator declined an order.", "advertiser"),
        ("lapsed", "An offer was not answered in time.", "advertiser", "creator"),
        ("countered", "The creator named another price.", "advertiser"),
        ("counter_declined", "The advertiser declined the other price.", "creator"),
        ("draft_submitted", "The creator submitted a draft.", "advertiser", "auditors"),
        ("changes_requested", "The advertiser requested changes of a draft.", "creator"),
        ("draft_cleared", "An auditor cleared a draft; it waits for the advertiser.", "advertiser"),
        ("draft_rejected", "A draft was rejected.", "creator"),
        ("draft_approved", "A draft was approved, or counts as approved after silence.", "creator"),
        ("reported", "The creator reported a post that could not be checked yet.", "advertiser"),
        ("platform_refused", "The network refused the market's publication.", "creator"),
        ("platform_delayed", "The market's publication is delayed."),
        ("published", "The post is published and passed its check.", "advertiser"),
        ("checked", "The post passed a check."),
        ("check_failed", "The post failed a check.", "advertiser", "creator"),
        ("check_delayed", "The network could not be read for a check."),
        (
            "loss_confirmed",
            "A second look confirmed during a dispute that the post is gone or changed.",
            "advertiser",
            "creator",
        ),
        ("disputed", "A dispute about the order was opened."),
        ("dispute_expired", "A dispute ended without a ruling and the order goes on.", "advertiser", "creator"),
        ("completed", "The order ended and was paid, or divided by a ruling.", "advertiser", "creator"),
        ("failed", "The order ended and its price was returned.", "advertiser", "creator"),
        ("cancelled", "The order was cancelled.", "creator"),
        ("stopped", "The platform stopped the order.", "advertiser", "creator"),
    ),
    *_rows(
        "order",
        payloads.OrderChange,
        (OPERATOR,),
        ("stuck", "The workflow of an order failed and needs staff.", OPERATOR),
        ("retried", "The workflow of an order was run again."),
    ),
    *_rows(
        "order",
        payloads.OrderReminder,
        PARTIES,
        (
            "reminder",
            "A default takes effect soon; only the side that has to act receives the event.",
            *PARTIES,
            "auditors",
        ),
    ),
    *_rows(
        "dispute",
        payloads.DisputeChange,
        PARTIES,
        ("open", "A dispute was opened.", "advertiser", "creator", "auditors"),
        ("paid", "A dispute was ruled: the order is paid.", "advertiser", "creator"),
        ("refunded", "A dispute was ruled: the price is returned.", "advertiser", "creator"),
        ("split", "A dispute was ruled: the price is divided.", "advertiser", "creator"),
        ("unruled", "A dispute ended without a ruling.", "advertiser", "creator"),
    ),
    *_rows(
        "application",
        payloads.ApplicationChange,
        PARTIES,
        ("open", "A creator applied to an open call.", "advertiser"),
        ("accepted", "An application was accepted.", "creator"),
        ("declined", "An application was declined.", "creator"),
        ("withdrawn", "An application was withdrawn.", "advertiser"),
    ),
    *_rows(
        "account",
        payloads.AccountChange,
        ("creator",),
        ("pending", "An account waits for its admission.", "auditors"),
        ("admitted", "An account was admitted.", "creator"),
        ("rejected", "An account was rejected.", "creator"),
        ("revoked", "The admission of an account was revoked.", "creator"),
        ("unclaimed", "An account was unbound."),
    ),
    *_rows(
        "certification",
        payloads.CertificationChange,
        ("advertiser",),
        ("pending", "An enterprise waits for its certification.", "auditors"),
        ("approved", "An enterprise was certified.", "advertiser"),
        ("rejected", "The certification of an enterprise was rejected.", "advertiser"),
        ("revoked", "The certification of an enterprise was revoked.", "advertiser"),
    ),
    *_rows(
        "appeal",
        payloads.AppealChange,
        ("creator",),
        ("open", "A creator appealed against a grade.", "auditors"),
        ("granted", "An appeal against a grade was granted.", "creator"),
        ("rejected", "An appeal against a grade was rejected.", "creator"),
    ),
    *_rows(
        "withdrawal",
        payloads.WithdrawalChange,
        PARTIES,
        ("requested", "A withdrawal was requested.", "finance"),
        ("paid", "A withdrawal was paid.", "advertiser", "creator"),
        ("failed", "A withdrawal failed and its amount was returned.", "advertiser", "creator"),
    ),
    *_rows("account", payloads.GradeChanged, ("creator",), ("graded", "The grade of an account changed.", "creator")),
    *_rows("wallet", payloads.TopUpPaid, ("advertiser",), ("topup_paid", "A top-up was credited.", "advertiser")),
    *_rows(
        "wallet",
        payloads.SuspenseChange,
        (),
        ("suspense_open", "Money arrived that matches no open payment.", "finance"),
        ("suspense_returned", "Money in suspense was returned to its sender.", "finance"),
    ),
    *_rows(
        "wallet",
        payloads.SuspenseChange,
        ("advertiser",),
        ("suspense_credited", "Money in suspense was credited to the wallet.", "advertiser"),
        (
            "claimed",
            "A top-up was refunded or disputed; its amount left the wallet, which may be below 0.",
            "advertiser",
            "finance",
        ),
    ),
    *_rows(
        "message",
        payloads.MessageSent,
        PARTIES,
        ("sent", "A message about an order or a dispute was sent; its sender does not receive the event.", *PARTIES),
    ),
    *_rows(
        "webhook",
        payloads.WebhookChange,
        (*PARTIES, OPERATOR),
        (
            "disabled",
            "A webhook was disabled because its endpoint is gone or failed for three days.",
            *PARTIES,
            OPERATOR,
        ),
        ("test", "A test of a webhook; only that webhook receives it."),
    ),
    *_rows(
        "search",
        payloads.SearchResults,
        ("advertiser",),
        ("new_results", "A saved search with alerts has new results.", "advertiser"),
    ),
    *_rows("plan", payloads.PlanOrdered, ("advertiser",), ("ordered", "A plan became a task.")),
)

EVENT_TYPES: dict[str, EventType] = {row.name: row for row in _ROWS}

_SAME_STATUS_NAMES = {("order", "dispute_expired")}
"""Changes of status that have the name of their event: an order whose dispute expired is published again, which
`order.published` would not say."""

_PUBLIC_NAMES = {"parked": "stuck"}
"""Events of the history whose stored name is older than the term."""


def type_of(noun: str, status: str, previous_status: str | None, event: str) -> str:
    """Return the name of the event type of a change of an item with a history: a task or an order."""
    if status == previous_status or (noun, event) in _SAME_STATUS_NAMES:
        return f"{noun}.{_PUBLIC_NAMES.get(event, event)}"
    return f"{noun}.{status}"
