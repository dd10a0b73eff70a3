"""Alipay (https://opendocs.alipay.com): page pay, RSA2-signed notifications, fund transfer for payouts.

Signing and checking signatures is the library's (python-alipay-sdk); what the answers mean for our money is decided here. The
library is imported when it is needed: nothing else pays for it at its start. Keys come from Secrets Manager, see docs/payments.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from chalicelib import clock
from chalicelib.cloud import secret
from chalicelib.errors import Problem
from chalicelib.money import Money
from chalicelib.observability import logger
from chalicelib.payments.port import PaidNotice, Payee, Payout
from chalicelib.settings import deployment

GATEWAY = "https://openapi.alipay.com/gateway.do"
CHINA = timezone(timedelta(hours=8))
TIMEOUT_SECONDS = 8
PAID = {"TRADE_SUCCESS", "TRADE_FINISHED"}
TRANSFER = {"product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
_AMOUNT = re.compile(r"(\d{1,11})\.(\d{2})")
_FIELDS_MAX = 100
_CERTIFICATES = ("app_public_key_cert", "alipay_public_key_cert", "alipay_root_cert")


class AlipayProvider:
    """Implements payments.port.Provider."""

    name = "alipay"
    acknowledgement: str | None = "success"
    needs_payee = True

    def pay_url(self, payment_id: str, amount: Money, expires_at: datetime) -> str:
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
        return f"{keys.get('gateway', GATEWAY)}?{query}"

    def verify(self, headers: Mapping[str, str], body: bytes) -> PaidNotice | None:
        fields = _fields(body)
        signature = fields.pop("sign", "")
        if not signature or not _genuine(dict(fields), signature):
            raise Problem("signature_invalid", "The signature does not fit the body.")
        keys = _keys()
        if fields.get("app_id") != keys["app_id"] or fields.get("seller_id") != keys["seller_id"]:
            raise Problem("signature_invalid", "The notification is meant for another merchant.")
        if fields.get("trade_status") not in PAID or "refund_fee" in fields:
            return None
        amount, trade_no = _AMOUNT.fullmatch(fields.get("total_amount", "")), fields.get("trade_no", "")
        if amount is None or not 0 < len(trade_no) <= 64:
            raise Problem("bad_request", "The notification is signed but cannot be read.")
        fen = int(amount[1]) * 100 + int(amount[2])
        return PaidNotice(self.name, trade_no, fields.get("out_trade_no"), fen)

    def pay_out(self, withdrawal_id: str, amount: Money, payee: Payee | None) -> Payout:
        assert payee is not None
        transfer = {
            **TRANSFER,
            "out_biz_no": withdrawal_id,
            "trans_amount": _yuan(amount),
            "order_title": "Micro-task",
            "payee_info": {"identity": payee.account, "identity_type": "ALIPAY_LOGON_ID", "name": payee.name},
        }
        answer = _ask("alipay.fund.trans.uni.transfer", transfer)
        return Payout("unknown") if answer is None else _sent(answer)

    def find_payout(self, withdrawal_id: str) -> Payout:
        answer = _ask("alipay.fund.trans.common.query", {**TRANSFER, "out_biz_no": withdrawal_id})
        if answer is None:
            return Payout("unknown")
        if answer.get("sub_code") == "ORDER_NOT_EXIST":
            return Payout("refused", "ORDER_NOT_EXIST")
        return _moved(answer) if answer.get("code") == "10000" else Payout("unknown", answer.get("sub_code"))


def _sent(answer: dict[str, Any]) -> Payout:
    """A transfer's answer. An error of the payee's account is the last word; of anything else but Alipay's own troubles we know
    that nothing was done."""
    if answer.get("code") == "10000":
        return _moved(answer)
    reason = str(answer.get("sub_code") or answer.get("code"))
    if answer.get("code") != "40004" or reason == "SYSTEM_ERROR":
        return Payout("unknown", reason)
    return Payout("failed" if reason.startswith("PAYEE_") else "refused", reason)


def _moved(answer: dict[str, Any]) -> Payout:
    status = str(answer.get("status"))
    if status == "SUCCESS":
        return Payout("paid")
    if status in ("FAIL", "REFUND", "CLOSED"):
        return Payout("failed", str(answer.get("error_code") or status))
    return Payout("unknown", status)


def _ask(method: str, content: dict[str, Any]) -> dict[str, Any] | None:
    """The signed answer of Alipay's gateway; None if there is none that can be believed."""
    from alipay.exceptions import AliPayException, AliPayValidationError

    try:
        answer = _client().server_api(method, biz_content=content, timestamp=_china(clock.now()))
    except (AliPayException, AliPayValidationError, OSError, ValueError, AttributeError) as error:
        logger.warning("alipay did not answer", extra={"method": method, "error": type(error).__name__})
        return None
    return answer if isinstance(answer, dict) else None


def _genuine(fields: dict[str, str], signature: str) -> bool:
    from alipay.exceptions import AliPayException

    try:
        return bool(_client().verify(fields, signature))
    except (AliPayException, ValueError):
        return False


def _fields(body: bytes) -> dict[str, str]:
    """The form's fields. Raises Problem `signature_invalid` if it is none, or names a field twice."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_FIELDS_MAX,
        )
    except ValueError as error:
        raise Problem("signature_invalid", "The notification is no form in UTF-8.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem("signature_invalid", "The notification names a field twice.")
    return fields


@cache
def _keys() -> dict[str, str]:
    keys: dict[str, str] = json.loads(secret(deployment().alipay_secret))
    return keys


@cache
def _client() -> Any:
    """The library's client. With the certificates in the secret, requests carry their serial numbers, as fund transfers need."""
    from alipay import AliPay, DCAliPay
    from alipay.utils import AliPayConfig

    keys = _keys()
    common = {"appid": keys["app_id"], "app_private_key_string": keys["app_private_key"], "sign_type": "RSA2"}
    if all(name in keys for name in _CERTIFICATES):
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


def _yuan(amount: Money) -> str:
    return f"{amount.amount // 100}.{amount.amount % 100:02d}"


def _china(moment: datetime) -> str:
    """Alipay's times are China's."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
