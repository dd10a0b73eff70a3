"""The local cloud: MiniStack on 127.0.0.1 with the real package in it. `python -m infra.local_cloud up|down|status|logs|rollback`.

IAM is enforced (`AUTH=true`), data is kept over an orderly stop. Running workflow executions are not: after a restart `up`
calls the sweep, which resumes every open task and order from its stored state.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.deploy import deploy, roll_back, tick
from infra.package import ROOT, TEMPLATE, ZIP, build
from infra.progress import Failed, run, step

REGION = "ap-east-1"
STAGE = "local"
CREDENTIALS = {"access_key_id": "test", "secret_access_key": "test"}
"""MiniStack's root user. It exists on 127.0.0.1 only; every Lambda runs with its own role."""

_started: dict[int, subprocess.Popen[bytes]] = {}
"""Clouds that this very process began: their ends have to be collected. The others are found by their pid file."""


@dataclass(frozen=True)
class LocalCloud:
    """One MiniStack: its port, and the folder with its data, log, pid and `stack.json`."""

    port: int
    folder: Path
    python: Path = ROOT / ".local" / "cloud-env" / "bin" / "python"
    program: Path = ROOT / "infra" / "ministack_corrected.py"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stack_file(self) -> Path:
        return self.folder / "stack.json"

    @property
    def log_file(self) -> Path:
        return self.folder / "cloud.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / "cloud.pid"

    def client(self, service: str) -> Any:
        """A boto3 client with the credentials of the local cloud's operator."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["access_key_id"],
            aws_secret_access_key=CREDENTIALS["secret_access_key"],
            config=Config(read_timeout=120, retries={"mode": "standard", "total_max_attempts": 3}),
        )

    # -- up and down -----------------------------------------------------------------------------------------------

    def up(self) -> dict[str, Any]:
        """Starts the cloud if it does not run, deploys the package if it changed, resumes open work; the stack document."""
        build()
        if self.pid() is None:
            self.start()
        else:
            self._wait_until_healthy()
        deployed = self._deploy_if_changed()
        with step("resume open tasks and orders") as tell:
            tell(self._sweep(deployed["outputs"]["SweepFunction"]))
        return deployed

    def start(self) -> None:
        """Starts MiniStack and waits until it answers. Raises Failed if the port is taken or it does not start."""
        if not self.python.exists():
            raise Failed("MiniStack is not installed: `make up` installs it.")
        self.pid_file.unlink(missing_ok=True)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise Failed(
                    f"Port {self.port} is taken by another program. Stop it, or use another: `make up PORT={self.port + 1}`."
                ) from error
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        settings = {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(data),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(data / "s3"),
            "TMPDIR": str(scratch),
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["secret_access_key"],
            "LOG_LEVEL": "INFO",
        }
        with step(f"start the local cloud on {self.url}"):
            with self.log_file.open("ab") as log:
                process = subprocess.Popen(
                    [str(self.python), str(self.program)],
                    env={**os.environ, **settings},
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            _started[process.pid] = process
            self.pid_file.write_text(str(process.pid))
            self._wait_until_healthy(process)

    def down(self) -> bool:
        """Stops the cloud in an orderly way, its data saved; False if it did not run. Only ever ends what `start` began."""
        pid = self.pid()
        if pid is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        with step("stop the local cloud"):
            os.kill(pid, signal.SIGTERM)
            for _ in range(600):
                if not _alive(pid):
                    break
                time.sleep(0.1)
            else:
                raise Failed(f"The local cloud (process {pid}) does not stop; its log is {self.log_file}.")
        if pid in _started:
            _started.pop(pid).wait()
        self.pid_file.unlink(missing_ok=True)
        return True

    def pid(self) -> int | None:
        """The process that runs, if it is ours: a stale pid file counts as nothing."""
        try:
            pid = int(self.pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline")
            ours = b"ministack" in command.read_bytes() if command.exists() else _alive(pid)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        return pid if ours and _alive(pid) else None

    def workers(self) -> list[int]:
        """The processes in which this cloud runs Lambda functions."""
        parent, found = self.pid(), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    status = (entry / "stat").read_text()
                    command = (entry / "cmdline").read_bytes()
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if int(status.rpartition(")")[2].split()[1]) == parent and b"_worker" in command:
                    found.append(int(entry.name))
        return found

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_localstack/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _wait_until_healthy(self, process: subprocess.Popen[bytes] | None = None) -> None:
        for _ in range(150):
            if self.healthy():
                return
            if process is not None and process.poll() is not None:
                break
            time.sleep(0.2)
        tail = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-8:]) if self.log_file.exists() else ""
        raise Failed(
            f"The local cloud does not answer on {self.url}. `make down`, then `make up`; if that does not help, "
            f"`make clean` begins anew. The end of {self.log_file}:\n{tail}"
        )

    # -- what runs in it -------------------------------------------------------------------------------------------

    def _deploy_if_changed(self) -> dict[str, Any]:
        built = f"{TEMPLATE.stat().st_mtime_ns}-{ZIP.stat().st_mtime_ns}"
        if self.stack_file.exists():
            known: dict[str, Any] = json.loads(self.stack_file.read_text())
            if known["built"] == built and known["endpoint_url"] == self.url and self._outputs():
                print("  ✓ the deployed package is up to date")
                return known
        outputs = self._outputs()
        while True:
            parameters = {"Stage": STAGE, "Sandbox": "on", "WalletDeletionProtection": "false"}
            parameters["LinkBase"] = link_base = self._api_url(outputs) if outputs else ""
            outputs = deploy(self.client, STAGE, parameters)
            if link_base == self._api_url(outputs):
                break  # an API has its address once it is there: a new stack learns in an update where its links begin
        return self._tell(outputs, built)

    def roll_back(self) -> dict[str, Any]:
        """Puts the stack back to what was deployed before; it stays until something is built anew. The stack document."""
        roll_back(self.client, STAGE)
        document: dict[str, Any] = json.loads(self.stack_file.read_text())
        return self._tell(self._outputs(), document["built"])

    def _tell(self, outputs: dict[str, str], built: str) -> dict[str, Any]:
        """Writes the stack document."""
        document = {
            "api_url": self._api_url(outputs),
            "endpoint_url": self.url,
            "region": REGION,
            "user_pool_id": outputs["UserPoolId"],
            "client_id": outputs["UserPoolClientId"],
            "outputs": outputs,
            "credentials": CREDENTIALS,
            "built": built,
        }
        self.stack_file.write_text(json.dumps(document, indent=2))
        return document

    def _api_url(self, outputs: dict[str, str]) -> str:
        return f"{self.url}/restapis/{outputs['RestAPIId']}/api/_user_request_"

    def _outputs(self) -> dict[str, str]:
        """The outputs of the deployed stack; empty if there is none that stands."""
        cloudformation = self.client("cloudformation")
        try:
            stacks = cloudformation.describe_stacks(StackName=f"microtask-{STAGE}")["Stacks"]
        except cloudformation.exceptions.ClientError:
            return {}
        if not stacks or stacks[0]["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return {}
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def _sweep(self, function: str) -> str:
        answer = self.client("lambda").invoke(FunctionName=function, Payload=tick("up", REGION))
        text = answer["Payload"].read().decode()
        if answer.get("FunctionError") and '"Unfinished"' not in text:  # a damaged item keeps nobody from starting
            raise Failed(f"The sweep failed: {text}\nThe log is {self.log_file}.")
        return str(text)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make up|down|status|logs|rollback", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status", "logs", "rollback"])
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--folder", type=Path, default=ROOT / ".local")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    known = json.loads((folder / "stack.json").read_text()) if (folder / "stack.json").exists() else {}
    running = LocalCloud(int(known["endpoint_url"].rpartition(":")[2]) if known else options.port, folder)
    cloud = running if running.pid() is not None else LocalCloud(options.port, folder)
    if options.command == "up":
        stack = cloud.up()
        print(f"\nThe market's API: {stack['api_url']}\n`.local/stack.json` has the rest; `make down` stops the cloud.")
    elif options.command == "rollback":
        print(f"\nThe market's API: {cloud.roll_back()['api_url']}")
    elif options.command == "down":
        print("Stopped; the data is kept." if cloud.down() else "The local cloud does not run.")
    elif options.command == "status":
        print(
            f"{'runs' if cloud.pid() else 'does not run'}, {'answers' if cloud.healthy() else 'does not answer'} on {cloud.url}"
        )
    else:
        print(cloud.log_file.read_text(errors="replace") if cloud.log_file.exists() else "There is no log yet.")


if __name__ == "__main__":
    run(main)
