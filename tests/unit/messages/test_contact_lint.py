"""Contact details in messages: what is found, what is not, and where."""

from __future__ import annotations

import pytest

from chalicelib.messages.contact_lint import FINDINGS_MAX, contact_details

OWN = ("https://tea.example/autumn",)
FOUND = {
    "打我电话13812345678谢谢": "contact_phone",
    "电话 138-1234-5678": "contact_phone",
    "电话１３８１２３４５６７８": "contact_phone",
    "call +44 20 7946 0958": "contact_phone",
    "mail me: wang@tea.example": "contact_email",
    "ｗａｎｇ＠ｔｅａ．ｅｘａｍｐｌｅ": "contact_email",
    "加我微信 teahouse_88": "contact_messenger",
    "VX: tea12345": "contact_messenger",
    "加v tea12345": "contact_messenger",
    "qq 12345678": "contact_messenger",
    "WhatsApp teahouse99": "contact_messenger",
    "我们线下付款吧": "contact_payment",
    "直接支付宝转账给我": "contact_payment",
    "看这里 https://other.example/x": "contact_link",
    "看这里 other点com": "contact_link",
}
CLEAN = (
    "你好，稿子已经改好了，请看一下。",
    "链接是 https://tea.example/autumn 对吗？",
    "订单 ord_01J9ZC5Q8M3V7K2T4R6W8Y0B1D 的价格是 3070 元",
    "阅读 1380000 次，转发 2300 次",
    "发在微信公众号可以吗",
    "2026-11-27 10:00 发布",
    "支付宝可以充值吗",
)


@pytest.mark.parametrize("text", FOUND)
def test_contact_details_are_found(text: str) -> None:
    assert [finding.rule for finding in contact_details(text, OWN)] == [FOUND[text]]


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_messages_have_no_finding(text: str) -> None:
    assert contact_details(text, OWN) == []


def test_a_finding_names_its_place() -> None:
    text = "电话：１３８１２３４５６７８，谢谢"
    (finding,) = contact_details(text, OWN)
    assert text[finding.start : finding.end] == "１３８１２３４５６７８"


def test_findings_do_not_overlap_and_are_limited() -> None:
    text = " ".join(f"{number}a@tea.example" for number in range(100))
    found = contact_details(text, OWN)
    assert len(found) == FINDINGS_MAX
    assert all(one.end <= two.start for one, two in zip(found, found[1:], strict=False))
