"""The local cloud: MiniStack on 127.0.0.1 with the deployed package. `python -m infra.local_cloud up|down|status|logs|rollback`.

IAM is enforced (`AUTH=true`). The data is saved every SAVE_SECONDS if something has changed, and when the cloud stops
(infra/cloud_process/cloud_snapshots.py); a cloud that is killed loses the changes after the last save. Running workflow
executions are not saved: after a restart `up` calls the sweep, which resumes every open task and order from its stored state.
"""

from __future__ import annotations

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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import click
from botocore.config import Config

from chalicelib.core.regions.region import NAMES
from chalicelib.core.rules import InvalidRules, read_rules
from cli.failures import Failed, Program
from cli.progress import step
from infra.cloud_process.cloud_snapshots import Damaged, Snapshot, newest
from infra.deploy import deploy, roll_back, scheduled_event
from infra.package import ROOT, TEMPLATE, ZIP, build

REGION = "ap-east-1"
STAGE = "local"
STACK = f"microtask-{STAGE}"
EMAIL_SENDER = "market@market.example"
"""MiniStack stores e-mails and lists them at `/_ministack/ses/messages`; none leaves the machine."""
CREDENTIALS = {"access_key_id": "test", "secret_access_key": "test"}
"""MiniStack's root user. It exists on 127.0.0.1 only; every Lambda runs with its own role."""

SAVE_SECONDS = 10
"""The least number of seconds between two saves. A save that takes more than half a second lengthens it, so that saving takes at
most 5 % of the time."""

_started: dict[int, tuple[subprocess.Popen[bytes], int | None]] = {}
"""Clouds that this process started, by process id, to wait for their end; others are found by their pid file. The descriptor is set
if the cloud ends with this process: closing it ends the cloud."""


def free_port() -> int:
    """Return a free port. On Linux it stays reserved until this process ends, while a local cloud can still listen on it."""
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

    It ends with the process that starts it, also if that is killed, unless `outlives` is set. With `save_seconds` 0 it saves only
    when it stops. `rules` is a JSON object that overrides rules, as the deployment's `--rules`, and `region` the market's region;
    None: those of the last deployment.
    """

    port: int
    folder: Path
    outlives: bool = False
    save_seconds: int = SAVE_SECONDS
    rules: str | None = None
    region: str | None = None
    python: Path = ROOT / ".local" / "cloud-env" / "bin" / "python"
    program: Path = ROOT / "infra" / "cloud_process" / "ministack_corrected.py"

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
        """Return a boto3 client with the credentials of the local cloud's root user."""
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
        """Start the cloud, deploy a changed package, resume open tasks and orders, and return the stack document."""
        build(linted=False)
        if self.pid() is None:
            self.start()
        else:
            self._wait_until_healthy()
        deployed = self._deploy_if_changed()
        with step("resume open tasks and orders") as report:
            report(self._sweep(deployed["outputs"]["SweepFunction"]))
        if fault := self.save():
            raise Failed(f"The market runs, but its data cannot be saved: {fault}\n{_SAVE_HELP}")
        return deployed

    def start(self) -> None:
        """Start MiniStack and wait until it responds. Raise Failed if the port is taken or it does not start."""
        if not self.python.exists():
            raise Failed("MiniStack is not installed: `make up` installs it.")
        self.pid_file.unlink(missing_ok=True)
        self._wait_for_port()
        self._check_saved_data()
        self.data.mkdir(parents=True, exist_ok=True)
        scratch = self.folder / "scratch"
        _clean(scratch)
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
        """Wait for the port, which a cloud that was just killed may still hold. Raise Failed if it stays taken."""
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
        """Save the data now and return the fault, or None."""
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
            return f"it does not respond: {error}"

    def down(self, *, discard: bool = False) -> bool:
        """Save the data and stop the cloud. Return False if it did not run. Ends only processes that `start` started.

        Raise Failed and leave the cloud running if its data cannot be saved. With `discard`, stop it without saving.
        """
        pid = self.pid()
        if pid is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        begin = datetime.now(UTC)
        if not discard and (fault := self.save()):
            raise Failed(f"The data cannot be saved, so the local cloud continues to run: {fault}\n{_SAVE_HELP}")
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
        """Raise Failed if the cloud that was stopped after `begin` did not save when it ended."""
        try:
            snapshot, faults = newest(self.data)
        except Damaged as damage:
            raise Failed(f"The local cloud stopped, but its saved data is damaged: {damage}\n{_SAVE_HELP}") from damage
        if snapshot is None or faults or not snapshot.final or snapshot.saved_at < begin:
            last = f"The last save is {snapshot.age()} old." if snapshot else "Nothing is saved."
            raise Failed(
                f"The local cloud stopped without saving its last changes. {last} The reason is in {self.log_file}.\n{_SAVE_HELP}"
            )

    def _check_saved_data(self) -> None:
        """Print the age of the data that will be loaded. Raise Failed if there is saved data and none of it can be loaded."""
        try:
            snapshot, faults = newest(self.data)
        except Damaged as damage:
            raise Failed(
                f"The saved data in {self.data} cannot be loaded: {damage}\nRestore a copy of that folder, or start "
                "without the data: `make clean`, then `make up`."
            ) from damage
        for fault in faults:
            print(f"  ! the newest data is damaged and skipped: {fault}")
        if snapshot is not None:
            print(f"  ✓ loading data {_age(snapshot)}")
        elif self.data.exists():
            print("  ! no saved data: the local cloud ended before its first save and starts empty")
            _set_aside(self.data)

    def pid(self) -> int | None:
        """Return the id of the running process, or None. A stale pid file is ignored."""
        try:
            pid = int(self.pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline")
            ours = b"ministack" in command.read_bytes() if command.exists() else _alive(pid)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        return pid if ours and _alive(pid) else None

    def workers(self) -> list[int]:
        """Return the ids of the processes in which this cloud runs Lambda functions."""
        cloud, found = self.pid(), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent, group = map(int, (entry / "stat").read_text().rpartition(")")[2].split()[1:3])
                    command = (entry / "cmdline").read_bytes()
                except (FileNotFoundError, ProcessLookupError):
                    continue
                # A fork has the command line of its parent, which is a child of the cloud.
                is_fork = b"worker_forks.py" in command and parent != cloud
                if group == cloud and (is_fork or b"_worker.py" in command):
                    found.append(int(entry.name))
        return found

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_localstack/health", timeout=2) as response:
                return bool(response.status == 200)
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
            f"The local cloud does not respond on {self.url}. Run `make down`, then `make up`; if that does not "
            f"help, `make clean` deletes its data. The end of {self.log_file}:\n{tail}"
        )

    # -- what runs in it -------------------------------------------------------------------------------------------

    def _deploy_if_changed(self) -> dict[str, Any]:
        built = f"{TEMPLATE.stat().st_mtime_ns}-{ZIP.stat().st_mtime_ns}"
        known: dict[str, Any] = json.loads(self.stack_file.read_text()) if self.stack_file.exists() else {}
        before = known.get("rules", "{}")
        rules = before if self.rules is None else self.rules
        region_before = known.get("market_region", NAMES[0])
        region = self.region or region_before
        if known:
            deployed = (known["built"], known["endpoint_url"], before, region_before)
            same = deployed == (built, self.url, rules, region)
            if same and self._outputs():
                print("  ✓ the deployed package is up to date")
                return known
        outputs = self._outputs() or {"RestAPIId": STACK}  # as ministack_corrected.py names it
        while True:
            parameters = {
                "Stage": STAGE,
                "Sandbox": "on",
                "WalletDeletionProtection": "false",
                "ClientLimit": "0",
                "LocalWebhooks": "on",
            }
            parameters["AllowOrigins"] = "*"  # for pages that a client developer serves from this machine
            parameters["LinkBase"] = link_base = self._api_url(outputs)
            parameters["PublicUrl"] = link_base
            parameters["EmailSender"] = EMAIL_SENDER
            parameters["SignInUrl"] = self.url
            parameters["Rules"] = rules
            parameters["Region"] = region
            outputs = deploy(self.client, STAGE, parameters)
            if link_base == self._api_url(outputs):
                break  # otherwise an API of an earlier version has another id, and an update sets its address
        self.client("ses").verify_domain_identity(Domain=EMAIL_SENDER.rpartition("@")[2])
        return self._write_stack_file(outputs, built, rules, region)

    def roll_back(self) -> dict[str, Any]:
        """Return the stack to the previous release, until the next build changes, and return the stack document."""
        roll_back(self.client, STAGE)
        document: dict[str, Any] = json.loads(self.stack_file.read_text())
        return self._write_stack_file(
            self._outputs(), document["built"], document.get("rules", "{}"), document.get("market_region", NAMES[0])
        )

    def _write_stack_file(self, outputs: dict[str, str], built: str, rules: str, region: str) -> dict[str, Any]:
        """Write the stack document to the stack file and return it."""
        document = {
            "api_url": self._api_url(outputs),
            "console_url": f"{self._api_url(outputs)}/console/",
            "endpoint_url": self.url,
            "region": REGION,
            "user_pool_id": outputs["UserPoolId"],
            "client_id": outputs["UserPoolClientId"],
            "outputs": outputs,
            "credentials": CREDENTIALS,
            "built": built,
            "rules": rules,
            "market_region": region,
        }
        self.stack_file.write_text(json.dumps(document, indent=2))
        return document

    def _api_url(self, outputs: dict[str, str]) -> str:
        return f"{self.url}/restapis/{outputs['RestAPIId']}/api/_user_request_"

    def _outputs(self) -> dict[str, str]:
        """Return the outputs of the deployed stack, empty if there is none."""
        cloudformation = self.client("cloudformation")
        try:
            stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        except cloudformation.exceptions.ClientError:
            return {}
        if not stacks or stacks[0]["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return {}
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def _sweep(self, function: str) -> str:
        response = self.client("lambda").invoke(FunctionName=function, Payload=scheduled_event("up", REGION))
        text = response["Payload"].read().decode()
        if response.get("FunctionError") and '"Unfinished"' not in text:  # a damaged item does not prevent the start
            raise Failed(f"The sweep failed: {text}\nThe log is {self.log_file}.")
        return str(text)


_SAVE_HELP = (
    "Free space on the disk or make the folder writable, then run the command again. To stop without saving: "
    "`make down DISCARD=1`."
)


def _age(snapshot: Snapshot) -> str:
    ended = "when the local cloud was stopped" if snapshot.final else "while it ran; it was killed later"
    return f"saved {snapshot.age()} ago ({snapshot.saved_at:%Y-%m-%d %H:%M:%S} UTC, {snapshot.size / 1e6:,.1f} MB), {ended}"


def _clean(scratch: Path) -> None:
    """Create the folder of temporary files, or delete the files of a stopped cloud in it, except the two newest unpacked packages,
    which are named by their content."""
    packages = scratch / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    complete = [package for package in packages.iterdir() if not package.suffix]
    newest = sorted(complete, key=lambda package: package.stat().st_mtime)[-2:]
    for unused in {*scratch.iterdir(), *packages.iterdir()} - {packages, *newest}:
        shutil.rmtree(unused) if unused.is_dir() else unused.unlink()


def _set_aside(data: Path) -> None:
    """Rename a data folder without a saved state: a new stack could not create buckets over its objects."""
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


@click.command(cls=Program)
@click.argument("command", type=click.Choice(["up", "down", "status", "logs", "rollback"]))
@click.option("--port", type=int, default=4566, show_default=True, help="Port on 127.0.0.1.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=ROOT / ".local", help="Folder of its data and files."
)
@click.option("--rules", help="up: rules that override the sandbox's, as a JSON object; used until others are given.")
@click.option("--region", type=click.Choice(NAMES), help="up: region of the market; used until another is given.")
@click.option("--discard", is_flag=True, help="down: stop even if the data cannot be saved.")
def main(command: str, port: int, folder: Path, rules: str | None, region: str | None, discard: bool) -> None:
    """Start, stop and inspect the local cloud."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    known = json.loads((folder / "stack.json").read_text()) if (folder / "stack.json").exists() else {}
    known_port = int(known["endpoint_url"].rpartition(":")[2]) if known else port
    running = LocalCloud(known_port, folder, outlives=True, rules=rules, region=region)
    cloud = running if running.pid() is not None else replace(running, port=port)
    try:
        _run(command, cloud, discard=discard)
    except OSError as error:
        raise Failed(f"{error.strerror}: {error.filename or folder}\n{_SAVE_HELP}") from error


def _run(command: str, cloud: LocalCloud, *, discard: bool) -> None:
    match command:
        case "up":
            try:
                read_rules(cloud.rules or "{}", sandbox=True, region=cloud.region or NAMES[0])
            except InvalidRules as error:
                raise Failed(str(error)) from error
            stack = cloud.up()
            print(f"\nThe market's API: {stack['api_url']}\nThe web console:  {stack['console_url']}")
            print("`.local/stack.json` has the details; `make down` stops the cloud.")
        case "rollback":
            print(f"\nThe market's API: {cloud.roll_back()['api_url']}")
        case "down":
            stopped = cloud.down(discard=discard)
            print("Stopped; the data is saved." if stopped else "The local cloud does not run.")
        case "status":
            process = "runs" if cloud.pid() else "does not run"
            print(f"{process}, {'responds' if cloud.healthy() else 'does not respond'} on {cloud.url}")
        case "logs":
            log = cloud.log_file
            print(log.read_text(errors="replace") if log.exists() else "There is no log yet.")


if __name__ == "__main__":
    main()
