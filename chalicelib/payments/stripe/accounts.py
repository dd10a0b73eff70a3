"""Payees as connected accounts (Connect, Express): Stripe asks their owners for identity and bank account, and pays them out."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.core.errors import Problem
from chalicelib.payments.port import OnboardingLink, PayeeAccount, PayeeStatus
from chalicelib.payments.stripe import client


class StripeOnboarding:
    """Implements payments.port.Onboarding."""

    def open_account(self, owner_id: str, country: str) -> PayeeAccount:
        fields: dict[str, str | int] = {
            "type": "express",
            "country": country,
            "capabilities[transfers][requested]": "true",
            "settings[payouts][schedule][interval]": "manual",
            "metadata[owner_id]": owner_id,
        }
        if agreement := client.keys().get("service_agreement"):
            fields["tos_acceptance[service_agreement]"] = str(agreement)
        try:
            return state_of(client.post("/v1/accounts", fields, f"account:{owner_id}:{country}"))
        except client.Declined as declined:
            raise Problem("payee_refused", f"Stripe does not open this account ({declined}).") from declined
        except client.NoResponse as error:
            raise client.unavailable(error) from error

    def account(self, account: str) -> PayeeAccount:
        try:
            return state_of(client.get(f"/v1/accounts/{account}", {}))
        except (client.Declined, client.NoResponse) as error:
            raise client.unavailable(error) from error

    def link(self, account: str, request_id: str) -> OnboardingLink:
        keys = client.keys()
        fields = {
            "account": account,
            "type": "account_onboarding",
            "refresh_url": str(keys["onboarding_refresh_url"]),
            "return_url": str(keys["onboarding_return_url"]),
        }
        try:
            link = client.post("/v1/account_links", fields, f"link:{request_id}")
        except (client.Declined, client.NoResponse) as error:
            raise client.unavailable(error) from error
        return OnboardingLink(str(link["url"]), datetime.fromtimestamp(link["expires_at"], UTC))


def state_of(account: client.Document) -> PayeeAccount:
    """Return the state of an account of Stripe."""
    requirements = account.get("requirements") or {}
    missing = tuple(str(name) for name in requirements.get("currently_due") or ())
    disabled = str(requirements.get("disabled_reason") or "")
    can_receive = (account.get("capabilities") or {}).get("transfers") == "active"
    status: PayeeStatus = "incomplete"
    if disabled.startswith("rejected"):
        status = "rejected"
    elif can_receive and account.get("payouts_enabled"):
        status = "ready"
    elif account.get("details_submitted") and not missing:
        status = "in_review"
    return PayeeAccount(str(account["id"]), status, missing)
