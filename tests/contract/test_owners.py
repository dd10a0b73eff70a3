"""Every closed route with the right role in the wrong hands: strangers of the owner's role, and an admin who owns nothing.

Whose each route is, is written down here by hand; a route that is not in the table fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.core import clock
from testing.api import served_api
from testing.doubles.mocked_aws import mocked_aws
from testing.in_force.closed_routes import CLOSED
from testing.markets.owned_market import CALLERS_OWN, MARKET, OWN, OWNED, Market, Name, furnished
from testing.markets.stage import NOON, Stage, cny

pytestmark = pytest.mark.xdist_group("owners")  # one market for all of them

STRANGERS = [("bo", "creator"), ("other", "advertiser"), ("both", "creator", "advertiser")]


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    with mocked_aws(), served_api() as api:
        yield furnished(Stage(api))


def _names(routes: Iterator[Name] | dict[Name, Any]) -> list[Any]:
    return [
        pytest.param(route, id=" ".join(route))
        for route in sorted(routes, key=lambda r: (r[0] == "DELETE", r[1], r[0]))
    ]


def test_the_table_has_every_closed_route() -> None:
    """Routes for staff alone have no owner; who may use them is tests/contract/test_roles.py."""
    sides = {
        (route.method, route.path)
        for route in CLOSED
        if not route.roles or {"advertiser", "creator"} & set(route.roles)
    }
    assert sides == OWNED.keys() | OWN.keys() | CALLERS_OWN | MARKET
    assert len(sides) == len(OWNED) + len(OWN) + len(CALLERS_OWN) + len(MARKET)


@pytest.mark.parametrize("route", _names(OWNED))
def test_to_a_stranger_it_does_not_exist(market: Market, route: Name) -> None:
    """With a body that the owner could send; and nothing is written."""
    (declared,) = (found for found in CLOSED if (found.method, found.path) == route)
    assert declared.roles
    before = market.everything()
    strangers = [stranger for stranger in STRANGERS if set(stranger[1:]) & set(declared.roles)]
    if not {"auditor", "finance"} & set(declared.roles):
        strangers.append(("root", "admin"))
    assert strangers
    for stranger in strangers:
        answer = market.ask(route, *stranger)
        assert (answer.status_code, answer.json_body["code"]) == (404, "not_found"), stranger
    assert market.everything() == before


@pytest.mark.parametrize("route", _names(OWN))
def test_a_stranger_finds_nothing_of_anothers_among_its_own(market: Market, route: Name) -> None:
    name, role = market.owner(route)
    own = market.ask(route, name, role)
    wanted = market.answers[OWN[route][1]]
    assert own.status_code == 200
    if OWN[route][1] != "held":
        assert wanted in own.body.decode()
    for stranger in ("bo", "other"):
        found = market.ask(route, stranger, role).body.decode()
        assert not [text for text in market.answers.values() if text in found], stranger


def test_everybody_sees_the_market_and_only_the_owner_what_is_private(market: Market) -> None:
    for route in sorted(MARKET):
        seen = market.ask(route, "an", "creator").json_body
        stranger = market.ask(route, "bo", "creator")
        assert stranger.status_code == 200, route
        if route[1] == "/v1/accounts/{account_id}":
            assert {"ownership", "publishing"} <= seen.keys()
            assert {"ownership", "publishing"}.isdisjoint(stranger.json_body)
        private = ("contact", "licence_no", "payee", market.stage.creator_id("an"), market.ids["appeal_id"])
        assert not [text for text in private if text in stranger.body.decode()], route


def test_nobody_brings_what_is_anothers(market: Market) -> None:
    stage, ids = market.stage, market.ids
    other = stage.api.as_("other", "advertiser")
    bo = stage.creator("bo")
    applied = {"account_id": ids["account_id"], "price": cny(90_000)}
    bound = {"network": "sandbox", "handle": "handle-of-an", "category": "生活"}
    picture = {"text": "x", "picture_ids": [ids["picture_id"]], "urls": []}
    task = {**stage.body([stage.accounts["bo"]], NOON), "content": picture}
    tries: list[tuple[Callable[[], Any], tuple[int, str]]] = [
        (lambda: bo.post(f"/v1/tasks/{ids['call_id']}/applications", applied), (404, "not_found")),
        (lambda: bo.post("/v1/accounts", bound), (409, "already_exists")),
        (lambda: other.post("/v1/tasks", task, key="t"), (422, "body_invalid")),
        (lambda: other.post("/v1/wallet/withdrawals?as=creator", {"amount": cny(20_000)}, key="w"), (403, "forbidden")),
        (lambda: other.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="x"), (402, "insufficient_funds")),
    ]
    before = market.everything()
    with clock.at(NOON):
        for attempt, refusal in tries:
            answer = attempt()
            assert (answer.status_code, answer.json_body["code"]) == refusal, answer.json_body
    assert market.everything() == before


@pytest.mark.parametrize("route", _names(OWNED))
def test_the_owner_is_heard(market: Market, route: Name) -> None:
    """By what its own thing allows now; after the strangers, for this changes the market."""
    answer = market.ask(route, *market.owner(route))
    assert answer.status_code in (200, 201, 409, 422), answer.json_body
    assert market.ask(route, "").status_code == 401
