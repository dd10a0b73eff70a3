"""Look at the post of an order (rules 16, 29, 30): its reasons, its checks, and what follows from the result.

Every look compares the post with the agreement. A look that finds the post gone or changed is confirmed by a second look; the
creator can mend the post until then. Only after that does a published order fail. During a dispute a confirmed loss is stored for
the ruling. While the network cannot be read nothing is decided: the look is tried again at growing intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.click_links import clicks
from chalicelib.click_links.records import ClickCounter
from chalicelib.core import clock
from chalicelib.core.errors import Fault, not_found
from chalicelib.core.rules import Rules, rules
from chalicelib.social import copied_comments
from chalicelib.social import port as social
from chalicelib.social.networks import network
from chalicelib.social.port import Post
from chalicelib.store import save_if, update, update_if
from chalicelib.store.batch_reads import read_together_with
from chalicelib.store.retry import WriteConflict
from chalicelib.tasks.model.reason_codes import EndReason
from chalicelib.tasks.model.transition_write import Event, apply_alone, apply_event
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.posts import post_metrics
from chalicelib.tasks.posts.post_comparison import Agreement, differences, digest, plain
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.looks_record import LOOKS, LooksRecord
from chalicelib.tasks.records.order_record import FINAL, CountedLinks, OrderRecord, find_order_with_looks
from chalicelib.tasks.records.stored_documents import (
    CheckDelay,
    CheckEvidence,
    PostLoss,
    Snapshot,
    SuspectedLoss,
    UnannouncedChecks,
)

RANDOM: Random = SystemRandom()
"""The random numbers of the operating system; tests replace it by a seeded generator."""


FOUND_TEXT_MAX = 4_000
"""The characters that are stored of a text that was found: twice the longest agreed text."""


@dataclass(frozen=True)
class LookReasons:
    """The reasons of a look: the check at the end of the retention, the one at half of it, a second look, the number of unannounced
    checks, and a snapshot of the figures."""

    final: bool
    half: bool
    second: bool
    unannounced: int
    figures: bool

    @property
    def is_shown(self) -> bool:
        """True if clients see that this look was made. They do not see an unannounced check that finds the post in order while the
        order is open: a creator who knew that the last one is over could take the post down."""
        return self.final or self.half or self.second

    @property
    def takes_figures(self) -> bool:
        return self.figures or self.final or self.half


def look_reasons(order: OrderRecord, at: datetime) -> LookReasons:
    """Return the reasons for a look at this moment."""
    check_at, figures_at = order.next_check_at, order.next_figures_at
    is_announced = check_at is not None and at >= check_at
    is_final = is_announced and order.retained_at is not None and at >= order.retained_at
    unannounced = sum(moment <= at for moment in order.unannounced_due)
    figures = figures_at is not None and at >= figures_at
    return LookReasons(is_final, is_announced and not is_final, order.suspect is not None, unannounced, figures)


def find_order_for_look(order_id: str, counted: CountedLinks | None) -> OrderRecord:
    """Return the order with its `looks`, read consistently, and the clicks on the `counted` links, in one request if the counters
    fit into it. Raises Problem `not_found`."""
    keys = clicks.counter_keys(order_id, counted["links"], clock.parse(counted["since"])) if counted else []
    if not counted or not keys:
        return find_order_with_looks(order_id)
    order, looks, counters = read_together_with(
        (OrderRecord, order_id, "order"), (LooksRecord, order_id, LOOKS), ClickCounter, keys
    )
    if order is None:
        raise not_found("order")
    order.looks = looks
    order.clicked = _sum(clicks.totals_of(order_id, counted["links"], counters))
    return order


def draw_unannounced(published_at: datetime, retention: timedelta, rules: Rules) -> list[str]:
    """Return the moments of the unannounced checks of a post (rule 29), in order.

    They are independent and uniform over the retention, from the random numbers of the operating system, so that they cannot be
    predicted."""
    moments = sorted(published_at + retention * RANDOM.random() for _ in range(rules.unannounced_checks))
    return [clock.stamp(moment) for moment in moments]


def look(order: OrderRecord, at: datetime) -> OrderRecord:
    """Make the due look at the post of a published or disputed order. Raises WriteConflict."""
    try:
        post = fetch(order, str(order.post_url))
        faults = tuple(differences(post, agreement(order)))
    except social.NetworkError as error:
        return _save_unread(order, at, error)
    return _save_failed(order, post, faults, at) if faults or post is None else _save_passed(order, post, at)


def suspect_loss(
    order: OrderRecord, post: Post | None, faults: Sequence[Fault], at: datetime, changes: Sequence[UpdateAction] = ()
) -> OrderRecord:
    """Store that the post is gone or differs from the agreement.

    The first time, a second look becomes due after `second_look`. When that confirms the loss, a published order fails and its
    price is returned; in a dispute the loss is stored for the ruling or its default, and a ruling that was decided before is
    refused (rule 27). Raises WriteConflict."""
    codes = [fault.code for fault in faults]
    loss: PostLoss = {"at": clock.stamp(at), "codes": codes, "found": post is not None}
    changes = [*changes, OrderRecord.delay.remove(), found_text(post, faults)]
    if order.suspect is None:
        suspect: SuspectedLoss = {**loss, "second_look_at": clock.stamp(at + rules().second_look)}
        changes.append(OrderRecord.suspect.set(suspect))
        return apply_event(order, Event("check_failed", "system", at, note=", ".join(codes), changes=changes))
    note = "; ".join(fault.message for fault in faults)
    changes.append(OrderRecord.suspect.remove())
    if order.status == "disputed":
        changes.append(OrderRecord.lost.set(loss))
        dispute = DisputeRecord(order.dispute_id, "dispute")
        raised = update("dispute", dispute, [DisputeRecord.revision.add(1)], DisputeRecord.pk.exists())
        return apply_event(order, Event("loss_confirmed", "system", at, note=note, changes=changes), [raised])
    settled, money = order_payouts.return_price(order, at)
    reason = loss_reason(loss, note)
    event = Event("post_lost", "system", at, note=note, reason=reason, changes=[*changes, *settled])
    return apply_event(order, event, money)


def found_text(post: Post | None, faults: Sequence[Fault]) -> UpdateAction:
    """Return the change that stores the text of a post that differs from the agreed one, so that both sides can see the difference.
    It removes the text of an earlier check if the text is no fault now, or if the post is by another account."""
    codes = {fault.code for fault in faults}
    if post is None or "text_differs" not in codes or "wrong_account" in codes:
        return OrderRecord.found_text.remove()
    return OrderRecord.found_text.set(plain(post.text)[:FOUND_TEXT_MAX])


def loss_reason(loss: PostLoss, note: str) -> EndReason:
    """Return the reason of an order that ended because its post was gone or changed."""
    return {"code": "post_changed" if loss["found"] else "post_gone", "note": note}


def next_delay(order: OrderRecord, at: datetime, error: social.NetworkError) -> CheckDelay:
    """Return the `delay` of the order after the network could not be read.

    The next try is due after as long as the delay has lasted, between `check_retry_first` and `check_retry_max`, not before the
    network permits it, and at `refer_at` if that is earlier."""
    since = clock.parse(order.delay["since"]) if order.delay else at
    wait = min(max(at - since, rules().check_retry_first), rules().check_retry_max)
    if isinstance(error, social.RateLimited):
        wait = max(wait, timedelta(seconds=error.retry_after))
    retry_at, refer_at = at + wait, order.refer_at
    if refer_at is not None and refer_at > at:
        retry_at = min(retry_at, refer_at)
    return {"since": clock.stamp(since), "retry_at": clock.stamp(retry_at), "code": error.code}


def fetch(order: OrderRecord, post_url: str) -> Post | None:
    """Return the post at this URL as its network shows it now; None if there is none. Raises NetworkErrors."""
    return network(order.network).fetch_post(post_url, _account(order))


def agreement(order: OrderRecord) -> Agreement:
    """Return the agreement that the post of this order has to fulfil. Raises Unavailable if its network is not connected."""
    authors = frozenset({order.account_id, order.handle})
    accepted = next((found["version"] for found in order.evidence or [] if "version" in found), None)
    version = accepted if order.published_at is not None else None
    return Agreement(order.content, authors, order.source_url, network(order.network).post_key, version)


def evidence(post: Post | None, at: datetime) -> CheckEvidence:
    """Return the evidence of a check; the text is stored as a hash."""
    evidence: CheckEvidence = {"at": clock.stamp(at), "found": post is not None}
    if post:
        evidence.update({"text_sha256": digest(post.text), "author": post.author})
        if post.version is not None:
            evidence["version"] = post.version
    return evidence


def save_changes(order: OrderRecord, changes: Sequence[UpdateAction]) -> OrderRecord:
    """Write changes without an event in the history, and return the order as written. Raises WriteConflict."""
    if not update_if(order, [*changes, OrderRecord.revision.set(int(order.revision) + 1)], order.as_read):
        raise WriteConflict
    return order  # pynamodb has set its attributes to those that DynamoDB returned


def _save_unread(order: OrderRecord, at: datetime, error: social.NetworkError) -> OrderRecord:
    """Store that the network could not be read. A snapshot alone is not tried again."""
    due = look_reasons(order, at)
    if order.delay is None and not due.is_shown and not due.unannounced:
        return _save_quiet(order, [_snapshot(order, None, at)], [], at)
    changes = [OrderRecord.delay.set(next_delay(order, at, error))]
    if order.delay is not None:
        return save_changes(order, changes)
    return apply_event(order, Event("check_delayed", "system", at, note=error.code, changes=changes))


def _save_failed(order: OrderRecord, post: Post | None, faults: Sequence[Fault], at: datetime) -> OrderRecord:
    due = look_reasons(order, at)
    changes = [_add_evidence(order, post, at), *_remove_unannounced(order, due)]
    if due.takes_figures:
        changes.append(_add_snapshot(order, post.figures if post else None, at))
    return suspect_loss(order, post, faults, at, changes)


def _save_passed(order: OrderRecord, post: Post, at: datetime) -> OrderRecord:
    due = look_reasons(order, at)
    if not due.is_shown and order.delay is None:
        snapshots = [_snapshot(order, post.figures, at)] if due.takes_figures else []
        return _save_quiet(order, snapshots, [evidence(post, at)] if due.unannounced else [], at)
    changes: list[UpdateAction] = [_add_evidence(order, post, at)] if due.is_shown else []
    changes += _remove_unannounced(order, due, None if due.is_shown else evidence(post, at))
    if due.takes_figures:
        changes.append(_add_snapshot(order, post.figures, at))
    if due.second:
        changes += [
            OrderRecord.suspect.remove(),
            OrderRecord.found_text.remove(),
            OrderRecord.absences.set(int(order.absences) + 1),
        ]
    if due.final or due.half:
        changes.append(OrderRecord.checks.set(FINAL if due.final else 1))
    if order.delay is not None:
        changes.append(OrderRecord.delay.remove())
    if due.final and order.status == "published":
        settled, money = order_payouts.pay_price(order, at)
        return apply_event(order, Event("retained", "system", at, changes=[*changes, *settled]), money)
    return apply_alone(order, Event("checked", "system", at, changes=changes))


def _save_quiet(
    order: OrderRecord, snapshots: Sequence[Snapshot], checks: Sequence[CheckEvidence], at: datetime
) -> OrderRecord:
    """Store a look that changes nothing of the order: its snapshot, and the evidence of the unannounced checks that it made. Return
    the order with it. Raises WriteConflict if another look was stored meanwhile."""
    known = order.looks
    read = int(known.revision)
    written = LooksRecord(
        known.pk,
        known.sk,
        snapshots=[*known.snapshots, *snapshots],
        evidence=[*known.evidence, *checks],
        checked_until=at if checks else known.checked_until,
        revision=read + 1,
    )
    if not save_if(written, LooksRecord.revision == read if read else LooksRecord.pk.does_not_exist()):
        raise WriteConflict
    order.looks = written
    return order


def _add_evidence(order: OrderRecord, post: Post | None, at: datetime) -> UpdateAction:
    change: UpdateAction = OrderRecord.evidence.set([*(order.evidence or []), evidence(post, at)])
    return change


def _remove_unannounced(
    order: OrderRecord, due: LookReasons, hidden: CheckEvidence | None = None
) -> list[UpdateAction]:
    """Return the change that removes the unannounced checks of this look; `hidden` is its evidence if clients do not see it."""
    if not due.unannounced or order.unannounced is None:
        return []
    evidence = [*order.unannounced.get("evidence", []), *([hidden] if hidden else [])]
    moments = [clock.stamp(moment) for moment in order.unannounced_due[due.unannounced :]]
    rest: UnannouncedChecks = {"due": moments, "evidence": evidence}
    return [OrderRecord.unannounced.set(rest)]


def _add_snapshot(order: OrderRecord, figures: social.PostFigures | None, at: datetime) -> UpdateAction:
    """Return the change that adds a snapshot to the order."""
    change: UpdateAction = OrderRecord.own_snapshots.set([*order.own_snapshots, _snapshot(order, figures, at)])
    return change


def _snapshot(order: OrderRecord, figures: social.PostFigures | None, at: datetime) -> Snapshot:
    """Return a snapshot of the post's figures and of the clicks on its links."""
    clicked = order.clicked
    if clicked is None:
        links = len(order.urls) if order.links else 0
        clicked = _sum(clicks.totals(order.pk, links, sequential=True, since=order.published_at))
    return post_metrics.snapshot(at, figures, *clicked, _copies(order, figures))


def _sum(totals: Sequence[clicks.Clicks]) -> tuple[int, int]:
    """Return the clicks and the visitors of all links."""
    return sum(one.clicks for one in totals), sum(one.visitors for one in totals)


def _copies(order: OrderRecord, figures: social.PostFigures | None) -> copied_comments.Copies | None:
    """Return how many of the latest comments are copies; None if there are few comments, or if the network does not show them."""
    if figures is None or (figures.comments or 0) < copied_comments.COMMENTS_MIN:
        return None
    try:
        return copied_comments.count_copies(network(order.network).fetch_comments(str(order.post_url), _account(order)))
    except social.NetworkError:
        return None


def _account(order: OrderRecord) -> social.Account:
    return social.Account(order.account_id, order.handle)
