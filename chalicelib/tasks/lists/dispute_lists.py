"""The lists of disputes: those that wait for a ruling, those that ended, those of one side."""

from __future__ import annotations

from chalicelib.store import Page, PageKey, read_page, read_queue
from chalicelib.tasks.orders.disputes import ENDED, QUEUE
from chalicelib.tasks.records.dispute_record import DisputeListing, DisputeRecord

EXAMINED_MAX = 500


def waiting(limit: int, after: PageKey | None) -> Page[DisputeRecord]:
    """Return the disputes that wait for their ruling, the one that is due first at the head."""
    return read_queue(DisputeRecord, QUEUE, index="in_queue", limit=limit, after=after)


def ended(status: str, limit: int, after: PageKey | None) -> Page[DisputeRecord]:
    """Return the disputes that ended in `status`, the one whose ruling was due last at the head."""
    where = DisputeRecord.status == status
    return read_queue(DisputeRecord, ENDED, index="in_queue", limit=limit, after=after, where=where, newest_first=True)


def of_party(party_id: str, status: str | None, limit: int, after: PageKey | None) -> Page[DisputeRecord]:
    """Return the disputes of this advertiser or creator, newest first, in one status or all. With a status at most EXAMINED_MAX are
    examined, so a page can be short although there is a next one."""
    items: list[DisputeRecord] = []
    keys: list[PageKey] = []
    examined = 0
    while True:
        listed = read_page(
            DisputeListing, DisputeListing.owned(party_id), index="items_of_owner", limit=limit, after=after
        )
        found = {one.pk: one for one in DisputeRecord.batch_get([(one.pk, "dispute") for one in listed.items])}
        for key, one in zip(listed.keys, listed.items, strict=True):
            examined += 1
            if status in (None, found[one.pk].status):
                if len(items) == limit:
                    return Page(items, keys[-1], keys=keys)
                items.append(found[one.pk])
                keys.append(key)
        after = listed.after
        if after is None or examined >= EXAMINED_MAX:
            return Page(items, after, keys=keys)
