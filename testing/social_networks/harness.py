"""An account on a network, and what its owner does there without the market, for the conformance suite of adapters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import ClassVar, Self

from chalicelib.social.port import Account, Network
from testing.social_networks.recording import Recorder


class Harness(ABC):
    """A network with one account.

    lacks         the cases that the network has no means for: `absent_account`, `cut_post`, `hidden_post`, `permission`, `pictures`
    permission    the code that the account's owner gives the market; `wrong_permission` is refused
    unknown_urls  addresses that are no form of the URL of a post"""

    name: ClassVar[str]
    lacks: ClassVar[frozenset[str]] = frozenset()
    network: Network
    account: Account
    absent_account: Account
    permission: str | None = None
    wrong_permission: str = "wrong"
    link = "https://go.micro-task.example/r/0123456789abcdefghijklm"
    unknown_urls: tuple[str, ...]
    missing_url: str

    @classmethod
    @abstractmethod
    def running(cls, recorder: Recorder) -> AbstractContextManager[Self]:
        """Run the network for one test."""

    @abstractmethod
    def write(self, text: str, *, link: str | None = None) -> str:
        """Publish a post, with the link after the text if there is one; return its URL."""

    @abstractmethod
    def edit(self, url: str, text: str) -> None:
        """Change the text of a post."""

    @abstractmethod
    def delete(self, url: str) -> None:
        """Delete a post."""

    @abstractmethod
    def describe(self, text: str) -> None:
        """Set the description in the profile."""

    @abstractmethod
    def comment(self, url: str, text: str) -> None:
        """Comment on a post, as somebody else."""

    @abstractmethod
    def spellings(self, url: str) -> tuple[str, ...]:
        """Return forms of the URL of a post that people paste."""

    def settle(self) -> None:  # noqa: B027 - most networks show a post at once
        """Wait until the network shows what was published."""

    def write_hidden(self, text: str) -> str:
        """Publish a post that not everybody can see; return its URL."""
        raise AssertionError(f"{type(self).__name__} declares a need that it does not fulfil")

    def write_cut(self, text: str) -> str:
        """Publish a post of which the network returns only the beginning; return its URL."""
        raise AssertionError(f"{type(self).__name__} declares a need that it does not fulfil")


class SecretsInMemory:
    """Secrets of accounts in memory, where Secrets Manager is not what is tested."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, str]] = {}

    def read(self, account: Account) -> dict[str, str] | None:
        return self.known.get(account.account_id)

    def save(self, account: Account, members: Mapping[str, str]) -> None:
        self.known[account.account_id] = dict(members)

    def delete(self, account: Account) -> None:
        self.known.pop(account.account_id, None)
