"""Notifications by e-mail on the local cloud, through its queue, function, SES and SNS."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from demo import campaign
from demo.stack import Stack

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
TYPES = ["certification.approved"]


def mailbox(stack: Stack, address: str) -> list[dict[str, Any]]:
    """Return the e-mails to an address that the local cloud has stored."""
    with urllib.request.urlopen(f"{stack.endpoint_url}/_ministack/ses/messages") as response:
        of_accounts = json.load(response)["messages"]
    return [one for stored in of_accounts.values() for one in stored if address in one["To"]]


def test_an_event_is_sent_by_email_and_a_bounce_disables_the_address(stack: Stack, say: Any) -> None:
    people = campaign.cast(stack)
    name, password = people.advertiser.name, people.advertiser.password
    address = f"{name}@tea.example"
    attributes = [{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}]
    users = stack.client("cognito-idp")
    users.admin_update_user_attributes(UserPoolId=stack.user_pool_id, Username=name, UserAttributes=attributes)
    advertiser = stack.signed_in(name, password)
    chosen = advertiser.notifications.set_preferences(off=[], email_types=TYPES, language="zh")
    assert (chosen["email"]["status"], chosen["email"]["address"]) == ("on", address)

    advertiser_id = campaign.certify(people, say)
    (email,) = advertiser.wait_for(lambda: mailbox(stack, address), bool, seconds=60)
    assert email["Subject"] == "认证：已认证"
    assert all(f"{stack.api_url}/console/" in email[part] for part in ("BodyText", "BodyHtml"))

    feedback = {
        "eventType": "Bounce",
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": address}]},
        "mail": {"tags": {"recipient": [advertiser_id], "user": [advertiser.me.read()["user"]["id"]]}},
    }
    topics = stack.client("sns")
    (topic,) = [one["TopicArn"] for one in topics.list_topics()["Topics"] if "email-feedback" in one["TopicArn"]]
    topics.publish(TopicArn=topic, Message=json.dumps(feedback))
    advertiser.wait_for(lambda: advertiser.notifications.preferences()["email"]["status"], "bounced".__eq__)
