"""Run a function in many threads that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def at_once(work: Callable[[int], Any], times: int, workers: int = 16) -> list[Any]:
    """Return the results of `work(0..times-1)` by `workers` threads that start together."""
    gate = threading.Barrier(workers)

    def enter(number: int) -> Any:
        if number < workers:
            gate.wait()
        return work(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(enter, range(times)))
