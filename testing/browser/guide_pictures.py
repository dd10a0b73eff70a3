"""Takes the pictures of the guides: `make guide-pictures`. The local cloud must run.

They are WebP files of 1280 by 800 pixels in docs/guides/pictures, of a market that testing/browser/market_with_history.py plays.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from demo.stack import STACK_FILE, Stack
from infra.package import ROOT
from testing.browser import chromium_launch as chromium
from testing.browser.market_with_history import Played, play
from testing.browser.person import PASSWORD, Person, create_user
from testing.browser.pictures import SIZES, save, settle

FOLDER = ROOT / "docs" / "guides" / "pictures"


@dataclass(frozen=True)
class Shot:
    """A picture: its file, the role that opens the screen (or a new user), and what is done on it before the picture is taken."""

    name: str
    role: str
    path: str
    act: Callable[[Person, Played], None] | None = None


def _register(person: Person, played: Played) -> None:
    person.fill(Name_of_the_enterprise="清风茶业有限公司", Licence_number="91310000MA1K4XYZ0A", Contact_person="王敏")


def _top_up(person: Person, played: Played) -> None:
    person.click("Top up")
    person.fill(Amount="6000")


def _write(person: Person, played: Played) -> None:
    person.fill(
        Post_to_repost=played.source_url,
        Title="秋茶上市",
        Text="今年的秋茶到了，全网最低价，欢迎来店里品尝。",
    )
    person.page.locator(".findings mark").first.wait_for()
    person.page.locator(".bill .total").wait_for()


def _reject(person: Person, played: Played) -> None:
    person.page.locator(".post mark").first.wait_for()
    person.page.keyboard.press("r")
    person.page.locator("dialog").wait_for()


def shots(played: Played) -> list[Shot]:
    """Return the pictures of all guides."""
    accounts = ",".join(played.accounts)
    return [
        Shot("advertiser-1-register", "new", "/", _register),
        Shot("advertiser-2-top-up", "advertiser", "/wallet", _top_up),
        Shot("advertiser-3-compare", "advertiser", f"/compare?accounts={accounts}&kind=repost"),
        Shot("advertiser-4-task", "advertiser", f"/tasks/new?accounts={accounts}&kind=repost", _write),
        Shot("advertiser-5-course", "advertiser", f"/tasks/{played.task_id}"),
        Shot("advertiser-6-order", "advertiser", f"/orders/{played.order_id}"),
        Shot("creator-1-account", "creator", f"/my-accounts/{played.account_id}"),
        Shot("creator-2-home", "creator", "/"),
        Shot("creator-3-order", "creator", f"/orders/{played.order_id}"),
        Shot("creator-4-calendar", "creator", "/calendar"),
        Shot("auditor-1-home", "auditor", "/"),
        Shot(
            "auditor-2-review",
            "auditor",
            "/reviews",
            lambda person, _: person.page.locator(".post mark").first.wait_for(),
        ),
        Shot("auditor-3-reject", "auditor", "/reviews", _reject),
        Shot("auditor-4-certification", "auditor", "/certifications"),
    ]


def take(browser: Any, stack: Stack, played: Played, folder: Path, files: Path | None) -> None:
    """Take every picture; one person per role."""
    console_url = f"{stack.api_url}/console/"
    people: dict[str, Person] = {}
    for shot in shots(played):
        person = people.get(shot.role)
        if person is None:
            context = browser.new_context(viewport=SIZES["desk"], locale="en-GB")
            if files is not None:
                chromium.serve_files(context, console_url, files)
            name = played.names.get(shot.role) or f"newcomer-{uuid4().hex[:6]}"
            if shot.role not in played.names:
                create_user(stack, name, "advertiser")
            person = people[shot.role] = Person(context, console_url, name)
            person.sign_in(played.passwords.get(shot.role, PASSWORD))
        person.page.keyboard.press("Escape")
        person.open(shot.path)
        settle(person.page)
        if shot.act is not None:
            shot.act(person, played)
        save(person.page, folder / f"{shot.name}.webp", whole=False)
        print(shot.name, flush=True)


def main() -> None:
    """Play a market on the running local cloud and take the pictures."""
    parser = argparse.ArgumentParser(prog="make guide-pictures", description=__doc__)
    parser.add_argument("--files", type=Path, help="folder of a built console, in place of the deployed files")
    options = parser.parse_args()
    stack = Stack.read(STACK_FILE)
    played = play(stack)
    with chromium.started() as browser:
        take(browser, stack, played, FOLDER, options.files)


if __name__ == "__main__":
    main()
