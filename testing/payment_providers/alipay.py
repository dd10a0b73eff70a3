"""Alipay in the conformance suite."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.payments import alipay
from testing.doubles.alipay_platform import ALIPAYS, APP, SELLER, STRANGERS, Gateway, Signer, keys, unsigned
from testing.payment_providers.case import Message, forget, store_secret


class Alipay:
    """Implements testing.payment_providers.case.ProviderCase."""

    name = "alipay"
    can_lose = True

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.gateway = patch, Gateway()
        self.paid_amounts: dict[str, int] = {}
        self.refunded: dict[str, int] = {}
        store_secret("ALIPAY_SECRET", json.dumps(keys(self.gateway.url)))
        forget(patch, alipay._keys, alipay._client, sandbox="off", alipay="on")

    def close(self) -> None:
        self.gateway.server.shutdown()
        self.gateway.server.server_close()
        forget(self.patch, alipay._keys, alipay._client)

    def paid(self, topup: dict[str, Any], amount: int) -> Message:
        self.paid_amounts[topup["id"]] = amount
        return self._notice(topup["id"])

    def reversed(self, topup: dict[str, Any], amount: int) -> Message:
        self.refunded[topup["id"]] = self.refunded.get(topup["id"], 0) + amount
        return self._notice(topup["id"], refund_fee=_yuan(self.refunded[topup["id"]]))

    def forged(self, message: Message) -> Message:
        fields = dict(self.last)
        return message[0], _form(fields, STRANGERS)

    def payee(self, creator: Any) -> dict[str, Any]:
        return {"payee": {"account": "an.writer@mail.example", "name": "an"}}

    def decline(self, on: bool) -> None:
        self.gateway.overrides = {"code": "40004", "sub_code": "PAYER_BALANCE_NOT_ENOUGH"} if on else {}

    def lose(self, on: bool) -> None:
        self.gateway.fault = "lost" if on else None

    def deliver(self) -> None:
        return None

    def payouts(self) -> int:
        return self.gateway.transfers.total()

    def _notice(self, payment_id: str, **fields: str) -> Message:
        self.last = {
            "app_id": APP,
            "seller_id": SELLER,
            "charset": "utf-8",
            "trade_no": f"20261122{payment_id[-12:]}",
            "out_trade_no": payment_id,
            "trade_status": "TRADE_SUCCESS",
            "total_amount": _yuan(self.paid_amounts[payment_id]),
            **fields,
        }
        return {"Content-Type": "application/x-www-form-urlencoded"}, _form(self.last, ALIPAYS)


def _form(fields: dict[str, str], signer: Signer) -> bytes:
    return urlencode({**fields, "sign": signer.sign(unsigned(fields)), "sign_type": "RSA2"}).encode()


def _yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"
