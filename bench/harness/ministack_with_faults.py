# mypy: ignore-errors
"""The local cloud for bench/chaos.py: DynamoDB throttles, reports conflicts and loses responses, and streams deliver twice.

The local cloud's own Python runs it, with the corrections of ministack_corrected.py. The rates come from the JSON file that
FAULTS names, and are read again when it changes: {"throttled": 0.02, "conflicts": 0.02, "lost": 0.01, "repeated": 0.1}.
The file FAULTS + ".done" beside it counts the injected faults.
"""

import json
import os
import random
import sys
import threading
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra" / "cloud_process"))

import ministack_corrected as corrected
from ministack.core.responses import error_response_json
from ministack.services import dynamodb, lambda_svc

RATES_FILE = Path(os.environ["FAULTS"])
DONE = RATES_FILE.with_name(RATES_FILE.name + ".done")
ITEMS = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "TransactWriteItems"}
CHANCE = random.Random(20261123)

_rates = {}
_read_at = 0.0
_done = Counter()
_lock = threading.Lock()


def injects(fault):
    """Return True if the fault is to be injected now, and count it."""
    global _rates, _read_at
    with _lock:
        if RATES_FILE.exists() and RATES_FILE.stat().st_mtime != _read_at:
            _read_at = RATES_FILE.stat().st_mtime
            _rates = json.loads(RATES_FILE.read_text())
        if CHANCE.random() >= _rates.get(fault, 0):
            return False
        _done[fault] += 1
        DONE.write_text(json.dumps(_done))
        return True


def inject_dynamodb_faults():
    handle = dynamodb.handle_request

    async def handle_with_faults(method, path, headers, body, query):
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if operation not in ITEMS:
            return await handle(method, path, headers, body, query)
        if injects("throttled"):
            return error_response_json(
                "ProvisionedThroughputExceededException", "Throughput exceeds the capacity.", 400
            )
        if operation == "TransactWriteItems" and injects("conflicts"):
            items = json.loads(body)["TransactItems"]
            reasons = [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}]
            reasons += [{"Code": "None"} for _ in items[1:]]
            status, answer_headers, text = error_response_json(
                "TransactionCanceledException", "Transaction cancelled", 400
            )
            return status, answer_headers, json.dumps({**json.loads(text), "CancellationReasons": reasons}).encode()
        answer = await handle(method, path, headers, body, query)
        if injects("lost"):
            return error_response_json("InternalServerError", "The response was lost.", 500)
        return answer

    dynamodb.handle_request = handle_with_faults


def repeat_stream_records():
    execute = lambda_svc._execute_function

    def twice(function, event, *rest, **options):
        if isinstance(event, dict) and "Records" in event and injects("repeated"):
            execute(function, event, *rest, **options)
        return execute(function, event, *rest, **options)

    lambda_svc._execute_function = twice


if __name__ == "__main__":
    corrected.correct()
    inject_dynamodb_faults()
    repeat_stream_records()
    corrected.serve()
