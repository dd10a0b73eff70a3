"""The source of a repost: a post that everybody can read on each network where it is to be reposted (rule 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.social.networks import network
from chalicelib.social.port import Absent, NetworkError
from chalicelib.tasks.content.lint import Finding
from chalicelib.tasks.content.lint_folding import shared_words


def source_form_faults(
    source_url: str | None, networks: Iterable[str], pointer: str = "/source_url"
) -> Iterator[Fault]:
    """Yield a Fault if the URL is no known form of the URL of a post on one of the networks. A network that cannot be read, if a
    name in the URL has to be looked up there, has none."""
    unknown = []
    for name in sorted(set(networks)) if source_url else ():
        with suppress(NetworkError):
            if network(name).post_key(str(source_url)) is None:
                unknown.append(name)
    if unknown:
        yield Fault(pointer, "url_form_unknown", f"source_url is not the URL of a post on {', '.join(unknown)}.")


def source_findings(source_url: str | None, networks: Iterable[str]) -> list[Finding]:
    """Read the source on each network. Return a finding for the reviewer for each network on which it cannot be read now. Raise
    InvalidBody if the post does not exist there, or if not everybody can read it."""
    if source_url is None:
        return []
    found = []
    for name in sorted(set(networks)):
        try:
            post = network(name).fetch_post(source_url)
        except Absent:
            post = None
        except NetworkError:
            rule = shared_words()["repost_source"]
            message = f"{name}: {rule['message']}"
            found.append(
                Finding(rule["id"], "warn", "/source_url", 0, len(source_url), source_url, message, rule["source"])
            )
            continue
        if post is None:
            raise InvalidBody(Fault("/source_url", "post_missing", f"There is no post at this URL on {name}."))
        if not post.public:
            raise InvalidBody(Fault("/source_url", "post_not_public", "Not everybody can read the post at this URL."))
    return found
