"""Convert the host of a URL to ASCII, as browsers do: IDNA 2008 with the mapping of UTS 46. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_HOST_MAX = 253
_UNQUOTED = "%/:=&?~#+!$,;'@()*[]"


def ascii_host(host: str) -> str:
    """Return the host in lower-case ASCII: `faß.example` is `xn--fa-hia.example` (not `fass.example`, as in IDNA 2003).

    Plain ASCII labels stay unchanged, also those outside of IDNA (`my_shop`, `r3---sn`). Raise ValueError for a host without
    such a form, for example one with an emoji."""
    if not host.isascii() or "xn--" in host.lower():
        import idna  # 0.4 MB of tables that few URLs need

        try:
            host = idna.uts46_remap(host, std3_rules=False, transitional=False)
            host = ".".join(_label(label) for label in host.split("."))
        except (idna.IDNAError, UnicodeError) as error:
            raise ValueError(str(error)) from error
    host = host.lower()
    labels = host.removesuffix(".").split(".")
    if len(host) > _HOST_MAX or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("a host has labels of 1 to 63 letters, digits and hyphens")
    return host


def ascii_url(url: str) -> str:
    """Return the URL in ASCII, as a header requires (RFC 3987, 3.1): the host by `ascii_host`, the rest percent-encoded. An
    address in brackets stays unchanged. Raise ValueError like `ascii_host`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not parts.netloc.startswith("["):
        port = "" if parts.port is None else f":{parts.port}"
        parts = parts._replace(netloc=ascii_host(host) + port)
    return quote(urlunsplit(parts), safe=_UNQUOTED)


def with_query(url: str, query: str) -> str:
    """Return the URL with `query` (encoded) after its own query and before its fragment."""
    parts: SplitResult = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, query)))))


def _label(label: str) -> str:
    import idna

    if label.isascii() and not label.startswith("xn--"):
        return label
    return idna.alabel(label).decode()
