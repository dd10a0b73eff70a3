"""Which network answers for an account."""

from __future__ import annotations

from functools import cache

from chalicelib.settings import deployment
from chalicelib.social.port import Network, Unavailable
from chalicelib.social.sandbox import SandboxNetwork


def network(name: str) -> Network:
    """The adapter of the network. A stage with the sandbox on plays every network itself.

    Raises Unavailable for a network without an adapter."""
    if deployment().sandbox:
        return SandboxNetwork()
    if name == "weibo":
        return _weibo()
    raise Unavailable(f"There is no connection to the network {name}.")


@cache
def _weibo() -> Network:
    from chalicelib.social.weibo import WeiboNetwork

    return WeiboNetwork()
