"""What a function of the cron is called with when an operator calls it."""

from __future__ import annotations

from typing import Any

TICK: dict[str, Any] = {
    "version": "0",
    "id": "operator",
    "detail-type": "Scheduled Event",
    "source": "microtask.operator",
    "account": "",
    "time": "",
    "region": "",
    "resources": [],
    "detail": {},
}
"""As EventBridge sends it; chalice reads these fields before the function runs."""
