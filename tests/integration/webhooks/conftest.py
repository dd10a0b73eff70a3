"""A market whose events are delivered, and webhooks that need no name server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.webhooks import endpoint_url_check
from testing.api import Api
from testing.doubles.delivery_queue import DeliveryQueue
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import Stage

URL = "https://hooks.tea.example/market"


@pytest.fixture
def queue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> DeliveryQueue:
    monkeypatch.setattr(endpoint_url_check, "system_resolve", lambda host, port: ["93.184.216.34"])
    queue = DeliveryQueue()
    queue.install(monkeypatch)
    return queue


@pytest.fixture
def published(stage: Stage) -> PublishedEvents:
    return PublishedEvents()


@pytest.fixture
def subscribe(queue: DeliveryQueue) -> Callable[..., Any]:
    """Create a webhook, and return it with its secret."""

    def create(api: Api, url: str = URL, *types: str, **more: Any) -> Any:
        answer = api.post("/v1/webhooks", {"url": url, "event_types": list(types or ("*",)), **more})
        assert answer.status_code == 201, answer.json_body
        return answer.json_body

    return create
