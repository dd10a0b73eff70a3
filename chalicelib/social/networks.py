"""Select the adapter for the network of an account."""

from __future__ import annotations

from functools import cache

from chalicelib.core.settings import settings
from chalicelib.social.port import Network, NotPermitted, Unavailable
from chalicelib.social.sandbox import SandboxNetwork
from chalicelib.social.weibo import tokens


def network(name: str) -> Network:
    """Return the adapter of the network. On a stage with the sandbox on, the sandbox replaces every network.

    Raise Unavailable for a network without an adapter."""
    if settings().sandbox:
        return SandboxNetwork()
    if name == "weibo":
        return _weibo()
    if name == "bluesky" and settings().bluesky_url:
        return _bluesky()
    if name == "mastodon" and settings().mastodon_instances:
        return _mastodon()
    raise Unavailable(f"There is no connection to the network {name}.")


def offered() -> list[str]:
    """Return the networks whose accounts can be bound on this stage: Weibo, and those that the operator has configured. Weibo's
    secret is not read, so its accounts can be bound before the operator has connected it."""
    configured = {
        "sandbox": settings().sandbox,
        "weibo": True,
        "bluesky": settings().bluesky_url,
        "mastodon": settings().mastodon_instances,
    }
    return [name for name, is_on in configured.items() if is_on]


def networks_of(url: str) -> list[str]:
    """Return the networks of this stage that have this form of the URL of a post. Nothing is sent."""
    names = ["sandbox"] if settings().sandbox else offered()
    return [name for name in names if network(name).has_form(url)]


def is_connected(name: str) -> bool:
    """Return whether this stage can read the network: it has an adapter, and the operator has configured it: the secret of Weibo,
    the address of Bluesky, or instances of Mastodon.

    Raise Unavailable if the secret cannot be read now."""
    if settings().sandbox:
        return True
    if name == "bluesky":
        return bool(settings().bluesky_url)
    if name == "mastodon":
        return bool(settings().mastodon_instances)
    if name != "weibo":
        return False
    try:
        tokens.application()
    except NotPermitted:
        return False
    return True


@cache
def _weibo() -> Network:
    from chalicelib.social.weibo.adapter import WeiboNetwork

    return WeiboNetwork()


@cache
def _bluesky() -> Network:
    from chalicelib.social.bluesky.adapter import BlueskyNetwork

    return BlueskyNetwork(settings().bluesky_url, settings().bluesky_directory_url)


@cache
def _mastodon() -> Network:
    from chalicelib.social.mastodon.adapter import MastodonNetwork

    return MastodonNetwork(settings().mastodon_instances.replace(",", " ").split())
