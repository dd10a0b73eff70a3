"""Every screen, on a desk and on a phone, in both languages, light and dark: no accessibility violation, nothing wider than the
screen, no key without a text, no English in the Chinese console."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.console_build import SOURCE
from testing.browser import pictures
from testing.browser.market_with_history import ROLES, Played
from testing.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")  # one cloud and one browser, one test at a time
UserOf = Callable[[str], Person]
AXE = SOURCE / "node_modules" / "axe-core" / "axe.min.js"
OPTIONS = "{resultTypes: ['violations'], preload: false}"
"""Style sheets and media are not loaded again: of the rules that are on, only those about audio would read them."""
VARIANTS = (("desk", "light", "en"), ("phone", "dark", "zh-CN"))


def _violations(page: Any) -> list[str]:
    """Return axe's violations on the screen, each with the first element that it names."""
    found = page.evaluate(f"axe.run(document, {OPTIONS})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary'][:160]}" for one in found]


@pytest.mark.parametrize("role", ROLES)
def test_every_screen_is_accessible_and_fits(role: str, user_of: UserOf, played: Played) -> None:
    person = user_of(role)
    person.stop_polling()
    person.page.evaluate(AXE.read_text("utf-8"))
    wrong: dict[str, list[str]] = {}
    # a change of the window and the language takes as long as axe, so screens are the inner loop
    for size, scheme, language in VARIANTS:
        person.page.set_viewport_size(pictures.SIZES[size])
        person.page.emulate_media(color_scheme=scheme)
        person.choose_language(language)
        for path in played.screens()[role]:
            person.open(path)
            pictures.settle(person.page)
            faults = [*_violations(person.page), *person.page.evaluate(pictures.FAULTS, language)]
            if faults:
                wrong[f"{path} {size}"] = faults
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
