"""The typed part of the client, made of the OpenAPI document by `make docs`: client/microtask/types.py and resources.py.

NAMES says which method of which resource each operation is; everything else, from parameters to docstrings, is the document's.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
NAMES: dict[str, str] = {
    "health": "service.health",
    "version": "service.version",
    "openapi": "service.openapi",
    "docs": "service.docs",
    "register_advertiser": "advertisers.register",
    "own_advertiser": "advertisers.me",
    "resubmit_advertiser": "advertisers.resubmit",
    "advertiser": "advertisers.read",
    "certify_advertiser": "advertisers.certify",
    "revoke_certification": "advertisers.revoke",
    "list_advertisers": "advertisers.list",
    "certifications": "advertisers.waiting",
    "bind_account": "accounts.bind",
    "accounts": "accounts.search",
    "account_facets": "accounts.facets",
    "account": "accounts.read",
    "similar_accounts": "accounts.similar",
    "account_prices": "accounts.price_history",
    "account_forecast": "accounts.forecast",
    "revise_account": "accounts.revise",
    "give_ownership_code": "accounts.ownership_code",
    "check_ownership": "accounts.check_ownership",
    "permit_publishing": "accounts.permit_publishing",
    "admit_account": "accounts.admit",
    "revoke_admission": "accounts.revoke",
    "correct_category": "accounts.correct_category",
    "unbind_account": "accounts.unbind",
    "list_categories": "accounts.categories",
    "list_decisions": "decisions.list",
    "admissions": "accounts.waiting",
    "record_metrics": "accounts.record_metrics",
    "fetch_metrics": "accounts.fetch_metrics",
    "show_grade": "grades.read",
    "show_history": "grades.history",
    "grade_page": "grades.page",
    "show_methodology": "grades.methodology",
    "start_regrade": "grades.regrade",
    "show_regrade": "grades.regrade_progress",
    "appeal_grade": "grades.appeal",
    "list_grade_appeals": "grades.appeals",
    "list_appeals": "appeals.waiting",
    "read_appeal": "appeals.read",
    "rule_appeal": "appeals.rule",
    "quote": "tasks.quote",
    "create_task": "tasks.create",
    "list_tasks": "tasks.list",
    "read_task": "tasks.read",
    "edit_task": "tasks.edit",
    "add_accounts": "tasks.add_accounts",
    "submit_task": "tasks.submit",
    "list_task_orders": "tasks.orders",
    "list_task_pictures": "tasks.pictures",
    "preview_cancellation": "tasks.preview_cancellation",
    "cancel_task": "tasks.cancel",
    "stop_task": "tasks.stop",
    "list_reviews": "tasks.waiting",
    "review_task": "tasks.review",
    "appeal_review": "tasks.appeal",
    "retry_task": "tasks.retry",
    "show_report": "tasks.report",
    "make_link": "tasks.make_report_link",
    "revoke_links": "tasks.revoke_report_links",
    "report_page": "tasks.report_page",
    "upload_outcomes": "tasks.upload_outcomes",
    "announce_picture": "pictures.announce",
    "list_calls": "calls.list",
    "apply_to_call": "calls.apply",
    "list_applications": "calls.applications",
    "list_own_applications": "applications.list",
    "accept_application": "applications.accept",
    "decline_application": "applications.decline",
    "withdraw_application": "applications.withdraw",
    "list_orders": "orders.list",
    "read_order": "orders.read",
    "list_order_pictures": "orders.pictures",
    "order_clicks": "orders.clicks",
    "accept_order": "orders.accept",
    "decline_order": "orders.decline",
    "counter_offer": "orders.counter",
    "accept_counter": "orders.accept_counter",
    "decline_counter": "orders.decline_counter",
    "submit_draft": "orders.submit_draft",
    "approve_draft": "orders.approve_draft",
    "request_draft_changes": "orders.request_draft_changes",
    "list_draft_reviews": "orders.drafts_waiting",
    "review_draft": "orders.review_draft",
    "publish_order": "orders.publish",
    "retry_order": "orders.retry",
    "dispute_order": "orders.dispute",
    "list_disputes": "disputes.list",
    "read_dispute": "disputes.read",
    "state_to_dispute": "disputes.state",
    "rule_dispute": "disputes.rule",
    "plan": "plans.make",
    "list_plans": "plans.list",
    "read_plan": "plans.read",
    "order_plan": "plans.order",
    "wallet": "wallet.read",
    "entries": "wallet.entries",
    "summary": "wallet.summary",
    "start_topup": "wallet.top_up",
    "list_topups": "wallet.top_ups",
    "show_topup": "wallet.read_top_up",
    "request_withdrawal": "wallet.withdraw",
    "list_withdrawals": "wallet.withdrawals",
    "show_withdrawal": "wallet.read_withdrawal",
    "waiting_withdrawals": "payouts.waiting",
    "pay_out_withdrawal": "payouts.pay",
    "settle_withdrawal": "payouts.settle",
    "waiting_suspense": "suspense.waiting",
    "resolve_suspense": "suspense.resolve",
    "proof": "ledger.proof",
    "prove": "ledger.prove",
    "compare_settlement": "ledger.compare",
    "announce_settlement": "ledger.announce_settlement",
    "list_settlements": "ledger.settlements",
    "show_settlement": "ledger.read_settlement",
    "export": "exports.make",
    "me": "me.read",
    "follow": "links.follow",
    "notify": "sandbox.notify",
    "pay": "sandbox.pay",
    "write_post": "sandbox.write_post",
    "read_post": "sandbox.read_post",
    "edit_post": "sandbox.edit_post",
    "comment_post": "sandbox.comment_post",
    "delete_post": "sandbox.delete_post",
    "describe_account": "sandbox.describe_account",
    "move_clock": "sandbox.move_clock",
    "read_clock": "sandbox.read_clock",
    "read_profile": "sandbox.read_profile",
}
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


def resources(document: Json) -> str:
    """The module with a class for each resource and a method for each operation. Raises KeyError for one that NAMES lacks."""
    operations = sorted(
        (NAMES[told["operationId"]], method.upper(), path, told)
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


def methods(document: Json) -> Iterator[tuple[str, str]]:
    """The operations of the document and the methods they have."""
    for told in document["paths"].values():
        for operation in told.values():
            yield operation["operationId"], NAMES[operation["operationId"]]
