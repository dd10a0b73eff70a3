"""Measures settlements per second, beside a bare loop that sends the same TransactWriteItems through botocore to the same
engine.

    python -m bench.ledger                        starts the local cloud's engine on a free port
    DYNAMODB_ENDPOINT=… python -m bench.ledger    measures that engine
    python -m bench.ledger --parts                the client's time by part, in microseconds of the processor per settlement

The two take turns (ours, bare, ours, bare …), so that both run on the same machine load; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from chalicelib.core import clock
from chalicelib.store import WalletRecord, tables, transact
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import commission
from infra.local_cloud import CREDENTIALS, REGION, LocalCloud, free_port

ADVERTISER = "adv_bench"
FUNDS = 10**12


def main() -> None:
    """Print a table: workers, tasks, ours/s, bare/s, ratio."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--settlements", type=int, default=400, help="per measurement")
    arguments.add_argument("--turns", type=int, default=5)
    arguments.add_argument("--parts", action="store_true", help="processor time of the client instead")
    chosen = arguments.parse_args()
    logging.getLogger("infra").setLevel(logging.WARNING)
    endpoint, stop = _engine()
    os.environ.setdefault("AWS_ACCESS_KEY_ID", CREDENTIALS["access_key_id"])
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", CREDENTIALS["secret_access_key"])
    os.environ.setdefault("AWS_REGION", REGION)
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    WalletRecord.Meta.table_name = f"ledger-bench-{secrets.token_hex(6)}"
    try:
        assert not WalletRecord.exists()
        WalletRecord.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        (_parts if chosen.parts else _measure)(chosen.settlements, chosen.turns)
        WalletRecord.delete_table()
    finally:
        stop()


def _engine() -> tuple[str, Callable[[], object]]:
    if given := os.environ.get("DYNAMODB_ENDPOINT"):
        return given, lambda: None
    folder = tempfile.TemporaryDirectory()
    cloud = LocalCloud(free_port(), Path(folder.name), save_seconds=0)
    cloud.start()

    def stop() -> None:
        cloud.down()
        folder.cleanup()

    return cloud.url, stop


def _measure(settlements: int, turns: int) -> None:
    print("workers  tasks      ours/s    bare/s   ratio", flush=True)
    number = 0
    for workers in (1, 4, 16):
        for tasks in sorted({1, workers}):
            ours, bare = [], []
            for _ in range(turns):
                number += 1
                ours.append(_rate(_settle, settlements, workers, _tasks(number, "o", tasks)))
                bare.append(_rate(_bare(), settlements, workers, _tasks(number, "b", tasks)))
            mine, theirs = statistics.median(ours), statistics.median(bare)
            print(f"{workers:7}  {tasks:5}  {mine:10.1f}{theirs:10.1f}{mine / theirs:8.2f}", flush=True)


def _parts(settlements: int, turns: int) -> None:
    """Print least and most: ours and bare with the engine; then ours without botocore, and each of its steps alone."""
    client: Any = tables.connection().client
    send = client._make_api_call
    ours, plain, at = _tasks(0, "o", turns), _tasks(0, "b", turns), clock.now()
    bare = _bare()
    transfer = movements.settle("ord_parts", "tsk_parts", "cre_parts", 7, 3)
    actions = ledger.actions(transfer, at)
    steps: dict[str, tuple[bool, Callable[[int, int], object]]] = {
        "bare, with botocore": (True, lambda turn, n: bare(plain[turn], n)),
        "ours, with botocore": (True, lambda turn, n: _settle(ours[turn], n)),
        "ours, without": (False, lambda *turn_n: _settle("tsk_parts", turn_n[1])),
        "  the transfer": (False, lambda *_: movements.settle("ord_parts", "tsk_parts", "cre_parts", 7, 3)),
        "  its labelled actions": (False, lambda *_: ledger.actions(transfer, at)),
        "  their request (pynamodb)": (False, lambda *_: transact(actions)),
    }
    spent: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(turns):
        for name, (sent, step) in steps.items():
            client._make_api_call = send if sent else lambda *_: {}
            begun = time.process_time()
            for n in range(settlements):
                step(turn, n)
            spent[name].append((time.process_time() - begun) / settlements * 1e6)
    client._make_api_call = send
    for name, found in spent.items():
        print(f"{name:27} {min(found):7.0f} - {max(found):.0f} us", flush=True)


def _tasks(number: int, side: str, tasks: int) -> list[str]:
    """Return new tasks with money held."""
    names = [f"tsk_{number}{side}{task}" for task in range(tasks)]
    for name in names:
        ledger.post(movements.topup(f"pay_{name}", "bench", ADVERTISER, FUNDS), clock.now())
        ledger.post(movements.hold(name, 1, ADVERTISER, FUNDS), clock.now())
    return names


def _rate(settle: Callable[[str, int], object], settlements: int, workers: int, tasks: list[str]) -> float:
    with ThreadPoolExecutor(workers) as pool:
        begun = time.perf_counter()
        for _ in pool.map(lambda n: settle(tasks[n % len(tasks)], n), range(settlements)):
            pass
        return settlements / (time.perf_counter() - begun)


def _settle(task: str, number: int) -> None:
    order = f"ord_{task}_{number}"
    assert ledger.post(movements.settle(order, task, f"cre_{task}_{number % 50}", 7, 3), clock.now())


def _bare() -> Callable[[str, int], object]:
    """Send the recorded request of `_settle` again with other names."""
    client: Any = tables.connection().client
    recorded: list[dict[str, Any]] = []
    send = client._make_api_call

    def record(operation: str, arguments: dict[str, Any]) -> Any:
        recorded.append(arguments)
        return send(operation, arguments)

    client._make_api_call = record
    try:
        task = _tasks(secrets.randbits(60), "r", 1)[0]
        recorded.clear()
        _settle(task, 0)
    finally:
        client._make_api_call = send
    [template] = recorded
    items = template["TransactItems"]

    def settle(other: str, number: int) -> None:
        order, creator = f"ord_{other}_{number}", f"cre_{other}_{number % 50}"
        client.transact_write_items(
            TransactItems=_renamed(
                items,
                {
                    commission(f"ord_{task}_0"): commission(order),
                    f"ord_{task}_0": order,
                    f"cre_{task}_0": creator,
                    f"task:{task}": f"task:{other}",
                },
            )
        )

    return settle


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    if isinstance(value, dict):
        return {name: _renamed(part, names) for name, part in value.items()}
    return value


if __name__ == "__main__":
    main()
