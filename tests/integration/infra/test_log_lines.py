"""The log of a played market, and of one whose store fails, has no user content and no token."""

from __future__ import annotations

import json
from typing import Any

import botocore.client
import pytest

from testing.api import Api
from testing.markets.played_market import Record, recorded_log
from testing.markets.stage import Stage, cny

pytestmark = pytest.mark.xdist_group("played")  # it is played once


def test_a_played_market_logs_no_content(played: Record) -> None:
    assert {"今年的秋茶到了。", "+86 21 5555 0100", "wang@tea.example", "查过了"} <= played.user_texts
    assert any(text.startswith("Bearer ") for text in played.user_texts)
    messages = {json.loads(line).get("message") for line in played.lines}
    assert messages >= {"swept", "regraded", "days signed off"}
    assert [(text, line) for line in played.lines for text in played.user_texts if text in line] == []


def test_a_failure_logs_no_content(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure's message contains the stored item, which is the worst case."""
    call = vars(botocore.client.BaseClient)["_make_api_call"]

    def broken(self: Any, operation: str, sent: dict[str, Any]) -> Any:
        if operation in ("GetItem", "Query"):
            return call(self, operation, sent)
        raise ValueError(f"cannot {operation} {json.dumps(sent, ensure_ascii=False, default=str)}")

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", broken)
    stage = Stage(api)
    contact = {"name": "王小敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"}
    payee = {"account": "13912345678", "name": "王小敏"}
    requests = {
        "/v1/advertisers": {"name": "清风茶业有限公司", "licence_no": "91310000MA1K4XYZ0A", "contact": contact},
        "/v1/wallet/withdrawals": {"amount": cny(20_000), "payee": payee},
        "/v1/pictures": {"content_type": "image/png", "bytes": 9},
    }
    with recorded_log() as (log, user_texts):
        for path, body in requests.items():
            answer = stage.advertiser.post(path, body, key=stage.key())
            assert answer.status_code == 500
            assert not [text for text in user_texts if text in answer.body.decode()]
    failures = [json.loads(line) for line in log.lines]
    assert [failure["message"] for failure in failures] == ["failed"] * 3
    for failure in failures:
        assert failure["exception"].endswith("ValueError")
        assert "request_handling.py" in failure["exception"]
        assert failure["request_id"]
    assert [text for text in {*user_texts, payee["account"]} if text in "\n".join(log.lines)] == []
