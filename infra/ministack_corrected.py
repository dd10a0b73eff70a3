# mypy: ignore-errors
"""Starts MiniStack 1.5.33 with six corrections, so that it does what AWS does and this market relies on.

Run by the local cloud's own Python: nothing of ours is imported here, and the package that is deployed is not touched.
tests/e2e fails if one of the first two stops working (no test makes the outbox fail there). What upstream mends can go.
"""

import json
import os

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import apigateway_v1, lambda_svc, stepfunctions


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


def answer_for_functions_that_died():
    """A function that dies or does not start: MiniStack sends its error to the client. The gateway answers with DEFAULT_5XX."""
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    async def invoke_answering(*arguments, **options):
        answer = await invoke(*arguments, **options)
        if isinstance(answer, tuple) and answer[0] == 502:
            return apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error")
        return answer

    apigateway_v1._invoke_lambda_proxy_v1 = invoke_answering


def import_gateway_responses():
    """`x-amazon-apigateway-gateway-responses` of an API's definition: MiniStack knows gateway responses only as resources."""
    import_rest_api = apigateway_v1._import_rest_api

    def import_with_responses(spec, *rest):
        api_id = import_rest_api(spec, *rest)
        for response_type, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
            apigateway_v1._put_gateway_response(api_id, response_type, response)
        return api_id

    apigateway_v1._import_rest_api = import_with_responses


def honour_partition_keys_and_attributes():
    """`dynamodb:LeadingKeys` and `dynamodb:Attributes` of what is written: MiniStack knows neither, and takes conditions on them
    for met."""
    checks, context, enforce = (
        iam_actions.dynamodb_transaction_checks,
        iam_actions.dynamodb_service_context,
        iam_evaluator.enforce,
    )

    def checks_with_items(action, body, *rest):
        found = checks(action, body, *rest)
        items = [inner for item in json.loads(body)["TransactItems"] for inner in item.values()] if found else []
        return [(name, _Arn.of(arn, inner)) for (name, arn), inner in zip(found, items, strict=True)]

    def context_with_item(body):
        sent = json.loads(body or b"{}")
        written = "Item" in sent or "UpdateExpression" in sent
        return {**context(body), **(_named(sent) if written else {})}

    def enforce_with_item(*arguments, **options):
        named = getattr(options.get("resource_arn"), "named", None)
        if named:
            options["service_context"] = {**(options.get("service_context") or {}), **named}
        return enforce(*arguments, **options)

    iam_actions.dynamodb_transaction_checks = checks_with_items
    iam_actions.dynamodb_service_context = context_with_item
    iam_evaluator.enforce = enforce_with_item


def hold_this_machine_for_secure():
    """There is no TLS, and nothing leaves this machine: it counts as `aws:SecureTransport`, or the bucket would refuse."""
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _: pin(source_ip, True)


class _Arn(str):
    """A table's ARN that knows what is done to which item."""

    @classmethod
    def of(cls, arn, sent):
        made = cls(arn)
        made.named = _named(sent)
        return made


def _named(sent):
    item = sent.get("Item") or sent.get("Key") or {}
    names = {*item, *(sent.get("ExpressionAttributeNames") or {}).values()} if "Item" not in sent else {*item}
    return {"dynamodb:LeadingKeys": [item["pk"]["S"]], "dynamodb:Attributes": sorted(names)} if "pk" in item else {}


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def correct():
    """All of them."""
    honour_timeout_paths()
    begin_streams_anew()
    honour_batch_item_failures()
    answer_for_functions_that_died()
    import_gateway_responses()
    honour_partition_keys_and_attributes()
    hold_this_machine_for_secure()


if __name__ == "__main__":
    correct()
    app.main()
    # The data is saved now. What still runs are threads of workflow executions, which do not survive a restart anyway;
    # an ordinary exit would wait for them.
    os._exit(0)
