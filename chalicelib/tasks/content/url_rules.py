"""The rules for URLs in a post (rule 6): http(s), a public host, no userinfo; and the search for links in a text."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from chalicelib.click_links.host_names import ascii_host
from chalicelib.core.errors import Fault
from chalicelib.core.rules import Rules

_PRIVATE_SUFFIXES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
_HOST = re.compile(r"[^\s%/?#@\\:\[\]<>|^]+")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


def list_faults(urls: Sequence[str], rules: Rules) -> Iterator[Fault]:
    """Yield the faults of the URLs of a task: too many, and those of each one."""
    if len(urls) > rules.urls_max:
        yield Fault("/content/urls", "too_many", f"At most {rules.urls_max} URLs.")
    for place, url in enumerate(urls):
        yield from url_faults(f"/content/urls/{place}", url, rules)


def url_faults(pointer: str, url: str, rules: Rules) -> Iterator[Fault]:
    """Yield the Fault of one URL at `pointer`, if it has one."""
    if broken := fault(url, rules.url_max_chars):
        yield Fault(pointer, *broken)


def fault(url: str, max_chars: int) -> tuple[str, str] | None:
    """Return `(code, sentence)` of the rule that the URL breaks, or None."""
    if len(url) > max_chars:
        return "url_too_long", f"A URL has at most {max_chars} characters."
    if "\\" in url or any(unicodedata.category(character)[0] in "CZ" for character in url):
        return "url_unreadable", "A URL has no spaces, backslashes or control characters."
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return "url_unreadable", "This is not a URL."
    if parts.scheme.lower() not in ("http", "https"):
        return "url_scheme", "Only http and https URLs are allowed."
    if "@" in parts.netloc:
        return "url_userinfo", "A URL must not hold a user name or password."
    host = parts.hostname or ""
    if not host or not port_ok:
        return "url_unreadable", "The URL has no host, or a port that cannot be."
    if not _is_public(unicodedata.normalize("NFKC", host).lower().rstrip(".。．")):
        return "url_private_host", "The host is not on the public internet."
    if not parts.netloc.startswith("["):
        try:
            encoded = ascii_host(host)
        except ValueError:
            return "url_host", "The host is not a name that can be looked up."
        if not _is_public(encoded.removesuffix(".")):
            return "url_private_host", "The host is not on the public internet."
    return None


def _is_public(host: str) -> bool:
    if ":" in host:
        try:
            return _is_public_address(ipaddress.ip_address(host))
        except ValueError:
            return False
    labels = re.split("[.。．｡]", host)
    if not _HOST.fullmatch(host) or "" in labels:
        return False
    if _NUMBER.fullmatch(labels[-1]):
        address = _ipv4(labels)
        return address is not None and _is_public_address(address)
    return len(labels) > 1 and not any(host == name or host.endswith("." + name) for name in _PRIVATE_SUFFIXES)


def _is_public_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        for inner in (address.ipv4_mapped, address.sixtofour, address.teredo and address.teredo[1]):
            if inner is not None and not inner.is_global:
                return False
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF).is_global
    return address.is_global and not address.is_multicast


def _ipv4(labels: list[str]) -> ipaddress.IPv4Address | None:
    """Return the address as browsers read it: 1-4 parts, each decimal, octal or hexadecimal; the last part fills the remaining
    bytes (https://url.spec.whatwg.org/#concept-ipv4-parser). None if it is no address."""
    if len(labels) > 4:
        return None
    numbers = []
    for label in labels:
        if not _NUMBER.fullmatch(label):
            return None
        try:
            if label.startswith("0x"):
                numbers.append(int(label[2:] or "0", 16))
            else:
                numbers.append(int(label, 8 if label.startswith("0") and len(label) > 1 else 10))
        except ValueError:
            return None
    *firsts, last = numbers
    if any(number > 255 for number in firsts) or last >= 256 ** (5 - len(numbers)):
        return None
    value = last + sum(number << 8 * (3 - place) for place, number in enumerate(firsts))
    return ipaddress.IPv4Address(value)


_DOT = r"(?:\s{0,2}(?:[.．。｡·点]|\[\.\]|\(\.\)|（\.）|【\.】|\(dot\)|\[dot\])\s{0,2}|\s{1,2}dot\s{1,2})"
_LABEL = "[a-z0-9\u3400-\u70b8\u70ba-\u9fff][a-z0-9\u3400-\u70b8\u70ba-\u9fff_-]{0,62}"
"""Without 点 (U+70B9), which replaces a dot: a label and the dot after it have no character in common, so a search never
backtracks."""
_ZONES = (
    "com|cn|net|org|info|biz|xyz|top|vip|shop|store|site|online|club|link|live|app|dev|page|icu|cc|tv|me|io|co|la|im|to|ly|gl|gd|ink|fun|pro"
    "|wang|ren|ltd|group|work|tech|art|cloud|mobi|asia|hk|tw|mo|jp|kr|sg|uk|us|ru|de|fr|eu|in|ai|gg|fm|so|ws|be|is|it|example|test"
)
_URL_CHARACTER = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"


@cache
def _link_patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of links: with a scheme, without one, and as an address in numbers. Compiled on first use: that takes as
    long as importing ten modules."""
    return (
        re.compile(
            r"[a-z][a-z0-9+.-]{1,20}\s{0,2}[:：]\s{0,2}[/／\\]{1,3}\s{0,2}[^\s，。；！？、）】》”]+", re.IGNORECASE
        ),
        re.compile(
            rf"(?<![a-z0-9@])(?:{_LABEL}{_DOT}){{1,5}}(?:{_ZONES}|xn--[a-z0-9-]{{2,59}})(?![a-z0-9])"
            r"(?::\d{1,5})?(?:[/?#／][^\s，。；！？、）】》”]*)?",
            re.IGNORECASE,
        ),
        re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?::\d{1,5})?(?:/[^\s，。]*)?"),
    )


def own_spans(text: str, own: Iterable[str]) -> list[tuple[int, int]]:
    """Return the spans of these URLs in the text: whole, not as the beginning of a longer one. Punctuation may follow."""
    patterns = "|".join(re.escape(url) for url in sorted(own, key=len, reverse=True))
    if not patterns:
        return []
    return [
        found.span()
        for found in re.finditer(rf"(?:{patterns})(?=[.,!?;:)'\]]*(?!{_URL_CHARACTER}))", text)
        if found.group()
    ]


def foreign_links(text: str, own: Iterable[str]) -> list[tuple[int, int]]:
    """Return the spans of links that do not lead to one of the `own` URLs: with a scheme, a bare domain, or a numeric address, also
    with disguised dots. The time is linear in the length of the text."""
    rest = list(text)
    for start, end in own_spans(text, own):
        rest[start:end] = "\n" * (end - start)
    plain = "".join(rest)
    spans = sorted(found.span() for pattern in _link_patterns() for found in pattern.finditer(plain))
    links: list[tuple[int, int]] = []
    for start, end in spans:
        if not links or start >= links[-1][1]:
            links.append((start, end))
    return links
