"""Which providers this stage has."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.core.errors import Problem, not_found
from chalicelib.core.settings import settings
from chalicelib.payments.alipay import AlipayProvider
from chalicelib.payments.port import Provider
from chalicelib.payments.sandbox import SandboxProvider


def provider_named(name: str) -> Provider:
    """The provider. Raises 404 for one that this stage does not have."""
    made = _providers().get(name)
    if made is None:
        raise not_found("payment provider")
    return made()


def provider_for(wished: str | None) -> Provider:
    """The wished provider, or the stage's first. Raises Problem `provider_unknown` (409) for one that this stage does not have, and
    on a stage without any."""
    known = _providers()
    if wished is None and known:
        return next(iter(known.values()))()
    if wished in known:
        return known[wished]()
    raise Problem("provider_unknown", f"This stage has {', '.join(known) or 'no payment provider'}.")


def _providers() -> dict[str, Callable[[], Provider]]:
    found: dict[str, Callable[[], Provider]] = {}
    if settings().sandbox:
        found[SandboxProvider.name] = SandboxProvider
    if settings().alipay:
        found[AlipayProvider.name] = AlipayProvider
    return found
