"""Every notification has a title in both languages, and each e-mail has the same content as plain text and as HTML."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.events.event_types import EVENT_TYPES
from chalicelib.notifications import email_texts

INBOX = [name for name, row in EVENT_TYPES.items() if row.inbox]
REMINDER = {
    "order_id": "ord_1",
    "task_id": "tsk_1",
    "timer": "accept_by",
    "due_at": "2026-11-25T12:00:00Z",
    "default_outcome": "lapsed",
}


@pytest.mark.parametrize("name", INBOX)
def test_every_notification_has_a_title(name: str) -> None:
    assert email_texts.title(name, "en").isascii()
    assert any("\u4e00" <= character <= "\u9fff" for character in email_texts.title(name, "zh"))


def test_titles_of_a_noun_differ() -> None:
    titles = [email_texts.title(name, "en") for name in INBOX]
    assert len(set(titles)) == len(titles)


def test_a_reminder_names_the_deadline_in_the_time_zone_of_the_market() -> None:
    made = email_texts.of_event(
        "order.reminder",
        REMINDER,
        "en",
        "https://m.example/console/",
        "https://m.example/off",
        lambda moment: moment + timedelta(hours=8),
    )
    assert made.subject == "Order: Deadline soon"
    for text in (made.text, made.html):
        assert "Answer by: 2026-11-25 20:00" in text
        assert "Otherwise: Lapsed" in text
        assert "https://m.example/console/#/orders/ord_1" in text
        assert "https://m.example/off" in text


def test_html_escapes_what_it_shows() -> None:
    made = email_texts.of_event("plan.ordered", {"task_id": "<b>"}, "zh", "c", "u", lambda moment: moment)
    assert "<b>" in made.text
    assert "&lt;b&gt;" in made.html
