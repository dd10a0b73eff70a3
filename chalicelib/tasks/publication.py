"""The creator publishes; the post is checked at once, at half of its retention and at its end (rules 14-17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib import clock, ids
from chalicelib.errors import Fault, Problem
from chalicelib.social.networks import network
from chalicelib.social.port import Post
from chalicelib.store import Action, Refused, put
from chalicelib.tasks.answering import find_offered, returned
from chalicelib.tasks.checks import Agreement, differences, digest
from chalicelib.tasks.records import EVENTS_MAX, ClaimRecord, OrderRecord, event, find_order, happened
from chalicelib.tasks.transitions import Overtaken, change, move_order
from chalicelib.wallet import ledger, movements


def publish(order_id: str, creator_id: str, post_url: str) -> OrderRecord:
    """The creator names the post; it is fetched and compared with what was agreed.

    The same URL again changes nothing. Raises Problem `window_not_open` outside the window; `post_check_failed` with
    one Fault per difference: the order stays accepted and the creator may try again until the window ends;
    `state_conflict` if the order is not accepted."""
    order = find_offered(order_id, creator_id)
    at = clock.now()
    if order.published_at is not None and order.post_url == post_url:
        return order
    if order.status != "accepted":
        raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
    if not order.start_at <= at < order.end_at:
        raise Problem(
            "window_not_open",
            f"The window is from {clock.rfc3339(order.start_at)} to {clock.rfc3339(order.end_at)}.",
        )
    post = network(order.network).fetch_post(post_url)
    faults = tuple(differences(post, agreement(order)))
    if faults or post is None:
        raise _refused(order, faults, at)
    claim = _claim(order, post_url)
    try:
        return move_order(
            order,
            "published",
            at=at,
            by="creator",
            note=post_url,
            changes=[
                OrderRecord.post_url.set(post_url),
                OrderRecord.published_at.set(at),
                OrderRecord.evidence.set([evidence(post, at)]),
            ],
            actions=[claim],
        )
    except Overtaken:
        return publish(order_id, creator_id, post_url)
    except Refused as refused:
        if claim.label not in refused.labels:
            raise
        used = Fault("/post_url", "post_already_used", "This post is the proof of another order.")
        raise _refused(order, (used,), at) from refused


def miss(order_id: str) -> OrderRecord:
    """The default of an order that was not published by the end of the window (rule 15): failed, the price is returned.
    Before that, or when the order is not accepted, nothing happens."""
    order = find_order(order_id)
    at = clock.now()
    if order.status != "accepted" or at < order.end_at:
        return order
    try:
        return move_order(order, "publication_missed", at=at, by="system", actions=returned(order, at))
    except Overtaken:
        return find_order(order_id)


def recheck(order_id: str) -> OrderRecord:
    """The check that is due (rule 16), if one is: gone or changed ends the order as failed and returns the price; in
    order at the end of the retention completes it and pays (rule 17). Run twice it does nothing.

    Raises Problem `upstream_unavailable` if the network does not answer."""
    order = find_order(order_id)
    at = clock.now()
    due_at = order.next_check_at
    if due_at is None or at < due_at or order.post_url is None:
        return order
    post = network(order.network).fetch_post(order.post_url)
    faults = tuple(differences(post, agreement(order)))
    same_check = OrderRecord.checks == int(order.checks)
    kept = OrderRecord.evidence.set([*(order.evidence or []), evidence(post, at)])
    passed = OrderRecord.checks.set(int(order.checks) + 1)
    try:
        if faults:
            what, actions, note = "post_lost", returned(order, at), "; ".join(fault.message for fault in faults)
        elif order.checks:
            what, actions, note = "retained", _paid(order, at), None
        else:
            what, actions, note = "checked", [], None
        return move_order(
            order,
            what,
            at=at,
            by="system",
            note=note,
            changes=[kept] if faults else [kept, passed],
            where=same_check,
            actions=actions,
        )
    except Overtaken:
        return find_order(order_id)


def agreement(order: OrderRecord) -> Agreement:
    """What the post of this order has to be."""
    return Agreement(order.content, frozenset({order.account_id, order.handle}), order.source_url)


def evidence(post: Post | None, at: datetime) -> dict[str, Any]:
    """What was fetched, when: the text by its hash."""
    found = {"text_sha256": digest(post.text), "author": post.author} if post else {}
    return {"at": clock.stamp(at), "found": post is not None, **found}


def _paid(order: OrderRecord, at: datetime) -> list[Action]:
    parts = order.split
    pay = movements.settle(order.pk, str(order.task_id), str(order.owner), parts.net, parts.commission)
    return ledger.actions(pay, at)


def _claim(order: OrderRecord, post_url: str) -> Action:
    key = network(order.network).post_key(post_url) or post_url
    claim = ClaimRecord(ids.derive("clm", order.network, key), "claim", order_id=order.pk)
    return put("claim", claim, ClaimRecord.pk.does_not_exist() | (ClaimRecord.order_id == order.pk))


def _refused(order: OrderRecord, faults: Iterable[Fault], at: datetime) -> Problem:
    """Keeps the attempt in the order's history, as long as that is not full, and says what is wrong."""
    faults = tuple(faults)
    line = event("check_failed", at, "system", ", ".join(fault.code for fault in faults))
    if len(order.events) < EVENTS_MAX:
        changes = [happened(OrderRecord, line), OrderRecord.updated_at.set(at)]
        change(order, changes, OrderRecord.status == "accepted")
    detail = " ".join(fault.message for fault in faults)
    return Problem("post_check_failed", detail, faults=faults)
