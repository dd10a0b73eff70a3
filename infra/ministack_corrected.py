# mypy: ignore-errors
"""Starts MiniStack 1.5.33 with three corrections, so that it does what AWS does and this market relies on.

Run by the local cloud's own Python: nothing of ours is imported here, and the package that is deployed is not touched.
tests/e2e fails if one of the first two stops working (no test makes the outbox fail there). What upstream mends can go.
"""

import json
import os

from ministack import app
from ministack.services import lambda_svc, stepfunctions


def honour_timeout_paths():
    """`TimeoutSecondsPath` of a task: MiniStack reads only the constant `TimeoutSeconds`, and would wait for ever."""
    execute_task = stepfunctions._execute_task

    def execute_task_with_timeout(state_def, raw_input, *rest):
        path = state_def.get("TimeoutSecondsPath")
        if path is not None:
            state_def = {**state_def, "TimeoutSeconds": stepfunctions._resolve_path(path, raw_input)}
        return execute_task(state_def, raw_input, *rest)

    stepfunctions._execute_task = execute_task_with_timeout


def begin_streams_anew():
    """After a restart the streams are empty but the positions of their readers are kept: new records would be passed over.
    What was unread is lost with the stream; `make up` calls the sweep, which makes it good."""
    load = lambda_svc.load_persisted_state

    def load_without_positions(data):
        load(data)
        lambda_svc._dynamodb_stream_positions.clear()

    lambda_svc.load_persisted_state = load_without_positions


def honour_batch_item_failures():
    """`ReportBatchItemFailures` of a stream: MiniStack takes a reported failure for a success. Here the batch comes again."""
    execute = lambda_svc._execute_function

    def execute_reporting_failures(*arguments, **options):
        result = execute(*arguments, **options)
        body = result.get("body")
        answer = json.loads(body) if isinstance(body, (str, bytes)) and b"batchItemFailures" in _bytes(body) else body
        if isinstance(answer, dict) and answer.get("batchItemFailures"):
            return {**result, "error": True}
        return result

    lambda_svc._execute_function = execute_reporting_failures


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


if __name__ == "__main__":
    honour_timeout_paths()
    begin_streams_anew()
    honour_batch_item_failures()
    app.main()
    # The data is saved now. What still runs are threads of workflow executions, which do not survive a restart anyway;
    # an ordinary exit would wait for them.
    os._exit(0)
