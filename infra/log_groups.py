"""The log group of each function, with the number of days that its lines are stored."""

from __future__ import annotations

from typing import Any

LOG_RETENTION_DAYS = 90


def add_log_groups(resources: dict[str, Any]) -> None:
    """Add a log group for each function to the resources of the template. It is deleted with the stack."""
    functions = [name for name, resource in resources.items() if resource["Type"] == "AWS::Serverless::Function"]
    for name in functions:
        properties = {"LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{name}}}"}, "RetentionInDays": LOG_RETENTION_DAYS}
        resources[f"{name}Logs"] = {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": properties,
        }
