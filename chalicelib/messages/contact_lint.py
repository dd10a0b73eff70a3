"""Find contact details in a message that lead off the platform: they are shown as warnings, and the message is sent.

The time is linear in the length of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from chalicelib.tasks.content.url_rules import foreign_links

FINDINGS_MAX = 20


@dataclass(frozen=True)
class ContactFinding:
    """Contact details from `start` up to `end` in the text of a message."""

    rule: str
    start: int
    end: int
    message: str


_MESSAGES = {
    "contact_phone": "A phone number. Agreements outside of the market are not protected.",
    "contact_email": "An e-mail address. Agreements outside of the market are not protected.",
    "contact_messenger": "An account of a messenger. Agreements outside of the market are not protected.",
    "contact_payment": "A payment outside of the market is not protected.",
    "contact_link": "A link that is not in the order.",
}


_MESSENGERS = "微信|威信|薇信|v信|wechat|weixin|加v|加微|\\bvx|\\bwx|telegram|whatsapp|飞书|钉钉|扣扣|\\bqq"
_PAYMENTS = "(?:私下|线下)(?:交易|付款|转账|结算)|(?:支付宝|银行卡|微信)(?:转账|付款|打款|收款)|\\bpaypal\\b"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the patterns of contact details. Compiled on first use, as other patterns of texts are."""
    separated = r"(?:[ .\-_]{0,2}\d)"
    between = r"[\s:：是号=]{0,6}"
    return (
        ("contact_email", re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")),
        ("contact_phone", re.compile(rf"(?<![\d.])(?:\+?86[ -]?)?1[3-9]{separated}{{9}}(?!\d)")),
        ("contact_phone", re.compile(rf"(?<![\d.])\+\d{{1,3}}{separated}{{7,12}}(?!\d)")),
        ("contact_messenger", re.compile(rf"(?:{_MESSENGERS}){between}[a-z0-9][a-z0-9_-]{{4,29}}")),
        ("contact_payment", re.compile(_PAYMENTS)),
    )


def contact_details(text: str, own_urls: Iterable[str]) -> list[ContactFinding]:
    """Return the findings in order, at most FINDINGS_MAX. Links of the order are no findings."""
    folded = "".join(_folded(character) for character in text)
    found = [
        ContactFinding(rule, *match.span(), _MESSAGES[rule])
        for rule, pattern in _patterns()
        for match in pattern.finditer(folded)
    ]
    found += [
        ContactFinding("contact_link", *span, _MESSAGES["contact_link"]) for span in foreign_links(text, own_urls)
    ]
    separate: list[ContactFinding] = []
    for finding in sorted(found, key=lambda one: (one.start, -one.end)):
        if not separate or finding.start >= separate[-1].end:
            separate.append(finding)
    return separate[:FINDINGS_MAX]


def _folded(character: str) -> str:
    """Return one character: lower-case, and half-width for a full-width one, so that places in the text stay."""
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character
