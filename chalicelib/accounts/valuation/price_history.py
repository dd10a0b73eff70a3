"""The price history of an account: changes of its own prices and of the advised prices, in one list."""

from __future__ import annotations

from chalicelib.accounts.records import PriceChange
from chalicelib.grading.records import GradeChange
from chalicelib.store import Page, PageKey, read_page

Change = PriceChange | GradeChange
_KINDS: tuple[tuple[str, type[Change]], ...] = (("price#", PriceChange), ("grade#", GradeChange))


def changes(account_id: str, limit: int, after: PageKey | None) -> Page[Change]:
    """Return a page, newest first. `after` is the last shown item of each kind; a page takes two queries of at most `limit`
    items."""
    found: list[tuple[str, str, Change]] = []
    more = False
    for prefix, record in _KINDS:
        page = read_page(
            record,
            account_id,
            limit=limit,
            range_condition=record.sk.startswith(prefix),
            after=(after or {}).get(prefix),
            consistent=True,
        )
        found += [(moment(item), prefix, item) for item in page.items]
        more = more or page.after is not None
    found.sort(key=lambda one: one[:2], reverse=True)
    shown = found[:limit]
    if not more and len(found) <= limit:
        return Page([item for _, _, item in shown], None)
    last = dict(after or {})
    for _, prefix, item in shown:
        last[prefix] = {"pk": {"S": item.pk}, "sk": {"S": item.sk}}
    return Page([item for _, _, item in shown], last)


def moment(change: Change) -> str:
    """Return the time of the change, as it is stored."""
    return str(change.sk.partition("#")[2]) if isinstance(change, PriceChange) else str(change.at)
