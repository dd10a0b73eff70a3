# mypy: ignore-errors
"""Starts MiniStack 1.5.33 with corrections of its differences from AWS that this market depends on, and saves while it runs.

The local cloud's own Python runs it. Of this project it imports only the modules beside it, which need the standard library
alone, and does not change the deployed package. tests/e2e fails if one of the first two corrections stops working (no test makes
the outbox fail there). Remove a correction when upstream has fixed its cause.

`SAVE_SECONDS` is the least time between two saves (0: only on request and at the end). `LIFELINE` is a descriptor of a pipe whose
other end belongs to the process that started this one: when it is closed, this process ends with its workers.
"""

import asyncio
import contextlib
import ctypes
import gzip
import hashlib
import inspect
import io
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import types
import zipfile
from pathlib import Path
from urllib.parse import parse_qsl

import cloud_snapshots as snapshots
import worker_forks
from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence
from ministack.services import apigateway_v1, cognito, lambda_svc, scheduler, stepfunctions
from ministack.services.cloudformation import provisioners

logger = logging.getLogger("save")


def apply_timeout_paths():
    """Apply `TimeoutSecondsPath` of a task: MiniStack reads only the constant `TimeoutSeconds`, and would wait forever."""
    execute_task = stepfunctions._execute_task

    def execute_task_with_timeout(state_def, raw_input, *rest):
        path = state_def.get("TimeoutSecondsPath")
        if path is not None:
            state_def = {**state_def, "TimeoutSeconds": stepfunctions._resolve_path(path, raw_input)}
        return execute_task(state_def, raw_input, *rest)

    stepfunctions._execute_task = execute_task_with_timeout


def fail_callbacks_of_failed_functions():
    """Fail a task that waits for its token when its function fails: MiniStack waits until the timeout."""
    call = stepfunctions._call_lambda

    def call_and_report(function, payload, *rest):
        try:
            return call(function, payload, *rest)
        except stepfunctions._ExecutionError as error:
            waiting = stepfunctions._task_tokens.get(payload.get("token")) if isinstance(payload, dict) else None
            if waiting and not waiting["event"].is_set():
                waiting["error"] = {"Error": error.error, "Cause": error.cause}
                waiting["event"].set()
            raise

    stepfunctions._call_lambda = call_and_report


def refuse_used_tokens():
    """Refuse a second answer to a task token with TaskTimedOut, as Step Functions does: MiniStack replaces the first answer until
    the execution has read it. The outbox stores a change for the next wait if the token was used."""

    def first_only(answer):
        def answer_once(data):
            waiting = stepfunctions._task_tokens.get(data.get("taskToken"))
            if waiting and waiting["event"].is_set():
                return stepfunctions.error_response_json("TaskTimedOut", "The task has already been closed.", 400)
            return answer(data)

        return answer_once

    stepfunctions._send_task_success = first_only(stepfunctions._send_task_success)
    stepfunctions._send_task_failure = first_only(stepfunctions._send_task_failure)


def reset_stream_positions():
    """Reset the positions of stream readers on start: after a restart the streams are empty, and stored positions would skip
    new records.

    Unread records are lost with the stream; `make up` calls the sweep, which resumes their workflows."""
    load = lambda_svc.load_persisted_state

    def load_without_positions(data):
        load(data)
        lambda_svc._dynamodb_stream_positions.clear()

    lambda_svc.load_persisted_state = load_without_positions


def apply_batch_item_failures():
    """Apply `ReportBatchItemFailures` of a stream: MiniStack treats a reported failure as a success. Here the batch is
    delivered again. For a queue MiniStack applies it itself."""
    execute = lambda_svc._execute_function

    def execute_reporting_failures(func_rec, event, *arguments, **options):
        result = execute(func_rec, event, *arguments, **options)
        records = event.get("Records") if isinstance(event, dict) else None
        if not records or records[0].get("eventSource") != "aws:dynamodb":
            return result
        body = result.get("body")
        answer = json.loads(body) if isinstance(body, (str, bytes)) and b"batchItemFailures" in _bytes(body) else body
        if isinstance(answer, dict) and answer.get("batchItemFailures"):
            return {**result, "error": True}
        return result

    lambda_svc._execute_function = execute_reporting_failures


def answer_for_crashed_functions():
    """Answer for a function that crashes or does not start with DEFAULT_5XX, as the gateway does: MiniStack sends its error to
    the client."""
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    async def invoke_answering(*arguments, **options):
        answer = await invoke(*arguments, **options)
        if isinstance(answer, tuple) and answer[0] == 502:
            return apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error")
        return answer

    apigateway_v1._invoke_lambda_proxy_v1 = invoke_answering


def compress_responses():
    """Compress responses from the API's `minimumCompressionSize` on for clients that accept gzip, as API Gateway does. MiniStack
    only stores the setting."""
    execute = apigateway_v1.handle_execute

    async def execute_and_compress(api_id, stage_name, method, path, headers, body, query_params):
        status, response_headers, content = await execute(api_id, stage_name, method, path, headers, body, query_params)
        scope = apigateway_v1.find_api_scope(api_id)
        minimum = scope and apigateway_v1._rest_apis.get_scoped(*scope, api_id).get("minimumCompressionSize")
        is_accepted = "gzip" in headers.get("accept-encoding", "")
        if minimum is None or not is_accepted or len(content) < int(minimum):
            return status, response_headers, content
        return status, {**response_headers, "Content-Encoding": "gzip"}, gzip.compress(_bytes(content), 6)

    apigateway_v1.handle_execute = execute_and_compress


def import_gateway_responses():
    """Import `x-amazon-apigateway-gateway-responses` of an API's definition: MiniStack supports gateway responses only as
    resources."""
    import_rest_api = apigateway_v1._import_rest_api

    def import_with_responses(spec, *rest):
        api_id = import_rest_api(spec, *rest)
        for response_type, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
            apigateway_v1._put_gateway_response(api_id, response_type, response)
        return api_id

    apigateway_v1._import_rest_api = import_with_responses


def name_apis_after_stacks():
    """Give a stack's API the name of the stack as its id, so that its address is known before the first deployment: MiniStack's
    ids are random. AWS has custom domains for that."""
    import_rest_api = apigateway_v1._import_rest_api

    def import_named(spec, data=None):
        name = spec["info"]["title"]
        tags = {} if apigateway_v1.find_api_scope(name) else {"ms-custom-id": name}
        return import_rest_api(spec, {**(data or {}), "tags": {**((data or {}).get("tags") or {}), **tags}})

    apigateway_v1._import_rest_api = import_named


def import_any_methods():
    """Import `x-amazon-apigateway-any-method` of a path: MiniStack imports only HTTP methods."""
    import_path_item = apigateway_v1._import_path_item
    apigateway_v1._OPENAPI_HTTP_METHODS = {*apigateway_v1._OPENAPI_HTTP_METHODS, "any"}

    def import_with_any(api_id, path, path_item, *rest):
        renamed = {"any" if name == "x-amazon-apigateway-any-method" else name: one for name, one in path_item.items()}
        return import_path_item(api_id, path, renamed, *rest)

    apigateway_v1._import_path_item = import_with_any


def evaluate_keys_and_attributes():
    """Evaluate `dynamodb:LeadingKeys` and `dynamodb:Attributes` of writes: MiniStack ignores both and treats conditions on them
    as met."""
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


def name_schedule_groups():
    """Evaluate the right to a schedule in its group: MiniStack names the group `default` for each."""
    extract = iam_actions.extract_resource_arn

    def extract_with_group(service, method, path, headers, body, *rest):
        arn = extract(service, method, path, headers, body, *rest)
        group = json.loads(body or b"{}").get("GroupName") if service == "scheduler" else None
        return arn.replace(":schedule/default/", f":schedule/{group}/") if group else arn

    iam_actions.extract_resource_arn = extract_with_group


def look_for_due_schedules_each_second():
    """Start due schedules within a second, where MiniStack looks for them every ten. EventBridge Scheduler has no such steps."""
    scheduler._SCHEDULE_TICK_INTERVAL = 1


def name_senders():
    """Evaluate the right to send an e-mail at the identity of its sender: MiniStack names no resource for it."""
    extract = iam_actions.extract_resource_arn

    def extract_with_sender(service, method, path, headers, body, query_params, region, account_id):
        sender = iam_actions._query_param(query_params, "Source") if service == "ses" else None
        if sender:
            return f"arn:aws:ses:{region}:{account_id}:identity/{sender}"
        return extract(service, method, path, headers, body, query_params, region, account_id)

    iam_actions.extract_resource_arn = extract_with_sender


def treat_requests_as_secure():
    """Treat requests as `aws:SecureTransport`: there is no TLS, nothing leaves this machine, and the bucket would refuse them."""
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _: pin(source_ip, True)


def refresh_with_groups():
    """Put the groups of the user into refreshed tokens, as Cognito does: MiniStack's token endpoint leaves them out."""
    sign = cognito._fake_token
    signature = inspect.signature(sign)

    def sign_with_groups(*given, **named):
        bound = signature.bind(*given, **named)
        if not bound.arguments.get("groups"):
            pool = cognito._get_pool_unscoped(bound.arguments["pool_id"]) or {}
            user = pool.get("_users", {}).get(bound.arguments.get("username")) or {}
            bound.arguments["groups"] = user.get("_groups", [])
        return sign(*bound.args, **bound.kwargs)

    cognito._fake_token = sign_with_groups


def revoke_tokens():
    """Serve `/oauth2/revoke`: MiniStack revokes tokens only through its API."""
    handle = app._handle_cognito_body_request

    async def handle_with_revocation(method, path, headers, body, query_params):
        if (method, path) == ("POST", "/oauth2/revoke"):
            form = dict(parse_qsl(body.decode()))
            cognito._revoke_token({"Token": form.get("token", ""), "ClientId": form.get("client_id", "")})
            return 200, {"Content-Type": "application/json"}, b""
        return await handle(method, path, headers, body, query_params)

    app._handle_cognito_body_request = handle_with_revocation


def accept_sign_in_branding():
    """Accept the style of sign-in pages in a template: MiniStack's page has one style, and it refuses the resource type."""

    def create(logical_id, properties, stack_name):
        return logical_id, {"ManagedLoginBrandingId": logical_id}

    def update(physical_id, before, after, stack_name):
        return physical_id, {"ManagedLoginBrandingId": physical_id}

    def delete(physical_id, properties):
        return None

    handlers = {"create": create, "update": update, "delete": delete}
    provisioners._RESOURCE_HANDLERS["AWS::Cognito::ManagedLoginBranding"] = handlers


class Saving:
    """Saves the state of all services as one snapshot: while requests are served, on `POST /_microtask/save`, and at the end.

    MiniStack itself saves only in an orderly end, each service separately, and treats a failure as a success."""

    READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet")

    def __init__(self, data, every):
        self.data = data
        self.every = every
        self.changes = 0
        self._saved_changes = 0
        self._copy = None
        self._blobs = set()
        self._one_at_a_time = asyncio.Lock()

    def install(self):
        """Replace MiniStack's own saving and loading."""
        inner = app.app
        # cloud_snapshots.py removes code that no snapshot refers to
        lambda_svc._prune_orphan_code_blobs = self._blobs.update

        async def app_with_saving(scope, receive, send):
            if scope["type"] == "lifespan":
                await inner(scope, receive, self._begin_after(send))
            elif scope["type"] == "http" and scope["path"] == "/_microtask/save":
                await self._answer(send)
            else:
                if scope["type"] != "http" or self._may_write(scope):
                    self.changes += 1
                await inner(scope, receive, send)

        app.app = app_with_saving
        app.save_all = self._save_at_the_end
        app._load_persisted_state = self.load

    def load(self):
        """Load the newest complete snapshot. End the process if it cannot be loaded completely."""
        snapshot, faults = snapshots.newest(self.data)
        for fault in faults:
            logger.error("Skipped: %s", fault)
        if snapshot is None:
            return
        persistence.STATE_DIR = str(snapshot.folder)
        for service in snapshot.services:
            state = persistence.load_state(service)
            try:
                if state is None:
                    raise ValueError("it cannot be read")
                app._get_module(app._state_map[service]).load_persisted_state(state)
            except Exception:
                logger.exception("failed to load %s of %s", service, snapshot.folder)
                os._exit(1)
        persistence.STATE_DIR = str(self.data)
        logger.info("Loaded snapshot %s of %s", snapshot.number, snapshot.saved_at.isoformat())

    async def save(self):
        """Save in a copy of this process, made between two requests: requests wait for the copy to be made, not for the
        writing.

        Return what was written, or {"error": text}."""
        async with self._one_at_a_time:
            changes = self.changes
            self._copy, report = self._fork()
            answer = await asyncio.to_thread(_outcome_of, self._copy, report)
            self._copy = None
        if "error" in answer:
            logger.error("failed to save: %s", answer["error"])
        else:
            self._saved_changes = changes
            logger.info("Saved %s", answer)
        return answer

    def _fork(self, *, final=False):
        """Return the id of a copy of this process that saves, and the descriptor of its report. In a copy no other thread runs, so
        workflow executions cannot change the state while it is read."""
        reading, writing = os.pipe()
        copy = os.fork()
        if copy:
            os.close(writing)
            return copy, reading
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.dup2(writing, 3)
            os.closerange(4, os.sysconf("SC_OPEN_MAX"))
            end_with_parent()
            signal.alarm(600)
            answer = self._write(final=final)
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:2_000]}
        try:
            os.write(3, json.dumps(answer).encode())
        finally:
            os._exit(0)

    def _write(self, final):
        begin = time.monotonic()
        snapshot = snapshots.write(self.data, self._states(), self._blobs, final=final)
        return {
            "saved_at": snapshot.saved_at.isoformat(),
            "bytes": snapshot.size,
            "seconds": round(time.monotonic() - begin, 3),
        }

    def _states(self):
        """Return each service's name and its state as JSON."""
        for service, get_state in app._build_persistence_save_dict().items():
            state = get_state()
            if state is not None:
                form = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
                yield service, json.dumps(form, default=persistence._json_default)

    def _save_at_the_end(self, services):
        try:
            self._end_copy()
            answer = _outcome_of(*self._fork(final=True))
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        if "error" in answer:
            logger.error("failed to save at the end: %s", answer["error"])
        else:
            logger.info("Saved at the end: %s", answer)

    def _end_copy(self):
        """End a copy that is still saving: it would write the same snapshot as this process."""
        if self._copy is None:
            return
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._copy, signal.SIGKILL)
            os.waitid(os.P_PID, self._copy, os.WEXITED | os.WNOWAIT)

    async def _save_now_and_then(self):
        pause = self.every
        while True:
            await asyncio.sleep(pause)
            if self.changes != self._saved_changes:
                begin = time.monotonic()
                await self.save()
                # Saving takes at most a twentieth of the time.
                pause = max(self.every, 20 * (time.monotonic() - begin))

    def _begin_after(self, send):
        async def send_and_begin(message):
            await send(message)
            if message["type"] == "lifespan.startup.complete" and self.every:
                self._running = asyncio.create_task(self._save_now_and_then())

        return send_and_begin

    def _may_write(self, scope):
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return False
        target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
        return not target.rpartition(".")[2].startswith(self.READS)

    async def _answer(self, send):
        answer = await self.save()
        status = 507 if "error" in answer else 200
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def _outcome_of(copy, reading):
    """Wait for the copy that saves, and return its report."""
    with os.fdopen(reading, "rb") as report:
        text = report.read()
    _, status = os.waitpid(copy, 0)
    return json.loads(text) if text else {"error": f"the process that saves ended with status {status}"}


def end_with_parent():
    """On Linux: send SIGKILL to this process when the thread that created it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def end_with_starter():
    """End this process and its workers when the process that started it ends: that closes the other end of a pipe."""
    lifeline = os.environ.pop("LIFELINE", None)
    if lifeline is None:
        return
    descriptor = int(lifeline)
    os.set_inheritable(descriptor, False)

    def wait():
        os.read(descriptor, 1)
        os.killpg(
            os.getpgrp(), signal.SIGKILL
        )  # the workers belong to this process group, which LocalCloud.start created

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def share_unpacked_packages():
    """Unpack a package once for all workers: MiniStack writes and unpacks it for each, 80 MB and 3,600 files.

    A worker's folder of code becomes a link to the shared one, which no function writes to, as on AWS."""
    spawn, unpacking, local = lambda_runtime.Worker._spawn, threading.Lock(), threading.local()

    class Linked(zipfile.ZipFile):
        """The empty package that a worker unpacks, or a layer, which is unpacked as before."""

        def extractall(self, path, *rest):
            if self.namelist():
                super().extractall(path, *rest)
            else:
                Path(path).rmdir()
                Path(path).symlink_to(local.folder, target_is_directory=True)

    def unpacked(package):
        folder = Path(tempfile.gettempdir(), "packages", hashlib.sha256(package).hexdigest())
        with unpacking:
            if not folder.exists():
                partial = folder.with_suffix(".partial")
                with zipfile.ZipFile(io.BytesIO(package)) as file:
                    file.extractall(partial)
                partial.rename(folder)
        return folder

    def spawn_linked(worker):
        package, worker.code_zip, local.folder = worker.code_zip, _EMPTY_ZIP, unpacked(worker.code_zip)
        try:
            return spawn(worker)
        finally:
            worker.code_zip = package

    lambda_runtime.Worker._spawn = spawn_linked
    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": Linked})


_EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


class _Arn(str):
    """A table's ARN with the item that a request changes."""

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
    """Apply all corrections."""
    apply_timeout_paths()
    fail_callbacks_of_failed_functions()
    refuse_used_tokens()
    reset_stream_positions()
    apply_batch_item_failures()
    answer_for_crashed_functions()
    compress_responses()
    import_gateway_responses()
    name_apis_after_stacks()
    import_any_methods()
    evaluate_keys_and_attributes()
    name_schedule_groups()
    look_for_due_schedules_each_second()
    name_senders()
    treat_requests_as_secure()
    refresh_with_groups()
    revoke_tokens()
    accept_sign_in_branding()
    share_unpacked_packages()
    worker_forks.fork_workers(lambda_runtime)


def serve():
    """Run MiniStack until it is stopped."""
    end_with_starter()
    Saving(Path(os.environ["STATE_DIR"]), float(os.environ["SAVE_SECONDS"])).install()
    app.main()
    # The data is saved. The remaining threads run workflow executions, which no restart preserves;
    # an ordinary exit would wait for them.
    os._exit(0)


if __name__ == "__main__":
    correct()
    serve()
