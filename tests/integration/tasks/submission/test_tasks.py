"""Tasks over HTTP: quote, create, review, edit and resubmit, lists; and the money behind each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.core import clock, ids
from chalicelib.core.settings import settings
from chalicelib.outbound import guarded_request
from chalicelib.social import request_deadline, user_host_request
from chalicelib.social.port import NetworkError, NotPermitted, Unavailable
from chalicelib.social.sandbox import POSTS_URL, SandboxNetwork
from chalicelib.store import AccountsRecord
from chalicelib.store.retry import WriteConflict
from chalicelib.tasks import review
from chalicelib.tasks.model.transition_write import apply_event
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.submission import submit
from chalicelib.tasks.workflow import held_amounts
from testing.api import Api
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny
from testing.samples.picture_samples import JPEG, PLACE, png


def faults(answer: Any) -> set[tuple[str, str]]:
    return {(fault["pointer"], fault["code"]) for fault in answer.json_body["errors"]}


def test_a_quote_shows_the_commission_and_stores_nothing(stage: Stage) -> None:
    accounts = stage.bind("an", "bo")
    quote = stage.advertiser.post("/v1/quotes", {"kind": "post", "account_ids": accounts}).json_body
    assert [line["account_id"] for line in quote["lines"]] == accounts
    assert quote["lines"][0]["price"] == cny(307_000)
    assert quote["lines"][0]["net"] == cny(214_900)
    assert quote["lines"][0]["commission"] == cny(92_100)
    assert quote["total"] == cny(614_000)
    assert quote["commission"] == cny(184_200)
    assert stage.advertiser.get("/v1/tasks").json_body["data"] == []


def test_a_new_task_is_in_review_with_its_money_held(stage: Stage) -> None:
    task = stage.create(stage.bind("an", "bo"))
    assert task["status"] == "in_review"
    assert task["content"]["text"] == "今年的秋茶到了。 广告"
    assert task["totals"] == {"held": cny(2 * PRICE), "paid": cny(0), "refunded": cny(0), "commission": cny(0)}
    assert task["order_counts"] == {"pending": 2}
    assert task["review"]["status"] == "pending"
    assert stage.money(task["id"]) == {"available": FUNDS - 2 * PRICE, task["id"]: 2 * PRICE}
    assert held_amounts.held_amounts([task["id"]]) == {task["id"]: 2 * PRICE}
    orders = stage.orders(task["id"])
    assert [order["status"] for order in orders] == ["pending", "pending"]
    assert orders[0]["content"]["text"] == "今年的秋茶到了。 广告"
    assert {timer["name"]: timer["default_outcome"] for timer in orders[0]["timers"]}["accept_by"] == "cancelled"


def test_the_same_request_makes_one_task(stage: Stage) -> None:
    body = stage.body(stage.bind("an"))
    first = stage.advertiser.post("/v1/tasks", body, key="k")
    again = stage.advertiser.post("/v1/tasks", body, key="k")
    assert again.status_code == 201
    assert again.json_body == first.json_body
    assert again.headers["Idempotency-Replayed"] == "true"
    other = stage.advertiser.post("/v1/tasks", {**body, "title": "other"}, key="k")
    assert (other.status_code, other.json_body["code"]) == (422, "idempotency_key_reused")
    assert stage.money(first.json_body["id"]) == {"available": FUNDS - PRICE, first.json_body["id"]: PRICE}
    assert stage.advertiser.post("/v1/tasks", body).json_body["code"] == "idempotency_key_missing"


def test_rule_5_without_enough_money_nothing_is_stored(api: Api) -> None:
    stage = Stage(api)
    stage.certify(funds=PRICE)
    body = stage.body(stage.bind("an", "bo"))
    refused = stage.advertiser.post("/v1/tasks", body, key="k")
    assert (refused.status_code, refused.json_body["code"]) == (402, "insufficient_funds")
    assert refused.json_body["available"] == cny(PRICE)
    assert refused.json_body["needed"] == cny(2 * PRICE)
    assert stage.advertiser.get("/v1/tasks").json_body["data"] == []
    assert stage.money() == {"available": PRICE}


def test_rule_1_only_a_certified_advertiser_creates_tasks(api: Api) -> None:
    stage = Stage(api)
    body = stage.body(stage.bind("an"))
    assert stage.advertiser.post("/v1/tasks", body, key="a").json_body["code"] == "advertiser_missing"
    stage.certify()
    other = api.as_("other", "advertiser")
    assert other.post("/v1/tasks", body, key="a").json_body["code"] == "advertiser_missing"
    assert stage.creator("an").post("/v1/tasks", body, key="a").status_code == 403


def test_rule_7_names_each_wrong_time(stage: Stage) -> None:
    now = clock.now()
    body = stage.body(
        stage.bind("an"),
        accept_by=clock.rfc3339(now + timedelta(hours=5)),
        window={
            "start_at": clock.rfc3339(now + timedelta(hours=2)),
            "end_at": clock.rfc3339(now + timedelta(hours=1)),
        },
        retention="P366D",
    )
    answer = stage.advertiser.post("/v1/tasks", body, key="k")
    assert answer.status_code == 422
    assert faults(answer) == {
        ("/accept_by", "after_start"),
        ("/window/end_at", "before_start"),
        ("/retention", "out_of_range"),
    }


@pytest.mark.parametrize("text", ["2026-11-22 noon", 1_800_000_000, "2026-11-22T10:00:00", None])
def test_a_time_is_text_with_an_offset(stage: Stage, text: Any) -> None:
    answer = stage.advertiser.post("/v1/tasks", stage.body(["acc_x"], accept_by=text), key="k")
    assert answer.status_code == 422
    assert {pointer for pointer, _ in faults(answer)} == {"/accept_by"}


def test_rule_6_each_wrong_url_and_picture_is_named(stage: Stage) -> None:
    content = {"text": "茶", "picture_ids": ["pic_none"], "urls": ["https://tea.example", "http://127.0.0.1/"]}
    answer = stage.advertiser.post("/v1/tasks", stage.body(stage.bind("an"), content=content), key="k")
    assert faults(answer) == {("/content/urls/1", "url_private_host"), ("/content/picture_ids/0", "picture_unknown")}


def test_rule_9_forbidden_goods_are_refused_with_the_place(stage: Stage) -> None:
    content = {"text": "新款电子烟上市", "picture_ids": [], "urls": []}
    answer = stage.advertiser.post("/v1/tasks", stage.body(stage.bind("an"), content=content), key="k")
    assert (answer.status_code, answer.json_body["code"]) == (422, "content_forbidden")
    assert faults(answer) == {("/content/text", "tobacco")}
    assert answer.json_body["findings"][0]["span"] == {"start": 2, "end": 5}


def test_an_account_has_one_order_in_a_task(stage: Stage) -> None:
    account, other = stage.bind("an", "bo")
    twice = stage.advertiser.post("/v1/tasks", stage.body([account, account]), key="k")
    assert twice.status_code == 422
    assert {pointer for pointer, _ in faults(twice)} == {"/account_ids/1"}
    reserve = stage.advertiser.post("/v1/tasks", stage.body([account], reserve_account_ids=[other, account]), key="k2")
    assert faults(reserve) == {("/reserve_account_ids/1", "duplicate")}


def test_max_total_is_not_exceeded(stage: Stage) -> None:
    answer = stage.advertiser.post("/v1/tasks", stage.body(stage.bind("an"), max_total=cny(PRICE - 1)), key="k")
    assert (answer.status_code, answer.json_body["code"]) == (409, "total_above_max")
    assert answer.json_body["total"] == cny(PRICE)


def test_a_repost_needs_its_source(stage: Stage) -> None:
    accounts = stage.bind("an")
    missing = stage.advertiser.post("/v1/tasks", stage.body(accounts, kind="repost"), key="k")
    assert faults(missing) == {("/source_url", "missing")}
    private = stage.advertiser.post(
        "/v1/tasks", stage.body(accounts, kind="repost", source_url="http://[::1]/"), key="k2"
    )
    assert faults(private) == {("/source_url", "url_private_host")}


def repost(stage: Stage, source_url: str, **changes: Any) -> Any:
    body = stage.body(stage.bind("an"), kind="repost", source_url=source_url, **changes)
    return stage.advertiser.post("/v1/tasks", body, key=stage.key())


def test_rule_6_the_source_of_a_repost_is_a_post_on_the_network(stage: Stage) -> None:
    assert faults(repost(stage, "https://tea.example/autumn")) == {("/source_url", "url_form_unknown")}
    assert faults(repost(stage, POSTS_URL + ids.new("pst"))) == {("/source_url", "post_missing")}
    source = stage.source()
    created = repost(stage, f" {source}?from=app\n")
    assert (created.status_code, created.json_body["source_url"]) == (201, f"{source}?from=app")
    assert [one["rule"] for one in created.json_body["review"]["findings"]] == ["ad-mark-missing"]
    stage.api.request("DELETE", f"/sandbox/posts/{source.rpartition('/')[2]}")
    assert faults(repost(stage, source)) == {("/source_url", "post_missing")}


def test_rule_6_a_source_that_not_everybody_reads_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    source, read = stage.source(), SandboxNetwork.fetch_post

    def hidden(network: SandboxNetwork, url: str) -> Any:
        post = read(network, url)
        return post and replace(post, public=False)

    monkeypatch.setattr(SandboxNetwork, "fetch_post", hidden)
    assert faults(repost(stage, source)) == {("/source_url", "post_not_public")}


@pytest.mark.parametrize("error", [NotPermitted, Unavailable])
def test_rule_6_a_source_that_cannot_be_read_goes_to_the_reviewer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: type[NetworkError]
) -> None:
    source = stage.source()

    def fail(*_: Any) -> None:
        raise error("not now")

    monkeypatch.setattr(SandboxNetwork, "fetch_post", fail)
    many_findings = {"text": "，第一" * 60, "picture_ids": [], "urls": []}
    for changes in ({}, {"content": many_findings}):
        created = repost(stage, source, **changes)
        assert created.status_code == 201, created.json_body
        unread = next(one for one in created.json_body["review"]["findings"] if one["severity"] == "warn")
        assert (unread["rule"], unread["pointer"], unread["text"]) == ("source-unread", "/source_url", source)


def test_rule_6_the_source_of_an_open_call_is_read_at_submission(stage: Stage) -> None:
    def called(source_url: str) -> Any:
        body = stage.body([], kind="repost", source_url=source_url, call={"budget": cny(600_000)})
        return stage.advertiser.post("/v1/tasks", body, key=stage.key())

    assert faults(called("https://tea.example/autumn")) == {("/source_url", "url_form_unknown")}
    assert faults(called(POSTS_URL + ids.new("pst"))) == {("/source_url", "post_missing")}
    assert called(stage.source()).status_code == 201


def test_rule_6_the_source_is_read_once_and_only_at_submission(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    source, reads, read = stage.source(), list[str](), SandboxNetwork.fetch_post

    def counted(network: SandboxNetwork, url: str) -> Any:
        reads.append(url)
        return read(network, url)

    def conflicting(*arguments: Any) -> Any:
        monkeypatch.setattr(submit, "apply_event", apply_event)
        raise WriteConflict

    monkeypatch.setattr(SandboxNetwork, "fetch_post", counted)
    accounts = stage.bind("an")
    draft = stage.create(accounts, kind="repost", source_url=source, draft=True)
    body = stage.body(accounts, kind="repost", source_url=source, title="新题目")
    assert stage.advertiser.put(f"/v1/tasks/{draft['id']}", body).status_code == 200
    assert reads == []
    monkeypatch.setattr(submit, "apply_event", conflicting)
    assert stage.advertiser.post(f"/v1/tasks/{draft['id']}/submit").json_body["status"] == "in_review"
    assert reads == [source]


def test_rule_6_a_source_that_is_read_too_slowly_goes_to_the_reviewer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each response of the network takes 3 seconds of the clock that the deadline reads."""
    source, sent, seconds = stage.source(), list[str](), 0.0
    monkeypatch.setattr(request_deadline, "monotonic", lambda: seconds)

    def respond(method: str, url: str, *_: Any, **options: Any) -> guarded_request.Response:
        nonlocal seconds
        sent.append(url)
        seconds += min(3.0, options["seconds"])
        return guarded_request.Response(503, {}, b"")

    def fetch(network: SandboxNetwork, url: str) -> None:
        for part in range(20):
            user_host_request.send("GET", f"https://tea.example/{part}", None, {})

    monkeypatch.setattr(guarded_request, "send", respond)
    monkeypatch.setattr(SandboxNetwork, "fetch_post", fetch)
    created = repost(stage, source)
    assert created.status_code == 201, created.json_body
    assert "source-unread" in {one["rule"] for one in created.json_body["review"]["findings"]}
    assert (len(sent), seconds) == (3, request_deadline.REQUEST_SECONDS)


def test_rule_6_accounts_and_applicants_can_repost_the_source(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    account, source = stage.bind("an")[0], stage.source()
    draft = stage.create([], kind="repost", source_url=source, draft=True)
    call = stage.create([], kind="repost", source_url=source, call={"budget": cny(600_000)})
    stage.approve(call["id"])
    monkeypatch.setattr(SandboxNetwork, "has_form", lambda network, url: False)
    added = stage.advertiser.post(f"/v1/tasks/{draft['id']}/accounts", {"account_ids": [account]})
    assert faults(added) == {("/source_url", "url_form_unknown")}
    application = {"account_id": account, "price": cny(10_000)}
    applied = stage.creator("an").post(f"/v1/tasks/{call['id']}/applications", application, key="apply")
    assert (applied.json_body["code"], faults(applied)) == ("call_not_met", {("/account_id", "url_form_unknown")})


def test_rule_10_the_price_is_frozen(stage: Stage) -> None:
    account = stage.bind("an")[0]
    task = stage.create([account])
    stage.creator("an").patch(f"/v1/accounts/{account}", {"prices": {"post": cny(900_000)}})
    stage.approve(task["id"])
    assert stage.orders(task["id"])[0]["price"] == cny(PRICE)


def test_approval_offers_the_orders_once(stage: Stage) -> None:
    task = stage.create(stage.bind("an", "bo"))
    assert stage.creator("an").get("/v1/orders").json_body["data"] == []
    queue = stage.auditor.get("/v1/reviews").json_body["data"]
    assert [(item["id"], item["overdue"]) for item in queue] == [(task["id"], False)]
    assert {finding["rule"] for finding in queue[0]["findings"]} == {"ad-mark-missing"}
    pending = [order["id"] for order in stage.orders(task["id"])]
    stage.approve(task["id"])
    stage.approve(task["id"])
    assert stage.task(task["id"])["status"] == "running"
    assert [(order["id"], order["status"]) for order in stage.orders(task["id"])] == [
        (order_id, "offered") for order_id in pending
    ]
    assert stage.auditor.get("/v1/reviews").json_body["data"] == []
    inbox = stage.creator("an").get("/v1/orders?status=offered").json_body["data"]
    assert [order["id"] for order in inbox] == pending[:1]
    late = stage.auditor.post(
        f"/v1/tasks/{task['id']}/review", {"decision": "rejected", "reasons": [{"code": "content"}]}
    )
    assert (late.status_code, late.json_body["code"]) == (409, "already_decided")


def test_rejection_returns_the_money_and_the_task_can_be_resubmitted(stage: Stage) -> None:
    account, other = stage.bind("an", "bo")
    task = stage.create([account])
    path = f"/v1/tasks/{task['id']}"
    unexplained = stage.auditor.post(f"{path}/review", {"decision": "rejected", "reasons": []})
    assert faults(unexplained) == {("/reasons", "missing")}
    reasons = [{"code": "false_claim", "note": "请改"}]
    rejected = stage.auditor.post(f"{path}/review", {"decision": "rejected", "reasons": reasons}).json_body
    assert rejected["status"] == "rejected"
    assert rejected["review"]["reasons"] == reasons
    assert rejected["totals"]["refunded"] == cny(PRICE)
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
    body = stage.body([account, other], title="改过的")
    again = stage.advertiser.put(path, body).json_body
    assert (again["status"], again["title"], again["review"]["round"]) == ("in_review", "改过的", 2)
    assert stage.advertiser.put(path, body).json_body == again
    assert stage.money(task["id"]) == {"available": FUNDS - 2 * PRICE, task["id"]: 2 * PRICE}
    record = TaskRecord.find(task["id"], "task")
    assert record is not None
    assert record.run == 1
    assert record.open is not None
    stage.approve(task["id"])
    assert len(stage.orders(task["id"])) == 2
    refused = stage.advertiser.put(path, {**body, "title": "x"})
    assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict")


def test_resubmission_without_money_leaves_the_task_rejected(api: Api) -> None:
    stage = Stage(api)
    stage.certify(funds=PRICE)
    account, other = stage.bind("an", "bo")
    task = stage.create([account])
    path = f"/v1/tasks/{task['id']}"
    stage.auditor.post(f"{path}/review", {"decision": "rejected", "reasons": [{"code": "content"}]})
    refused = stage.advertiser.put(path, stage.body([account, other]))
    assert refused.status_code == 402
    assert stage.task(task["id"])["status"] == "rejected"
    assert stage.money(task["id"]) == {"available": PRICE, task["id"]: 0}


def test_rule_8_a_task_without_review_is_cancelled_and_returned(stage: Stage) -> None:
    with clock.at(NOON):
        task = stage.create(stage.bind("an"))
    with clock.at(NOON + timedelta(minutes=59)):
        assert review.expire(task["id"]).status == "in_review"
    with clock.at(NOON + timedelta(hours=1)):
        late = stage.auditor.post(f"/v1/tasks/{task['id']}/review", {"decision": "approved"})
        assert (late.status_code, late.json_body["code"]) == (409, "accept_by_passed")
        assert review.expire(task["id"]).status == "cancelled"
        assert review.expire(task["id"]).status == "cancelled"
    ended = stage.task(task["id"])
    assert ended["totals"]["refunded"] == cny(PRICE)
    assert ended["order_counts"] == {"cancelled": 1}
    assert ended["review"]["status"] == "missed"
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}


def test_others_see_nothing(stage: Stage, api: Api) -> None:
    task = stage.create(stage.bind("an"))
    other = api.as_("other", "advertiser")
    assert other.get(f"/v1/tasks/{task['id']}").status_code == 404
    assert other.get(f"/v1/tasks/{task['id']}/orders").status_code == 404
    assert other.put(f"/v1/tasks/{task['id']}", stage.body(["acc_x"])).status_code == 404
    assert other.get("/v1/tasks").json_body["data"] == []
    assert stage.auditor.get(f"/v1/tasks/{task['id']}").status_code == 200
    assert stage.advertiser.get(f"/v1/tasks/{ids.derive('tsk', 'none')}").status_code == 404


def test_lists_are_paged_and_filtered(stage: Stage) -> None:
    accounts = stage.bind("an")
    made = [stage.create(accounts)["id"] for _ in range(3)]
    stage.approve(made[0])
    for caller in (stage.advertiser, stage.auditor):
        first = caller.get("/v1/tasks?limit=2").json_body
        rest = caller.get(f"/v1/tasks?limit=2&cursor={first['next_cursor']}").json_body
        assert sorted(task["id"] for task in first["data"] + rest["data"]) == sorted(made)
        assert rest["next_cursor"] is None
        running = caller.get("/v1/tasks?status=running").json_body
        assert [(task["id"], task["order_counts"]) for task in running["data"]] == [(made[0], {"offered": 1})]
    of_one = stage.auditor.get(f"/v1/tasks?advertiser_id={stage.advertiser_id}&status=in_review").json_body
    assert {task["id"] for task in of_one["data"]} == set(made[1:])


def test_orders_of_a_task_are_paged(stage: Stage) -> None:
    names = [f"creator-{number}" for number in range(5)]
    task = stage.create(stage.bind(*names))
    path = f"/v1/tasks/{task['id']}/orders?limit=2"
    seen, cursor = [], ""
    while True:
        page = stage.advertiser.get(path + cursor).json_body
        seen += [order["account_id"] for order in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == task["account_ids"]


def test_a_hundred_accounts_in_one_task(stage: Stage) -> None:
    names = [f"creator-{number}" for number in range(100)]
    task = stage.create(stage.bind(*names, price=40_000))
    stage.approve(task["id"])
    assert stage.task(task["id"])["order_counts"] == {"offered": 100}
    too_many = stage.advertiser.post("/v1/quotes", {"kind": "post", "account_ids": [*task["account_ids"], "acc_x"]})
    assert too_many.status_code == 422


def test_an_offer_that_was_interrupted_is_completed_without_doubling(stage: Stage) -> None:
    from chalicelib.tasks.orders.offers import offer

    task = stage.create(stage.bind("an", "bo", "chen"))
    stage.approve(task["id"])
    lost = stage.orders(task["id"])[1]["id"]
    OrderRecord(lost, "order").delete()
    assert [order["status"] for order in stage.orders(task["id"])] == ["offered", "pending", "offered"]
    record = TaskRecord.find(task["id"], "task")
    assert record is not None
    assert offer(record, clock.now()) == 1
    assert offer(record, clock.now()) == 0
    assert held_amounts.held_amounts([task["id"]]) == {task["id"]: 3 * PRICE}


def upload(stage: Stage, body: bytes, **announced: str) -> str:
    """The id of a picture of the teahouse's that shows `body`."""
    made = stage.advertiser.post("/v1/pictures", {"content_type": "image/png", "bytes": len(body)}, **announced)
    assert made.status_code == 201
    picture = made.json_body
    fields = picture["upload"]["fields"]
    assert (fields["key"], fields["Content-Type"]) == (f"pictures/{picture['id']}", "image/png")
    boto3.client("s3").put_object(Bucket=settings().pictures_bucket, Key=fields["key"], Body=body)
    return str(picture["id"])


def fetched(pictures: list[dict[str, Any]]) -> list[bytes]:
    """Return the target of each link."""
    links = [urlsplit(picture["url"]) for picture in pictures]
    assert all(parse_qs(link.query)["X-Amz-Expires"] == ["3600"] for link in links)
    store, bucket = boto3.client("s3"), settings().pictures_bucket
    keys = [link.path[link.path.index("/shown/") + 1 :] for link in links]
    return [store.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]


def pictures_of(who: Api, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.get(f"{path}/pictures").json_body["data"]
    return found


def test_pictures_are_uploaded_with_a_form_of_their_owner(stage: Stage, api: Api) -> None:
    body = {"content_type": "image/png", "bytes": 1_000}
    for wrong in ({**body, "bytes": 5_000_001}, {**body, "content_type": "image/svg+xml"}):
        assert stage.advertiser.post("/v1/pictures", wrong).status_code == 422
    first = stage.advertiser.post("/v1/pictures", body, key="p").json_body["id"]
    again = stage.advertiser.post("/v1/pictures", body, key="p")
    assert (again.json_body["id"], again.headers["Idempotency-Replayed"]) == (first, "true")
    reused = stage.advertiser.post("/v1/pictures", {**body, "bytes": 2}, key="p")
    assert reused.json_body["code"] == "idempotency_key_reused"


def test_a_picture_has_to_be_uploaded_before_its_task(stage: Stage) -> None:
    announced = stage.advertiser.post("/v1/pictures", {"content_type": "image/png", "bytes": 9}).json_body["id"]
    there, nowhere = upload(stage, png()), "pic_" + "0" * 26
    content = {"text": "茶", "picture_ids": [there, announced, nowhere], "urls": []}
    body = {**stage.body(stage.bind("an")), "content": content}
    answer = stage.advertiser.post("/v1/tasks", body, key="k")
    found = [(fault["pointer"], fault["code"]) for fault in answer.json_body["errors"]]
    assert answer.status_code == 422
    assert found == [
        ("/content/picture_ids/1", "picture_missing"),
        ("/content/picture_ids/2", "picture_unknown"),
    ]


def test_a_broken_picture_is_refused_before_review(stage: Stage) -> None:
    script, jpeg, large = upload(stage, b"<script>alert(1)</sc"), upload(stage, JPEG), upload(stage, png(40_000))
    content = {"text": "茶", "picture_ids": [script, jpeg, large], "urls": []}
    accounts = stage.bind("an")
    for draft in (False, True):
        body = {**stage.body(accounts), "content": content, "draft": draft}
        answer = stage.advertiser.post("/v1/tasks", body, key=f"k{draft}")
        assert answer.status_code == 422
        assert faults(answer) == {
            ("/content/picture_ids/0", "picture_unreadable"),
            ("/content/picture_ids/1", "picture_unreadable"),
            ("/content/picture_ids/2", "picture_too_large"),
        }


def test_auditors_and_creators_see_the_submitted_picture(stage: Stage) -> None:
    picture = upload(stage, png(3, note=PLACE))
    account = stage.bind("an", "bo")[0]
    content = {"text": "茶", "picture_ids": [picture], "urls": []}
    task = stage.create([account], content=content)
    assert task["content"]["picture_ids"] == [picture]
    upload(stage, png(4))  # another picture
    key = f"pictures/{picture}"
    boto3.client("s3").put_object(Bucket=settings().pictures_bucket, Key=key, Body=png(5))
    path = f"/v1/tasks/{task['id']}"
    (shown,) = pictures_of(stage.auditor, path)
    assert (shown["id"], shown["content_type"], shown["bytes"]) == (picture, "image/png", len(png(3)))
    assert (shown["width"], shown["height"]) == (3, 1)
    assert fetched([shown]) == fetched(pictures_of(stage.advertiser, path)) == [png(3)]
    stage.approve(task["id"])
    (order,) = stage.orders(task["id"])
    assert fetched(pictures_of(stage.creator("an"), f"/v1/orders/{order['id']}")) == [png(3)]
    assert stage.creator("bo").get(f"/v1/orders/{order['id']}/pictures").status_code == 404
    assert stage.creator("an").get(f"{path}/pictures").status_code == 404


def test_a_replaced_picture_is_shown_to_the_reviewer(stage: Stage) -> None:
    picture = upload(stage, png(3), key="p")
    content = {"text": "茶", "picture_ids": [picture], "urls": []}
    account = stage.bind("an")
    task = stage.create(account, content=content)
    rejected = {"decision": "rejected", "reasons": [{"code": "misleading", "note": "图不对"}]}
    assert stage.auditor.post(f"/v1/tasks/{task['id']}/review", rejected).status_code == 200
    assert upload(stage, png(3, shade=b"\x40"), key="p") == picture
    again = stage.advertiser.request("PUT", f"/v1/tasks/{task['id']}", {**stage.body(account), "content": content})
    assert again.status_code == 200
    (waiting,) = stage.auditor.get("/v1/reviews").json_body["data"]
    assert [change["field"] for change in waiting["changes"]] == ["pictures"]
    assert fetched(pictures_of(stage.auditor, f"/v1/tasks/{task['id']}")) == [png(3, shade=b"\x40")]


def test_accounts_that_cannot_be_ordered_are_named(stage: Stage) -> None:
    account = stage.bind("an")[0]
    stage.creator("an").patch(f"/v1/accounts/{account}", {"paused": True})
    answer = stage.advertiser.post("/v1/tasks", stage.body([account]), key="k")
    assert (answer.status_code, answer.json_body["code"]) == (409, "account_not_available")
    assert {pointer for pointer, _ in faults(answer)} == {"/account_ids/0"}
    assert AccountsRecord.find(account, "account") is not None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"accept_by": "1795352400"}, "/accept_by"),
        ({"accept_by": 1795352400}, "/accept_by"),
        ({"accept_by": "2026-11-22T13:00:00"}, "/accept_by"),
        ({"window": {"start_at": "20261122", "end_at": "2026-11-22T15:00:00Z"}}, "/window/start_at"),
        ({"retention": "P1M"}, "/retention"),
        ({"retention": "P1Y"}, "/retention"),
        ({"publishing": {"at": "46327"}}, "/publishing/at"),
    ],
)
def test_times_that_have_to_be_guessed_are_refused(stage: Stage, changes: dict[str, Any], pointer: str) -> None:
    body = {**stage.body(stage.bind("an"), NOON), **changes}
    refused = stage.advertiser.post("/v1/tasks", body, key="k")
    assert (refused.status_code, refused.json_body["code"]) == (422, "body_invalid")
    assert [fault["pointer"] for fault in refused.json_body["errors"]] == [pointer]
