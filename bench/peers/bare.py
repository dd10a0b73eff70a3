"""The least that chalice, pynamodb and pydantic need to answer a quote request: the baseline of a cold start."""

from __future__ import annotations

import os
from typing import Any

from chalice.app import Chalice
from pydantic import BaseModel
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model


class Item(Model):
    class Meta:
        table_name = os.environ.get("ACCOUNTS_TABLE", "accounts")
        region = os.environ.get("AWS_REGION")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class QuoteRequest(BaseModel):
    kind: str
    account_ids: list[str]


app = Chalice(app_name="bare")


@app.route("/v1/quotes", methods=["POST"])
def quote() -> Any:
    request: Any = app.current_request
    body = QuoteRequest.model_validate(request.json_body)
    return {"found": [item.pk for item in Item.batch_get([(one, "account") for one in body.account_ids])]}


handler = app
