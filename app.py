"""Entry points of the program: every HTTP route and every Lambda function.

HTTP routes are declared in the blueprints of the packages. Every other Lambda function is declared here and calls one function.
Chalice would package a function that is declared in a blueprint without this module, so none is (tests/contract checks it).
"""

from __future__ import annotations

import gc
import os

gc.disable()  # imported modules are never garbage; searching them takes an eighth of a cold start (bench.cold)

from collections.abc import Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from chalice.app import CloudWatchEvent, Cron, Rate

from chalicelib.accounts import removal_listeners
from chalicelib.api.application import Market
from chalicelib.core.aws import BatchResponse
from chalicelib.core.observability import observed
from chalicelib.core.rules import rules
from chalicelib.core.settings import require_one_kind_of_money
from chalicelib.store.sandbox_clock import in_stage_time
from chalicelib.wallet import task_callbacks

require_one_kind_of_money(os.environ)
app = Market(app_name="microtask")
app.api.binary_types = []

WITHOUT_REQUESTS = (
    *("TaskStep", "OrderStep", "Outbox", "Publisher", "Webhooks", "Emails"),
    *("Sweep", "RegradeNightly", "RegradeStep", "Reconcile"),
)
"""The Lambdas that serve no requests. They do not import the routes, which are a sixth of a cold start (bench.cold)."""

ROUTES = (
    "chalicelib.service.routes",
    "chalicelib.accounts.http.advertiser_routes",
    "chalicelib.accounts.http.account_routes",
    "chalicelib.accounts.http.search_routes",
    "chalicelib.accounts.http.appeal_routes",
    "chalicelib.accounts.http.grade_routes",
    "chalicelib.wallet.http.wallet_routes",
    "chalicelib.wallet.http.topup_routes",
    "chalicelib.wallet.http.withdrawal_routes",
    "chalicelib.wallet.http.suspense_routes",
    "chalicelib.wallet.http.ledger_routes",
    "chalicelib.wallet.http.provider_notice_routes",
    "chalicelib.wallet.http.payee_routes",
    "chalicelib.tasks.http.quote_routes",
    "chalicelib.tasks.http.content_routes",
    "chalicelib.tasks.http.task_routes",
    "chalicelib.tasks.http.orders.order_routes",
    "chalicelib.tasks.http.orders.draft_routes",
    "chalicelib.tasks.http.orders.dispute_routes",
    "chalicelib.tasks.http.open_call_routes",
    "chalicelib.tasks.http.calendar_routes",
    "chalicelib.social.http.routes",
    "chalicelib.click_links.http.routes",
    "chalicelib.reporting.http.routes",
    "chalicelib.events.http.routes",
    "chalicelib.notifications.http.routes",
    "chalicelib.messages.http.routes",
    "chalicelib.webhooks.http.routes",
    "chalicelib.exports.http.routes",
    "chalicelib.overview.http.routes",
    "chalicelib.console_serving.http.routes",
    "chalicelib.overview.http.auditor_history_routes",
    "chalicelib.planning.http.routes",
    "chalicelib.shortlists.http.routes",
    "chalicelib.catalogue.http.routes",
    "chalicelib.queues.http.routes",
)
"""The modules of routes; each has a `blueprint`."""

_function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
ON_DEMAND = "-APIHandler-" in _function and os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand") == "on-demand"
"""The function that serves requests imports the routes of a path with the first request to it. If it is started before a request
waits (provisioned concurrency, SnapStart), it imports everything, like tests and `chalice package`."""

if ON_DEMAND:
    app.import_on_demand()
else:
    from chalicelib.events import publisher as events_publisher
    from chalicelib.events import reminders
    from chalicelib.grading import regrade_steps as grading_steps
    from chalicelib.notifications import email_delivery, email_digests, email_queue
    from chalicelib.reporting.benchmarks import save_ended_order
    from chalicelib.shortlists import saved_searches
    from chalicelib.tasks.workflow import outbox as tasks_outbox
    from chalicelib.tasks.workflow import steps as tasks_steps
    from chalicelib.tasks.workflow import sweep as tasks_sweep
    from chalicelib.tasks.workflow import track_record_entry
    from chalicelib.wallet.proof import reconciliation
    from chalicelib.webhooks import delivery_attempts as webhook_delivery
    from chalicelib.webhooks.fan_out import queue_deliveries

    track_record_entry.when_ended(save_ended_order)
    events_publisher.when_stored(queue_deliveries)
    events_publisher.when_stored(email_queue.queue_emails)
    tasks_sweep.when_examined(reminders.remind)
    if not any(f"-{name}-" in _function for name in WITHOUT_REQUESTS):
        for name in ROUTES:
            app.register_blueprint(import_module(name).blueprint)


def _end_orders(removed: removal_listeners.Removal) -> None:
    from chalicelib.tasks.orders.orders_of_removed_account import end_orders

    end_orders(removed)


def _subjects_of(references: Iterable[str]) -> dict[str, task_callbacks.Subject]:
    from chalicelib.tasks.orders.wallet_statement_subjects import subjects_of

    return subjects_of(references)


def _held_amounts(task_ids: Iterable[str]) -> dict[str, int]:
    from chalicelib.tasks.workflow.held_amounts import held_amounts

    return held_amounts(task_ids)


on_stage = partial(observed, within=in_stage_time)
removal_listeners.when_removed(_end_orders)
task_callbacks.describe_with(_subjects_of)
task_callbacks.compare_holds_with(_held_amounts)
rules()  # raises for a rule out of its range, so that a deployment with one fails


@app.lambda_function(name="task_step")
@on_stage
def task_step(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
    """Run a step of the task workflow (infra/task.asl.json)."""
    return tasks_steps.task_step(event)


@app.lambda_function(name="order_step")
@on_stage
def order_step(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
    """Run a step of the order workflow (infra/order.asl.json)."""
    return tasks_steps.order_step(event)


@app.lambda_function(name="outbox")
@on_stage
def outbox(event: dict[str, Any], context: Any) -> BatchResponse:
    """Start and resume workflows for changes in the streams of the tasks and wallet tables."""
    return tasks_outbox.publish(event)


@app.lambda_function(name="publisher")
@on_stage
def publisher(event: dict[str, Any], context: Any) -> BatchResponse:
    """Store and publish events for changes in the streams of the tasks, wallet and accounts tables."""
    return events_publisher.publish(event)


@app.lambda_function(name="webhooks")
@on_stage
def webhooks(event: dict[str, Any], context: Any) -> BatchResponse:
    """Deliver events to the endpoints of webhooks."""
    return webhook_delivery.deliver(event)


@app.lambda_function(name="emails")
@on_stage
def emails(event: dict[str, Any], context: Any) -> BatchResponse:
    """Send notifications by e-mail, and handle the bounces and complaints that SES reports."""
    return email_delivery.deliver(event)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
@on_stage
def sweep(event: CloudWatchEvent) -> dict[str, Any]:
    """Resume open tasks and orders whose workflow is not running, and send reminders; then queue the digests of staff, and compare
    saved searches with their results."""
    left_ms = getattr(event.context, "get_remaining_time_in_millis", None)
    try:
        return tasks_sweep.resume(left_ms)
    finally:
        email_digests.queue_digests()
        saved_searches.check_due(left_ms)


@app.schedule(Cron(0, 19, "*", "*", "?", "*"), name="regrade_nightly")
@on_stage
def regrade_nightly(event: CloudWatchEvent) -> dict[str, Any]:
    """Start the regrade workflow in the night of the market's region (rule 23); infra/package.py sets the region's hour."""
    return grading_steps.start_nightly()


@app.lambda_function(name="regrade_step")
@on_stage
def regrade_step(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Run a step of the regrade workflow (infra/regrade.asl.json)."""
    return grading_steps.regrade_step(event, getattr(context, "get_remaining_time_in_millis", None))


@app.schedule(Cron(0, 20, "*", "*", "?", "*"), name="reconcile")
@on_stage
def reconcile(event: CloudWatchEvent) -> None:
    """Reconcile the ledger every night and store the proof."""
    reconciliation.reconcile()


gc.freeze()
gc.enable()
