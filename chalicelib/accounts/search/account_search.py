"""Search accounts: through the index of the requested order, filtered by DynamoDB, with a bounded read per page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Literal

from pynamodb.expressions.condition import Condition

from chalicelib.accounts.records import LISTED, AccountRecord
from chalicelib.core.order_kinds import Kind
from chalicelib.grading.model.methodology import GRADES
from chalicelib.store import Page, PageKey, read_page

Sort = Literal["grade", "-grade", "followers", "-followers", "price", "-price", "value", "-value"]
EXAMINED_MAX = 10_000


@dataclass(frozen=True)
class Wanted:
    """The filters of a search; None does not filter. Prices are in fen, of `kind` (of a post if no kind is named). A named kind
    leaves out accounts that have no price for it, and so does sorting by price."""

    category: str | None = None
    grade_min: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    followers_min: int | None = None
    kind: Kind | None = None
    network: str | None = None
    q: str | None = None
    sort: Sort = "-grade"


def find(wanted: Wanted, limit: int, after: PageKey | None = None) -> Page[AccountRecord]:
    """Return a page of admitted and unclaimed accounts. At most EXAMINED_MAX accounts are examined per page; a page may be short
    or empty and still have a next one."""
    index, ranged, filters = _question(wanted)
    return read_page(
        AccountRecord,
        LISTED,
        index=index,
        limit=limit,
        range_condition=ranged,
        where=filters,
        after=after,
        newest_first=wanted.sort.startswith("-"),
        examined_max=EXAMINED_MAX,
    )


@dataclass(frozen=True)
class Facets:
    """The number of matching accounts: `total` for all filters, each category for the other filters, each grade and each network
    likewise. None is without. `complete`: all listed accounts in question were examined."""

    total: int
    categories: Counter[str | None]
    grades: Counter[str | None]
    networks: Counter[str | None]
    examined: int
    complete: bool


def count(wanted: Wanted) -> Facets:
    """Count matching accounts, through the index that has to examine least, at most EXAMINED_MAX accounts. The order is ignored."""
    by_price = wanted.kind is not None or wanted.price_min is not None or wanted.price_max is not None
    sort: Sort = "price" if by_price else "followers" if wanted.followers_min is not None else "grade"
    index, ranged, filters = _question(replace(wanted, sort=sort, category=None, grade_min=None, network=None))
    enough = set(GRADES if wanted.grade_min is None else GRADES[GRADES.index(wanted.grade_min) :])
    total = 0
    categories: Counter[str | None] = Counter()
    grades: Counter[str | None] = Counter()
    networks: Counter[str | None] = Counter()
    results = AccountRecord.query(
        LISTED,
        range_key_condition=ranged,
        filter_condition=filters,
        index_name=index,
        attributes_to_get=["category", "grade", "network"],
        page_size=EXAMINED_MAX,
    )
    pages = results.page_iter
    for page in pages:
        for raw in page["Items"]:
            category, grade, network = (raw.get(name, {}).get("S") for name in ("category", "grade", "network"))
            of_category = wanted.category in (None, category)
            of_grade = wanted.grade_min is None or grade in enough
            of_network = wanted.network in (None, network)
            total += of_category and of_grade and of_network
            categories[category] += of_grade and of_network
            grades[grade] += of_category and of_network
            networks[network] += of_category and of_grade
        if pages.total_scanned_count >= EXAMINED_MAX:
            break
        pages.page_size = EXAMINED_MAX - pages.total_scanned_count
    return Facets(total, +categories, +grades, +networks, pages.total_scanned_count, pages.last_evaluated_key is None)


def _question(wanted: Wanted) -> tuple[str, Condition | None, Condition | None]:
    """Return the index of the order, the bounds on its range key, and the other conditions."""
    price = f"{wanted.kind or 'post'}_price"
    column = {"grade": "score", "price": price}.get(wanted.sort.lstrip("-"), wanted.sort.lstrip("-"))
    bounds = {price: (wanted.price_min, wanted.price_max), "followers": (wanted.followers_min, None)}
    ranged = _between(column, *bounds.pop(column, (None, None)))
    conditions = [_between(name, *bound) for name, bound in bounds.items()]
    if wanted.kind is not None and column != price:
        conditions.append(getattr(AccountRecord, price).exists())
    if wanted.network is not None:
        conditions.append(AccountRecord.network == wanted.network)
    if wanted.category is not None:
        conditions.append(AccountRecord.category == wanted.category)
    if wanted.grade_min is not None:
        conditions.append(AccountRecord.grade.is_in(*GRADES[GRADES.index(wanted.grade_min) :]))
    if wanted.q is not None:
        conditions.append(AccountRecord.handle_folded.contains(wanted.q.casefold()))
    filters = [condition for condition in conditions if condition is not None]
    return f"by_{column}", ranged, reduce(and_, filters) if filters else None


def find_near(account: AccountRecord, each_way: int) -> list[AccountRecord]:
    """Return the listed accounts of the same category among the `each_way` next ones on either side of the account's score."""
    near: dict[str, AccountRecord] = {}
    score = float(account.score or 0)
    for upwards in (True, False):
        side = AccountRecord.score >= score if upwards else AccountRecord.score < score
        found = AccountRecord.query(
            LISTED,
            range_key_condition=side,
            filter_condition=AccountRecord.category == account.category,
            index_name="by_score",
            scan_index_forward=upwards,
            page_size=each_way,
        )
        for page in found.page_iter:  # one page: DynamoDB counts `page_size` before it filters
            near.update({record.pk: record for record in map(AccountRecord.from_raw_data, page["Items"])})
            break
    near.pop(account.pk, None)
    return list(near.values())


def owned(creator_id: str, limit: int, after: PageKey | None = None) -> Page[AccountRecord]:
    """Return a page of the creator's own accounts in every status, last bound first."""
    return read_page(AccountRecord, creator_id, index="by_owner", limit=limit, after=after)


def _between(name: str, least: int | None, most: int | None) -> Condition | None:
    attribute = getattr(AccountRecord, name)
    condition: Condition | None = None
    if least is not None and most is not None:
        condition = attribute.between(least, most)
    elif least is not None:
        condition = attribute >= least
    elif most is not None:
        condition = attribute <= most
    return condition
