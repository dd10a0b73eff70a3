"""The local cloud: MiniStack on 127.0.0.1 with the real package in it. `python -m infra.local_cloud up|down|status|logs|rollback`.

IAM is enforced (`AUTH=true`). The data is saved every SAVE_SECONDS if something has changed, and when the cloud stops
(infra/cloud_snapshots.py); a cloud that is killed loses what came after the last save. Running workflow executions are not
saved: after a restart `up` calls the sweep, which resumes every open task and order from its stored state.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.core.rules import InvalidRules, read_rules
from cli.progress import Failed, run, step
from infra.cloud_snapshots import Damaged, Snapshot, newest
from infra.deploy import deploy, roll_back, tick
from infra.package import ROOT, TEMPLATE, ZIP, build

REGION = "ap-east-1"
STAGE = "local"
CREDENTIALS = {"access_key_id": "test", "secret_access_key": "test"}
"""MiniStack's root user. It exists on 127.0.0.1 only; every Lambda runs with its own role."""

SAVE_SECONDS = 10
"""Seconds between two saves at least; more if saving takes more than half a second, so that it takes 5 % of the time at most."""

_started: dict[int, tuple[subprocess.Popen[bytes], int | None]] = {}
"""Clouds that this very process began: their ends have to be collected. The others are found by their pid file. With each is the
descriptor whose closing ends it, if it is to end with this process."""


def free_port() -> int:
    """A port that is free, and on Linux stays so until this process ends: a local cloud can still take it."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port: int = holder.getsockname()[1]
    if sys.platform == "linux":  # elsewhere two sockets cannot be bound to one port, even if only one listens
        _held.append(holder)
    else:
        holder.close()
    return port


_held: list[socket.socket] = []


@dataclass(frozen=True)
class LocalCloud:
    """One MiniStack: its port, and the folder with its data, log, pid and `stack.json`.

    It ends with the process that starts it, however that ends, unless `outlives`. `save_seconds` 0 saves only when it stops.
    `rules`: a JSON object that overrides rules (chalicelib.core.settings), as the deployment's `--rules`; None: as deployed before.
    """

    port: int
    folder: Path
    outlives: bool = False
    save_seconds: int = SAVE_SECONDS
    rules: str | None = None
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
    def data(self) -> Path:
        return self.folder / "data"

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
        if fault := self.save():
            raise Failed(f"The market runs, but its data cannot be saved: {fault}\n{_WAY_OUT}")
        return deployed

    def start(self) -> None:
        """Starts MiniStack and waits until it answers. Raises Failed if the port is taken or it does not start."""
        if not self.python.exists():
            raise Failed("MiniStack is not installed: `make up` installs it.")
        self.pid_file.unlink(missing_ok=True)
        self._wait_for_port()
        self._look_at_saved()
        self.data.mkdir(parents=True, exist_ok=True)
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        settings = {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.data),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.data / "s3"),
            "TMPDIR": str(scratch),
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["secret_access_key"],
            "LOG_LEVEL": "INFO",
            "SAVE_SECONDS": str(self.save_seconds),
        }
        lifeline, ours = (None, None) if self.outlives else os.pipe()
        if lifeline is not None:
            settings["LIFELINE"] = str(lifeline)
        with step(f"start the local cloud on {self.url}"):
            with self.log_file.open("ab") as log:
                process = subprocess.Popen(
                    [str(self.python), str(self.program)],
                    env={**os.environ, **settings},
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    pass_fds=() if lifeline is None else (lifeline,),
                )
            if lifeline is not None:
                os.close(lifeline)
            _started[process.pid] = process, ours
            self.pid_file.write_text(str(process.pid))
            self._wait_until_healthy(process)

    def _wait_for_port(self) -> None:
        """Waits while the port is still held by a cloud that was just killed. Raises Failed if it stays taken."""
        limit = time.monotonic() + 5
        while True:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", self.port))
                    return
                except OSError as error:
                    if time.monotonic() > limit:
                        raise Failed(
                            f"Port {self.port} is taken by another program. Stop it, or use another: "
                            f"`make up PORT={self.port + 1}`."
                        ) from error
            time.sleep(0.1)

    def save(self) -> str | None:
        """Saves the data now; what went wrong, or None."""
        request = urllib.request.Request(f"{self.url}/_microtask/save", data=b"", method="POST")
        try:
            with urllib.request.urlopen(request, timeout=600):
                return None
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                return str(json.loads(text)["error"])
            except (ValueError, KeyError, TypeError):
                return f"{error}: {text[:200]}"
        except OSError as error:
            return f"it does not answer: {error}"

    def down(self, *, discard: bool = False) -> bool:
        """Stops the cloud, its data saved; False if it did not run. Only ever ends what `start` began.

        Raises Failed, and lets it run, if its data cannot be saved: nothing is lost then. With `discard` it is stopped even so.
        """
        pid = self.pid()
        if pid is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        begin = datetime.now(UTC)
        if not discard and (fault := self.save()):
            raise Failed(f"The data cannot be saved, so the local cloud goes on running: {fault}\n{_WAY_OUT}")
        with step("stop the local cloud"):
            os.kill(pid, signal.SIGTERM)
            for _ in range(3_000):
                if not _alive(pid):
                    break
                time.sleep(0.1)
            else:
                raise Failed(f"The local cloud (process {pid}) does not stop; its log is {self.log_file}.")
        if pid in _started:
            process, ours = _started.pop(pid)
            process.wait()
            if ours is not None:
                os.close(ours)
        self.pid_file.unlink(missing_ok=True)
        if not discard:
            self._check_saved(begin)
        return True

    def _check_saved(self, begin: datetime) -> None:
        """Raises Failed if the cloud that was stopped after `begin` did not save at its end."""
        try:
            snapshot, faults = newest(self.data)
        except Damaged as damage:
            raise Failed(f"The local cloud stopped, but what it saved is damaged: {damage}\n{_WAY_OUT}") from damage
        if snapshot is None or faults or not snapshot.final or snapshot.saved_at < begin:
            last = f"The last save is {snapshot.age()} old." if snapshot else "Nothing is saved."
            raise Failed(
                f"The local cloud stopped without saving its last changes. {last} The reason is in {self.log_file}.\n{_WAY_OUT}"
            )

    def _look_at_saved(self) -> None:
        """Says how old the data is that will be loaded. Raises Failed if there is some and none of it can be loaded."""
        try:
            snapshot, faults = newest(self.data)
        except Damaged as damage:
            raise Failed(
                f"The saved data in {self.data} cannot be loaded: {damage}\nPut back a copy of that folder, or begin anew "
                "without it: `make clean`, then `make up`."
            ) from damage
        for fault in faults:
            print(f"  ! the newest data is damaged and passed over: {fault}")
        if snapshot is not None:
            print(f"  ✓ loading data {_said(snapshot)}")
        elif self.data.exists():
            print("  ! no saved data: the local cloud ended before its first save and begins anew")
            _set_aside(self.data)

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
        for _ in range(1_500 if process else 150):
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
        known: dict[str, Any] = json.loads(self.stack_file.read_text()) if self.stack_file.exists() else {}
        before = known.get("rules", "{}")
        rules = before if self.rules is None else self.rules
        if known:
            same = (known["built"], known["endpoint_url"], before) == (built, self.url, rules)
            if same and self._outputs():
                print("  ✓ the deployed package is up to date")
                return known
        outputs = self._outputs()
        while True:
            parameters = {"Stage": STAGE, "Sandbox": "on", "WalletDeletionProtection": "false", "ClientLimit": "0"}
            parameters["AllowOrigins"] = "*"  # for pages that client developers serve from this machine
            parameters["LinkBase"] = link_base = self._api_url(outputs) if outputs else ""
            parameters["PublicUrl"] = link_base
            parameters["Rules"] = rules
            outputs = deploy(self.client, STAGE, parameters)
            if link_base == self._api_url(outputs):
                break  # an API has its address once it is there: a new stack learns in an update where its links begin
        return self._tell(outputs, built, rules)

    def roll_back(self) -> dict[str, Any]:
        """Puts the stack back to what was deployed before; it stays until something is built anew. The stack document."""
        roll_back(self.client, STAGE)
        document: dict[str, Any] = json.loads(self.stack_file.read_text())
        return self._tell(self._outputs(), document["built"], document.get("rules", "{}"))

    def _tell(self, outputs: dict[str, str], built: str, rules: str) -> dict[str, Any]:
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
            "rules": rules,
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


_WAY_OUT = (
    "Free space on the disk or make the folder writable, then run the command again. To stop without saving: "
    "`make down DISCARD=1`."
)


def _said(snapshot: Snapshot) -> str:
    ended = "when the local cloud was stopped" if snapshot.final else "while it ran; it did not end in an orderly way"
    return f"saved {snapshot.age()} ago ({snapshot.saved_at:%Y-%m-%d %H:%M:%S} UTC, {snapshot.size / 1e6:,.1f} MB), {ended}"


def _set_aside(data: Path) -> None:
    """Renames a folder whose objects belong to no saved state: a new stack could not create its buckets over them."""
    aside = data.with_name("data.unsaved")
    shutil.rmtree(aside, ignore_errors=True)
    data.rename(aside)


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
    parser.add_argument(
        "--rules", help="up: rules that differ from the sandbox's, as a JSON object; stays until given anew"
    )
    parser.add_argument("--discard", action="store_true", help="down: stop even if the data cannot be saved")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    known = json.loads((folder / "stack.json").read_text()) if (folder / "stack.json").exists() else {}
    running = LocalCloud(
        int(known["endpoint_url"].rpartition(":")[2]) if known else options.port,
        folder,
        outlives=True,
        rules=options.rules,
    )
    asked = LocalCloud(options.port, folder, outlives=True, rules=options.rules)
    cloud = running if running.pid() is not None else asked
    try:
        _carry_out(options, cloud)
    except OSError as error:
        raise Failed(f"{error.strerror}: {error.filename or folder}\n{_WAY_OUT}") from error


def _carry_out(options: argparse.Namespace, cloud: LocalCloud) -> None:
    if options.command == "up":
        try:
            read_rules(cloud.rules or "{}", sandbox=True)
        except InvalidRules as error:
            raise Failed(str(error)) from error
        stack = cloud.up()
        print(f"\nThe market's API: {stack['api_url']}\n`.local/stack.json` has the rest; `make down` stops the cloud.")
    elif options.command == "rollback":
        print(f"\nThe market's API: {cloud.roll_back()['api_url']}")
    elif options.command == "down":
        print("Stopped; the data is saved." if cloud.down(discard=options.discard) else "The local cloud does not run.")
    elif options.command == "status":
        print(
            f"{'runs' if cloud.pid() else 'does not run'}, {'answers' if cloud.healthy() else 'does not answer'} on {cloud.url}"
        )
    else:
        print(cloud.log_file.read_text(errors="replace") if cloud.log_file.exists() else "There is no log yet.")


if __name__ == "__main__":
    run(main)
