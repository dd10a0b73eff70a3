"""The networks that pass the conformance suite of social adapters, each with the means to act as an account's owner there."""

from testing.social_networks.bluesky import BlueskyHarness
from testing.social_networks.harness import Harness
from testing.social_networks.mastodon import MastodonHarness
from testing.social_networks.sandbox import SandboxHarness
from testing.social_networks.weibo import WeiboHarness

HARNESSES: dict[str, type[Harness]] = {
    harness.name: harness for harness in (SandboxHarness, WeiboHarness, BlueskyHarness, MastodonHarness)
}

__all__ = ["HARNESSES", "Harness"]
