"""API keys of client programs: on a stage with keys, every request with a token needs a client's key, too
(docs/guides/api-clients.md).

A usage plan counts only requests to methods that require a key. The requirement is part of the API's definition, because a changed
definition deploys the API again; a changed parameter of the template would not.
"""

from __future__ import annotations

from typing import Any

KEY = "api_key"


def require_keys(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with a key required by every method that requires a token. Public methods stay public."""
    definition = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    definition["securityDefinitions"][KEY] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    for methods in definition["paths"].values():
        for method in methods.values():
            if method.get("security"):
                method["security"] = [*method["security"], {KEY: []}]
    return template
