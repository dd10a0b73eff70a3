"""Send e-mails through SES, and disable addresses that bounce or complain: the queue of e-mails calls `deliver`.

An e-mail is sent once: what was sent is stored, and a repeated message is ignored. Tags name the recipient and the user, so SES's
feedback names them, and no address is looked up or logged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pynamodb.attributes import NumberAttribute

from chalicelib.core import clock, ids
from chalicelib.core.aws import BatchResponse, ItemFailure, client
from chalicelib.core.observability import count, logger
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.events.records import EventRecord
from chalicelib.notifications import email_addresses, email_digests, email_texts, unsubscribe
from chalicelib.notifications.email_addresses import EMAIL, AddressStatus, EmailAddress
from chalicelib.notifications.email_queue import EmailMessage, market_time
from chalicelib.notifications.email_texts import EmailText
from chalicelib.store import EventsRecord


class SentEmail(EventsRecord):
    """An e-mail that was sent: pk is the recipient, sk `sent#` and the id of the e-mail. It expires."""

    expires = NumberAttribute()


def deliver(event: dict[str, Any]) -> BatchResponse:
    """Handle messages of the queue. `{"batchItemFailures": [{"itemIdentifier": message id}]}` names those that come again."""
    failed: list[ItemFailure] = []
    for record in event["Records"]:
        try:
            _handle(json.loads(record["body"]))
        except Exception:  # the message comes again, and finally goes to the dead-letter queue
            logger.exception("e-mail failed")
            count("EmailFailed")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _handle(message: Any) -> None:
    if "event" in message or "digest" in message:
        _send(message)
    else:
        _take_feedback(message)


def _send(message: EmailMessage) -> None:
    """Send the e-mail of a message, unless it was sent, the event has expired, or the user does not want it any more."""
    partition, user = message["partition"], message["user"]
    address = EmailAddress.find(partition, EMAIL + user)
    if address is None or address.status != "on" or not settings().email_sender:
        return
    email_id = ids.derive("eml", user, message.get("event") or message["digest"], partition)
    if SentEmail.find(partition, f"sent#{email_id}") is not None:
        return
    text = _digest_text(message, address) if "digest" in message else _event_text(message, address)
    if text is None:
        return
    client("ses").send_raw_email(
        Source=settings().email_sender,
        Destinations=[address.address],
        RawMessage={"Data": composed(text, address.address, settings().email_sender, unsubscribe.link(user))},
        Tags=[{"Name": "recipient", "Value": partition}, {"Name": "user", "Value": user}],
        ConfigurationSetName=settings().email_configuration_set,
    )
    expires = int((clock.now() + rules().deliveries_listed).timestamp())
    SentEmail(partition, f"sent#{email_id}", expires=expires).save()
    logger.info("e-mail", extra={"email_id": email_id, "recipient": partition})
    count("EmailsSent")


def composed(text: EmailText, address: str, sender: str, unsubscribe_link: str) -> bytes:
    """Return the message as bytes: plain text with an HTML alternative, and the headers of one-click unsubscription (RFC 8058)."""
    from email.message import EmailMessage  # only the function that sends needs its parsers of headers
    from email.policy import SMTP

    message = EmailMessage(
        policy=SMTP.clone(max_line_length=998)
    )  # a folded link would be encoded, and no link any more
    message["From"], message["To"], message["Subject"] = sender, address, text.subject
    message["List-Unsubscribe"] = f"<{unsubscribe_link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.text, cte="base64")  # SES takes lines of 7 bits
    message.add_alternative(text.html, subtype="html", cte="base64")
    return message.as_bytes()


def _event_text(message: EmailMessage, address: EmailAddress) -> EmailText | None:
    event = EventRecord.find(message["partition"], message["event"])
    if event is None or not address.wants(event.type):
        return None
    link = unsubscribe.link(address.user)
    return email_texts.of_event(event.type, event.data, _language(address), _console(), link, market_time)


def _digest_text(message: EmailMessage, address: EmailAddress) -> EmailText | None:
    counts = email_digests.counts(message["partition"], clock.parse(message["until"]), address)
    if not counts:
        return None
    return email_texts.of_digest(counts, _language(address), _console(), unsubscribe.link(address.user))


def _language(address: EmailAddress) -> email_texts.Language:
    return "zh" if address.language == "zh" else "en"


def _console() -> str:
    return settings().public_url.rstrip("/") + "/console/"


def _take_feedback(message: dict[str, Any]) -> None:
    """Disable the addresses of a permanent bounce or of a complaint, as SES reports them through SNS. Ignore everything else."""
    kind = message.get("eventType") or message.get("notificationType")
    status: AddressStatus
    if kind == "Bounce" and message["bounce"].get("bounceType") == "Permanent":
        status, addresses = "bounced", _addresses(message["bounce"].get("bouncedRecipients", []))
    elif kind == "Complaint":
        status, addresses = "complained", _addresses(message["complaint"].get("complainedRecipients", []))
    else:
        return
    tags = message.get("mail", {}).get("tags", {})
    partition, user = (str((tags.get(name) or [""])[0]) for name in ("recipient", "user"))
    for address in addresses:
        if partition and user and email_addresses.disable(partition, user, address, status):
            logger.info("address disabled", extra={"recipient": partition, "status": status})
            count("EmailAddressDisabled", status=status)


def _addresses(recipients: Iterable[dict[str, Any]]) -> list[str]:
    return [str(one["emailAddress"]) for one in recipients]
