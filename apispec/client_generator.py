"""The typed part of the client, made of the OpenAPI document by `make docs`: client/microtask/types.py and resources.py.

The names of its methods are those that the routes declare (`client=`); everything else, from parameters to docstrings, comes from
the document.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.api.routing import Route

Json = dict[str, Any]
_WRITTEN = "Written by `make docs` from the OpenAPI document: change the routes, not this."


def types(document: Json) -> str:
    """The module with a TypedDict for each schema."""
    schemas = document["components"]["schemas"]
    text = "\n\n\n".join(_typed(name, schema) for name, schema in schemas.items() if name != "Problem")
    used = [name for name in ("Any", "Literal", "NotRequired", "TypedDict") if re.search(rf"\b{name}\b", text)]
    head = f'"""What is sent and answered. {_WRITTEN}"""\n\nfrom __future__ import annotations\n\n'
    moments = "from datetime import datetime, timedelta\n"
    return f"{head}{moments}from typing import {', '.join(used)}\n\n\n{text}\n"


def _typed(name: str, schema: Json) -> str:
    if "enum" in schema:
        return f"{name} = {_hint(schema)}"
    needed = set(schema.get("required", ()))
    sent = name.endswith(("In", "Body", "Asked", "Upload")) and "example" not in schema
    members = {
        member: _hint(one, sent) if member in needed else f"NotRequired[{_hint(one, sent)}]"
        for member, one in schema.get("properties", {}).items()
    }
    told = _sentences(schema.get("description", ""))
    if all(member.isidentifier() and not keyword.iskeyword(member) for member in members):
        body = "\n".join(f"    {member}: {hint}" for member, hint in members.items())
        doc = f'    """{told}"""\n' + ("\n" if body else "") if told else ("" if body else "    pass\n")
        return f"class {name}(TypedDict):\n{doc}{body}".rstrip()
    inner = ", ".join(f'"{member}": {hint!r}' for member, hint in members.items())
    return f'{name} = TypedDict("{name}", {{{inner}}})\n"""{told}"""'


def _hint(schema: Json, sent: bool = False) -> str:
    """The Python type of a value; moments and durations may be `sent` as what they are."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return f"Literal[{_quoted(schema['const'])}]"
    if "enum" in schema:
        return f"Literal[{', '.join(_quoted(one) for one in schema['enum'])}]"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_hint(one, sent) for one in schema[several]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_hint({**schema, "type": one}, sent) for one in kind)
    if kind == "array":
        return f"list[{_hint(schema.get('items', {}), sent)}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {_hint(values, sent) if isinstance(values, dict) else 'Any'}]"
    if kind == "string" and sent:
        return {"date-time": "str | datetime", "duration": "str | timedelta"}.get(schema.get("format", ""), "str")
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}.get(
        str(kind), "Any"
    )


def _quoted(value: Any) -> str:
    return '"' + value.replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)


def client_names(routes: Iterable[Route]) -> dict[str, str]:
    """Return the name of each route's method by operationId. Raise ValueError if a route has none, or two have the same."""
    names = {route.view.__name__: route.client or "" for route in routes}
    if "" in names.values() or len(set(names.values())) < len(names):
        raise ValueError("Every route declares a `client` name of its own.")
    return names


def resources(document: Json, names: Mapping[str, str]) -> str:
    """Return the module with a class for each resource and a method for each operation; `names` are those of the methods, such as
    `orders.accept`, by operationId. Raise KeyError for an operation without a name."""
    operations = sorted(
        (names[told["operationId"]], method.upper(), path, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    )
    grouped: dict[str, list[str]] = {}
    for name, method, path, told in operations:
        resource, _, function = name.partition(".")
        written = grouped.setdefault(resource, [])
        written.append(_method(function, method, path, told, document))
        if _has_csv(told):
            written.append(_method(f"{function}_csv", method, path, told, document, csv=True))
    classes = "\n\n\n".join(
        f"class {resource.title()}Resource(Resource):\n" + "\n\n".join(textwrap.indent(one, "    ") for one in methods)
        for resource, methods in grouped.items()
    )
    made = "\n".join(f"        self.{resource} = {resource.title()}Resource(transport)" for resource in grouped)
    known = [name for name in document["components"]["schemas"] if re.search(rf"\b{name}\b", classes)]
    head = f'"""A method for each operation of the market. {_WRITTEN}"""\n\nfrom __future__ import annotations\n\n'
    imports = (
        "from builtins import list as List\nfrom datetime import datetime, timedelta\nfrom typing import Any, Literal\n\n"
        "from microtask.paging import Pages\nfrom microtask.transport import Transport\n"
        f"from microtask.types import {', '.join(known)}\n"
        "from microtask.values import OMITTED, Omitted, given\nfrom microtask.values import path_part as _in_path\n"
    )
    base = (
        '\n\nclass Resource:\n    """A part of the market."""\n\n'
        "    def __init__(self, transport: Transport) -> None:\n        self._transport = transport\n\n\n"
    )
    whole = (
        '\n\n\nclass Resources:\n    """All of them."""\n\n'
        f"    def __init__(self, transport: Transport) -> None:\n{made}\n"
    )
    return head + imports + base + classes + whole


def _method(name: str, method: str, path: str, told: Json, document: Json, *, csv: bool = False) -> str:
    places = [one["name"] for one in told["parameters"] if one["in"] == "path"]
    queries = {_safe(one["name"]): one for one in told["parameters"] if one["in"] == "query"}
    keyed = any(one["in"] == "header" for one in told["parameters"])
    answer, kind, paged = ("str", "csv", False) if csv else _answer(told)
    if paged or csv:
        queries = {plain: one for plain, one in queries.items() if plain != "cursor"}
    fields, sends = _fields(told, document)
    clash = set(fields) & set(queries)
    assert not clash, (path, clash)
    signature = ["self", *(f"{place}: str" for place in places)]
    raw = _raw(told)
    if raw:
        signature.append("content: str | bytes")
    named = [
        *(f"{field}: {hint}" for field, (hint, needed) in fields.items() if needed),
        *(f"{plain}: {_hint(one['schema'], True)}" for plain, one in queries.items() if one["required"]),
        *(f"{field}: {hint} | Omitted = OMITTED" for field, (hint, needed) in fields.items() if not needed),
        *(
            f"{plain}: {_hint(one['schema'], True)} | Omitted = OMITTED"
            for plain, one in queries.items()
            if not one["required"]
        ),
        *(["idempotency_key: str | None = None"] if keyed else []),
    ]
    signature += ["*", *named] if named else []
    signature = [re.sub(r"\blist\[", "List[", one) for one in signature]
    arguments = [f'"{method}"', _filled(path, places)]
    if queries or paged:
        pairs = ", ".join(f'"{one["name"]}": {plain}' for plain, one in queries.items())
        pairs += (", " if pairs and paged else "") + (
            '"cursor": OMITTED if cursor is None else cursor' if paged else ""
        )
        arguments.append(f"query=given({{{pairs}}})")
    if fields:
        pairs = ", ".join(f'"{field}": {field}' for field in fields)
        arguments.append(f"body=given({{{pairs}}})")
    elif sends:
        arguments.append("body={}")
    if raw:
        arguments.append("body=content.encode() if isinstance(content, str) else content")
        arguments.append(f'content_type="{raw}"')
    if kind == "csv":
        arguments.append('accept="text/csv"')
    if keyed:
        arguments.append("key=idempotency_key, keyed=True")
    call = f"self._transport.send({', '.join(arguments)})"
    body = _returned(answer, kind, paged, call)
    doc = _sentences(f"{'As CSV: ' if csv else ''}{told['summary']} {told['description']}")
    typed = re.sub(r"\blist\[", "List[", answer)
    return f'def {name}({", ".join(signature)}) -> {typed}:\n    """{doc}"""\n{textwrap.indent(body, "    ")}'


def _returned(answer: str, kind: str, paged: bool, call: str) -> str:
    if paged:
        return f"def fetch(cursor: str | None) -> Any:\n    return {call}.json()\n\nreturn Pages(fetch)"
    if kind == "json":
        return f"answer: {answer} = {call}.json()\nreturn answer"
    if kind == "redirect":
        return f'return str({call}.headers["Location"])'
    if kind == "nothing":
        return call
    encoding = '"utf-8-sig"' if kind == "csv" else ""
    return f"return {call}.data.decode({encoding})"


def _answer(told: Json) -> tuple[str, str, bool]:
    """The Python type of what is answered, what it is, and whether it comes in pages."""
    (status, done), *_ = [(status, one) for status, one in told["responses"].items() if status < "4"]
    if status == "302":
        return "str", "redirect", False
    content = done.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return "str", "text", False
    data = schema.get("properties", {}).get("data")
    if data is not None:
        return f"Pages[{_hint(data['items'])}]", "json", True
    return _hint(schema), "json", False


def _fields(told: Json, document: Json) -> tuple[dict[str, tuple[str, bool]], bool]:
    """The members of the body as arguments: type, and whether it is needed; and whether there is a JSON body at all."""
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}, False
    schema = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    needed = set(schema.get("required", ()))
    return {name: (_hint(one, True), name in needed) for name, one in schema.get("properties", {}).items()}, True


def _has_csv(told: Json) -> bool:
    return any(
        "text/csv" in one.get("content", {}) and "application/json" in one["content"]
        for one in told["responses"].values()
    )


def _raw(told: Json) -> str | None:
    """The media type of a body that is not JSON of a schema."""
    content = told.get("requestBody", {}).get("content", {})
    return next((kind for kind in content if kind != "application/json"), None)


def _filled(path: str, places: list[str]) -> str:
    filled = path
    for place in places:
        filled = filled.replace("{" + place + "}", "{_in_path(" + place + ")}")
    return f'f"{filled}"' if places else f'"{path}"'


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _sentences(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split())
