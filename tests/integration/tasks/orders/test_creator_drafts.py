"""Draft approval: the advertiser approves the creator's text or requests changes, twice; it is approved by default."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.tasks.workflow import steps
from testing.markets.stage import NOON, Stage

START = NOON + timedelta(hours=1)
TEXT = "我家的秋茶，真香。"


@pytest.fixture
def order_id(stage: Stage) -> str:
    with clock.at(NOON):
        return stage.accepted("an", draft_approval=True)[0]


def submit(stage: Stage, order_id: str, text: str = TEXT) -> Any:
    with clock.at(NOON):
        return stage.act("an", order_id, "draft", {"text": text})


def say(stage: Stage, order_id: str, action: str, body: Any = None) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/orders/{order_id}/draft/{action}", body)


def test_an_approved_draft_becomes_the_text_of_the_post(stage: Stage, order_id: str) -> None:
    with clock.at(START):
        url = stage.post(stage.order(order_id))
        early = stage.act("an", order_id, "publish", {"post_url": url})
        assert (early.status_code, early.json_body["code"]) == (409, "draft_not_approved")
    draft = submit(stage, order_id).json_body
    assert draft["draft"]["text"] == f"{TEXT} 广告"
    assert submit(stage, order_id).json_body == draft
    assert submit(stage, order_id, "别的").json_body["code"] == "state_conflict"
    approved = say(stage, order_id, "approve").json_body
    assert approved == say(stage, order_id, "approve").json_body
    assert approved["content"]["text"] == f"{TEXT} 广告"
    with clock.at(START):
        old = stage.act("an", order_id, "publish", {"post_url": url})
        assert [fault["code"] for fault in old.json_body["errors"]] == ["text_differs"]
        stage.publish("an", order_id)
    assert stage.order(order_id)["status"] == "published"


def test_changes_are_requested_twice_at_most(stage: Stage, order_id: str) -> None:
    for note in ("短一点", "再短一点"):
        submit(stage, order_id, TEXT + note)
        changed = say(stage, order_id, "changes", {"note": note}).json_body
        assert (changed["draft"]["status"], changed["draft"]["note"]) == ("changes_requested", note)
        assert say(stage, order_id, "changes", {"note": note}).status_code == 200
        assert say(stage, order_id, "approve").json_body["code"] == "draft_not_waiting"
    submit(stage, order_id)
    assert say(stage, order_id, "changes", {"note": "还要"}).json_body["code"] == "draft_rounds_used"
    assert say(stage, order_id, "approve").status_code == 200


def test_silence_approves_in_time_to_publish(stage: Stage, order_id: str) -> None:
    draft = submit(stage, order_id).json_body
    # Submitted at noon, the window ends at 15:00: half of that is left for publishing.
    assert draft["draft"]["due_at"] == "2026-11-22T13:30:00Z"
    assert {"name": "draft_due", "at": "2026-11-22T13:30:00Z", "default_outcome": "accepted"} in draft["timers"]
    due_at = NOON + timedelta(hours=1, minutes=30)
    for moment, status in ((due_at - timedelta(seconds=1), "submitted"), (due_at, "approved"), (due_at, "approved")):
        with clock.at(moment):
            steps.order_step({"step": "publication_missed", "id": order_id})
        assert stage.order(order_id)["draft"]["status"] == status
    assert stage.order(order_id)["status"] == "accepted"


def test_a_draft_is_linted_and_limited_like_a_task(stage: Stage, order_id: str) -> None:
    forbidden = submit(stage, order_id, "买香烟送打火机")
    assert (forbidden.status_code, forbidden.json_body["code"]) == (422, "content_forbidden")
    assert forbidden.json_body["errors"][0]["pointer"] == "/text"
    assert submit(stage, order_id, " ").json_body["errors"][0]["pointer"] == "/text"
    assert submit(stage, order_id, "长" * 2_001).json_body["errors"][0]["code"] == "text_too_long"
    assert stage.order(order_id)["draft"] is None


def test_only_an_order_whose_task_asks_takes_a_draft(stage: Stage) -> None:
    with clock.at(NOON):
        order_id = stage.accepted("bo")[0]
        refused = stage.act("bo", order_id, "draft", {"text": TEXT})
    assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict")
    assert say(stage, order_id, "approve").json_body["code"] == "draft_not_waiting"
    other = stage.api.as_("other", "advertiser").post(f"/v1/orders/{order_id}/draft/approve")
    assert other.status_code == 404


DUE = NOON + timedelta(hours=1)
"""The due time of the review of a draft that was submitted at noon: a third of the time to the end of the window at 15:00."""
DOUBTFUL = "国家级茶，真香。"


def waiting(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.auditor.get("/v1/draft-reviews").json_body["data"]
    return found


def review(stage: Stage, order_id: str, decision: str, revision: int, *reasons: str, by: Any = None) -> Any:
    body = {"decision": decision, "revision": revision, "reasons": [{"code": code} for code in reasons]}
    with clock.at(NOON):
        return (by or stage.auditor).post(f"/v1/orders/{order_id}/draft/review", body)


def test_rule_13a_an_auditor_reads_drafts_with_findings_first(stage: Stage, order_id: str) -> None:
    draft = submit(stage, order_id, DOUBTFUL).json_body
    assert draft["draft"]["status"] == "in_review"
    assert {"name": "draft_review_due", "at": "2026-11-22T13:00:00Z", "default_outcome": "accepted"} in draft["timers"]
    assert submit(stage, order_id, DOUBTFUL).json_body == draft
    assert submit(stage, order_id).json_body["code"] == "state_conflict"
    assert say(stage, order_id, "approve").json_body["code"] == "draft_not_waiting"
    with clock.at(NOON):
        (queued,) = waiting(stage)
    assert (queued["order_id"], queued["text"], queued["brief"]) == (
        order_id,
        f"{DOUBTFUL} 广告",
        "今年的秋茶到了。 广告",
    )
    assert [finding["text"] for finding in queued["findings"] if finding["severity"] == "warn"] == ["国家级"]
    cleared = review(stage, order_id, "approved", queued["revision"])
    assert (cleared.status_code, cleared.json_body["draft"]["status"]) == (200, "submitted")
    assert cleared.json_body["draft"]["review"] == {"decision": "approved", "reasons": []}
    assert review(stage, order_id, "approved", queued["revision"]).json_body == cleared.json_body
    assert waiting(stage) == []
    assert say(stage, order_id, "approve").json_body["content"]["text"] == f"{DOUBTFUL} 广告"


def test_an_unreviewed_draft_is_not_approved_by_default(stage: Stage, order_id: str) -> None:
    submit(stage, order_id, DOUBTFUL)
    for moment, status in ((DUE - timedelta(seconds=1), "in_review"), (DUE, "changes_requested")):
        with clock.at(moment):
            steps.order_step({"step": "publication_missed", "id": order_id})
        assert stage.order(order_id)["draft"]["status"] == status
    assert waiting(stage) == []
    with clock.at(DUE):
        late = stage.act("an", order_id, "draft", {"text": TEXT})
    assert late.json_body["draft"]["status"] == "submitted"
    assert late.json_body["draft"]["changes_requested"] == 0


def test_an_auditor_rejects_a_draft_with_reasons(stage: Stage, order_id: str) -> None:
    submit(stage, order_id, DOUBTFUL)
    (queued,) = waiting(stage)
    assert review(stage, order_id, "rejected", queued["revision"]).status_code == 422
    rejected = review(stage, order_id, "rejected", queued["revision"], "absolute_terms").json_body
    assert (rejected["draft"]["status"], rejected["draft"]["note"]) == ("changes_requested", "absolute_terms")
    assert rejected["draft"]["review"] == {"decision": "rejected", "reasons": [{"code": "absolute_terms"}]}
    assert review(stage, order_id, "approved", queued["revision"]).json_body["code"] == "draft_not_waiting"
    assert submit(stage, order_id).json_body["draft"]["status"] == "submitted"


def test_an_auditor_decides_about_the_draft_that_was_read(stage: Stage, order_id: str) -> None:
    submit(stage, order_id, DOUBTFUL)
    (queued,) = waiting(stage)
    review(stage, order_id, "rejected", queued["revision"], "absolute_terms")
    submit(stage, order_id, "顶级茶，真香。")
    stale = review(stage, order_id, "approved", queued["revision"])
    assert (stale.status_code, stale.json_body["code"]) == (409, "revision_changed")
    (again,) = waiting(stage)
    own = stage.api.as_("an", "creator", "auditor")
    assert review(stage, order_id, "approved", again["revision"], by=own).json_body["code"] == "conflict_of_interest"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("来 https://evil.example/tea 看看", "https://evil.example/tea"),
        ("https://tea.example/autumn-sale 更便宜", "https://tea.example/autumn-sale"),
        ("搜 evil.com 有惊喜", "evil.com"),
        ("evil[.]com", "evil[.]com"),
        ("evil。com", "evil。com"),
        ("1.2.3.4/x", "1.2.3.4/x"),
        ("weixin://dl/chat?x", "weixin://dl/chat?x"),
    ],
)
def test_a_link_that_is_not_in_the_brief_needs_review(stage: Stage, order_id: str, text: str, link: str) -> None:
    draft = submit(stage, order_id, text).json_body["draft"]
    assert draft["status"] == "in_review"
    assert [one["text"] for one in draft["findings"] if one["rule"] == "unaudited-link"] == [link]


def test_the_links_of_the_brief_need_no_auditor(stage: Stage, order_id: str) -> None:
    link = stage.order(order_id)["content"]["urls"][0]
    text = f"点https://tea.example/autumn，或（https://tea.example/autumn）或 {link} 。共3.5斤，v2.0，见p.12。"
    draft = submit(stage, order_id, text).json_body["draft"]
    assert (draft["status"], [one["rule"] for one in draft["findings"]]) == ("submitted", ["ad-mark-missing"])


def test_the_text_of_the_brief_needs_no_auditor(stage: Stage) -> None:
    content = {"text": "国家级茶在 evil.com", "picture_ids": [], "urls": []}
    with clock.at(NOON):
        (order_id,) = stage.accepted("bo", draft_approval=True, content=content)
        answer = stage.act("bo", order_id, "draft", {"text": content["text"]})
    assert answer.json_body["draft"]["status"] == "submitted"


def test_a_draft_leaves_the_queue_when_its_order_ends(stage: Stage, order_id: str) -> None:
    submit(stage, order_id, DOUBTFUL)
    with clock.at(NOON + timedelta(hours=3)):
        steps.order_step({"step": "publication_missed", "id": order_id})
        steps.order_step({"step": "publication_missed", "id": order_id})
    assert stage.order(order_id)["status"] == "failed"
    assert waiting(stage) == []


def test_the_overview_counts_the_drafts_that_wait_for_an_auditor(stage: Stage, order_id: str) -> None:
    submit(stage, order_id, DOUBTFUL)
    assert stage.auditor.get("/v1/me").json_body["counts"]["auditor"]["draft_reviews"] == 1
    for side in (stage.advertiser, stage.creator("an")):
        assert side.get("/v1/orders?waiting=me").json_body["data"] == []
