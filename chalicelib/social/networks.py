"""Which network answers for an account."""

from __future__ import annotations

from chalicelib.errors import Problem
from chalicelib.settings import deployment
from chalicelib.social.port import Network
from chalicelib.social.sandbox import SandboxNetwork


def network(name: str) -> Network:
    """The adapter of the network. A stage with the sandbox on plays every network itself.

    Raises Problem `upstream_unavailable` for a network without an adapter."""
    if deployment().sandbox:
        return SandboxNetwork()
    raise Problem("upstream_unavailable", f"There is no connection to the network {name}.")
