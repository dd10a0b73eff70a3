"""The payment providers of this stage."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.errors import Fault, Problem, not_found
from chalicelib.core.money import Money
from chalicelib.core.settings import settings
from chalicelib.payments.alipay import AlipayProvider
from chalicelib.payments.port import Provider
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.payments.stripe.adapter import StripeProvider


def all_providers() -> list[Provider]:
    """Return the providers that this stage has, the default one first."""
    return [create() for create in _providers().values()]


def provider_named(name: str) -> Provider:
    """Return the provider. Raises 404 for one that this stage does not have."""
    create = _providers().get(name)
    if create is None:
        raise not_found("payment provider")
    return create()


def provider_for(name: str | None) -> Provider:
    """Return the provider of this name, or the first one of the stage. Raises Problem `provider_unknown` (409) for one that this
    stage does not have, and on a stage without any."""
    providers = _providers()
    if name is None and providers:
        return next(iter(providers.values()))()
    if name in providers:
        return providers[name]()
    raise Problem("provider_unknown", f"This stage has {', '.join(providers) or 'no payment provider'}.")


def require_payable(amount: Money, provider: Provider) -> None:
    """Raise Problem `body_invalid` for an amount with more decimals than the provider receives and pays."""
    least = provider.least_amount(amount.currency)
    if amount.amount % least:
        detail = f"Amounts of {provider.name} are multiples of {Money(least, amount.currency)}."
        raise Problem("body_invalid", detail, faults=[Fault("/amount/amount", "not_payable", detail)])


def _providers() -> dict[str, Callable[[], Provider]]:
    providers: dict[str, Callable[[], Provider]] = {}
    if settings().sandbox:
        providers[SandboxProvider.name] = SandboxProvider
    if settings().alipay:
        providers[AlipayProvider.name] = AlipayProvider
    if settings().stripe:
        providers[StripeProvider.name] = StripeProvider
    return providers
