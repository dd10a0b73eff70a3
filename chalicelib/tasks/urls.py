"""Which URLs may stand in a post (rule 6): http(s), a public host, no userinfo."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import urlsplit

from chalicelib.links.hosts import ascii_host

_PRIVATE_SUFFIXES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
_HOST = re.compile(r"[^\s%/?#@\\:\[\]<>|^]+")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


def fault(url: str, max_chars: int) -> tuple[str, str] | None:
    """`(code, sentence)` saying why the URL is not allowed, or None."""
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
    """The address as browsers read it: 1-4 parts, each decimal, octal or hexadecimal; the last fills what is left
    (https://url.spec.whatwg.org/#concept-ipv4-parser). None if it is no address."""
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
