"""A person at the console: opens screens, reads, types and clicks as the labels say."""

from __future__ import annotations

import re
import time
from typing import Any

from demo.stack import Stack

SCREEN_TIMEOUT_MS = 60_000
"""The time limit for a screen to appear; a busy machine needs most of it."""
GO_TO = """path => new Promise((done) => {
  const before = location.hash;
  addEventListener("hashchange", done, { once: true });
  location.hash = path;
  if (location.hash === before) done();
})"""
"""Changes the address. The console's own listener was added earlier, so it has drawn the new screen when this one is called."""
ON_TOP = "dialog[open], body:not(:has(dialog[open]))"
"""What a person can use: the open dialog, or the page if none is open. Behind a dialog may be a button of the same name."""
PASSWORD = "Correct-Horse-42"


def create_user(stack: Stack, name: str, *groups: str, temporary: bool = False) -> None:
    """Create the user with PASSWORD; with `temporary` the first sign-in has to replace it."""
    cognito = stack.client("cognito-idp")
    pool = {"UserPoolId": stack.user_pool_id, "Username": name}
    cognito.admin_create_user(**pool, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD)
    if not temporary:
        cognito.admin_set_user_password(**pool, Password=PASSWORD, Permanent=True)
    for group in groups:
        cognito.admin_add_user_to_group(**pool, GroupName=group)


class Person:
    """A signed-in person in a browser context of its own. `faults` are errors that the browser has reported."""

    def __init__(self, context: Any, console_url: str, name: str) -> None:
        self.context, self.url, self.name = context, console_url, name
        self.faults: list[str] = []
        self.page: Any = context.new_page()
        self.page.set_default_timeout(SCREEN_TIMEOUT_MS)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    # -- signing in ------------------------------------------------------------------------------------------------

    def visit(self) -> None:
        """Open the address of the console and wait for the sign-in page."""
        self.page.goto(self.url, wait_until="commit", timeout=SCREEN_TIMEOUT_MS)
        self.page.get_by_label("Username").wait_for()

    def sign_in(self, password: str = PASSWORD) -> None:
        """Sign in on the user pool's page."""
        self.visit()
        self.enter(password)
        self.page.locator("main h1").wait_for()

    def enter(self, password: str) -> None:
        """Send name and password on the sign-in page."""
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def stop_polling(self) -> None:
        """Let the page act as if its window were hidden: it loads nothing again by itself."""
        self.page.evaluate(
            "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
        )

    def resume_polling(self) -> None:
        """Undo `stop_polling`."""
        self.page.evaluate("delete document.visibilityState")

    def reset(self, viewport: dict[str, int]) -> None:
        """Undo what a test has changed: open dialogs, replaced responses, language, window. Forget the faults."""
        self.page.unroute_all(behavior="wait")
        self.page.keyboard.press("Escape")
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme="light")
        self.choose_language("en")
        self.faults.clear()

    # -- using screens ---------------------------------------------------------------------------------------------

    def choose_language(self, language: str) -> None:
        """Choose the language of the console and wait for its texts, which are loaded then."""
        self.page.locator("header.bar select").first.select_option(language)
        self.page.locator(f"html[lang='{language}']").wait_for(state="attached")

    def open(self, path: str) -> None:
        """Open a screen by its address, as a link does, and wait until the console has left the one before."""
        self.page.evaluate(GO_TO, path)

    def read(self, text: str) -> Any:
        """Wait for a text and return its element."""
        found = self.page.get_by_text(text).first
        found.wait_for()
        return found

    def click(self, name: str, role: str = "button", within: str = ON_TOP) -> None:
        """Click a button or link by its name."""
        self.page.locator(within).get_by_role(role, name=re.compile(rf"^{re.escape(name)}( [a-z])?$")).first.click()

    def fill(self, **fields: str) -> None:
        """Type into fields, by their labels with underscores for blanks."""
        for label, text in fields.items():
            pattern = re.compile(rf"^{label.replace('_', ' ')}( \*)?$")
            self.page.locator(ON_TOP).get_by_label(pattern).first.fill(text)

    def wait_for(self, selector: str, seconds: float = 120) -> Any:
        """Return to the window, which loads what it shows again, until an element is there: something behind the screen takes its
        time. Return the element."""
        limit = time.monotonic() + seconds
        found = self.page.locator(selector).first
        while True:
            self.page.evaluate("dispatchEvent(new Event('focus'))")
            try:
                found.wait_for(timeout=1_000)
                return found
            except Exception:
                if time.monotonic() > limit:
                    raise
