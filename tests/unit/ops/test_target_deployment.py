"""A command line names its deployment by the stack file, the stage or the environment."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.__main__ import main
from ops.target_deployment import Unreachable, open_deployment


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_the_stack_file_sets_cloud_table_and_credentials(tmp_path: Path) -> None:
    stack = tmp_path / "stack.json"
    stack.write_text(
        json.dumps(
            {
                "region": "ap-east-1",
                "endpoint_url": "http://127.0.0.1:1",
                "outputs": {"AccountsTable": "microtask-x-accounts"},
                "credentials": {"access_key_id": "k", "secret_access_key": "s"},
            }
        )
    )
    open_deployment(stack, None, None)
    found = {name: os.environ[name] for name in ("AWS_REGION", "AWS_ENDPOINT_URL", "ACCOUNTS_TABLE")}
    assert found == {
        "AWS_REGION": "ap-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "ACCOUNTS_TABLE": "microtask-x-accounts",
    }
    assert (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]) == ("k", "s")
    open_deployment(stack, "other", "http://127.0.0.1:2")
    assert os.environ["ACCOUNTS_TABLE"] == "microtask-other-accounts"
    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:2"


def test_a_deployment_and_a_region_are_required() -> None:
    os.environ.pop("ACCOUNTS_TABLE")
    with pytest.raises(Unreachable, match="--stage"):
        open_deployment(None, None, None)
    os.environ.pop("AWS_REGION")
    os.environ.pop("AWS_DEFAULT_REGION", None)
    with pytest.raises(Unreachable, match="region"):
        open_deployment(None, "local", None)


@pytest.mark.parametrize("text", [None, "no json", "{}", "[]"])
def test_a_missing_or_wrong_stack_file_is_one_line(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = tmp_path / "stack.json"
    if text is not None:
        stack.write_text(text)
    assert main(["import", "x.csv", "--network", "weibo", "--stack", str(stack)]) == 1
    message = capsys.readouterr().err
    assert message.startswith("microtask: ")
    assert "stack.json" in message
    assert message.count("\n") == 1


def test_a_missing_input_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "none.csv"), "--network", "weibo"]) == 1
    assert "none.csv" in capsys.readouterr().err
