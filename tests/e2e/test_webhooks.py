"""Webhooks on the local cloud, whose queue and function deliver them: no endpoint waits for a dead one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

import pytest

from bench.harness.receivers import Receivers, receiving
from demo.stack import Stack, User

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
OWNERS, ENDPOINTS = 5, 10


@dataclass(frozen=True)
class Endpoint:
    """A webhook of an owner, and the path of its receiver."""

    owner: User
    id: str
    path: str

    def send_event(self) -> None:
        self.owner.webhooks.test(self.id)

    def end_pause(self) -> None:
        self.owner.webhooks.change(self.id, enabled=True)


def subscribed(receivers: Receivers, owner: User, path: str) -> Endpoint:
    made = owner.webhooks.create(url=receivers.url(path), event_types=["*"])
    receivers.secrets[path] = str(made["secret"])
    return Endpoint(owner, made["id"], path)


def during_an_attempt(receivers: Receivers, dead: Endpoint, healthy: list[Endpoint]) -> set[str]:
    """Send events to the healthy endpoints after a request to the dead one has arrived. Return the paths that have their event
    before the sender ended that request."""
    begin = len(receivers.log)

    def arrived() -> set[str]:
        return {path for what, path, _ in receivers.log[begin:] if what == "arrived"}

    def wait_for(paths: set[str]) -> None:
        dead.owner.wait_for(arrived, paths.issubset, seconds=120, every=0.05)

    dead.end_pause()
    dead.send_event()
    wait_for({dead.path})
    for endpoint in healthy:
        endpoint.send_event()
    wait_for({endpoint.path for endpoint in healthy})
    before_the_end = takewhile(lambda entry: entry[0] == "arrived", receivers.log[begin:])
    return {path for _, path, _ in before_the_end} - {dead.path}


def test_a_dead_endpoint_delays_none_of_fifty_others(stack: Stack) -> None:
    with receiving() as receivers:
        dead = subscribed(receivers, stack.user("dead-endpoint", "advertiser"), "/silent/dead")
        owners = [stack.user(f"endpoints-{number}", "advertiser") for number in range(OWNERS)]
        healthy = [
            subscribed(receivers, owner, f"/healthy/{number}-{place}")
            for number, owner in enumerate(owners)
            for place in range(ENDPOINTS)
        ]
        late = {one.path: one for one in healthy}
        while (
            late
        ):  # on a busy machine fifty events can take longer than the 15 seconds of an attempt at the dead endpoint
            in_time = during_an_attempt(receivers, dead, list(late.values()))
            assert in_time, "no endpoint has its event while the sender waits for the dead one"
            for path in in_time:
                del late[path]
            print(f"{len(late)} of {len(healthy)} endpoints are left")
        received = [found for one in healthy for found in receivers.bodies[one.path].values()]
        assert [len(found) for found in received if len(found) > 1] == []
        assert receivers.unverified == []
