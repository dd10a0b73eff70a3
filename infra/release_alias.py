"""A release that can be taken back: each function is published as a version behind the alias `live`, and who calls it calls that.

The parameter `Canary` gives the functions of SHIFTED to CodeDeploy, which sends a tenth of the calls to the new version for five
minutes and goes back by itself when an alarm of watching.RELEASE speaks. Off, all calls go to the new version at once.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from infra.monitoring import RELEASE, alarm_id

ALIAS = "live"
UNWRITTEN = "ReleaseFingerprint"
"""Where the template wants the fingerprint. A variable of each function has it, too: so it is always a change."""
_NOT_OF_FUNCTIONS = ("AccessLog", "Canary", "ClientLimit", "WalletDeletionProtection")
_ARN_OF = re.compile(r"\$\{(\w+)\.Arn\}")
SHIFTED = ("APIHandler", "TaskStep", "OrderStep", "Outbox")
"""Called often enough for a tenth of five minutes to tell something; what runs by the clock changes at once."""


def released(template: dict[str, Any]) -> dict[str, Any]:
    """The template with an alias for each function. Whatever refers to a function by now calls it (the gateway and its permission,
    streams, machines and their roles, outputs) and refers to the alias afterwards; rules follow by themselves. To be done before
    log groups and alarms are added, which mean the function."""
    resources = template["Resources"]
    functions = [name for name, found in resources.items() if found["Type"] == "AWS::Serverless::Function"]
    for part in ("Resources", "Outputs"):
        template[part] = _calling(template[part], functions)
    for name in functions:
        function = template["Resources"][name]
        # SAM looks at a function's own text only: a new value of a parameter would not reach the alias (its issue 3820).
        function["Properties"] |= {"AutoPublishAlias": ALIAS, "AutoPublishCodeSha256": UNWRITTEN}
        function["DeletionPolicy"] = "Delete"  # of replaced versions, too: what can be gone back to lies in the bucket
        if name in SHIFTED:
            function["Properties"]["DeploymentPreference"] = {
                "Enabled": {"Ref": "Canary"},
                "Type": "Canary10Percent5Minutes",
                "Alarms": [{"Ref": alarm_id(alarm)} for alarm in RELEASE],
            }
    return template


def fingerprint(template: dict[str, Any], package: str, parameters: dict[str, str]) -> str:
    """Other code, settings or parameters of the functions give another one, and new versions; nothing else does. `package` is the
    hash of the code."""
    functions = {
        n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"
    }
    meant = {name: text for name, text in parameters.items() if name not in _NOT_OF_FUNCTIONS}
    text = json.dumps([package, meant, template.get("Globals"), functions], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _calling(node: Any, functions: list[str]) -> Any:
    match node:
        case {"Ref": str(name)} if name in functions:
            return {"Ref": f"{name}.Alias"}
        case {"Fn::GetAtt": [str(name), "Arn"]} if name in functions:
            return {"Ref": f"{name}.Alias"}
        case {"Fn::Sub": str(text)} if called := set(_ARN_OF.findall(text)) & set(functions):
            aliases = {f"{name}Alias": {"Ref": f"{name}.Alias"} for name in sorted(called)}
            return {"Fn::Sub": [_ARN_OF.sub(r"${\1Alias}", text), aliases]}
        case dict():
            return {name: _calling(part, functions) for name, part in node.items()}
        case list():
            return [_calling(part, functions) for part in node]
    return node
