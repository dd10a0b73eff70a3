"""Rules 16, 20, 29 and 30: checks go on during disputes and cannot be predicted; a network that cannot be read ends no order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.social.port import NetworkError, NotPermitted, RateLimited, Unavailable
from chalicelib.social.sandbox import SandboxNetwork
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import steps, sweep
from testing.markets.stage import FUNDS, NOON, PRICE, Stage

START = NOON + timedelta(hours=1)
WINDOW_END = NOON + timedelta(hours=3)
END = START + timedelta(hours=24)
NET = 214_900
SECOND = timedelta(seconds=5)
REASON = {"reason_code": "other", "note": "请看一下"}
STEPS = {"offered": "lapsed", "accepted": "publication_missed", "published": "check", "disputed": "ruling_missed"}


@pytest.fixture
def order_id(stage: Stage) -> str:
    return publish(stage)


@pytest.fixture
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try a check that cannot be made every six hours, not every hour."""
    monkeypatch.setattr(post_checks, "rules", lambda: replace(rules(), check_retry_max=timedelta(hours=6)))


def publish(stage: Stage, **changes: Any) -> str:
    order_id = stage.accepted("an", **changes)[0]
    with clock.at(START):
        stage.publish("an", order_id)
    return order_id


def run(order_id: str, until: datetime) -> str:
    """Plays the order's workflow up to this moment, each step when it wakes; the status then."""
    while True:
        order = find_order(order_id)
        next_action_at = order.next_action_at
        if next_action_at is None or next_action_at > until or order.status not in STEPS:
            return str(order.status)
        with clock.at(max(next_action_at, START)):
            assert steps.order_step({"step": STEPS[order.status], "id": order_id})["seconds"] > 0


def dispute(stage: Stage, order_id: str, at: datetime, by: str = "creator") -> Any:
    party = stage.creator("an") if by == "creator" else stage.advertiser
    with clock.at(at):
        return party.post(f"/v1/orders/{order_id}/dispute", REASON)


def edit(stage: Stage, order_id: str, text: str | None = None) -> None:
    """Changes the post; without `text` it is as agreed again."""
    order = stage.order(order_id)
    body = {"text": text or order["content"]["text"]}
    assert stage.api.put(f"/sandbox/posts/{order['post_url'].rpartition('/')[2]}", body).status_code == 200


def delete(stage: Stage, order_id: str) -> None:
    stage.api.request("DELETE", f"/sandbox/posts/{stage.order(order_id)['post_url'].rpartition('/')[2]}")


def events(stage: Stage, order_id: str) -> list[str]:
    return [event["event"] for event in stage.order(order_id)["events"]]


def timer(stage: Stage, order_id: str, name: str) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = stage.order(order_id)["timers"]
    return next((one for one in found if one["name"] == name), None)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Callable[[NetworkError | None], None]:
    """Sets what reading a post raises from now on; None: the network answers again."""
    answer = SandboxNetwork.fetch_post

    def set_error(error: NetworkError | None) -> None:
        def fetch_post(self: SandboxNetwork, url: str, reader: Any = None) -> Any:
            if error is not None:
                raise error
            return answer(self, url, reader)

        monkeypatch.setattr(SandboxNetwork, "fetch_post", fetch_post)

    return set_error


class TestDisputes:
    def test_rule_20_own_dispute_and_deletion_pays_nothing(self, stage: Stage, order_id: str) -> None:
        dispute(stage, order_id, START + timedelta(hours=1))
        delete(stage, order_id)
        assert run(order_id, END) == "disputed"
        assert events(stage, order_id)[-2:] == ["check_failed", "loss_confirmed"]
        ruling = timer(stage, order_id, "ruling_due")
        assert ruling is not None
        assert ruling["default_outcome"] == "failed"
        assert run(order_id, END + timedelta(days=10)) == "failed"
        assert stage.money(creators=("an",)) == {"available": FUNDS, "an": 0}
        assert stage.order(order_id)["reason"]["code"] == "post_gone"
        stage.proven()

    def test_rule_20_silence_pays_for_a_post_that_stayed(self, stage: Stage, order_id: str) -> None:
        dispute(stage, order_id, START + timedelta(hours=1))
        assert run(order_id, END) == "disputed"
        assert find_order(order_id).checks == 2
        delete(stage, order_id)  # its retention is over
        assert run(order_id, END + timedelta(days=10)) == "completed"
        assert stage.money(creators=("an",)) == {"available": FUNDS - PRICE, "an": NET}
        stage.proven()

    def test_rule_20_the_post_is_looked_at_before_the_default(self, stage: Stage, order_id: str) -> None:
        """Also if the workflow slept from the dispute until the default."""
        opened = dispute(stage, order_id, START + timedelta(hours=1)).json_body
        delete(stage, order_id)
        due_at = find_order(order_id).ruling_due_at
        assert due_at is not None
        with clock.at(due_at):
            assert steps.order_step({"step": "ruling_missed", "id": order_id})["status"] == "disputed"
        with clock.at(due_at + SECOND):
            assert steps.order_step({"step": "ruling_missed", "id": order_id})["status"] == "failed"
        assert stage.auditor.get(f"/v1/disputes/{opened['dispute_id']}").json_body["status"] == "unruled"

    def test_rule_20_silence_does_not_shorten_the_retention(self, stage: Stage) -> None:
        order_id = publish(stage, retention="P30D")
        dispute(stage, order_id, START + timedelta(hours=1))
        assert run(order_id, START + timedelta(days=12)) == "published"
        assert events(stage, order_id)[-1] == "dispute_expired"
        assert dispute(stage, order_id, START + timedelta(days=12)).json_body["code"] == "state_conflict"
        delete(stage, order_id)
        assert run(order_id, START + timedelta(days=31)) == "failed"

    def test_the_ruling_decides_about_a_lost_post_too(self, stage: Stage, order_id: str) -> None:
        opened = dispute(stage, order_id, START + timedelta(hours=1)).json_body
        delete(stage, order_id)
        run(order_id, END)
        with clock.at(END):
            body = {"outcome": "pay", "note": "平台删的"}
            assert stage.auditor.post(f"/v1/disputes/{opened['dispute_id']}/ruling", body).status_code == 200
        assert stage.order(order_id)["payment"] == "paid"

    def test_rule_27_a_ruling_older_than_the_loss_is_refused(self, stage: Stage, order_id: str) -> None:
        opened = dispute(stage, order_id, START + timedelta(hours=1)).json_body
        path = f"/v1/disputes/{opened['dispute_id']}"
        read = stage.auditor.get(path).json_body["revision"]
        delete(stage, order_id)
        run(order_id, END)
        with clock.at(END):
            body = {"outcome": "pay", "note": "没问题", "revision": read}
            assert stage.auditor.post(f"{path}/ruling", body).json_body["code"] == "revision_changed"


class TestLooks:
    def test_rule_29_a_look_between_the_checks_fails_the_order(self, stage: Stage, order_id: str) -> None:
        delete(stage, order_id)
        at = START + rules().snapshot_first
        assert run(order_id, at) == "published"
        assert timer(stage, order_id, "second_look") == {
            "name": "second_look",
            "at": clock.rfc3339(at + SECOND),
            "default_outcome": "failed",
        }
        assert run(order_id, at + SECOND) == "failed"
        assert stage.money()["available"] == FUNDS
        stage.proven()

    def test_rule_29_a_post_found_again_goes_on(self, stage: Stage, order_id: str) -> None:
        edit(stage, order_id, "别的 广告")
        run(order_id, START + rules().snapshot_first)
        edit(stage, order_id)
        assert run(order_id, END) == "completed"
        assert events(stage, order_id)[-5:] == ["published", "check_failed", "checked", "checked", "retained"]

    def test_rule_29_a_post_shown_only_at_announced_checks_fails(self, stage: Stage, order_id: str) -> None:
        """It is away between all looks that the creator can expect."""
        for hours in (0.2, 1, 6, 12):
            run(order_id, START + timedelta(hours=hours))
            edit(stage, order_id)
            if run(order_id, START + timedelta(hours=hours)) == "failed":
                break
            edit(stage, order_id, "别的 广告")
        assert find_order(order_id).status == "failed"

    def test_rule_29_unannounced_checks_are_shown_only_in_the_end(self, stage: Stage, order_id: str) -> None:
        moments = find_order(order_id).unannounced_due
        assert len(moments) == 2
        before = stage.order(order_id)
        for moment in moments:
            with clock.at(moment):
                steps.order_step({"step": "check", "id": order_id})
            shown = stage.order(order_id)
            assert len(find_order(order_id).unannounced_due) < 2
            assert not any(clock.rfc3339(one) in json.dumps({**shown, "snapshots": []}) for one in moments)
            assert shown["updated_at"] == before["updated_at"]
            assert shown["evidence"] == before["evidence"]
        run(order_id, END)
        seen = {clock.parse(one["at"]) for one in stage.order(order_id)["evidence"]}
        assert {moment.replace(microsecond=0) for moment in moments} <= seen

    def test_rule_29_unannounced_checks_cannot_be_predicted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from random import SystemRandom

        monkeypatch.setattr(post_checks, "RANDOM", SystemRandom())
        retention = timedelta(hours=24)
        drawn = [post_checks.draw_unannounced(START, retention, rules()) for _ in range(200)]
        moments = [clock.parse(moment) for pair in drawn for moment in pair]
        assert all(START <= moment <= START + retention for moment in moments)
        assert len(set(moments)) > 390
        quarters = [int((moment - START) / (retention / 4)) for moment in moments]
        assert all(60 < quarters.count(quarter) < 140 for quarter in range(4))

    def test_an_edited_text_is_shown_until_it_is_mended_and_after_a_loss(self, stage: Stage, order_id: str) -> None:
        def step(until: datetime | None) -> Any:
            assert until is not None
            run(order_id, until)
            shown = stage.order(order_id)["text_difference"]
            return shown and [piece["text"] for piece in shown if piece["change"] == "added"]

        agreed = stage.order(order_id)["content"]["text"]
        edit(stage, order_id, f"{agreed}特价")
        while find_order(order_id).suspect is None:
            found = step(find_order(order_id).next_action_at)
        assert found == ["特价"]
        edit(stage, order_id)
        assert step(find_order(order_id).next_action_at) is None
        edit(stage, order_id, f"{agreed}特价")
        assert step(END + timedelta(hours=1)) == ["特价"]
        assert stage.order(order_id)["reason"]["code"] == "post_changed"

    def test_an_intermittent_post_is_referred_to_an_auditor(self, stage: Stage, order_id: str) -> None:
        for _ in range(2):
            edit(stage, order_id, "别的 广告")
            while find_order(order_id).suspect is None:
                next_action_at = find_order(order_id).next_action_at
                assert next_action_at is not None
                run(order_id, next_action_at)
            edit(stage, order_id)
            next_action_at = find_order(order_id).next_action_at
            assert next_action_at is not None
            run(order_id, next_action_at)
        opened = stage.order(order_id)
        assert opened["status"] == "disputed"
        found = stage.auditor.get(f"/v1/disputes/{opened['dispute_id']}").json_body
        assert (found["opened_by"], found["reason"]["code"]) == ("system", "post_intermittent")
        assert run(order_id, END + timedelta(days=10)) == "completed"


class TestFinalCheck:
    @pytest.mark.usefixtures("few_tries")
    @pytest.mark.parametrize("error", [NotPermitted("private"), Unavailable("down"), RateLimited("often", 7_200)])
    def test_rule_30_an_auditor_decides_after_72_hours_of_tries(
        self, stage: Stage, order_id: str, network: Any, error: NetworkError
    ) -> None:
        run(order_id, START + timedelta(hours=20))
        network(error)
        assert run(order_id, END + timedelta(hours=71)) == "published"
        order = stage.order(order_id)
        assert order["check_delay"]["code"] == error.code
        assert timer(stage, order_id, "check_until") == {
            "name": "check_until",
            "at": clock.rfc3339(END + timedelta(hours=72)),
            "default_outcome": "disputed",
        }
        assert events(stage, order_id).count("check_delayed") == 1
        assert run(order_id, END + timedelta(hours=72)) == "disputed"
        found = stage.auditor.get(f"/v1/disputes/{stage.order(order_id)['dispute_id']}").json_body
        assert (found["opened_by"], found["reason"]["code"]) == ("system", "check_impossible")
        assert run(order_id, END + timedelta(days=20)) == "completed"
        assert stage.money(creators=("an",))["an"] == NET
        stage.proven()

    def test_rule_30_a_check_that_is_possible_again_decides(self, stage: Stage, order_id: str, network: Any) -> None:
        run(order_id, START + timedelta(hours=20))
        network(NotPermitted("private"))
        run(order_id, END + timedelta(hours=10))
        network(None)
        assert run(order_id, END + timedelta(hours=12)) == "completed"

    @pytest.mark.usefixtures("few_tries")
    def test_rule_30_returned_if_the_last_look_failed(self, stage: Stage, order_id: str, network: Any) -> None:
        run(order_id, START + timedelta(hours=20))
        delete(stage, order_id)
        run(order_id, END)
        network(NotPermitted("private"))
        assert run(order_id, END + timedelta(hours=72)) == "disputed"
        assert run(order_id, END + timedelta(days=20)) == "failed"
        assert stage.money()["available"] == FUNDS

    def test_the_network_is_read_less_and_less_often(
        self, stage: Stage, order_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(order_id, START + timedelta(hours=20))
        tries: list[datetime] = []

        def fetch_post(*_: Any) -> None:
            tries.append(clock.now())
            raise Unavailable("down")

        monkeypatch.setattr(SandboxNetwork, "fetch_post", fetch_post)
        run(order_id, END + timedelta(hours=72))
        gaps = [later - one for one, later in zip(tries, tries[1:], strict=False)]
        assert gaps[0] == rules().check_retry_first
        assert max(gaps) == rules().check_retry_max
        assert len(tries) < 90

    def test_an_order_whose_check_cannot_be_made_can_be_disputed(
        self, stage: Stage, order_id: str, network: Any
    ) -> None:
        run(order_id, START + timedelta(hours=20))
        assert dispute(stage, order_id, END).json_body["code"] == "state_conflict"
        network(NotPermitted("private"))
        run(order_id, END + timedelta(hours=1))
        assert dispute(stage, order_id, END + timedelta(hours=2)).json_body["status"] == "disputed"


class TestReports:
    @pytest.fixture
    def accepted(self, stage: Stage) -> str:
        return stage.accepted("an")[0]

    def report(self, stage: Stage, order_id: str, url: str | None = None, at: datetime = START) -> Any:
        with clock.at(at):
            url = url or stage.post(stage.order(order_id))
            return stage.act("an", order_id, "publish", {"post_url": url})

    @pytest.mark.parametrize("error", [NotPermitted("not for us"), Unavailable("down")])
    def test_rule_30_a_report_counts_from_its_moment(
        self, stage: Stage, accepted: str, network: Any, error: NetworkError
    ) -> None:
        network(error)
        reported = self.report(stage, accepted)
        assert (reported.status_code, reported.json_body["status"]) == (200, "accepted")
        url = reported.json_body["report"]["post_url"]
        assert reported.json_body["report"] == {"post_url": url, "at": clock.rfc3339(START)}
        assert events(stage, accepted)[-1] == "reported"
        assert timer(stage, accepted, "window_end") is None
        assert run(accepted, WINDOW_END + timedelta(hours=5)) == "accepted"
        again = self.report(stage, accepted, url, WINDOW_END + timedelta(hours=5))
        assert again.json_body["report"] == reported.json_body["report"]
        network(None)
        assert run(accepted, WINDOW_END + timedelta(hours=7)) == "published"
        assert find_order(accepted).published_at == START
        assert stage.order(accepted)["report"] is None
        assert run(accepted, END + timedelta(hours=1)) == "completed"
        assert stage.money(creators=("an",))["an"] == NET
        stage.proven()

    def test_a_report_after_the_window_does_not_count(self, stage: Stage, accepted: str, network: Any) -> None:
        network(Unavailable("down"))
        late = self.report(stage, accepted, at=WINDOW_END)
        assert (late.status_code, late.json_body["code"]) == (409, "window_not_open")

    def test_a_reported_post_that_is_wrong_can_be_mended(self, stage: Stage, accepted: str, network: Any) -> None:
        with clock.at(START):
            wrong = stage.post(stage.order(accepted), text="别的 广告")
        network(Unavailable("down"))
        self.report(stage, accepted, wrong)
        run(accepted, WINDOW_END + timedelta(hours=1))
        network(None)
        later = WINDOW_END + timedelta(hours=3)
        assert run(accepted, later) == "accepted"
        mend = timer(stage, accepted, "mend_by")
        assert mend is not None
        assert clock.parse(mend["at"]) > WINDOW_END
        assert events(stage, accepted)[-1] == "check_failed"
        with clock.at(clock.parse(mend["at"]) - timedelta(minutes=1)):
            stage.publish("an", accepted)
        assert stage.order(accepted)["status"] == "published"

    def test_a_reported_post_from_after_the_window_is_no_proof(self, stage: Stage, accepted: str, network: Any) -> None:
        with clock.at(WINDOW_END + timedelta(hours=1)):
            url = stage.post(stage.order(accepted))
        network(Unavailable("down"))
        self.report(stage, accepted, url)
        network(None)
        run(accepted, WINDOW_END + timedelta(hours=3))
        assert stage.order(accepted)["events"][-2]["note"] == "posted_too_late"

    @pytest.mark.usefixtures("few_tries")
    @pytest.mark.parametrize(("outcome", "end"), [("pay", "completed"), (None, "failed")])
    def test_rule_30_an_unchecked_report_is_referred_to_an_auditor(
        self, stage: Stage, accepted: str, network: Any, outcome: str | None, end: str
    ) -> None:
        network(NotPermitted("not for us"))
        self.report(stage, accepted)
        assert run(accepted, START + timedelta(hours=71)) == "accepted"
        assert run(accepted, START + timedelta(hours=72)) == "disputed"
        order = stage.order(accepted)
        if outcome:
            with clock.at(START + timedelta(hours=73)):
                ruling = {"outcome": outcome, "note": "截图可信"}
                path = f"/v1/disputes/{order['dispute_id']}/ruling"
                assert stage.auditor.post(path, ruling).status_code == 200
        assert run(accepted, START + timedelta(days=20)) == end
        stage.proven()

    @pytest.mark.usefixtures("few_tries")
    def test_the_post_of_a_disputed_report_is_still_checked(self, stage: Stage, accepted: str, network: Any) -> None:
        network(Unavailable("down"))
        self.report(stage, accepted)
        opened = dispute(stage, accepted, START + timedelta(minutes=1), "creator")
        assert opened.json_body["status"] == "disputed"
        network(None)
        assert run(accepted, END + timedelta(hours=1)) == "disputed"
        assert stage.order(accepted)["post_url"]
        assert run(accepted, END + timedelta(days=10)) == "completed"
        stage.proven()

    def test_a_reported_order_outlives_the_cancellation_of_its_task(
        self, stage: Stage, accepted: str, network: Any
    ) -> None:
        network(Unavailable("down"))
        self.report(stage, accepted)
        task_id = stage.order(accepted)["task_id"]
        with clock.at(START):
            (line,) = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body["lines"]
            assert line["stays"] is True
            assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "other"}).status_code == 200
        network(None)
        assert run(accepted, END + timedelta(hours=1)) == "completed"
        stage.proven()


def offered(stage: Stage) -> str:
    return stage.offered("an")[0]


def accepted(stage: Stage) -> str:
    return stage.accepted("an")[0]


def reported(stage: Stage) -> str:
    order_id = accepted(stage)
    with clock.at(START), pytest.MonkeyPatch.context() as patch:
        url = stage.post(stage.order(order_id))
        patch.setattr(post_checks, "fetch", unreachable)
        assert stage.act("an", order_id, "publish", {"post_url": url}).json_body["report"]
    return order_id


def disputed(stage: Stage) -> str:
    order_id = publish(stage)
    dispute(stage, order_id, START)
    return order_id


def unreachable(*_: object) -> None:
    raise NotPermitted("not for us")


STATES = {
    offered: "lapsed",
    accepted: "failed",
    reported: "failed",
    publish: "completed",
    disputed: "completed",
}
"""The default outcome of an order in each state while its network cannot be read."""


class TestWaysOut:
    @pytest.mark.usefixtures("few_tries")
    @pytest.mark.parametrize("make", STATES, ids=lambda make: make.__name__)
    def test_rule_30_a_default_ends_every_state(self, stage: Stage, network: Any, make: Callable[..., str]) -> None:
        order_id = make(stage)
        network(NotPermitted("not for us"))
        assert run(order_id, NOON + timedelta(days=30)) == STATES[make]
        assert stage.money(stage.order(order_id)["task_id"])[stage.order(order_id)["task_id"]] == 0
        stage.proven()

    @pytest.mark.parametrize(
        ("make", "act", "end"),
        [
            (offered, "stop", "stopped"),
            (accepted, "stop", "stopped"),
            (reported, "dispute", "failed"),
            (publish, "stop", "stopped"),
            (publish, "dispute", "failed"),
            (disputed, "ruling", "failed"),
        ],
    )
    def test_rule_30_people_end_every_stuck_order(
        self, stage: Stage, make: Callable[..., str], act: str, end: str
    ) -> None:
        order_id = make(stage)
        with clock.at(START):
            steps.order_step({"step": "park", "id": order_id, "error": TestStuck.ERROR})
            if act == "stop":
                path = f"/v1/tasks/{stage.order(order_id)['task_id']}/stop"
                assert stage.auditor.post(path, {"reason_code": "other"}).status_code == 200
            else:
                if act == "dispute":
                    assert dispute(stage, order_id, START).status_code == 200
                path = f"/v1/disputes/{stage.order(order_id)['dispute_id']}/ruling"
                ruled = stage.auditor.post(path, {"outcome": "refund", "note": "没有证据"})
                assert ruled.status_code == 200
        order = stage.order(order_id)
        assert order["status"] == end
        assert stage.money(order["task_id"])[order["task_id"]] == 0


class TestStuck:
    ERROR = {"Error": "RuntimeError", "Cause": "broken"}

    def test_a_stuck_order_can_be_disputed_after_its_retention(self, stage: Stage, order_id: str) -> None:
        with clock.at(END):
            steps.order_step({"step": "park", "id": order_id, "error": self.ERROR})
        assert dispute(stage, order_id, END + timedelta(days=1)).json_body["status"] == "disputed"

    def test_rule_30_a_stuck_order_is_run_again_without_staff(
        self, stage: Stage, order_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")  # of the task
        with clock.at(END):
            steps.order_step({"step": "park", "id": order_id, "error": self.ERROR})
        for hours, stuck in ((23, 1), (24, 0)):
            with clock.at(END + timedelta(hours=hours)):
                assert sweep.resume()["stuck"] == stuck
        order = find_order(order_id)
        assert (order.stuck, order.run) == (None, 1)
        assert order.events[-1]["by"] == "system"
