"""The report at the end of the demo: order timelines, statements, commission, proof, and every check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from microtask.types import Entry, OrderReport, Proof, Report, ReportTotals

from demo.campaign import Outcome, shown


def console(outcome: Outcome, console_url: str) -> str:
    """Return the address of the web console, and a user with password for each role."""
    assert outcome.cast is not None
    people = outcome.cast
    users = {
        "advertiser": people.advertiser,
        "creator": people.creators[0],
        "auditor": people.auditor,
        "finance": people.finance,
        "admin": people.admin,
    }
    lines = (f"  {role:12} {user.name:20} {user.password}" for role, user in users.items())
    return "\n".join((f"\nThe web console: {console_url}", *lines))


def text(outcome: Outcome) -> str:
    """Return the whole report."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    assert outcome.cast is not None
    for order in outcome.orders:
        yield f"\nOrder {order['id']}  {order['status']}, {order['payment']}"
        yield f"  price {shown(order['price'])} = net {shown(order['net'])} + commission {shown(order['commission'])}"
        for event in order["events"]:
            yield f"  {event['at']}  {event['event']:18} by {event['by']}"
        for timer in order["timers"]:
            yield f"  {timer['at']}  timer {timer['name']:14} if it expires: {timer['default_outcome']}"
    for name, entries in outcome.statements.items():
        yield f"\nStatement of {name}, newest first"
        yield from (_entry(entry) for entry in entries)
    yield f"\nCommission of the platform: {outcome.cast.shown(outcome.commission)}"
    if outcome.proof:
        yield from _proof(outcome.proof)
    if outcome.report:
        yield from _campaign_report(outcome.report, outcome.report_url)
    yield "\nChecked"
    for claim, holds in outcome.checks:
        yield f"  {'ok ' if holds else 'NOT'} {claim}"
    yield "\nEvery figure is as expected." if outcome.good else "\nSome figures are NOT as expected."


def _entry(entry: Entry) -> str:
    sign = "+" if entry["direction"] == "in" else "-"
    after = f"   balance {shown(entry['balance_after']):>12}"
    return f"  {entry['at']}  {entry['kind']:14} {sign}{shown(entry['amount']):>12}{after}   {entry['reference']}"


def _campaign_report(report: Report, url: str) -> Iterator[str]:
    yield f"\nReport of {report['title']}"
    heads = ("spend", "reads", "of expected", "interactions", "clicks", "CPM", "CPE", "CPC")
    yield f"  {'account':24}" + "".join(f"{head:>13}" for head in heads)
    for order in report["orders"]:
        yield _report_line(order["handle"], order, order["forecast"] and order["forecast"]["reads"]["expected"])
    totals = report["totals"]
    yield _report_line("in all", totals, totals["forecast"] and totals["forecast"]["reads"])
    yield f"  {url}"


def _report_line(name: str, found: OrderReport | ReportTotals, expected: int | None) -> str:
    costs = ("-" if cost is None else shown(cost) for cost in (found["cpm"], found["cpe"], found["cpc"]))
    share = f"{found['reads'] / expected:.0%}" if expected and found["reads"] is not None else "-"
    counts = ("-" if number is None else f"{number:,}" for number in (found["interactions"], found["clicks"]))
    reads = "-" if found["reads"] is None else f"{found['reads']:,}"
    cells = (shown(found["spend"]), reads, share, *counts, *costs)
    return f"  {name[:24]:24}" + "".join(f"{cell:>13}" for cell in cells)


def _proof(proof: Proof) -> Iterator[str]:
    yield f"\nLedger proof of {proof['as_of']}: {proof['status']}"
    yield f"  {proof['accounts_checked']} accounts, {len(proof['differences'])} differences"
    totals: Mapping[str, Any] = proof["totals"]
    for name, total in totals.items():
        yield f"  {name:16} {shown(total):>18}"
