"""Hosts and URLs in ASCII (IDNA 2008)."""

from __future__ import annotations

import pytest

from chalicelib.click_links.host_names import ascii_host, ascii_url, with_query


@pytest.mark.parametrize(
    ("url", "ascii_form"),
    [
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://FAß.example:8080/ß?q=ß#ß", "https://xn--fa-hia.example:8080/%C3%9F?q=%C3%9F#%C3%9F"),
        ("https://茶.example/秋", "https://xn--cl1a.example/%E7%A7%8B"),
        ("https://βόλος.example", "https://xn--nxasmm1c.example"),
        ("https://my_shop.example/", "https://my_shop.example/"),
        ("https://ｔea。example/", "https://tea.example/"),
        ("https://[2606:4700::1111]:8443/", "https://[2606:4700::1111]:8443/"),
        ("https://tea.example/a?b=%E8%8C%B6&c=d'e", "https://tea.example/a?b=%E8%8C%B6&c=d'e"),
    ],
)
def test_a_url_in_ascii(url: str, ascii_form: str) -> None:
    assert ascii_url(url) == ascii_form


@pytest.mark.parametrize(
    "host", ["☃.example", "i❤.example", "a" * 64 + ".example", "xn--a.example", "", "a..example", "茶" * 60]
)
def test_hosts_that_cannot_be_resolved_have_no_ascii_form(host: str) -> None:
    with pytest.raises(ValueError):
        ascii_host(host)


def test_a_query_is_inserted_before_the_fragment() -> None:
    assert with_query("https://tea.example/?a=1#top", "b=2") == "https://tea.example/?a=1&b=2#top"
    assert with_query("https://tea.example#top", "b=2") == "https://tea.example?b=2#top"
    assert with_query("https://tea.example/?a=1", "") == "https://tea.example/?a=1"
