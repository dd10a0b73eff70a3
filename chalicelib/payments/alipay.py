"""Alipay (https://opendocs.alipay.com): page pay, RSA2-signed notifications, fund transfer for payouts.

The library (python-alipay-sdk) signs requests and checks the signatures of responses. This module checks the signatures of
notifications, because the library supports only UTF-8, and interprets responses. The library is imported on first use, which keeps
it out of the cold start. Keys are in Secrets Manager, see docs/guides/payments.md.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.core import clock
from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings
from chalicelib.payments.port import (
    Notice,
    Onboarding,
    PaidNotice,
    Payout,
    PayoutOrder,
    ReversalNotice,
    StartedPayment,
)

GATEWAY = "https://openapi.alipay.com/gateway.do"
CHINA = timezone(timedelta(hours=8))
TIMEOUT_SECONDS = 8
PAID = {"TRADE_SUCCESS", "TRADE_FINISHED"}
TRANSFER = {"product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
_AMOUNT = re.compile(r"(\d{1,11})\.(\d{2})")
_FIELDS_MAX = 100
_CHARSETS = {
    "": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
}
_NOTHING_DONE = {"20001", "40001", "40002", "40003", "40006"}
"""Signed codes of responses to requests that were not carried out: no permission, or a parameter missing or invalid."""
_CERTIFICATES = ("app_public_key_cert", "alipay_public_key_cert", "alipay_root_cert")


class AlipayProvider:
    """Implements payments.port.Provider."""

    name = "alipay"
    acknowledgement: str | None = "success"
    needs_payee = True
    onboarding: Onboarding | None = None

    def least_amount(self, currency: str) -> int:
        return 1

    def start_payment(self, payment_id: str, amount: Money, expires_at: datetime) -> StartedPayment:
        keys = _keys()
        order = {
            "out_trade_no": payment_id,
            "total_amount": _yuan(amount),
            "subject": "Micro-task",
            "product_code": "FAST_INSTANT_TRADE_PAY",
            "time_expire": _china(expires_at),
        }
        query = _client().client_api(
            "alipay.trade.page.pay",
            biz_content=order,
            notify_url=keys["notify_url"],
            return_url=keys.get("return_url"),
            timestamp=_china(clock.now()),
        )
        return StartedPayment(f"{keys.get('gateway', GATEWAY)}?{query}")

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        fields = _verified(body)
        keys = _keys()
        if fields.get("app_id") != keys["app_id"] or fields.get("seller_id") != keys["seller_id"]:
            raise Problem("signature_invalid", "The notification is for another merchant.")
        if fields.get("trade_status") not in PAID:
            return None
        amount, refunded = _fen(fields.get("total_amount", "")), _fen(fields.get("refund_fee") or "0.00")
        trade_no = fields.get("trade_no", "")
        if not amount or refunded is None or refunded > amount or not 0 < len(trade_no) <= 64:
            raise Problem("bad_request", "The notification is signed but cannot be read.")
        payment_id = fields.get("out_trade_no")
        if refunded:
            return ReversalNotice("refunded", self.name, trade_no, payment_id, amount, refunded)
        return PaidNotice(self.name, trade_no, payment_id, amount)

    def pay_out(self, order: PayoutOrder) -> Payout:
        payee = order.payee
        assert payee is not None
        if not _has_certificates(_keys()):
            return Payout("refused", "CERTIFICATES_MISSING")
        transfer = {
            **TRANSFER,
            "out_biz_no": order.withdrawal_id,
            "trans_amount": _yuan(order.amount),
            "order_title": "Micro-task",
            "payee_info": {"identity": payee.account, "identity_type": "ALIPAY_LOGON_ID", "name": payee.name},
        }
        response = _request("alipay.fund.trans.uni.transfer", transfer)
        return Payout("unknown") if response is None else _transfer_state(response)

    def find_payout(self, withdrawal_id: str) -> Payout:
        response = _request("alipay.fund.trans.common.query", {**TRANSFER, "out_biz_no": withdrawal_id})
        if response is None:
            return Payout("unknown")
        if response.get("sub_code") == "ORDER_NOT_EXIST":
            return Payout("refused", "ORDER_NOT_EXIST")
        return (
            _query_state(response) if response.get("code") == "10000" else Payout("unknown", response.get("sub_code"))
        )

    def recall_payout(self, order: PayoutOrder) -> Payout:
        return self.find_payout(order.withdrawal_id)

    def receipts(self, since: datetime, until: datetime) -> None:
        return None


def _transfer_state(response: dict[str, Any]) -> Payout:
    """Read the signed response to a transfer. An error of the payee's account is final. After other errors nothing was done, except
    after those of Alipay's own systems: the transfer may have been made."""
    code = str(response.get("code"))
    if code == "10000":
        return _query_state(response)
    reason = str(response.get("sub_code") or code)
    if code not in _NOTHING_DONE | {"40004"} or reason == "SYSTEM_ERROR":
        return Payout("unknown", reason)
    return Payout("failed" if reason.startswith("PAYEE_") else "refused", reason)


def _query_state(response: dict[str, Any]) -> Payout:
    status = str(response.get("status"))
    if status == "SUCCESS":
        return Payout("paid")
    if status in ("FAIL", "REFUND", "CLOSED"):
        return Payout("failed", str(response.get("error_code") or status))
    return Payout("unknown", status)


def _request(method: str, content: dict[str, Any]) -> dict[str, Any] | None:
    """Return the signed response of Alipay's gateway; None without a response whose signature is valid."""
    from alipay.exceptions import AliPayException, AliPayValidationError

    try:
        response = _client().server_api(method, biz_content=content, timestamp=_china(clock.now()))
    except (AliPayException, AliPayValidationError, OSError, ValueError, AttributeError) as error:
        logger.warning("alipay did not respond", extra={"method": method, "error": type(error).__name__})
        return None
    return response if isinstance(response, dict) else None


def _verified(body: bytes) -> dict[str, str]:
    """Return the fields of a notification that Alipay signed, decoded by the charset that it names.

    Alipay signs the bytes of all fields but `sign` and `sign_type`, percent-decoded, in the charset of the notification and sorted
    by name. Raises Problem `signature_invalid` for a body that is not a form, names a field twice or is not signed by Alipay, and
    `bad_request` for a signed body in another charset than UTF-8 and GBK, or not in its charset."""
    from Cryptodome.Hash import SHA256
    from Cryptodome.Signature import pkcs1_15

    fields = _fields(body)
    signature, kind = fields.pop("sign", b""), fields.pop("sign_type", b"RSA2")
    signed = b"&".join(name.encode() + b"=" + fields[name] for name in sorted(fields))
    try:
        if kind != b"RSA2":
            raise ValueError(kind)
        pkcs1_15.new(_client().alipay_public_key).verify(SHA256.new(signed), base64.b64decode(signature, validate=True))
    except ValueError as error:
        raise Problem("signature_invalid", "The signature does not fit the body.") from error
    charset = _CHARSETS.get(fields.get("charset", b"").decode("ascii", "replace").lower())
    if charset is None:
        raise Problem("bad_request", "The notification is signed but in an unknown charset.")
    try:
        return {name: text.decode(charset) for name, text in fields.items()}
    except UnicodeDecodeError as error:
        raise Problem("bad_request", "The notification is signed but not in the charset that it names.") from error


def _fields(body: bytes) -> dict[str, bytes]:
    """Return the fields of the form, percent-decoded; values are bytes, since their charset is one of the fields. Raises Problem
    `signature_invalid` if the body is not a form or names a field twice."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="latin-1",
            max_num_fields=_FIELDS_MAX,
        )
        fields = {name.encode("ascii").decode(): text.encode("latin-1") for name, text in pairs}
    except ValueError as error:
        raise Problem("signature_invalid", "The notification is not a form.") from error
    if len(fields) != len(pairs):
        raise Problem("signature_invalid", "The notification names a field twice.")
    return fields


def _fen(yuan: str) -> int | None:
    """Return an amount such as `6000.50` in minor units; None for another format."""
    found = _AMOUNT.fullmatch(yuan)
    return int(found[1]) * 100 + int(found[2]) if found else None


@cache
def _keys() -> dict[str, str]:
    keys: dict[str, str] = json.loads(secret(settings().alipay_secret))
    return keys


@cache
def _client() -> Any:
    """Return the client of the library. With certificates in the secret, requests carry their serial numbers, as fund transfers
    need."""
    from alipay import AliPay, DCAliPay
    from alipay.utils import AliPayConfig

    keys = _keys()
    common = {"appid": keys["app_id"], "app_private_key_string": keys["app_private_key"], "sign_type": "RSA2"}
    if _has_certificates(keys):
        client: Any = DCAliPay(
            **common,
            app_public_key_cert_string=keys["app_public_key_cert"],
            alipay_public_key_cert_string=keys["alipay_public_key_cert"],
            alipay_root_cert_string=keys["alipay_root_cert"],
        )
    else:
        client = AliPay(**common, alipay_public_key_string=keys["alipay_public_key"])
    client._config = AliPayConfig(timeout=TIMEOUT_SECONDS)
    client._gateway = keys.get("gateway", GATEWAY)
    return client


def _has_certificates(keys: dict[str, str]) -> bool:
    return all(name in keys for name in _CERTIFICATES)


def _yuan(amount: Money) -> str:
    return f"{amount.amount // 100}.{amount.amount % 100:02d}"


def _china(moment: datetime) -> str:
    """Return the time in the time zone of China, as Alipay has it."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
