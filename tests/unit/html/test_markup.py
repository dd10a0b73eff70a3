"""Elements escape their content."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.html.markup import element, joined


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_browser_reads_back_the_very_text(text: str, value: str) -> None:
    seen = Seen()
    seen.feed(element("p", text, " ", text, title=value))
    seen.close()
    assert seen.tags == [("p", {"title": value})]
    assert seen.text == f"{text} {text}"


def test_elements_nest_and_are_not_escaped_twice() -> None:
    inner = [element("b", number) for number in range(2)]
    assert element("p", "<", inner, None) == "<p>&lt;<b>0</b><b>1</b></p>"
    assert joined("<", inner[0]) == "&lt;<b>0</b>"
    assert element("p", str(inner[0]) + "!") == "<p>&lt;b&gt;0&lt;/b&gt;!</p>", "what was put together as text is text"


def test_attributes() -> None:
    made = element("a", class_="x", aria_label='"<', open=True, hidden=False, title=None, x=1.0)
    assert made == '<a class="x" aria-label="&quot;&lt;" open x="1"></a>'
    assert element("br") == "<br>"
