"""Everything that one advertiser or creator owns, into a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from chalicelib.accounts import advertisers
from chalicelib.core import ids, json_format
from chalicelib.exports.sources import SOURCES
from cli.progress import Failed, Progress
from ops.private_files import replaced


def write(side: str, owner: str, path: Path) -> Counter[str]:
    """Lines of JSON as POST /v1/exports writes them, all in one file: how many of each type. Raises Failed for what is no id of
    that side, Problem for an advertiser who does not exist."""
    if not ids.is_id(side[:3], owner):
        raise Failed(f"{owner} is no {side}: `users list` shows the ids.")
    if side == "advertiser":
        advertisers.find(owner)
    counts: Counter[str] = Counter()
    sources = SOURCES[side]
    bar = Progress(f"parts of {owner}", len(sources))
    with replaced(path) as file:
        for done, (_, source) in enumerate(sources):
            bar.show(done)
            after = None
            while True:
                page = source(owner, after)
                for line in page.items:
                    counts[line["type"]] += 1
                    file.write(json_format.dumps(line) + "\n")
                after = page.after
                if after is None:
                    break
    bar.clear()
    return counts
