"""Alarms and the dashboard, made from the template: every new function, queue, table and state machine gets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RUNBOOK = "docs/operations/runbook.md"
MINUTES_5 = 300


@dataclass(frozen=True)
class Alarm:
    """An alarm: it fires if `statistic` of the metric over `period` seconds is above `threshold`. `section` is its section of the
    runbook; `dimensions` are in CloudFormation's form."""

    name: str
    description: str
    section: str
    namespace: str
    metric: str
    dimensions: dict[str, Any]
    statistic: str = "Sum"
    threshold: float = 0
    period: int = MINUTES_5

    @property
    def properties(self) -> dict[str, Any]:
        extended = self.statistic.startswith("p")
        return {
            "AlarmName": {"Fn::Sub": f"${{AWS::StackName}}-{self.name}"},
            "AlarmDescription": f"{self.description}: {RUNBOOK}, {self.section}.",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "Namespace": self.namespace,
            "MetricName": self.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions.items()],
            "ExtendedStatistic" if extended else "Statistic": self.statistic,
            "Period": self.period,
            "EvaluationPeriods": 1,
            "Threshold": self.threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        }


MARKET = (
    ("LedgerDifferences", "The proof has differences", "The ledger differs", "Maximum"),
    ("ProviderContradictions", "A provider names two amounts for one transaction", "A provider's money differs", "Sum"),
    ("SettlementDifferences", "A provider's file differs from the ledger", "A provider's money differs", "Maximum"),
    ("SuspenseReceived", "Money arrived that matches no open payment", "Money in suspense", "Sum"),
    ("WorkflowParked", "A workflow failed for good", "Something is stuck", "Sum"),
    ("OutboxFailed", "A stream record failed and is retried", "The outbox is behind", "Sum"),
    ("PublisherFailed", "Events could not be stored and are retried", "Events are late", "Sum"),
    ("WebhookDeliveryCrashed", "A delivery of a webhook failed in the program", "Webhooks are late", "Sum"),
    ("WebhookDisabled", "An endpoint was disabled", "Endpoints are disabled", "Sum"),
    ("EmailFailed", "An e-mail could not be sent and is retried", "E-mails are late", "Sum"),
    ("RegradeSegmentsParked", "A part of the regrade failed for good", "A regrade is not whole", "Sum"),
)
"""The market's own metrics (chalicelib.core.observability.count): metric, description of its alarm, section, statistic."""

STREAM_READERS = {"Outbox": "The outbox is behind", "Publisher": "Events are late"}
"""Functions that read streams of tables, with their sections of the runbook."""

BACKLOGS = {"Deliveries": ("Webhooks are late", 1_000), "EmailQueue": ("E-mails are late", 1_000)}
"""Queues of work, each with its section of the runbook and the number of messages that may wait; other queues have dead letters."""

RELEASE = ("api-errors", "order-step-errors", "task-step-errors", "outbox-errors", "ledger-differences")
"""The alarms that roll a release back: those of requests, orders and money. CloudFormation accepts at most five."""


def add_monitoring(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with its alarms, the topic that they publish to, and the dashboard."""
    resources = template["Resources"]
    alarms = list(alarms_of(resources))
    resources["AlarmTopic"] = {
        "Type": "AWS::SNS::Topic",
        "Properties": {"TopicName": {"Fn::Sub": "${AWS::StackName}-alarms"}},
    }
    for alarm in alarms:
        resources[alarm_id(alarm.name)] = {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm.properties}
    resources["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "${AWS::StackName}"},
            "DashboardBody": {"Fn::Sub": json.dumps(dashboard(resources))},
        },
    }
    return template


def alarm_id(name: str) -> str:
    """Return the logical id of the alarm with that name."""
    return "".join(part.capitalize() for part in name.split("-")) + "Alarm"


def alarms_of(resources: dict[str, Any]) -> Iterator[Alarm]:
    """Return the alarms for the market's metrics and for these resources."""
    for metric, description, section, statistic in MARKET:
        dimensions = {"stage": {"Ref": "Stage"}, "service": "micro-task"}
        yield Alarm(_kebab(metric), description, section, "MicroTask", metric, dimensions, statistic, period=3_600)
    late = {"stage": {"Ref": "Stage"}, "service": "micro-task"}
    description = "One event in a hundred waits for more than five minutes for its first delivery"
    age = "WebhookDeliveryAge"
    yield Alarm("webhooks-age", description, "Webhooks are late", "MicroTask", age, late, "p99", MINUTES_5)
    for name, resource in resources.items():
        yield from _resource_alarms(name, resource["Type"])


def _resource_alarms(name: str, kind: str) -> Iterator[Alarm]:
    label = _kebab(name)
    match kind:
        case "AWS::Serverless::Function":
            of = {"FunctionName": {"Ref": name}}
            yield Alarm(f"{label}-errors", f"{name} fails", "A function fails", "AWS/Lambda", "Errors", of)
            yield Alarm(
                f"{label}-throttles", f"{name} is throttled", "Something is throttled", "AWS/Lambda", "Throttles", of
            )
            if name in STREAM_READERS:
                description = "Stream records wait for more than a minute"
                section, age = STREAM_READERS[name], "IteratorAge"
                yield Alarm(f"{label}-age", description, section, "AWS/Lambda", age, of, "Maximum", 60_000)
        case "AWS::SQS::Queue":
            queue = {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}}
            metric = "ApproximateNumberOfMessagesVisible"
            if name in BACKLOGS:
                section, most = BACKLOGS[name]
                yield Alarm(
                    f"{label}-wait",
                    f"More than {most:,} messages wait",
                    section,
                    "AWS/SQS",
                    metric,
                    queue,
                    "Minimum",
                    most,
                )
                return
            yield Alarm(f"{label}-filled", "Dead letters", "Dead letters", "AWS/SQS", metric, queue, "Maximum")
        case "AWS::StepFunctions::StateMachine":
            machine = {"StateMachineArn": {"Ref": name}}
            description = f"Executions of {name} fail"
            yield Alarm(
                f"{label}-fails",
                description,
                "Something is stuck",
                "AWS/States",
                "ExecutionsFailed",
                machine,
                threshold=5,
            )
        case "AWS::DynamoDB::Table":
            table = {"TableName": {"Ref": name}}
            for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
                description = f"{name} is throttled"
                yield Alarm(
                    f"{label}-{_kebab(metric)}",
                    description,
                    "Something is throttled",
                    "AWS/DynamoDB",
                    metric,
                    table,
                    threshold=100,
                )
        case "AWS::Serverless::Api":
            api = {"ApiName": {"Ref": "AWS::StackName"}, "Stage": "api"}
            yield Alarm("api-errors", "The API returns 5xx", "The API fails", "AWS/ApiGateway", "5XXError", api)
            yield Alarm(
                "api-latency",
                "One request in a hundred is slow",
                "The API is slow",
                "AWS/ApiGateway",
                "Latency",
                api,
                "p99",
                3_000,
            )


def dashboard(resources: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the dashboard, for Fn::Sub: the market's metrics first, then those of its resources."""
    named = {
        kind: [name for name, resource in resources.items() if resource["Type"] == kind]
        for kind in (
            "AWS::Serverless::Function",
            "AWS::DynamoDB::Table",
            "AWS::StepFunctions::StateMachine",
            "AWS::SQS::Queue",
        )
    }
    functions, tables, machines, queues = named.values()

    def each(service: str, metric: str, dimension: str, names: list[str], attribute: str = "") -> list[list[str]]:
        return [[f"AWS/{service}", metric, dimension, f"${{{name}{attribute}}}"] for name in names]

    def ours(*metrics: str) -> list[list[str]]:
        return [["MicroTask", metric, "stage", "${Stage}", "service", "micro-task"] for metric in metrics]

    api = [
        ["AWS/ApiGateway", metric, "ApiName", "${AWS::StackName}", "Stage", "api"]
        for metric in ("Count", "4XXError", "5XXError")
    ]
    graphs = [
        ("Must stay 0", ours(*(metric for metric, *_ in MARKET)), "Sum"),
        ("Money, in minor units", ours("MoneyHeld", "MoneySettled", "MoneyReturned"), "Sum"),
        ("Seconds from offer to acceptance", ours("TimeToAccept"), "p50"),
        ("Grades changed", ours("GradesChanged"), "Sum"),
        ("Requests of the API", api, "Sum"),
        ("Latency of the API", [[*api[0][:1], "Latency", *api[0][2:]]], "p99"),
        ("Errors of functions", each("Lambda", "Errors", "FunctionName", functions), "Sum"),
        ("Duration of functions", each("Lambda", "Duration", "FunctionName", functions), "p99"),
        ("Writes of tables", each("DynamoDB", "ConsumedWriteCapacityUnits", "TableName", tables), "Sum"),
        ("Reads of tables", each("DynamoDB", "ConsumedReadCapacityUnits", "TableName", tables), "Sum"),
        ("Workflows started", each("States", "ExecutionsStarted", "StateMachineArn", machines), "Sum"),
        (
            "Dead letters",
            each("SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queues, ".QueueName"),
            "Maximum",
        ),
    ]
    return {
        "widgets": [
            {
                "type": "metric",
                "x": place % 2 * 12,
                "y": place // 2 * 6,
                "width": 12,
                "height": 6,
                "properties": {
                    "title": title,
                    "metrics": metrics,
                    "stat": statistic,
                    "period": MINUTES_5,
                    "region": "${AWS::Region}",
                    "view": "timeSeries",
                },
            }
            for place, (title, metrics, statistic) in enumerate(graphs)
        ]
    }


def _kebab(name: str) -> str:
    """Return `outbox-dead-letters` for `OutboxDeadLetters`, `api-handler` for `APIHandler`."""
    letters = []
    for place, letter in enumerate(name):
        begins = letter.isupper() and place and (name[place - 1].islower() or name[place + 1 : place + 2].islower())
        letters.append(f"-{letter.lower()}" if begins else letter.lower())
    return "".join(letters)
