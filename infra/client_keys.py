"""Clients with keys: where the stage is deployed with them, who has a token needs a client's key, too (docs/guides/api-clients.md).

A usage plan counts the calls of methods that ask for a key, and no others. That they ask is part of the API's definition, so that
the API is deployed anew when it changes; a parameter of the template would not do that.
"""

from __future__ import annotations

from typing import Any

KEY = "api_key"


def with_keys(template: dict[str, Any]) -> dict[str, Any]:
    """The template with every method that asks for a token asking for a key as well. Public ones stay public."""
    definition = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    definition["securityDefinitions"][KEY] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    for methods in definition["paths"].values():
        for method in methods.values():
            if method.get("security"):
                method["security"] = [*method["security"], {KEY: []}]
    return template
