"""The write units of items and index entries by partition key, computed from stream records as AWS documents them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bench.harness.measured_market import size
from chalicelib.store.tables import Record

_ID = re.compile(r"\b([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}")
_SHARD = re.compile(r"\b(open#|commission:|#)\d+$")
_USER = re.compile(r"\b(creator|advertiser):[^:]+:")
Change = dict[str, Any]


def kind_of_key(key: str, names: Iterable[str]) -> str:
    """Return the key with `*` in place of ids, shards and the names of users."""
    key = _USER.sub(r"\1:*:", _SHARD.sub(r"\1*", _ID.sub(r"\1_*", key)))
    return "user *" if key in names else key


def units(record: type[Record], changes: Iterable[Change], names: Iterable[str]) -> Counter[str]:
    """Return the write units of the changes by `table or index: kind of partition key`. Each write counts as one in a transaction,
    two units a kilobyte, which is the most that it can be; an entry of an index counts if it was added, changed or deleted."""
    found: Counter[str] = Counter()
    for change in changes:
        new, old = change.get("NewImage", {}), change.get("OldImage", {})
        found[f"table: {kind_of_key(change['Keys']['pk']['S'], names)}"] += 2 * _kilobytes(max(size(new), size(old)))
        for index, key, weight in _entries(record, new, old):
            found[f"{index}: {kind_of_key(key, names)}"] += weight
    return found


def _entries(record: type[Record], new: Change, old: Change) -> Iterator[tuple[str, str, int]]:
    """Yield index, partition key and units of each entry that the change writes."""
    for index in record._get_schema().get("global_secondary_indexes", []):
        schema = sorted(index["key_schema"], key=lambda part: str(part["KeyType"]))  # HASH, then RANGE
        keys = [part["AttributeName"] for part in schema]
        before, after = (_entry(index, keys, image) for image in (old, new))
        if before == after:
            continue
        moved = before and after and any(before[key] != after[key] for key in keys)
        for entry in (before, after) if moved else (after or before,):
            if entry:
                yield index["index_name"], str(next(iter(entry[keys[0]].values()))), _kilobytes(size(entry))


def _entry(index: Mapping[str, Any], keys: list[str], image: Change) -> Change:
    if not set(keys) <= image.keys():
        return {}
    projection = index["projection"]
    if projection["ProjectionType"] == "ALL":
        return image
    names = {"pk", "sk", *keys, *projection.get("NonKeyAttributes", [])}
    return {name: value for name, value in image.items() if name in names}


def _kilobytes(weight: int) -> int:
    return max(1, -(-weight // 1_024))
