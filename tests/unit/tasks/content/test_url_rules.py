"""The URLs that are permitted in a post (rule 6)."""

from __future__ import annotations

import pytest

from chalicelib.tasks.content.url_rules import fault

GOOD = [
    "https://tea.example/autumn",
    "http://tea.example:8080/a?b=c#d",
    "https://茶.example/秋",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://tea.example./",
    "HTTPS://TEA.EXAMPLE/@home",
    "https://1.tea.example/",
    "https://faß.example/",
    "https://my_shop.example/",
    "https://r3---sn-4g5e.example/",
    "https://xn--fa-hia.example/",
]
BAD = {
    "https://i❤.example/": "url_host",
    "https://☃.example/": "url_host",
    "https://xn--a.example/": "url_host",
    "https://" + "a" * 64 + ".example/": "url_host",
    "https://" + "茶" * 60 + ".example/": "url_host",
    "https://" + "a." * 127 + "example/": "url_host",
    "https://-̀茶.example/": "url_host",
    "https://ａ..example/": "url_private_host",
    "ftp://tea.example/": "url_scheme",
    "javascript:alert(1)": "url_scheme",
    "tea.example/autumn": "url_scheme",
    "https://user@tea.example/": "url_userinfo",
    "https://user:word@tea.example/": "url_userinfo",
    "https://tea.example@127.0.0.1/": "url_userinfo",
    "https://": "url_unreadable",
    "https://tea.example:99999/": "url_unreadable",
    "https://tea.example:0/": "url_unreadable",
    "https://tea.example/a b": "url_unreadable",
    "https://tea.example\\@127.0.0.1/": "url_unreadable",
    "https://tea.example/\x00": "url_unreadable",
    "https://[::1/": "url_unreadable",
    "http://localhost/": "url_private_host",
    "http://LOCALHOST./": "url_private_host",
    "http://x.localhost/": "url_private_host",
    "http://router/": "url_private_host",
    "http://printer.local/": "url_private_host",
    "http://metadata.google.internal/": "url_private_host",
    "http://127.0.0.1/": "url_private_host",
    "http://127.1/": "url_private_host",
    "http://2130706433/": "url_private_host",
    "http://0x7f.0.0.1/": "url_private_host",
    "http://0x7f000001/": "url_private_host",
    "http://0177.0.0.1/": "url_private_host",
    "http://１２７.0.0.1/": "url_private_host",
    "http://127。0。0。1/": "url_private_host",
    "http://10.1.2.3/": "url_private_host",
    "http://172.16.0.1/": "url_private_host",
    "http://192.168.1.1/": "url_private_host",
    "http://169.254.169.254/": "url_private_host",
    "http://100.64.0.1/": "url_private_host",
    "http://0.0.0.0/": "url_private_host",
    "http://224.0.0.1/": "url_private_host",
    "http://[::1]/": "url_private_host",
    "http://[::ffff:127.0.0.1]/": "url_private_host",
    "http://[fe80::1]/": "url_private_host",
    "http://[fd00::1]/": "url_private_host",
    "http://[64:ff9b::7f00:1]/": "url_private_host",
    "http://[2002:7f00:1::]/": "url_private_host",
    "http://256.256.256.256/": "url_private_host",
    "http://1.2.3.4.5/": "url_private_host",
    "http://tea..example/": "url_private_host",
    "http://%31%32%37.0.0.1/": "url_private_host",
}


@pytest.mark.parametrize("url", GOOD)
def test_public_urls_are_allowed(url: str) -> None:
    assert fault(url, 2_000) is None


@pytest.mark.parametrize("url", BAD)
def test_the_rest_is_refused_by_name(url: str) -> None:
    found = fault(url, 2_000)
    assert found is not None
    assert found[0] == BAD[url]


def test_a_url_has_a_length() -> None:
    found = fault("https://tea.example/" + "a" * 2_000, 2_000)
    assert found is not None
    assert found[0] == "url_too_long"
