"""Every screen, on a desk and on a phone, in both languages, light and dark: no accessibility violation, nothing cut off."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.console_build import SOURCE
from testing.console.person import Person
from testing.console.played import Played

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
Arrive = Callable[..., Person]
AXE = SOURCE / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
VARIANTS = (("desk", DESK, "light", "en-GB"), ("phone", PHONE, "dark", "zh-CN"))


def _violations(page: Any) -> list[str]:
    """Return axe's violations on the screen, each with the first element that it names."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary'][:160]}" for one in found]


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VARIANTS, ids=[variant[0] for variant in VARIANTS])
def test_every_screen_is_accessible_and_fits(
    name: str, viewport: dict[str, int], scheme: str, locale: str, arrive: Arrive, played: Played
) -> None:
    axe = AXE.read_text("utf-8")
    wrong: dict[str, list[str]] = {}
    for role, paths in played.screens().items():
        user = (played.names[role], played.passwords[role])
        person = arrive(user=user, viewport=viewport, color_scheme=scheme, locale=locale)
        person.page.evaluate(axe)
        for path in paths:
            person.open(path)
            person.page.locator("main h1").first.wait_for()
            person.page.locator("main .skeleton").first.wait_for(state="detached")
            faults = _violations(person.page)
            width = person.page.evaluate("document.documentElement.scrollWidth")
            if width > viewport["width"]:
                faults.append(f"{width} px wide")
            if faults:
                wrong[f"{role} {path}"] = faults
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
