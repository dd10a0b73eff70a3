"""The map of the market: every way in.

HTTP comes through the blueprints; below them stands every Lambda that is not HTTP, one line each that delegates. A Lambda
declared anywhere else would be packaged without this module, so none is (tests/contract checks it).
"""

from __future__ import annotations

import gc
import os

gc.disable()  # what is imported stays: to search it for garbage again and again is an eighth of a cold start (bench.cold)

from typing import Any

from chalice.app import CloudWatchEvent, Cron, Rate

import chalicelib.accounts.routes
import chalicelib.api.service
import chalicelib.discovery.routes
import chalicelib.effect.routes
import chalicelib.exports.routes
import chalicelib.grading.routes
import chalicelib.links.routes
import chalicelib.overview.routes
import chalicelib.payments.routes
import chalicelib.social.routes
import chalicelib.tasks.call_routes
import chalicelib.tasks.order_routes
import chalicelib.tasks.routes
import chalicelib.wallet.routes
from chalicelib.accounts import departures
from chalicelib.api.edge import Market
from chalicelib.grading import steps as grading_steps
from chalicelib.observability import observed
from chalicelib.settings import require_one_kind_of_money, rules
from chalicelib.tasks import departed
from chalicelib.tasks import outbox as tasks_outbox
from chalicelib.tasks import steps as tasks_steps
from chalicelib.tasks import sweep as tasks_sweep
from chalicelib.tasks.order_terms import subjects_of
from chalicelib.tasks.settlement import held_worth
from chalicelib.wallet import reconciliation, statements

require_one_kind_of_money(os.environ)
app = Market(app_name="microtask")
app.api.binary_types = []

for room in (
    chalicelib.api.service,
    chalicelib.accounts.routes,
    chalicelib.grading.routes,
    chalicelib.wallet.routes,
    chalicelib.payments.routes,
    chalicelib.tasks.routes,
    chalicelib.tasks.order_routes,
    chalicelib.tasks.call_routes,
    chalicelib.social.routes,
    chalicelib.links.routes,
    chalicelib.effect.routes,
    chalicelib.exports.routes,
    chalicelib.overview.routes,
    chalicelib.discovery.routes,
):
    app.register_blueprint(room.blueprint)

reconciliation.compare_holds_with(held_worth)
statements.describe_with(subjects_of)
departures.ended_by(departed.end_orders)
rules()  # a rule out of its range ends the start of every function, and so a deployment


@app.lambda_function(name="task_step")
@observed
def task_step(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A step of the task workflow (infra/task.asl.json)."""
    return tasks_steps.task_step(event)


@app.lambda_function(name="order_step")
@observed
def order_step(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A step of the order workflow (infra/order.asl.json)."""
    return tasks_steps.order_step(event)


@app.lambda_function(name="outbox")
@observed
def outbox(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What the streams of the tasks and wallet tables set in motion."""
    return tasks_outbox.publish(event)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep")
@observed
def sweep(event: CloudWatchEvent) -> dict[str, Any]:
    """Resumes open tasks and orders whose workflow is not running."""
    return tasks_sweep.resume(getattr(event.context, "get_remaining_time_in_millis", None))


@app.schedule(Cron(0, 19, "*", "*", "?", "*"), name="regrade_nightly")
@observed
def regrade_nightly(event: CloudWatchEvent) -> dict[str, Any]:
    """03:00 in the market's time zone (rule 23): starts the regrade workflow."""
    return grading_steps.start_nightly()


@app.lambda_function(name="regrade_step")
@observed
def regrade_step(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A step of the regrade workflow (infra/regrade.asl.json)."""
    return grading_steps.regrade_step(event, getattr(context, "get_remaining_time_in_millis", None))


@app.schedule(Cron(0, 20, "*", "*", "?", "*"), name="reconcile")
@observed
def reconcile(event: CloudWatchEvent) -> None:
    """Every night: proves the ledger; the result is stored."""
    reconciliation.reconcile()


gc.freeze()
gc.enable()
