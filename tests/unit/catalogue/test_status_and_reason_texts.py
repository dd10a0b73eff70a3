"""The catalogue has a text for every code of the program, and no code that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args, get_type_hints

import pytest

from chalicelib.accounts.http import response_types as accounts
from chalicelib.accounts.review.admission_rules import AdmissionReason
from chalicelib.accounts.review.certification_rules import CertificationReason
from chalicelib.api.callers import ROLES
from chalicelib.catalogue.status_and_reason_texts import GROUPS, OPEN
from chalicelib.core.order_kinds import KINDS
from chalicelib.core.regions.region import NAMES
from chalicelib.events.event_types import EVENT_TYPES
from chalicelib.grading.model.methodology import GRADES
from chalicelib.messages.http.response_types import MessageFinding
from chalicelib.planning.http.response_types import PlanStatus
from chalicelib.tasks.content import lint
from chalicelib.tasks.content.lint_folding import shared_words
from chalicelib.tasks.http.open_call_responses import ApplicationStatus
from chalicelib.tasks.model import lifecycle, order_timers, reason_codes
from chalicelib.wallet import records
from testing.api import Api

EVENTS = {row.event for machine in (lifecycle.TASK, lifecycle.ORDER) for row in machine.transitions}
WORDS = [lint.words_of(name) for name in NAMES]
CLOSED: dict[str, Iterable[str]] = {
    "task_status": get_args(lifecycle.TaskStatus),
    "order_status": get_args(lifecycle.OrderStatus),
    "order_payment": get_args(lifecycle.Payment),
    "dispute_status": get_args(lifecycle.DisputeStatus),
    "review_appeal_status": lifecycle.APPEAL.states,
    "certification_status": get_args(accounts.CertificationStatus),
    "account_status": get_args(accounts.AccountStatus),
    "grade_appeal_status": get_args(accounts.AppealStatus),
    "application_status": get_args(ApplicationStatus),
    "plan_status": get_args(PlanStatus),
    "topup_status": get_args(records.TopUpStatus),
    "withdrawal_status": get_args(records.WithdrawalStatus),
    "suspense_status": get_args(records.SuspenseStatus),
    "certification_reason": [reason.value for reason in CertificationReason],
    "admission_reason": [reason.value for reason in AdmissionReason],
    "decline_reason": get_args(reason_codes.DeclineCode),
    "end_reason": get_args(reason_codes.EndCode),
    "timer": get_args(order_timers.TimerName),
    "history_event": EVENTS,
    "grade": GRADES,
    "lint_rule": {
        *(shared_words()[name]["id"] for name in ("link", "repost_source")),
        *(words["ad_mark"]["id"] for words in WORDS),
        *(rule["id"] for words in WORDS for rule in words["rules"]),
    },
    "order_kind": KINDS,
    "role": ROLES,
    "contact_rule": get_args(get_type_hints(MessageFinding)["rule"]),
    "event_type": EVENT_TYPES,
}


def test_every_group_is_compared_or_open() -> None:
    assert set(GROUPS) == {*CLOSED, *OPEN}


@pytest.mark.parametrize("group", CLOSED)
def test_closed_group_has_the_codes_of_the_program(group: str) -> None:
    assert sorted(GROUPS[group]) == sorted(CLOSED[group])


def test_texts_are_in_their_language() -> None:
    for texts in GROUPS.values():
        for code, (english, chinese) in texts.items():
            assert english.isascii(), code
            assert english[0].isupper(), code
            assert any("\u4e00" <= character <= "\u9fff" for character in chinese), code


def test_catalogue_is_public_and_cacheable(api: Api) -> None:
    answer = api.get("/v1/catalogue")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=3600")
    groups = {one["group"]: one for one in answer.json_body["groups"]}
    assert {"code": "offered", "en": "Offered", "zh": "已派单"} in groups["order_status"]["codes"]
    assert {"code": "美食", "en": "food", "zh": "美食"} in groups["category"]["codes"]
    assert groups["review_reason"]["open"] is True
    assert answer.json_body["market"]["providers"] == [{"name": "sandbox", "opens_accounts": False}]
    assert answer.json_body["market"]["networks"] == ["sandbox", "weibo"]
