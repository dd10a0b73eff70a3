"""Every command that a document or `make help` names is run by `make audit` or by a test."""

from __future__ import annotations

import re

import pytest

from infra.audits import documented_commands
from infra.package import ROOT


def test_the_audit_has_every_documented_command() -> None:
    assert {
        key: sorted(where)
        for key, where in documented_commands.documented().items()
        if key not in documented_commands.HOW
    } == {}


def test_the_audit_has_only_documented_commands() -> None:
    assert set(documented_commands.HOW) - set(documented_commands.documented()) == set()


@pytest.mark.parametrize(
    "how", [how for how in documented_commands.HOW.values() if isinstance(how, documented_commands.Tested)]
)
def test_every_test_that_the_audit_names_exists(how: documented_commands.Tested) -> None:
    file, _, function = how.test.partition("::")
    text = (ROOT / file).read_text("utf-8")
    assert f"def {function}(" in text if function else "make test" in text


def test_a_command_that_is_not_run_has_a_reason() -> None:
    reasons = {
        key: how.reason for key, how in documented_commands.HOW.items() if isinstance(how, documented_commands.NotRun)
    }
    assert set(reasons) <= {
        "make audit",
        "make console",
        "make test-bluesky",
        "make test-mastodon",
        "pip-audit",
        "git pull",
        "aws",
    }
    assert all(len(reason) > 8 for reason in reasons.values())


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Run `make nothing-known` first.", {"make nothing-known"}),
        ("```\n$ AWS_PROFILE=x python -m bench.nothing --fast  # quick\n```", {"python -m bench.nothing"}),
        ("```sh\nmake up PORT=4567     # starts\n```", {"make up"}),
        ("A `make\nup` across lines, and `Makefile` or `python` alone.", {"make up"}),
        ("| `make status`, `make logs` | does it run |", {"make status", "make logs"}),
    ],
)
def test_commands_are_found_in_blocks_and_sentences(text: str, keys: set[str]) -> None:
    assert {documented_commands.key_of(line) for line in documented_commands.commands_of(text)} == keys


def test_every_target_of_the_makefile_is_listed_by_help() -> None:
    """Except targets that begin with a dot or are files."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    [phony] = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    assert set(phony.split()) == set(documented_commands.targets(makefile))
