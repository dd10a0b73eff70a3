"""Looks at the post of an order (rules 16, 29, 30): what is due at a look, and what follows from what it finds.

Every look compares the post with what was agreed. One that finds the post gone or changed is confirmed by a second look; the time
until then is the creator's time to mend. Only then does a published order fail. During a dispute a confirmed loss is stored for the
ruling. A network that cannot be read decides nothing: the look is tried again at growing intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.click_links import clicks
from chalicelib.core import clock
from chalicelib.core.errors import Fault
from chalicelib.core.rules import Rules, rules
from chalicelib.social import copied_comments
from chalicelib.social import port as social
from chalicelib.social.networks import network
from chalicelib.social.port import Post
from chalicelib.store import update
from chalicelib.store.retry import WriteConflict
from chalicelib.tasks.model.lifecycle import EndReason
from chalicelib.tasks.model.transitions import change, move_order
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.posts import post_metrics
from chalicelib.tasks.posts.post_comparison import Agreement, differences, digest
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import FINAL, OrderRecord, find_order

RANDOM: Random = SystemRandom()
"""The system's source of randomness; tests put a seeded one in its place."""


@dataclass(frozen=True)
class Due:
    """What is due at a look: the check at the end of the retention or at half of it, a second look, unannounced checks (so many of
    the order's), figures."""

    final: bool
    half: bool
    second: bool
    unannounced: int
    figures: bool

    @property
    def shown(self) -> bool:
        """Whether the order shows that this look was made. An unannounced check that finds the post in order shows nothing as long
        as the order is open: a creator who knew that the last one is over could take the post down."""
        return self.final or self.half or self.second


def due(order: OrderRecord, at: datetime) -> Due:
    """What is due at this moment."""
    check_at, figures_at = order.next_check_at, order.next_figures_at
    announced = check_at is not None and at >= check_at
    final = announced and order.retained_at is not None and at >= order.retained_at
    unannounced = sum(moment <= at for moment in order.unannounced_due)
    figures = figures_at is not None and at >= figures_at
    return Due(final, announced and not final, order.suspect is not None, unannounced, figures)


def drawn(published_at: datetime, retention: timedelta, rules: Rules) -> list[str]:
    """The moments of the unannounced checks of a post (rule 29), in order: independent, uniform over the retention, and from the
    system's source of randomness, so that nobody can predict them."""
    moments = sorted(published_at + retention * RANDOM.random() for _ in range(rules.unannounced_checks))
    return [clock.stamp(moment) for moment in moments]


def look(order: OrderRecord, at: datetime) -> OrderRecord:
    """Looks at the post of the published or disputed order because a look is due. Raises WriteConflict."""
    try:
        post = fetch(order, str(order.post_url))
        faults = tuple(differences(post, agreement(order)))
    except social.NetworkError as error:
        return _unread(order, at, error)
    return _failed(order, post, faults, at) if faults or post is None else _passed(order, post, at)


def doubted(
    order: OrderRecord, post: Post | None, faults: Sequence[Fault], at: datetime, changes: Sequence[UpdateAction] = ()
) -> OrderRecord:
    """Stores that the post is gone or not what was agreed. The first time a second look becomes due after `second_look`. Confirmed
    by it, a published order fails and its price is returned; in a dispute the loss is stored for the ruling or its default, and a
    ruling that was decided before it is refused (rule 27).

    Raises WriteConflict."""
    codes = [fault.code for fault in faults]
    seen = {"at": clock.stamp(at), "codes": codes, "found": post is not None}
    changes = [*changes, OrderRecord.delay.remove()]
    if order.suspect is None:
        suspect = {**seen, "second_look_at": clock.stamp(at + rules().second_look)}
        changes.append(OrderRecord.suspect.set(suspect))
        return move_order(order, "check_failed", at=at, by="system", note=", ".join(codes), changes=changes)
    note = "; ".join(fault.message for fault in faults)
    changes.append(OrderRecord.suspect.remove())
    if order.status == "disputed":
        changes.append(OrderRecord.lost.set(seen))
        dispute = DisputeRecord(order.dispute_id, "dispute")
        changed = update("dispute", dispute, [DisputeRecord.revision.add(1)], DisputeRecord.pk.exists())
        return move_order(order, "loss_confirmed", at=at, by="system", note=note, changes=changes, actions=[changed])
    returned, money = order_payouts.returned(order, at)
    reason = lost_because(seen, note)
    changes += returned
    return move_order(order, "post_lost", at=at, by="system", note=note, reason=reason, changes=changes, actions=money)


def lost_because(seen: dict[str, Any], note: str) -> EndReason:
    """Why an order ended whose post was `seen` to be gone or changed."""
    return {"code": "post_changed" if seen["found"] else "post_gone", "note": note}


def delayed(order: OrderRecord, at: datetime, error: social.NetworkError) -> dict[str, str]:
    """The order's `delay` after the network could not be read: the next try is due after as long as this has lasted, between
    `check_retry_first` and `check_retry_max`, and not before the network says; and at the moment of `refer_at`, if that is
    earlier."""
    since = clock.parse(order.delay["since"]) if order.delay else at
    wait = min(max(at - since, rules().check_retry_first), rules().check_retry_max)
    if isinstance(error, social.RateLimited):
        wait = max(wait, timedelta(seconds=error.retry_after))
    retry_at, refer_at = at + wait, order.refer_at
    if refer_at is not None and refer_at > at:
        retry_at = min(retry_at, refer_at)
    return {"since": clock.stamp(since), "retry_at": clock.stamp(retry_at), "code": error.code}


def fetch(order: OrderRecord, post_url: str) -> Post | None:
    """The post at this URL as its network shows it now; None if there is none. Raises NetworkErrors."""
    return network(order.network).fetch_post(post_url, _account(order))


def agreement(order: OrderRecord) -> Agreement:
    """What the post of this order has to be. Raises Unavailable if its network is not connected."""
    authors = frozenset({order.account_id, order.handle})
    return Agreement(order.content, authors, order.source_url, network(order.network).post_key)


def evidence(post: Post | None, at: datetime) -> dict[str, Any]:
    """What was fetched, when: the text by its hash."""
    found = {"text_sha256": digest(post.text), "author": post.author} if post else {}
    return {"at": clock.stamp(at), "found": post is not None, **found}


def written(order: OrderRecord, changes: Sequence[UpdateAction]) -> OrderRecord:
    """Writes changes that are no event of the history; the order as written. Raises WriteConflict."""
    if not change(order, [*changes, OrderRecord.revision.set(int(order.revision) + 1)], order.as_read):
        raise WriteConflict
    return find_order(order.pk)


def _unread(order: OrderRecord, at: datetime, error: social.NetworkError) -> OrderRecord:
    """The network could not be read. Figures alone are not asked for again."""
    now = due(order, at)
    if order.delay is None and not now.shown and not now.unannounced:
        return written(order, [_with_figures(order, None, at)])
    changes = [OrderRecord.delay.set(delayed(order, at, error))]
    if order.delay is not None:
        return written(order, changes)
    return move_order(order, "check_delayed", at=at, by="system", note=error.code, changes=changes)


def _failed(order: OrderRecord, post: Post | None, faults: Sequence[Fault], at: datetime) -> OrderRecord:
    now = due(order, at)
    changes = [OrderRecord.evidence.set([*(order.evidence or []), evidence(post, at)]), *_taken(order, now)]
    if now.figures or now.final or now.half:
        changes.append(_with_figures(order, post.figures if post else None, at))
    return doubted(order, post, faults, at, changes)


def _passed(order: OrderRecord, post: Post, at: datetime) -> OrderRecord:
    now = due(order, at)
    changes: list[UpdateAction] = []
    if now.shown:
        changes.append(OrderRecord.evidence.set([*(order.evidence or []), evidence(post, at)]))
    changes += _taken(order, now, None if now.shown else evidence(post, at))
    if now.figures or now.final or now.half:
        changes.append(_with_figures(order, post.figures, at))
    if now.second:
        changes += [OrderRecord.suspect.remove(), OrderRecord.absences.set(int(order.absences) + 1)]
    if now.final or now.half:
        changes.append(OrderRecord.checks.set(FINAL if now.final else 1))
    if order.delay is not None:
        changes.append(OrderRecord.delay.remove())
    if now.final and order.status == "published":
        paid, money = order_payouts.paid(order, at)
        return move_order(order, "retained", at=at, by="system", changes=[*changes, *paid], actions=money)
    if now.shown or order.delay is not None:
        return move_order(order, "checked", at=at, by="system", changes=changes)
    return written(order, changes)


def _taken(order: OrderRecord, now: Due, found: dict[str, Any] | None = None) -> list[UpdateAction]:
    """The change that takes the unannounced checks off that this look makes; with what it `found`, if nothing else shows it."""
    if not now.unannounced:
        return []
    known = order.unannounced or {}
    kept = [*known.get("evidence", []), *([found] if found else [])]
    return [OrderRecord.unannounced.set({"due": known["due"][now.unannounced :], "evidence": kept})]


def _with_figures(order: OrderRecord, figures: social.Figures | None, at: datetime) -> UpdateAction:
    """The post's figures and the clicks on its links at this moment, added to those before."""
    counted = clicks.totals(order.pk, len(order.urls), patient=True) if order.links else []
    clicked, visited = sum(one.clicks for one in counted), sum(one.visitors for one in counted)
    taken = post_metrics.added(order.snapshots, at, figures, clicked, visited, _copies(order, figures))
    return OrderRecord.snapshots.set(taken)


def _copies(order: OrderRecord, figures: social.Figures | None) -> copied_comments.Copies | None:
    """How alike the latest comments are; None where there are few, or the network does not show them now."""
    if figures is None or (figures.comments or 0) < copied_comments.COMMENTS_MIN:
        return None
    try:
        return copied_comments.count_copies(network(order.network).fetch_comments(str(order.post_url), _account(order)))
    except social.NetworkError:
        return None


def _account(order: OrderRecord) -> social.Account:
    return social.Account(order.account_id, order.handle)
