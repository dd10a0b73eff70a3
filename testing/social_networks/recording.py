"""Record requests to real servers and their responses, and replay them without the servers.

A recording is a list of entries in order: requests with responses, and facts (what the owner of an account did, and the result).
While it is replayed, each request must be the recorded one. Addresses of servers are replaced by names, session tokens by `jwt`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.core import clock
from chalicelib.social.known_host_request import Reply

RECORDINGS = Path(__file__).parent / "recordings"
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_HEADERS = ("retry-after", "ratelimit-reset", "x-ratelimit-reset")

Send = Callable[[str, str, bytes | None, Mapping[str, str]], Reply]


class Recorder:
    """One recording. With `is_live` it is written, else replayed. `at` is the time of the test."""

    def __init__(self, name: str, *, is_live: bool) -> None:
        path = RECORDINGS / f"{name}.json"
        self.path, self.is_live = path, is_live
        self.names: dict[str, str] = {}
        self._entries: list[dict[str, Any]] = []
        if is_live:
            self.at = datetime.now(UTC).replace(microsecond=0)
        elif path.exists():
            recorded = json.loads(path.read_text())
            self.at, self._entries = clock.parse(recorded["at"]), recorded["entries"]
        else:
            raise FileNotFoundError(f"{path.name} is not recorded: run the tests against the servers (CONTRIBUTING.md)")

    def name_servers(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return the addresses of the servers by name; in a recording `http://{name}.test` replaces them."""
        if self.is_live:
            self.names = {address: f"http://{name.replace('_', '-')}.test" for name, address in names.items()}
            return dict(names)
        return {name: f"http://{name.replace('_', '-')}.test" for name in names}

    def fact(self, act: Callable[[], Any]) -> Any:
        """Act on the servers, outside the adapter, and return the result, which JSON can hold."""
        if not self.is_live:
            return self._next()["fact"]
        result = act()
        self._entries.append({"fact": json.loads(self._named(json.dumps(result)))})
        return result

    def through(self, send: Send) -> Send:
        """Return the function that sends requests with `send`, or replays the responses."""

        def recorded(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
            request = {"method": method, "url": self._named(url), "body": self._body(body)}
            if not self.is_live:
                entry = self._next()
                assert request == entry.get("request"), f"{self.path.name}: {request} is not {entry}"
                found = entry["response"]
                return Reply(found["status"], found["headers"], found["body"].encode())
            reply = send(method, url, body, headers)
            reply_headers = {name: reply.headers[name] for name in _HEADERS if name in reply.headers}
            text = self._named(reply.body.decode())
            self._entries.append(
                {"request": request, "response": {"status": reply.status, "headers": reply_headers, "body": text}}
            )
            return reply

        return recorded

    def finish(self) -> None:
        """Write the recording, or check that all of it was replayed."""
        if self.is_live:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            document = {"at": clock.rfc3339(self.at), "entries": self._entries}
            self.path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        else:
            assert not self._entries, f"{self.path.name}: not requested: {self._entries[0]}"

    def _next(self) -> dict[str, Any]:
        assert self._entries, f"{self.path.name} ends here; record it again"
        return self._entries.pop(0)

    def _named(self, text: str) -> str:
        for address, name in self.names.items():
            text = text.replace(address, name)
            text = text.replace(address.replace("127.0.0.1", "localhost"), name)
        return _JWT.sub("jwt", text)

    def _body(self, body: bytes | None) -> Any:
        """Return the body as JSON, or the digest of another one."""
        if body is None:
            return None
        try:
            return json.loads(self._named(body.decode()))
        except ValueError:
            return hashlib.sha256(body).hexdigest()
