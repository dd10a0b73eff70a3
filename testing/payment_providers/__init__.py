"""The payment providers of the conformance suite: one entry each in PROVIDERS."""

from __future__ import annotations

from testing.payment_providers.alipay import Alipay
from testing.payment_providers.case import ProviderCase
from testing.payment_providers.sandbox import Sandbox
from testing.payment_providers.stripe import Stripe

PROVIDERS: dict[str, type[ProviderCase]] = {"sandbox": Sandbox, "alipay": Alipay, "stripe": Stripe}
