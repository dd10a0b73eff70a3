"""The content of a post (text, pictures, URLs) and the limits of text and pictures (rule 6); url_rules.py has those of URLs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.core.errors import Fault
from chalicelib.core.rules import Rules
from chalicelib.tasks.content import url_rules
from chalicelib.tasks.content.ad_mark import without_added_mark


@dataclass(frozen=True)
class Content:
    """The content of a post: text, pictures by id, URLs."""

    text: str
    picture_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    def as_json(self) -> dict[str, str | list[str]]:
        return {"text": self.text, "picture_ids": list(self.picture_ids), "urls": list(self.urls)}


def content_faults(content: Content, rules: Rules, text_pointer: str = "/content/text") -> Iterator[Fault]:
    """Yield one Fault for each broken limit of rule 6, pointing into the body of the task. A mark that the market adds does not
    count as part of the text."""
    if not content.text.strip():
        yield Fault(text_pointer, "text_empty", "The text is empty.")
    elif len(without_added_mark(content.text)) > rules.text_max_chars:
        yield Fault(text_pointer, "text_too_long", f"The text has at most {rules.text_max_chars} characters.")
    if len(content.picture_ids) > rules.pictures_max:
        yield Fault("/content/picture_ids", "too_many", f"At most {rules.pictures_max} pictures.")
    yield from _repeated("/content/picture_ids", content.picture_ids)
    yield from url_rules.list_faults(content.urls, rules)


def _repeated(pointer: str, texts: Sequence[str]) -> Iterator[Fault]:
    for place, text in enumerate(texts):
        if text in texts[:place]:
            yield Fault(f"{pointer}/{place}", "repeated", "This repeats an earlier entry.")
