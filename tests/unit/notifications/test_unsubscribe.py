"""The signed link that turns e-mail off."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from chalicelib.core.errors import Problem
from chalicelib.notifications import unsubscribe

USER = "user.with.dots"


@pytest.fixture(autouse=True)
def signing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsubscribe, "secret", lambda arn: b"secret")
    monkeypatch.setattr(
        unsubscribe, "settings", lambda: SimpleNamespace(public_url="https://market.example/", cursor_secret_arn="")
    )


def key_of(user: str) -> str:
    return unsubscribe.link(user).partition("?key=")[2]


def test_a_link_names_its_user() -> None:
    assert unsubscribe.link(USER).startswith(f"https://market.example{unsubscribe.PATH}?key=")
    assert unsubscribe.user_of(key_of(USER)) == USER


@pytest.mark.parametrize("key", ["", USER, f"{USER}.", f"{USER}.{'0' * 32}", "é.x"])
def test_an_unsigned_key_is_refused(key: str) -> None:
    with pytest.raises(Problem) as raised:
        unsubscribe.user_of(key)
    assert raised.value.code == "not_found"


def test_the_signature_of_another_user_is_refused() -> None:
    signature = key_of(USER).rpartition(".")[2]
    with pytest.raises(Problem):
        unsubscribe.user_of(f"other.{signature}")
