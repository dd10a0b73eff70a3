"""The limits of networks on the posts of a task: its text with mark and links has to fit where it will be posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.core.errors import Fault
from chalicelib.social.port import text_with_links
from chalicelib.social.post_limits import limits_of
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.post_content import Content


def network_faults(
    content: Content, networks: Iterable[str], link_length: int | None = None, text_pointer: str = "/content/text"
) -> Iterator[Fault]:
    """Yield one Fault for each limit of these networks that the post breaks. `link_length`: each URL is replaced by a click link of
    this length, in the text too; None: the URLs stay."""
    text = _posted(content, link_length)
    for network in sorted(set(networks)):
        limits = limits_of(network)
        if limits is None:
            continue
        counted = limits.excess(text)
        if counted is not None:
            message = (
                f"A post on {network} has at most {limits.characters} characters; with mark and links it has {counted}."
            )
            yield Fault(text_pointer, "text_too_long", message)
        if len(content.picture_ids) > limits.pictures:
            message = f"A post on {network} has at most {limits.pictures} pictures."
            yield Fault("/content/picture_ids", "too_many", message)


def _posted(content: Content, link_length: int | None) -> str:
    """Return the text as it will be posted, with links of the length that they will have."""
    text, urls = marked(content.text), list(content.urls)
    if link_length is not None:
        links = {url: f"https://{place}".ljust(link_length, "x") for place, url in enumerate(content.urls)}
        for url in sorted(links, key=len, reverse=True):
            text = text.replace(url, links[url])
        urls = list(links.values())
    return text_with_links(text, urls)
