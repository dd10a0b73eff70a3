"""Takes pictures of every screen of the console: `make pictures`. The local cloud must run.

Each screen is taken on a desk and on a phone, light and dark, in both languages. It is also checked for its width, for
keys without a text, and for English in the Chinese console; what is found is printed.
"""

from __future__ import annotations

import argparse
import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.stack import STACK_FILE, Stack
from testing.browser import chromium_launch as chromium
from testing.browser.market_with_history import Played, play
from testing.browser.person import Person

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "zh-CN")
QUALITY = 72

FAULTS = """(language) => {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`${wide} px wide`);
  for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (/^[a-z_]+(\\.[a-z_]+)+$/.test(text) && !element.closest("code, pre")) found.push(`key: ${text}`);
    const isOurs = !element.closest("code, pre, q, .post, option, .copy, noscript, .row-link");
    const isEnglish = /[A-Za-z]{3,} [A-Za-z]{2,}/.test(text) && !/[\\u4e00-\\u9fff]/.test(text);
    if (language !== "en" && isOurs && isEnglish) found.push(`English: ${text.slice(0, 60)}`);
  }
  return [...new Set(found)];
}"""
"""Returns what is wrong on a screen: its width, keys without a text, text in another language."""


def save(page: Any, path: Path, *, whole: bool = True) -> None:
    """Write a picture of the page as WebP."""
    path.parent.mkdir(parents=True, exist_ok=True)
    session = page.context.new_cdp_session(page)
    answer = session.send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "captureBeyondViewport": whole}
    )
    session.detach()
    path.write_bytes(base64.b64decode(answer["data"]))


def settle(page: Any) -> None:
    """Wait until a screen shows its data."""
    page.locator("main h1").first.wait_for()
    page.locator("main .skeleton").first.wait_for(state="detached")


def file_name(role: str, path: str) -> str:
    """Return the name of a screen's pictures: its role and its address, with `one` for ids."""
    words = [word for word in path.partition("&")[0].replace("?", "/").replace("=", "/").split("/") if word]
    return "-".join([role, *(re.sub(r"^[a-z]{3}_[0-9A-Z]{26}(,.*)?$", "one", word) for word in words)])


def every_screen(
    browser: Any, console_url: str, played: Played, roles: set[str], out: Path, files: Path | None
) -> Iterator[str]:
    """Take every screen of these roles in every variant. Yield the faults of each, with its name."""
    for role, paths in played.screens().items():
        if role not in roles:
            continue
        context = browser.new_context(viewport=SIZES["desk"], locale="en-GB", reduced_motion="reduce")
        if files is not None:
            chromium.serve_files(context, console_url, files)
        person = Person(context, console_url, played.names[role])
        person.sign_in(played.passwords[role])
        for path in paths:
            person.open(path)
            for language in LANGUAGES:
                person.choose_language(language)
                for size, viewport in SIZES.items():
                    person.page.set_viewport_size(viewport)
                    for scheme in SCHEMES:
                        person.page.emulate_media(color_scheme=scheme)
                        settle(person.page)
                        name = f"{file_name(role, path)}.{language}.{size}.{scheme}"
                        save(person.page, out / f"{name}.webp")
                    yield from (f"{name}: {fault}" for fault in person.page.evaluate(FAULTS, language))
        yield from (f"{role}: {fault}" for fault in person.faults)
        context.close()


def main() -> None:
    """Play a market on the running local cloud and take its pictures."""
    parser = argparse.ArgumentParser(prog="make pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/pictures"))
    parser.add_argument("--roles", default="advertiser,creator,auditor,finance,admin")
    parser.add_argument("--files", type=Path, help="folder of a built console, in place of the deployed files")
    options = parser.parse_args()
    stack = Stack.read(STACK_FILE)
    played = play(stack)
    with chromium.started() as browser:
        for fault in every_screen(
            browser, f"{stack.api_url}/console/", played, set(options.roles.split(",")), options.out, options.files
        ):
            print(fault, flush=True)


if __name__ == "__main__":
    main()
