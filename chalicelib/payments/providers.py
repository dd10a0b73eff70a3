"""Which providers this stage has."""

from __future__ import annotations

from chalicelib.errors import Problem, not_found
from chalicelib.payments.port import Provider
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.settings import deployment


def provider_named(name: str) -> Provider:
    """The provider. Raises 404 for one that this stage does not have."""
    if name == SandboxProvider.name and deployment().sandbox:
        return SandboxProvider()
    raise not_found("payment provider")


def provider_for_topups() -> Provider:
    """The provider that new top-ups go to. Raises Problem `upstream_unavailable` on a stage without one."""
    if deployment().sandbox:
        return SandboxProvider()
    raise Problem("upstream_unavailable", "This stage has no payment provider yet.")
