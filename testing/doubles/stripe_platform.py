"""A double of Stripe in process: thin, with state, idempotency keys, balances, signed events, and lost requests.

It takes the place of `chalicelib.payments.stripe.client.send`. Every object that it returns is compared with the types of Stripe's
package, every request with its parameters, and every event is read by `stripe.Webhook`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
import stripe.params
import stripe.params.checkout
from stripe import WebhookSignature
from urllib3.exceptions import ProtocolError

from chalicelib.core import clock
from chalicelib.payments.stripe.client import VERSION
from testing.doubles.stripe_types import require_object, require_parameters

SECRET_KEY, WEBHOOK_SECRET, CONNECT_SECRET = "sk_test_double", "whsec_platform", "whsec_connect"
PARAMETERS: dict[str, Any] = {
    "/v1/checkout/sessions": stripe.params.checkout.SessionCreateParams,
    "/v1/accounts": stripe.params.AccountCreateParams,
    "/v1/account_links": stripe.params.AccountLinkCreateParams,
    "/v1/transfers": stripe.params.TransferCreateParams,
    "/v1/payouts": stripe.params.PayoutCreateParams,
    "reversals": stripe.params.TransferCreateReversalParams,
    "cancel": stripe.params.PayoutCancelParams,
    "GET /v1/transfers": stripe.params.TransferListParams,
    "GET /v1/payouts": stripe.params.PayoutListParams,
    "GET /v1/balance_transactions": stripe.params.BalanceTransactionListParams,
}
_THREE_DECIMALS, _HUNDREDTHS = ("bhd", "jod", "kwd", "omr", "tnd"), ("isk", "ugx")
Document = dict[str, Any]


def keys() -> dict[str, Any]:
    """Return the content of the operator's secret."""
    return {
        "secret_key": SECRET_KEY,
        "webhook_secrets": [WEBHOOK_SECRET, CONNECT_SECRET],
        "success_url": "https://market.example/paid",
        "cancel_url": "https://market.example/wallet",
        "onboarding_return_url": "https://market.example/wallet",
        "onboarding_refresh_url": "https://market.example/wallet?again",
    }


class Decline(Exception):
    """An error object of Stripe with its status."""

    def __init__(self, status: int, code: str, kind: str = "invalid_request_error") -> None:
        super().__init__(code)
        self.status, self.body = status, {"error": {"type": kind, "code": code, "message": code}}


class Platform:
    """The market's account at Stripe, and the accounts that it has opened."""

    def __init__(self) -> None:
        self.objects: dict[str, Document] = {}
        self.saved: dict[str, tuple[str, int, Document]] = {}
        self.made: list[tuple[str, str]] = []
        self.balances: dict[str, int] = {"platform": 0}
        self.lost: tuple[int, bool] | None = None
        """The request (from 0) of `made` that is lost, and whether after it took effect."""
        self.lost_path: tuple[str, str] | None = None
        """Method and path of the requests whose responses are lost."""
        self.declines: dict[str, str] = {}
        """The code with which POSTs to a path are declined."""

    # -- the API ---------------------------------------------------------------------------------------------------

    def send(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
        assert headers["Authorization"] == f"Bearer {SECRET_KEY}"
        assert headers["Stripe-Version"] == VERSION
        parts = urlsplit(url)
        number, lost = len(self.made), self.lost
        self.made.append((method, parts.path))
        if lost == (number, False):
            raise ProtocolError("lost before it arrived")
        fields = _nest(parse_qsl(parts.query if method == "GET" else body or ""))
        status, answer = self._answer(method, parts.path, fields, headers)
        if status == 200:
            require_object(answer)
        if lost == (number, True) or self.lost_path == (method, parts.path):
            raise ProtocolError("the response was lost")
        return status, json.dumps(answer).encode()

    def _answer(self, method: str, path: str, fields: Document, headers: Mapping[str, str]) -> tuple[int, Document]:
        account = headers.get("Stripe-Account", "platform")
        try:
            if method == "GET":
                if (parameters := PARAMETERS.get(f"GET {path}")) is not None:
                    require_parameters(parameters, fields, path)
                return 200, self._get(path, fields, account)
            require_parameters(PARAMETERS.get(path, PARAMETERS.get(path.rsplit("/", 1)[1])), fields, path)
            key, print_ = f"{account}:{headers['Idempotency-Key']}", json.dumps([path, fields], sort_keys=True)
            if key in self.saved:
                before, status, answer = self.saved[key]
                if before != print_:
                    raise Decline(400, "", "idempotency_error")
                return status, answer
            try:
                if path in self.declines:
                    raise Decline(400, self.declines[path])
                status, answer = 200, self._post(path, fields, account)
            except Decline as decline:
                status, answer = decline.status, decline.body
            self.saved[key] = (print_, status, json.loads(json.dumps(answer)))
            return status, answer
        except Decline as decline:
            return decline.status, decline.body

    def _get(self, path: str, fields: Document, account: str) -> Document:
        if path == "/v1/balance_transactions":
            return self._page(path, self._balance_lines(fields), fields)
        if path in ("/v1/transfers", "/v1/payouts"):
            kind = path.removeprefix("/v1/").removesuffix("s")
            group = fields.get("transfer_group")
            found = [
                one["document"]
                for one in reversed(list(self.objects.values()))
                if one["document"]["object"] == kind
                and one["account"] == account
                and (group is None or one["document"]["transfer_group"] == group)
            ]
            return self._page(path, found, fields)
        document = dict(self._of(path.rsplit("/", 1)[1]))
        if fields.get("expand") == ["payment_intent"]:
            document["payment_intent"] = self._of(document["payment_intent"])
        return document

    def _page(self, path: str, found: list[Document], fields: Document) -> Document:
        if after := fields.get("starting_after"):
            found = found[[one["id"] for one in found].index(after) + 1 :]
        limit = int(fields.get("limit", 10))
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": path}

    def _post(self, path: str, fields: Document, account: str) -> Document:
        *_, name = path.split("/")
        if path == "/v1/checkout/sessions":
            return self._session(fields)
        if path == "/v1/accounts":
            return self._account(fields)
        if path == "/v1/account_links":
            self._of(fields["account"])
            url = f"https://connect.stripe.example/setup/{len(self.made)}"
            return {"object": "account_link", "created": _now(), "expires_at": _now() + 300, "url": url}
        if path == "/v1/transfers":
            return self._transfer(fields)
        if path == "/v1/payouts":
            return self._payout(fields, account)
        subject = self._of(path.split("/")[3])
        if name == "reversals":
            return self._reversal(subject, int(fields["amount"]))
        assert name == "cancel"
        if subject["status"] != "pending":
            raise Decline(400, "payout_not_cancelable")
        subject["status"] = "canceled"
        self.balances[account] += subject["amount"]
        return subject

    def _session(self, fields: Document) -> Document:
        [line] = fields["line_items"]
        price = line["price_data"]
        _require_charged(int(price["unit_amount"]), price["currency"])
        expires = int(fields["expires_at"])
        if not _now() + 1800 <= expires <= _now() + 86_400:
            raise Decline(400, "expires_at")
        session = {
            "object": "checkout.session",
            "amount_total": int(price["unit_amount"]) * int(line["quantity"]),
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "client_reference_id": fields["client_reference_id"],
            "created": _now(),
            "currency": price["currency"],
            "custom_fields": [],
            "custom_text": {
                "after_submit": None,
                "shipping_address": None,
                "submit": None,
                "terms_of_service_acceptance": None,
            },
            "expires_at": expires,
            "livemode": False,
            "metadata": fields["metadata"],
            "mode": fields["mode"],
            "payment_intent": None,
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "shipping_options": [],
            "status": "open",
        }
        stored = self._new("cs_test", session)
        stored["url"] = f"https://checkout.stripe.example/c/pay/{stored['id']}"
        return stored

    def _account(self, fields: Document) -> Document:
        account = {
            "object": "account",
            "type": fields["type"],
            "country": fields["country"],
            "capabilities": {"transfers": "inactive"},
            "charges_enabled": False,
            "created": _now(),
            "details_submitted": False,
            "metadata": fields["metadata"],
            "payouts_enabled": False,
            "requirements": {
                "alternatives": [],
                "current_deadline": None,
                "currently_due": ["external_account", "individual.verification.document"],
                "disabled_reason": "requirements.past_due",
                "errors": [],
                "eventually_due": [],
                "past_due": [],
                "pending_verification": [],
            },
        }
        stored = self._new("acct", account)
        self.balances[stored["id"]] = 0
        return stored

    def _transfer(self, fields: Document) -> Document:
        amount, destination = int(fields["amount"]), fields["destination"]
        if self._of(destination)["capabilities"]["transfers"] != "active":
            raise Decline(400, "insufficient_capabilities_for_transfer")
        if self.balances["platform"] < amount:
            raise Decline(400, "balance_insufficient")
        self.balances["platform"] -= amount
        self.balances[destination] += amount
        transfer = {
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "created": _now(),
            "currency": fields["currency"],
            "destination": destination,
            "livemode": False,
            "metadata": fields["metadata"],
            "reversals": {"object": "list", "data": [], "has_more": False, "url": "/v1/transfers/reversals"},
            "reversed": False,
            "transfer_group": fields["transfer_group"],
        }
        return self._new("tr", transfer)

    def _reversal(self, transfer: Document, amount: int) -> Document:
        if self.balances[transfer["destination"]] < amount:
            raise Decline(400, "balance_insufficient")
        self.balances[transfer["destination"]] -= amount
        self.balances["platform"] += amount
        transfer.update(reversed=True, amount_reversed=amount)
        reversal = {
            "object": "transfer_reversal",
            "amount": amount,
            "created": _now(),
            "currency": transfer["currency"],
            "metadata": {},
            "transfer": transfer["id"],
        }
        return self._new("trr", reversal)

    def _payout(self, fields: Document, account: str) -> Document:
        amount = int(fields["amount"])
        _require_charged(amount, fields["currency"])
        if fields["currency"] in ("huf", "twd") and amount % 100:
            raise Decline(400, "")
        if not self._of(account)["payouts_enabled"]:
            raise Decline(400, "payouts_not_allowed")
        if self.balances[account] < amount:
            raise Decline(400, "balance_insufficient")
        self.balances[account] -= amount
        payout = {
            "object": "payout",
            "amount": amount,
            "arrival_date": _now() + 86_400,
            "automatic": False,
            "created": _now(),
            "currency": fields["currency"],
            "failure_code": None,
            "livemode": False,
            "metadata": fields["metadata"],
            "method": "standard",
            "reconciliation_status": "not_applicable",
            "source_type": "card",
            "status": "pending",
            "type": "bank_account",
        }
        return self._new("po", payout, account)

    def _balance_lines(self, fields: Document) -> list[Document]:
        since, until = int(fields["created"]["gte"]), int(fields["created"]["lt"])
        assert fields["expand"] == ["data.source"]
        return [
            one["document"]
            for one in reversed(list(self.objects.values()))
            if one["document"]["object"] == "balance_transaction"
            and one["document"]["type"] == fields["type"]
            and since <= one["document"]["created"] < until
        ]

    # -- payers, payees and banks ------------------------------------------------------------------------------------

    def pay(self, session_id: str, amount: int | None = None) -> tuple[dict[str, str], bytes]:
        """Pay a session. Return the event."""
        session = self._of(session_id)
        if amount is not None:
            session["amount_total"] = amount
        paid = session["amount_total"]
        intent = self._new("pi", _intent(paid, session["currency"], session["metadata"]))
        session.update(payment_intent=intent["id"], payment_status="paid", status="complete")
        self.balances["platform"] += paid
        self._new("txn", _balance_line(paid, session["currency"], _charge(paid, session["currency"], intent["id"])))
        return self.event("checkout.session.completed", session)

    def refund(self, intent_id: str, amount: int, status: str = "succeeded") -> tuple[dict[str, str], bytes]:
        """Refund a payment. Return the event."""
        intent = self._of(intent_id)
        refund = {
            "object": "refund",
            "amount": amount,
            "created": _now(),
            "currency": intent["currency"],
            "metadata": {},
            "payment_intent": intent_id,
            "status": status,
        }
        self.balances["platform"] -= amount
        return self.event("refund.created", self._new("re", refund))

    def end_refund(self, refund_id: str, status: str) -> tuple[dict[str, str], bytes]:
        """Let a refund succeed or fail. Return the event."""
        refund = self._of(refund_id)
        if status in ("failed", "canceled"):
            self.balances["platform"] += refund["amount"]
        refund["status"] = status
        return self.event("refund.failed" if status == "failed" else "refund.updated", refund)

    def dispute(self, intent_id: str, amount: int, *, inquiry: bool = False) -> tuple[dict[str, str], bytes]:
        """Open a dispute, which withdraws the money, or an inquiry, which does not. Return the event."""
        intent = self._of(intent_id)
        lines = [] if inquiry else [_balance_line(-amount, intent["currency"], None)]
        evidence = dict.fromkeys(stripe.Dispute.Evidence.__annotations__)
        evidence["enhanced_evidence"] = {}
        dispute = {
            "object": "dispute",
            "amount": amount,
            "balance_transactions": [{**line, "id": f"txn_d{len(self.objects)}"} for line in lines],
            "charge": "ch_1",
            "created": _now(),
            "currency": intent["currency"],
            "enhanced_eligibility_types": [],
            "evidence": evidence,
            "evidence_details": {
                "due_by": None,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": intent_id,
            "reason": "fraudulent",
            "status": "warning_needs_response" if inquiry else "needs_response",
        }
        if not inquiry:
            self.balances["platform"] -= amount
        return self.event("charge.dispute.funds_withdrawn", self._new("du", dispute))

    def close(self, dispute_id: str, status: str) -> tuple[dict[str, str], bytes]:
        """Close a dispute as `won` or `lost`. Return the event."""
        dispute = self._of(dispute_id)
        if status == "won":
            self.balances["platform"] += dispute["amount"]
        dispute["status"] = status
        return self.event("charge.dispute.closed", dispute)

    def onboard(self, account_id: str) -> tuple[dict[str, str], bytes]:
        """Enter the data of a payee. Return the event."""
        account = self._of(account_id)
        account.update(details_submitted=True, payouts_enabled=True, capabilities={"transfers": "active"})
        account["requirements"].update(currently_due=[], disabled_reason=None)
        return self.event("account.updated", account, account_id)

    def end_payout(self, payout_id: str, status: str, code: str | None = None) -> tuple[dict[str, str], bytes]:
        """Let the bank pay, or fail with a code. Return the event."""
        payout, account = self._of(payout_id), self.objects[payout_id]["account"]
        payout.update(status=status, failure_code=code)
        if status == "failed":
            self.balances[account] += payout["amount"]
        return self.event(f"payout.{status}", payout, account)

    def event(
        self, kind: str, subject: Document, account: str | None = None, *, livemode: bool = False
    ) -> tuple[dict[str, str], bytes]:
        """Return headers and body of a signed event, as `stripe.Webhook` accepts it."""
        require_object(subject)
        event = {
            "object": "event",
            "id": f"evt_{len(self.made)}_{len(self.objects)}",
            "api_version": VERSION,
            "created": _now(),
            "data": {"object": subject},
            "livemode": livemode,
            "pending_webhooks": 1,
            "type": kind,
            **({"account": account} if account else {}),
        }
        require_object(event)
        body = json.dumps(event)
        secret = CONNECT_SECRET if account else WEBHOOK_SECRET
        header = signature(body, secret)
        read = stripe.Webhook.construct_event(body, header, secret, tolerance=10**10)
        assert read.type == kind
        return {"Stripe-Signature": header}, body.encode()

    def all(self, kind: str) -> list[Document]:
        """Return the objects of a kind, oldest first."""
        return [one["document"] for one in self.objects.values() if one["document"]["object"] == kind]

    def _new(self, prefix: str, document: Document, account: str = "platform") -> Document:
        document["id"] = f"{prefix}_{len(self.objects) + 1}"
        self.objects[document["id"]] = {"document": document, "account": account}
        return document

    def _of(self, object_id: str) -> Document:
        if object_id not in self.objects:
            raise Decline(404, "resource_missing")
        found: Document = self.objects[object_id]["document"]
        return found


def signature(body: str, secret: str, at: int | None = None) -> str:
    """Return a Stripe-Signature made by Stripe's package."""
    at = _now() if at is None else at
    return f"t={at},v1={WebhookSignature._compute_signature(f'{at}.{body}', secret)},v0=0"


def _require_charged(amount: int, currency: str) -> None:
    """Decline an amount with decimals that https://docs.stripe.com/currencies excludes."""
    multiple = 10 if currency in _THREE_DECIMALS else 100 if currency in _HUNDREDTHS else 1
    if amount % multiple:
        raise Decline(400, "")


def _now() -> int:
    return int(clock.now().timestamp())


def _intent(amount: int, currency: str, metadata: Document) -> Document:
    return {
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": amount,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": _now(),
        "currency": currency,
        "livemode": False,
        "metadata": metadata,
        "payment_method_types": ["card"],
        "status": "succeeded",
    }


def _charge(amount: int, currency: str, intent_id: str) -> Document:
    return {
        "object": "charge",
        "id": f"ch_{intent_id}",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "captured": True,
        "created": _now(),
        "currency": currency,
        "disputed": False,
        "livemode": False,
        "metadata": {},
        "paid": True,
        "payment_intent": intent_id,
        "refunded": False,
        "status": "succeeded",
    }


def _balance_line(amount: int, currency: str, source: Document | None) -> Document:
    return {
        "object": "balance_transaction",
        "amount": amount,
        "available_on": _now(),
        "balance_type": "payments",
        "created": _now(),
        "currency": currency,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": "charge" if source else "dispute",
        "source": source,
        "status": "available",
        "type": "charge" if source else "adjustment",
    }


def _nest(pairs: list[tuple[str, str]]) -> Document:
    """Return the fields of a form, whose names are paths such as `a[b][0]`, as nested objects and lists."""
    root: Document = {}
    for name, text in pairs:
        parts = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        place: Any = root
        for part, after in zip(parts, [*parts[1:], None], strict=True):
            if after is None and part == "":
                place.append(text)
                break
            if isinstance(place, list):
                while len(place) <= int(part or 0):
                    place.append({})
                place = place[int(part or 0)]
            elif after is None:
                place[part] = text
            else:
                place = place.setdefault(part, [] if after == "" or after.isdigit() else {})
    return root
