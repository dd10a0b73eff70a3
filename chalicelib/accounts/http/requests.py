"""Request types of the routes of accounts and advertisers, and the types of their fields."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from chalicelib.accounts.advertisers import Particulars, Status
from chalicelib.accounts.search.categories import category_of
from chalicelib.api import Body, MoneyIn, Paging
from chalicelib.api.validation.time_fields import refusal
from chalicelib.core.order_kinds import KINDS, Kind

COUNT_MAX = 10**11


def _listed_category(text: str) -> str:
    found = category_of(text)
    if found is None:
        raise refusal("category", "This is not a category of GET /v1/categories.")
    return found


def _text(most: int, pattern: str | None = None) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most, pattern=pattern)


# Control characters have no place in names; the rest of Unicode does.
Line = r"^[^\x00-\x1f\x7f]+$"
Name = Annotated[str, _text(100, Line)]
Handle = Annotated[str, _text(100, Line)]
Category = Annotated[str, _text(50, Line)]
"""A category in an import list; any text."""

ListedCategory = Annotated[
    str,
    _text(50, Line),
    AfterValidator(_listed_category),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 50, "examples": ["美食"]}),
]
"""A value of the published list, or its English name."""
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
Network = Annotated[str, _text(20, r"^[a-z][a-z0-9-]*$")]
LicenceNo = Annotated[str, _text(40, r"^[A-Za-z0-9-]{5,40}$")]
Phone = Annotated[str, _text(30, r"^\+?[0-9][0-9 ()/.-]{3,28}$")]
Email = Annotated[str, _text(254, r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
Count = Annotated[int, Field(strict=True, ge=0, le=COUNT_MAX)]


class Contact(Body):
    """The person whom the market's staff can contact."""

    name: Name
    phone: Phone
    email: Email


class AdvertiserIn(Body):
    """The registration of an enterprise, or its correction."""

    name: Name
    licence_no: LicenceNo
    contact: Contact

    def particulars(self) -> Particulars:
        contact = self.contact
        return Particulars(self.name, self.licence_no, contact.name, contact.phone, contact.email)


class AdvertisersQuery(Paging):
    """The query of GET /v1/advertisers."""

    status: Status | None = None


class PricesIn(Body):
    """The creator's own prices, by kind; null removes one."""

    post: MoneyIn | None = None
    repost: MoneyIn | None = None

    def amounts(self) -> dict[Kind, int | None]:
        """Return the kinds that were sent, in minor units. Raise InvalidBody for another currency."""
        sent: dict[Kind, int | None] = {}
        for kind in KINDS:
            if kind in self.model_fields_set:
                money: MoneyIn | None = getattr(self, kind)
                sent[kind] = None if money is None else money.money(f"/prices/{kind}").amount
        return sent


class AccountIn(Body):
    """The account that a creator binds."""

    network: Network
    handle: Handle
    category: ListedCategory
    prices: PricesIn = Field(default_factory=PricesIn)


class AccountPatch(Body):
    """Changes by the owner; missing members stay unchanged."""

    prices: PricesIn = Field(default_factory=PricesIn)
    paused: Annotated[bool, Field(strict=True)] | None = None


class PublishingPermissionIn(Body):
    """The permission to publish as the account. `code`: the code that the network gave the owner, if the network needs one."""

    allowed: Annotated[bool, Field(strict=True)]
    code: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] | None = None


class AppealIn(Body):
    """The reason why a grade is wrong, and the corrected figures: any of a snapshot except its time."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
    evidence: dict[str, Any] = Field(default_factory=dict, max_length=50)
