"""The receivers of the chaos run respond as their kinds say, and find what a healthy market never sends."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bench.harness.receivers import Receivers, receiving
from chalicelib.outbound.guarded_request import RequestFailed, Response, post
from chalicelib.webhooks import signing

SECRET = signing.new_secret()
BODY = b'{"type":"order.accepted"}'


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    with receiving() as receivers:
        yield receivers


def deliver(
    receivers: Receivers,
    path: str,
    event_id: str = "evt_1",
    body: bytes = BODY,
    secret: str = SECRET,
    seconds: float = 5,
) -> Response:
    receivers.secrets[path] = SECRET
    headers = signing.headers([secret], event_id, int(time.time()), body)
    return post(receivers.url(path), body, headers, seconds=seconds, local=True)


def test_healthy_kinds_accept(receivers: Receivers) -> None:
    assert deliver(receivers, "/healthy/an").status == 204
    large = deliver(receivers, "/large/an")
    assert (large.status, len(large.head)) == (200, 1_024), "10 MB are cut"
    assert receivers.bodies["/healthy/an"] == {"evt_1": [BODY]}


@pytest.mark.parametrize(("kind", "codes"), [("closing", {"response_invalid", "connection"}), ("silent", {"timeout"})])
def test_broken_kinds_give_no_response(receivers: Receivers, kind: str, codes: set[str]) -> None:
    with pytest.raises(RequestFailed) as failed:
        deliver(receivers, f"/{kind}/an", seconds=0.5)
    assert failed.value.code in codes
    assert receivers.requests == {kind: 1}


def test_a_failing_kind_responds_with_500(receivers: Receivers) -> None:
    assert deliver(receivers, "/failing/an").status == 500


def test_a_wrong_signature_is_found(receivers: Receivers) -> None:
    deliver(receivers, "/healthy/an", secret=signing.new_secret())
    assert len(receivers.unverified) == 1
    assert receivers.bodies == {}


def test_a_repeat_is_counted_and_stable(receivers: Receivers) -> None:
    for path in ("/healthy/an", "/healthy/an", "/healthy/bo"):
        deliver(receivers, path)
    assert (receivers.repeated, receivers.unstable()) == (1, [])


@pytest.mark.parametrize(("event_id", "body"), [("evt_1", b'{"type":"order.declined"}'), ("evt_2", BODY)])
def test_another_body_under_an_id_and_another_id_of_a_body_are_found(
    receivers: Receivers, event_id: str, body: bytes
) -> None:
    deliver(receivers, "/healthy/an")
    deliver(receivers, "/healthy/an", event_id, body)
    assert len(receivers.unstable()) == 1
