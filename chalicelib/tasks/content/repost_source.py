"""The source of a repost: a post that everybody can read on each network where it is to be reposted (rule 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.social.networks import network
from chalicelib.social.port import Absent, NetworkError
from chalicelib.social.request_deadline import REQUEST_SECONDS, within
from chalicelib.tasks.content.lint import Finding
from chalicelib.tasks.content.lint_folding import shared_words


def source_form_faults(
    source_url: str | None, networks: Iterable[str], pointer: str = "/source_url"
) -> Iterator[Fault]:
    """Yield a Fault if the URL is no known form of the URL of a post on one of the networks. Nothing is sent."""
    unknown = []
    for name in sorted(set(networks)) if source_url else ():
        with suppress(NetworkError):  # the stage is not connected to this network
            if not network(name).has_form(str(source_url)):
                unknown.append(name)
    if unknown:
        yield Fault(pointer, "url_form_unknown", f"source_url is not the URL of a post on {', '.join(unknown)}.")


class SourceReader:
    """Reads the source of a repost for one request, once however often the request repeats its write, within REQUEST_SECONDS."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[str, ...]], list[Finding]] = {}

    def findings(self, source_url: str | None, networks: Iterable[str]) -> list[Finding]:
        """Read the source on each network. Return a finding for the reviewer for each network on which it cannot be read now, or
        not in time. Raise InvalidBody if the post does not exist there, or if not everybody can read it."""
        if source_url is None:
            return []
        names = tuple(sorted(set(networks)))
        if (source_url, names) not in self._known:
            with within(REQUEST_SECONDS):
                self._known[source_url, names] = [
                    finding for name in names if (finding := _finding(source_url, name)) is not None
                ]
        return self._known[source_url, names]


def _finding(source_url: str, name: str) -> Finding | None:
    try:
        post = network(name).fetch_post(source_url)
    except Absent:
        post = None
    except NetworkError:
        rule = shared_words()["repost_source"]
        message = f"{name}: {rule['message']}"
        return Finding(rule["id"], "warn", "/source_url", 0, len(source_url), source_url, message, rule["source"])
    if post is None:
        raise InvalidBody(Fault("/source_url", "post_missing", f"There is no post at this URL on {name}."))
    if not post.public:
        raise InvalidBody(Fault("/source_url", "post_not_public", "Not everybody can read the post at this URL."))
    return None
