"""Everything that one advertiser or creator owns, written to a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from chalicelib.accounts import advertisers
from chalicelib.core import ids, json_format
from chalicelib.core.regions.periods import ALWAYS, Period
from chalicelib.exports.json_lines import SOURCES, is_in
from cli.failures import Failed
from cli.progress import ProgressBar
from ops.private_files import replaced_when_done


def write_export(side: str, owner: str, path: Path, period: Period = ALWAYS) -> Counter[str]:
    """Write JSON lines as POST /v1/exports does for a period, all to one file, and return the number of lines by type.

    Raise Failed if `owner` is not an id of that side, Problem if the advertiser does not exist."""
    if not ids.is_id(side[:3], owner):
        raise Failed(f"{owner} is not the id of a {side}: `users list` shows the ids.")
    if side == "advertiser":
        advertisers.find(owner)
    counts: Counter[str] = Counter()
    sources = SOURCES[side]
    bar = ProgressBar(f"parts of {owner}", len(sources))
    with replaced_when_done(path) as file:
        for done, (_, source) in enumerate(sources):
            bar.show(done)
            after = None
            while True:
                page = source(owner, after)
                for line in (one for one in page.items if is_in(one, period)):
                    counts[line["type"]] += 1
                    file.write(json_format.dumps(line) + "\n")
                after = page.after
                if after is None:
                    break
    bar.clear()
    return counts
