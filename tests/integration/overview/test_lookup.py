"""GET /v1/lookup finds what the caller may read, by id or handle, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from testing.api import Api
from testing.markets.stage import Stage, cny


def found(who: Api, text: str) -> list[tuple[str, str]]:
    answer = who.get(f"/v1/lookup?q={text}")
    assert answer.status_code == 200, answer.json_body
    return [(one["type"], one["id"]) for one in answer.json_body["data"]]


def test_id_is_found_by_its_parties_and_staff_only(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    task_id = stage.order(order_id)["task_id"]
    teahouse, an, auditor = stage.advertiser, stage.creator("an"), stage.auditor
    finance, stranger = stage.api.as_("finance", "finance"), stage.api.as_("other", "advertiser", "creator")
    withdrawal = teahouse.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="w").json_body["id"]
    shortlist = teahouse.post("/v1/shortlists", {"name": "茶"}).json_body["id"]
    plan = teahouse.post("/v1/plans", {"budget": cny(600_000)}).json_body["id"]
    readers: dict[str, tuple[str, tuple[Api, ...]]] = {
        order_id: ("order", (teahouse, an, auditor, finance)),
        task_id: ("task", (teahouse, auditor, finance)),
        stage.advertiser_id: ("advertiser", (teahouse, auditor, finance)),
        withdrawal: ("withdrawal", (teahouse, finance)),
        shortlist: ("shortlist", (teahouse,)),
        plan: ("plan", (teahouse,)),
        stage.accounts["an"]: ("account", (teahouse, an, auditor, finance, stranger)),
    }
    for item_id, (kind, who) in readers.items():
        for reader in (teahouse, an, auditor, finance, stranger):
            assert found(reader, item_id) == ([(kind, item_id)] if reader in who else []), (kind, item_id)


def test_handle_is_found_exactly_or_in_part(stage: Stage) -> None:
    an, bo = stage.bind("an", "bo")
    assert found(stage.advertiser, "@Handle-of-AN") == [("account", an)]
    assert sorted(found(stage.advertiser, "handle-of")) == sorted([("account", an), ("account", bo)])
    assert found(stage.advertiser, "tsk_nonsense") == []


@pytest.mark.parametrize("query", ["", "?q=", "?q=x", "?q=" + "x" * 101, "?q=ab&limit=3"])
def test_wrong_query_is_refused(stage: Stage, query: str) -> None:
    answer: Any = stage.advertiser.get(f"/v1/lookup{query}")
    assert (answer.status_code, answer.json_body["code"]) == (400, "parameter_invalid")
