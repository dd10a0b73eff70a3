"""Examples for OpenAPI, made from its schemas: a member has the value of its name in SAMPLES, else a value of its type.

The same schemas give the same examples; tests/contract/routes/test_openapi.py validates each against its schema.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
_TIME = "2026-11-23T10:00:00Z"
_FORMATS = {"date-time": _TIME, "date": "2026-11-23", "duration": "PT24H", "uri": "https://tea.example/autumn"}
_ULID = "01J9ZC5Q8M3V7K2T4R6W8Y0B1D"
SAMPLES: Json = {
    "amount": 500_000,
    "currency": "CNY",
    "country": "US",
    "name": "清风茶业有限公司",
    "licence_no": "91310000MA1K12345X",
    "phone": "+86 21 5555 0100",
    "email": "wang@tea.example",
    "network": "weibo",
    "handle": "山看电影231",
    "category": "美食",
    "title": "秋茶上市",
    "text": "今年的秋茶到了。 广告",
    "urls": ["https://tea.example/autumn"],
    "picture_ids": [f"pic_{_ULID}"],
    "source_url": "https://weibo.example/teahouse/4321",
    "post_url": "https://weibo.example/teahouse/5678",
    "url": "https://tea.example/autumn",
    "link": "https://market.example/r/7G75KcDscbwdXDzpjgLWMF0",
    "pay_url": "https://pay.example/7G75KcDs",
    "retention": "PT24H",
    "content_type": "image/png",
    "bytes": 204_800,
    "score": 48.215,
    "followers": 735_896,
    "expected": 12_400,
    "low": 6_100,
    "high": 25_300,
    "confidence": 0.82,
    "methodology_version": "2026-11-23",
    "model_version": "2026-11-23",
    "version": "2026-11-23",
    "note": "出差",
    "reason": "数字少了一位",
    "status_url": f"https://api.micro-task.example/v1/grading/regrade/rgr_{_ULID}",
    "provider": "sandbox",
    "transaction_id": "2026112322001400000000000001",
    "price_min": 10_000,
    "price_max": 100_000,
    "percentile": 71.5,
    "evidence": {"followers": 735_896},
    "text_sha256": "4c243ec590b6d7d6a73530d41d1410baafbc97044d2c0259350fdd1694f2a1b3",
    "code": "schedule",
    "active_followers": 341_737,
    "reads_avg_30d": 16_680,
    "posts_30d": 41,
    "reposts_avg_30d": 551,
    "comments_avg_30d": 690,
    "likes_avg_30d": 1_517,
    "originals_share": 0.66,
    "following": 775,
    "acceptance_rate": 0.9,
    "max_accounts": 10,
    "commission_bps": 3_000,
    "standard_error": 0.0163,
    "share_of_best": 0.998,
    "accept_by": "2026-11-30T10:00:00Z",
    "start_at": "2026-12-01T02:00:00Z",
    "end_at": "2026-12-01T12:00:00Z",
    "next_cursor": None,
    "prev_cursor": None,
    "errors": [],
}
_PREFIXES = {
    "task": "tsk",
    "order": "ord",
    "account": "acc",
    "advertiser": "adv",
    "creator": "cre",
    "owner": "adv",
    "dispute": "dsp",
    "application": "app",
    "appeal": "apl",
    "topup": "pay",
    "suspense": "sus",
    "withdrawal": "wdr",
    "payment": "pay",
    "plan": "pln",
}
_IDS_OF = {
    "Task": "tsk",
    "TaskInReview": "tsk",
    "TaskSummary": "tsk",
    "Order": "ord",
    "Account": "acc",
    "AccountInQueue": "acc",
    "Advertiser": "adv",
    "AdvertiserInQueue": "adv",
    "Application": "app",
    "Dispute": "dsp",
    "DisputeSummary": "dsp",
    "GradeAppeal": "apl",
    "TopUp": "pay",
    "Withdrawal": "wdr",
    "SuspenseItem": "sus",
    "Plan": "pln",
    "Shortlist": "lst",
    "SavedSearch": "sch",
    "ShortlistedAccount": "acc",
    "Picture": "pic",
    "PictureUpload": "pic",
    "ExportPart": "exp",
    "Event": "evt",
}


_WINDOW = {"start_at": "2026-12-01T02:00:00Z", "end_at": "2026-12-01T12:00:00Z"}
_TERMS: Json = {
    "title": "秋茶上市",
    "content": {"text": "今年的秋茶到了。", "urls": ["https://tea.example/autumn"]},
    "source_url": "https://weibo.example/teahouse/4321",
    "window": _WINDOW,
    "accept_by": "2026-11-30T10:00:00Z",
    "retention": "PT24H",
}
REQUESTS: Json = {
    "TaskBody": {"kind": "repost", **_TERMS, "account_ids": [f"acc_{_ULID}"]},
    "PlanTaskBody": _TERMS,
    "PlanBody": {
        "budget": {"amount": 500_000, "currency": "CNY"},
        "goal": "reads",
        "kind": "repost",
        "filters": {"category": "美食"},
        "max_accounts": 10,
    },
    "NotificationsReadBody": {"until": _TIME},
    "ReplayBody": {"since": "2026-11-23T09:00:00Z", "until": _TIME},
    "WebhookBody": {"url": "https://shop.example/market", "event_types": ["order.accepted"]},
    "ClockBody": {"advance": "PT24H"},
    "AccountPatch": {"prices": {"post": {"amount": 120_000, "currency": "CNY"}}, "paused": False},
    "RulingBody": {"outcome": "split", "creator_share_bps": 5_000, "note": "查过了", "revision": 3},
    "ReviewBody": {"decision": "rejected", "reasons": [{"code": "misleading", "note": "哪里最香？"}], "revision": 3},
}
"""Request bodies that the required members alone do not make valid, or whose members exclude each other."""


def response_example(schema: Json, schemas: Json) -> Any:
    """Return a value of the schema; `schemas` are the components to which it refers."""
    return _value(schema, schemas, "", "")


def request_example(schema: Json, schemas: Json) -> Any:
    """Return a body of the schema with its required members only."""
    name = schema["$ref"].rpartition("/")[2]
    body = schemas[name]
    required = {member: body["properties"][member] for member in body.get("required", ())}
    return REQUESTS.get(name) or _value({**body, "properties": required}, schemas, "", name)


def _value(schema: Any, schemas: Json, name: str, owner: str) -> Any:
    if "$ref" in schema:
        component = schema["$ref"].rpartition("/")[2]
        return _value(schemas[component], schemas, name, component)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for keyword in ("anyOf", "oneOf", "allOf"):
        if keyword in schema:
            return _value(schema[keyword][0], schemas, name, owner)
    return _of_type(schema, schemas, name, owner)


def _of_type(schema: Json, schemas: Json, name: str, owner: str) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        members = schema.get("properties", {})
        if not members:
            return _entries(schema, schemas, name)
        return {member: _value(inner, schemas, member, owner) for member, inner in members.items()}
    if kind == "array":
        if name in SAMPLES and isinstance(SAMPLES[name], list):
            return SAMPLES[name][: schema.get("maxItems", 1)]
        return [_value(schema.get("items", {}), schemas, name.removesuffix("s"), owner)]
    if schema.get("format") in _FORMATS and not isinstance(SAMPLES.get(name), str):
        return _FORMATS[schema["format"]]
    if kind == "string":
        return _text(schema, name, owner)
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        return _number(schema, name)
    return None


def _entries(schema: Json, schemas: Json, name: str) -> Json:
    if isinstance(SAMPLES.get(name), dict):
        return dict(SAMPLES[name])
    values = schema.get("additionalProperties")
    if not isinstance(values, dict):
        return {}
    key = _value(schema["propertyNames"], schemas, "", "") if "propertyNames" in schema else "name"
    return {key: _value(values, schemas, name, "")}


def _text(schema: Json, name: str, owner: str) -> str:
    if name == "id" and owner in _IDS_OF:
        return f"{_IDS_OF[owner]}_{_ULID}"
    stem = name.removesuffix("_id")
    if stem != name and stem in _PREFIXES:
        return f"{_PREFIXES[stem]}_{_ULID}"
    sample = SAMPLES.get(name, "text")
    text = sample if isinstance(sample, str) else "text"
    return text[: schema.get("maxLength", len(text))].ljust(schema.get("minLength", 0), "x")


def _number(schema: Json, name: str) -> int | float:
    sample = SAMPLES.get(name, 1)
    number = sample if isinstance(sample, int | float) and not isinstance(sample, bool) else 1
    least, most = schema.get("minimum", number), schema.get("maximum", number)
    bounded = min(max(number, least), most)
    return int(bounded) if schema.get("type") == "integer" else float(bounded)
