"""Every closed route with callers who have the role but not the resource: other users of the role, and an admin.

The owner of each route's resource is listed by hand in testing/markets/owned_market.py; a route that is missing there fails the
first test.
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

pytestmark = pytest.mark.xdist_group("owners")  # one market for all tests

STRANGERS = [("bo", "creator"), ("other", "advertiser"), ("both", "creator", "advertiser")]


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    with mocked_aws(), served_api() as api:
        yield furnished(Stage(api))


def _names(routes: Iterator[Name] | dict[Name, Any]) -> list[Any]:
    """Return the routes; deletions last, of a part before its whole."""
    return [
        pytest.param(route, id=" ".join(route))
        for route in sorted(routes, key=lambda r: (r[0] == "DELETE" and 1_000 - len(r[1]), r[1], r[0]))
    ]


def test_the_table_has_every_closed_route() -> None:
    """Routes for staff alone have no owner; tests/contract/routes/test_roles.py checks their roles."""
    sides = {
        (route.method, route.path)
        for route in CLOSED
        if not route.roles or {"advertiser", "creator"} & set(route.roles)
    }
    assert sides == OWNED.keys() | OWN.keys() | CALLERS_OWN | MARKET
    assert len(sides) == len(OWNED) + len(OWN) + len(CALLERS_OWN) + len(MARKET)


@pytest.mark.parametrize("route", _names(OWNED))
def test_resource_of_another_user_gets_404(market: Market, route: Name) -> None:
    """The body is one that the owner can send. Nothing is written."""
    (declared,) = (found for found in CLOSED if (found.method, found.path) == route)
    assert declared.roles
    before = market.everything()
    strangers = [stranger for stranger in STRANGERS if set(stranger[1:]) & set(declared.roles)]
    if not {"auditor", "finance"} & set(declared.roles):
        strangers.append(("root", "admin"))
    assert strangers
    for stranger in strangers:
        response = market.send(route, *stranger)
        assert (response.status_code, response.json_body["code"]) == (404, "not_found"), stranger
    assert market.everything() == before


@pytest.mark.parametrize("route", _names(OWN))
def test_own_lists_show_nothing_of_other_users(market: Market, route: Name) -> None:
    name, role = market.owner(route)
    own = market.send(route, name, role)
    wanted = market.answers[OWN[route][1]]
    assert own.status_code == 200
    if OWN[route][1] != "held":
        assert wanted in own.body.decode()
    for stranger in ("bo", "other"):
        found = market.send(route, stranger, role).body.decode()
        assert not [text for text in market.answers.values() if text in found], stranger


def test_public_data_is_shown_without_private_members(market: Market) -> None:
    for route in sorted(MARKET):
        seen = market.send(route, "an", "creator").json_body
        stranger = market.send(route, "bo", "creator")
        assert stranger.status_code == 200, route
        if route[1] == "/v1/accounts/{account_id}":
            assert {"ownership", "publishing"} <= seen.keys()
            assert {"ownership", "publishing"}.isdisjoint(stranger.json_body)
        private = ("contact", "licence_no", "payee", market.stage.creator_id("an"), market.ids["appeal_id"])
        assert not [text for text in private if text in stranger.body.decode()], route


def test_request_with_resources_of_others_is_refused(market: Market) -> None:
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
            response = attempt()
            assert (response.status_code, response.json_body["code"]) == refusal, response.json_body
    assert market.everything() == before


@pytest.mark.parametrize("route", _names(OWNED))
def test_owner_is_not_refused(market: Market, route: Name) -> None:
    """The state of the resource may refuse the request. Runs after the other tests, since it changes the market."""
    response = market.send(route, *market.owner(route))
    assert response.status_code in (200, 201, 202, 409, 422), response.json_body
    assert market.send(route, "").status_code == 401
