"""The code blocks of the client's README run against the market, and the client's types fit the responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra.package import ROOT
from testing.api import Api
from testing.markets.stage import Stage

README = ROOT / "client" / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def url(api: Api) -> Iterator[str]:
    """The URL of the market in this process, and of a Cognito double that signs everybody in as an advertiser."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if "X-Amz-Target" in self.headers:
                name = json.loads(body)["AuthParameters"]["USERNAME"]
                token = (api.as_(name, "advertiser")._token or "").removeprefix("Bearer ")
                return self._write(200, {}, json.dumps({"AuthenticationResult": {"IdToken": token}}).encode())
            sent = {name: text for name, text in self.headers.items() if name not in ("Host", "Content-Length")}
            answer = api.request(self.command, self.path, body, headers=sent)
            return self._write(answer.status_code, answer.headers, answer.body)

        def _write(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_the_readme_runs(url: str, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.bind("an", "bo", "chen", price=50_000)
    names: dict[str, Any] = {"URL": url, "COGNITO_URL": url, "CLIENT_ID": "client", "PASSWORD": "secret"}
    assert len(BLOCKS) == 6
    exec(BLOCKS[0], names)
    exec(BLOCKS[1], names)
    decided = stage.auditor.post(f"/v1/advertisers/{names['enterprise']['id']}/certification", {"decision": "approved"})
    assert decided.status_code == 200
    names["market"].sandbox.pay(names["topup"]["id"])
    for block in BLOCKS[2:]:
        exec(block, names)
    assert names["task"]["status"] == "in_review"
    assert len(names["best"]) == 3
    printed = capsys.readouterr().out
    in_force = names["market"].service.version()["methodology_version"]
    for said in (in_force, "pending", "hold out", "available:", "state_conflict", "/account_ids"):
        assert said in printed, said


def test_the_readme_names_existing_files() -> None:
    for link in re.findall(r"\]\((\.\./[^)#]+)", README.read_text("utf-8")):
        assert (README.parent / link).exists(), link
    assert Path(ROOT / "client" / "microtask" / "py.typed").exists()
