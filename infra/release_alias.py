"""Releases that can be rolled back: each function is published as a version behind the alias `live`, and callers use the alias.

With the parameter `Canary`, CodeDeploy shifts the functions of SHIFTED: it sends a tenth of the calls to the new version for five
minutes and rolls back if an alarm of monitoring.RELEASE fires. Without it, all calls go to the new version at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from infra.monitoring import RELEASE, alarm_id

ALIAS = "live"
FINGERPRINT_PLACEHOLDER = "ReleaseFingerprint"
"""The deployment replaces it by the fingerprint. An environment variable of each function has it, too, so a new fingerprint always
changes the function."""
_NOT_OF_FUNCTIONS = ("AccessLog", "ApiInstances", "Canary", "ClientLimit", "WalletDeletionProtection")
_ARN_OF = re.compile(r"\$\{(\w+)\.Arn\}")
SHIFTED = ("APIHandler", "TaskStep", "OrderStep", "Outbox")
"""Functions with enough calls for a tenth of five minutes to be evidence. Scheduled functions change at once."""


def add_aliases(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with an alias for each function, and with every reference to a function replaced by its alias.

    The references are those of callers: the gateway and its permission, streams, state machines and their roles, outputs; SAM
    replaces those of rules. Call it before log groups and alarms are added, which refer to the function itself."""
    resources = template["Resources"]
    functions = [name for name, found in resources.items() if found["Type"] == "AWS::Serverless::Function"]
    for part in ("Resources", "Outputs"):
        template[part] = _with_aliases(template[part], functions)
    for name in functions:
        function = template["Resources"][name]
        # SAM compares only the text of a function: a new value of a parameter would not update the alias (its issue 3820).
        function["Properties"] |= {"AutoPublishAlias": ALIAS, "AutoPublishCodeSha256": FINGERPRINT_PLACEHOLDER}
        function["DeletionPolicy"] = (
            "Delete"  # also deletes replaced versions: a rollback takes its package from the bucket
        )
        if name in SHIFTED:
            function["Properties"]["DeploymentPreference"] = {
                "Enabled": {"Ref": "Canary"},
                "Type": "Canary10Percent5Minutes",
                "Alarms": [{"Ref": alarm_id(alarm)} for alarm in RELEASE],
            }
    template["Resources"]["APIHandler"]["Properties"]["ProvisionedConcurrencyConfig"] = {
        "Fn::If": [
            "ApiIsProvisioned",
            {"ProvisionedConcurrentExecutions": {"Ref": "ApiInstances"}},
            {"Ref": "AWS::NoValue"},
        ]
    }
    return template


def fingerprint(template: dict[str, Any], package: str, parameters: dict[str, str]) -> str:
    """Return a hash of code, settings and parameters of the functions: a new hash publishes new versions. `package` is the hash of
    the code."""
    functions = {
        n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"
    }
    relevant = {name: text for name, text in parameters.items() if name not in _NOT_OF_FUNCTIONS}
    text = json.dumps([package, relevant, template.get("Globals"), functions], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_aliases(node: Any, functions: list[str]) -> Any:
    match node:
        case {"Ref": str(name)} if name in functions:
            return {"Ref": f"{name}.Alias"}
        case {"Fn::GetAtt": [str(name), "Arn"]} if name in functions:
            return {"Ref": f"{name}.Alias"}
        case {"Fn::Sub": str(text)} if called := set(_ARN_OF.findall(text)) & set(functions):
            aliases = {f"{name}Alias": {"Ref": f"{name}.Alias"} for name in sorted(called)}
            return {"Fn::Sub": [_ARN_OF.sub(r"${\1Alias}", text), aliases]}
        case dict():
            return {name: _with_aliases(part, functions) for name, part in node.items()}
        case list():
            return [_with_aliases(part, functions) for part in node]
    return node
