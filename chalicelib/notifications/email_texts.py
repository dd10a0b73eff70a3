"""The texts of e-mails in English and Chinese: subject, plain text and HTML from one template.

The titles of events are put together from the catalogue of texts, so an e-mail has the words of the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.catalogue.status_and_reason_texts import GROUPS
from chalicelib.html.markup import Html, element

Language = Literal["en", "zh"]
Local = Callable[[datetime], datetime]
_PLACE = {"en": 0, "zh": 1}

NOUNS: dict[str, tuple[str, str]] = {
    "task": ("Task", "任务"),
    "review": ("Review", "审核"),
    "order": ("Order", "订单"),
    "dispute": ("Dispute", "争议"),
    "application": ("Application", "报名"),
    "account": ("Account", "账号"),
    "certification": ("Certification", "认证"),
    "appeal": ("Appeal", "申诉"),
    "withdrawal": ("Withdrawal", "提现"),
    "wallet": ("Wallet", "钱包"),
    "message": ("Message", "消息"),
    "webhook": ("Webhook", "Webhook"),
    "plan": ("Plan", "方案"),
    "search": ("Saved search", "已存搜索"),
}
_GROUPS: dict[str, tuple[str, ...]] = {
    "task": ("task_status", "history_event"),
    "review": ("review_appeal_status",),
    "order": ("order_status", "history_event"),
    "dispute": ("dispute_status",),
    "application": ("application_status",),
    "account": ("account_status",),
    "certification": ("certification_status",),
    "appeal": ("grade_appeal_status",),
    "withdrawal": ("withdrawal_status",),
    "wallet": ("suspense_status",),
}
"""The groups of the catalogue of texts that have the names of a noun's events."""
_OTHERS: dict[str, tuple[str, str]] = {
    "task.stuck": ("Workflow stuck", "流程中断"),
    "order.stuck": ("Workflow stuck", "流程中断"),
    "order.reminder": ("Deadline soon", "即将到期"),
    "account.graded": ("New grade", "等级变更"),
    "wallet.topup_paid": ("Top-up credited", "充值到账"),
    "wallet.claimed": ("Top-up refunded or disputed", "充值被退款或拒付"),
    "message.sent": ("New message", "新消息"),
    "webhook.disabled": ("Disabled", "已停用"),
    "plan.ordered": ("Ordered", "已下单"),
    "search.new_results": ("New results", "有新结果"),
}
_WORDS: dict[str, tuple[str, str]] = {
    "due": ("Due", "截止时间"),
    "otherwise": ("Otherwise", "逾期结果"),
    "open": ("Open in the console", "在控制台中查看"),
    "digest": ("What waits for you", "待处理事项"),
    "digest_text": ("Events of the last day in your queues:", "过去一天内进入队列的事项："),
    "why": (
        "You receive this e-mail because you chose it in your preferences.",
        "您在通知设置中开启了邮件通知，因此收到此邮件。",
    ),
    "unsubscribe": ("Turn e-mail off", "关闭邮件通知"),
    "unsubscribed": ("E-mail is turned off", "邮件通知已关闭"),
}
_IDS = ("order", "dispute", "task", "account", "withdrawal", "webhook", "appeal")
_SCREENS = (("dispute_id", "disputes"), ("order_id", "orders"), ("task_id", "tasks"), ("account_id", "my-accounts"))


@dataclass(frozen=True)
class EmailText:
    """An e-mail without its headers."""

    subject: str
    text: str
    html: str


def word(name: str, language: Language) -> str:
    return _WORDS[name][_PLACE[language]]


def title(event_type: str, language: Language) -> str:
    """Return the name of an event type, such as `Order: Offered`. Raise KeyError for a type without a text."""
    noun, _, name = event_type.partition(".")
    place = _PLACE[language]
    colon = ("：", ": ")[language == "en"]
    return f"{NOUNS[noun][place]}{colon}{_name(event_type, noun, name)[place]}"


def _name(event_type: str, noun: str, name: str) -> tuple[str, str]:
    if event_type in _OTHERS:
        return _OTHERS[event_type]
    code = name.removeprefix("appeal_").removeprefix("suspense_")
    for group in _GROUPS.get(noun, ()):
        if code in GROUPS[group]:
            return GROUPS[group][code]
    raise KeyError(event_type)


def of_event(
    event_type: str, data: Mapping[str, Any], language: Language, console: str, unsubscribe: str, local: Local
) -> EmailText:
    """Return the e-mail about an event: its title, the ids, the deadline of a reminder, and a link to the console. `local`
    returns a moment in the market's time zone."""
    place = _PLACE[language]
    lines = [f"{NOUNS[noun][place]}: {data[f'{noun}_id']}" for noun in _IDS if data.get(f"{noun}_id")]
    if event_type == "order.reminder":
        due_at = local(datetime.fromisoformat(str(data["due_at"])))
        lines.insert(0, f"{GROUPS['timer'][data['timer']][place]}: {due_at:%Y-%m-%d %H:%M}")
        outcome = GROUPS["order_status"][data["default_outcome"]][place]
        lines.insert(1, f"{word('otherwise', language)}: {outcome}")
    path = next((f"{screen}/{data[name]}" for name, screen in _SCREENS if data.get(name)), "")
    subject = title(event_type, language)
    return _composed(subject, None, lines, f"{console}#/{path}", unsubscribe, language)


def of_digest(counts: Mapping[str, int], language: Language, console: str, unsubscribe: str) -> EmailText:
    """Return the digest of a day: the number of events of each type."""
    lines = [f"{title(name, language)} ({number})" for name, number in sorted(counts.items())]
    return _composed(word("digest", language), word("digest_text", language), lines, console, unsubscribe, language)


def _composed(
    subject: str, intro: str | None, lines: Sequence[str], link: str, unsubscribe: str, language: Language
) -> EmailText:
    """Return an e-mail from the template: title, lines, a link, and the foot."""
    foot, off, open_ = word("why", language), word("unsubscribe", language), word("open", language)
    text = "\n".join(
        [
            subject,
            "",
            *([intro] if intro else []),
            *lines,
            "",
            f"{open_}: {link}",
            "",
            "-- ",
            foot,
            f"{off}: {unsubscribe}",
            "",
        ]
    )
    body = element(
        "body",
        element("h1", subject),
        element("p", intro) if intro else None,
        element("ul", [element("li", line) for line in lines]),
        element("p", element("a", open_, href=link)),
        element("p", element("small", foot, " ", element("a", off, href=unsubscribe))),
    )
    page = Html("<!DOCTYPE html>") + element(
        "html",
        element("head", element("meta", charset="utf-8"), element("title", subject)),
        body,
        lang="zh-CN" if language == "zh" else "en",
    )
    return EmailText(subject, text, page)
