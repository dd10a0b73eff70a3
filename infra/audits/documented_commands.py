"""Runs every command that the documents and `make help` name, in a copy of this checkout: `make audit`.

A command is a line of a code block, or code within a sentence, of a document (`documents`), and each target of `make
help`. `HOW` declares for each how it is run: here, by a test, or not at all, with the reason;
tests/contract/repository/test_documented_commands.py fails if a document names a command that is missing in `HOW`. The commands run
with small sizes, in the environments that the Makefile makes, and write to the copy. The local cloud runs on its own port.
"""

from __future__ import annotations

import csv
import os
import random
import re
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from cli.failures import Failed, Program
from infra.local_cloud import CREDENTIALS, REGION, free_port
from infra.package import ROOT

PROGRAMS = ("make", "python", "microtask", "pip", "pip-audit", "aws", "git", "curl", "chalice")
ENVIRONMENTS = (".venv", *(f".local/{name}-env" for name in ("cloud", "lint", "console", "browser", "fit", "bench")))


@dataclass(frozen=True)
class Here:
    """Run by the audit: the command lines, in order, with `{data}`, `{port}` and `{python}` replaced."""

    lines: tuple[str, ...]
    first_refused: bool = False
    """The first command lacks an argument and must fail."""
    on_local_cloud: bool = False
    """AWS clients in these commands use the local cloud that `make up` started."""


@dataclass(frozen=True)
class Tested:
    """Run by a test of `make test`, named as file::function."""

    test: str


@dataclass(frozen=True)
class NotRun:
    """Not run, with the reason."""

    reason: str


How = Here | Tested | NotRun


def here(*lines: str, first_refused: bool = False, on_local_cloud: bool = False) -> Here:
    return Here(lines, first_refused, on_local_cloud)


_AWS = NotRun(
    "needs an AWS account; tests/contract/deployment/test_operations.py compares it with AWS's own service descriptions"
)

HOW: dict[str, How] = {
    # In this order: later commands use what earlier ones started.
    "make help": here("make help"),
    "make docs": here("make docs", "git diff --exit-code -- docs infra client"),
    "make api-diff": here("make api-diff BASE=HEAD"),
    "make fmt": here("make fmt", "git diff --exit-code"),
    "make package": here("make package"),
    "make up": here("make up PORT={port}"),
    "make status": here("make status"),
    "make demo": here("make demo PORT={port}", "make demo PORT={port} ACCOUNTS={data}/accounts.csv"),
    "make logs": here("make logs"),
    "make redrive": here("make redrive"),
    "make drill": here("make drill"),
    "make pictures": here("make pictures ROLES=finance"),
    "make guide-pictures": here("make guide-pictures"),
    # The local cloud has no web ACL, which the default limit needs.
    "make deploy": here(
        "make deploy",
        "{python} -m infra.deploy --stage audit --client-limit 0",
        first_refused=True,
        on_local_cloud=True,
    ),
    "microtask": here(
        *(
            f".venv/bin/microtask {words} --stack .local/stack.json"
            for words in (
                "status",
                "users list",
                "users add audit --group admin --password-file {data}/password.txt",
                "users sign-in audit --password-file {data}/password.txt --new-password-file {data}/own.txt"
                " --token-file {data}/token.txt",
                "import {data}/accounts.csv --network sandbox",
                "regrade",
                "reconcile",
                "logs --errors --since 30m",
                "stuck",
                "redrive",
                "releases",
                "clients list",
                "export ledger --since 2026-01-01 --until 2027-01-01 --out {data}/ledger.csv",
            )
        ),
        ".venv/bin/microtask --help",
    ),
    "python -m ops": here("{python} -m ops status --stack .local/stack.json"),
    "curl": here(
        'bash -c \'curl -fsS -H "Authorization: Bearer $(cat {data}/token.txt)" '
        '$({python} -c "import json; print(json.load(open(\\".local/stack.json\\"))[\\"api_url\\"])")/v1/ledger/proof\''
    ),
    "make rollback": here(
        "make up PORT={port}", "make up PORT={port} RULES='{{\"posts_per_day_max\": 2}}'", "make rollback"
    ),
    "python -m infra.deploy": here("{python} -m infra.deploy --stage audit --history", on_local_cloud=True),
    "make down": here("make down", "make down DISCARD=1"),
    "make clean": here("make clean"),
    "make month": here("make month"),
    "make chaos": here("make chaos SECONDS=15"),
    "make count": here("make count"),
    "make check": here("make check"),
    "make explore": here("make explore ROUNDS=1"),
    "make test": Tested(".ci/run"),
    "make test-bluesky": NotRun("it compiles for minutes; make test replays the recordings that it writes"),
    "make test-mastodon": NotRun("it needs an environment of its own; make test replays the recordings that it writes"),
    "make audit": NotRun("it is this command"),
    "make console": NotRun(
        "it serves until it is stopped; tests/contract/deployment/test_console.py builds the same sources"
    ),
    "make measure": here("make measure DATA={data}"),
    "make fit": here("make fit DATA={data} VERSION=2026-12-01"),
    "make ablation": here("make ablation DATA={data}"),
    "make ceiling": here("make ceiling DATA={data}"),
    "make audience": here(
        "make audience FOLLOWERS={data}/followers.csv NETWORK=weibo KEY={data}/audience.key OUT={data}/sketches.jsonl"
    ),
    "make bench": here("make bench"),
    "python -m fit.forecast": here("{python} -m fit.forecast {data} --check"),
    "python -m chalicelib.tasks.model.lifecycle": here("{python} -m chalicelib.tasks.model.lifecycle"),
    "python -m bench.size": here("{python} -m bench.size"),
    "python -m bench.routes": here("{python} -m bench.routes"),
    "python -m bench.cost": here("{python} -m bench.cost"),
    "python -m bench.events": here("{python} -m bench.events"),
    "python -m bench.scale": here("{python} -m bench.scale --orders 10000"),
    "python -m bench.reads": here("{python} -m bench.reads --accounts 300"),
    "python -m bench.grading": here(
        "{python} -m bench.grading --sample 200 --turns 1", "{python} -m bench.grading --accounts 2000"
    ),
    "python -m bench.attacks": here("{python} -m bench.attacks --accounts 2 --restarts 1"),
    "python -m bench.ledger": here(
        "{python} -m bench.ledger --settlements 16 --turns 1",
        "{python} -m bench.ledger --parts --settlements 16 --turns 1",
    ),
    "python -m bench.latency": here("{python} -m bench.latency --rounds 10"),
    "python -m bench.cold": here("{python} -m bench.cold --turns 1", "{python} -m bench.cold --modules"),
    "python -m bench.load": here("{python} -m bench.load --seconds 2 --clients 1 2 --port {port}"),
    "python -m bench.audience": here(
        ".local/fit-env/bin/python -m bench.audience --accounts 24 --markets 1 --candidates 200"
    ),
    "python -m bench.planner": here(".local/fit-env/bin/python -m bench.planner --markets 2 --candidates 200"),
    "pip install ./client": here(
        "{python} -m venv {data}/client-env", "{data}/client-env/bin/pip install -q --no-deps ./client"
    ),
    "pip-audit": NotRun("asks a database of vulnerabilities on the internet"),
    "git pull": NotRun("changes the checkout"),
    "chalice package": Tested("tests/contract/deployment/test_package.py::test_every_handler_is_in_the_map"),
    "python -m pytest": here("{python} -m pytest tests/integration/wallet/test_ledger.py"),
    "aws": _AWS,
}
"""The way each documented command is run, by its key (`key_of`)."""


# -- documented commands ----------------------------------------------------------------------------------------------


def documents(root: Path = ROOT) -> list[Path]:
    named = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "client/README.md", "examples/README.md")
    return [*(root / name for name in named), *sorted((root / "docs").rglob("*.md"))]


def commands_of(text: str) -> list[str]:
    """Return the command lines in a Markdown document: lines of code blocks, and code within sentences."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    rest = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += [re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", rest)]
    bare = (re.sub(r"^(\$ +)?([A-Z_]+=\S* +)*", "", line.strip()) for line in lines)
    return [line for line in bare if line.split(" ")[0] in PROGRAMS and " " in line]


def targets(makefile: str) -> list[str]:
    """Return the targets that `make help` lists."""
    return re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)


def key_of(line: str) -> str:
    """Return the key of a command line in `HOW`: `make TARGET`, `python -m MODULE`, `aws`, or the program with its first word."""
    line = line.split("  ")[0].split(" #")[0]
    words = line.split()
    if words[0] in ("aws", "curl", "microtask", "pip-audit"):
        return words[0]
    if words[0] == "python":
        return " ".join(words[:3])
    return " ".join(words[:3] if words[0] == "pip" else words[:2])


def documented(root: Path = ROOT) -> dict[str, set[str]]:
    """Return the keys of all documented commands, each with the names of its documents."""
    found: dict[str, set[str]] = {}
    for document in documents(root):
        for line in commands_of(document.read_text("utf-8")):
            found.setdefault(key_of(line), set()).add(document.relative_to(root).as_posix())
    for target in targets((root / "Makefile").read_text("utf-8")):
        found.setdefault(f"make {target}", set()).add("make help")
    return found


# -- data for some commands --------------------------------------------------------------------------------------------


def write_data(folder: Path) -> None:
    """Write small invented tables for the fit, and a list of followers. docs/reference/grading.md describes the columns."""
    chance = random.Random(20261126)
    names = [f"{number:012x}" for number in range(240)]
    creators = [f"{number + len(names):012x}" for number in range(len(names))]

    def table(name: str, rows: list[dict[str, object]]) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def size() -> int:
        return int(chance.lognormvariate(12, 1))

    def moment(number: int) -> str:
        return f"2017-05-{number % 28 + 1:02d}T{number % 24:02d}:00:00+08:00"

    def listed(name: str) -> dict[str, object]:
        followers = size()
        stars = min(max(round(followers ** (1 / 3) / 20), 1), 6)
        return {
            "account": name,
            "followers": followers,
            "by_appointment": int(chance.random() < 0.05),
            "hot": int(chance.random() < 0.3),
            "stars": stars,
            "play_count": followers // 10 + chance.randrange(1_000),
            "repost_price_cny": 100 * stars + chance.randrange(100),
            "accepted_all_last_week": int(chance.random() < 0.5),
            "category": chance.choice(["美食", "搞笑", "作家", ""]),
        }

    def labelled(name: str) -> dict[str, object]:
        spam = int(name, 16) % 2
        return {
            "account": name,
            "is_spammer": spam,
            **{
                f"{figure}_{year}": chance.randrange(50, 3_000)
                for figure in ("followers", "posts")
                for year in (2014, 2017)
            },
            **{f"following_{year}": chance.randrange(100, 4_000 if spam else 900) for year in (2014, 2017)},
        }

    def post(name: str, number: int) -> dict[str, object]:
        spam = int(name, 16) % 2
        return {
            "account": name,
            "time": moment(number),
            "is_forward": int(chance.random() < (0.8 if spam else 0.3)),
            **{figure: chance.randrange(40) for figure in ("reposts", "comments", "likes")},
            "n_url": int(chance.random() < (0.7 if spam else 0.1)),
            "text_key": f"{chance.randrange(3 if spam else 1_000):010x}",
            "client": "手机",
        }

    def creator_row(name: str) -> dict[str, object]:
        followers = size()
        return {
            "account": name,
            "author_type": chance.choice(["personal", "organisation"]),
            "category": chance.choice(["美食", "音乐", ""]),
            "followers": followers,
            **{f"price_{length}_cny": followers // 100 for length in ("1_20s", "20_60s", "60s_plus")},
        }

    def clip(name: str, number: int) -> dict[str, object]:
        views = chance.randrange(1_000, 90_000)
        return {
            "account": name,
            "time": moment(number),
            "views": views,
            "likes": views // 20,
            "comments": views // 200,
            "shares": views // 300,
            "text_key": f"{chance.randrange(1_000):010x}",
        }

    table("weirenwu_2017.csv", [listed(name) for name in names])
    table("weibo_accounts.csv", [labelled(name) for name in names])
    table("weibo_posts.csv", [post(name, number) for name in names for number in range(20)])
    table("xingtu_accounts.csv", [creator_row(name) for name in creators])
    table("xingtu_posts.csv", [clip(name, number) for name in creators for number in range(20)])
    table("followers.csv", [{"handle": "茶馆", "follower": f"person-{number}"} for number in range(1_500)])


# -- running -----------------------------------------------------------------------------------------------------------


def copy_of_checkout(folder: Path) -> Path:
    """Return a clone with the present files, committed or not, that uses this checkout's environments."""
    copy = folder / "checkout"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    for name in names:
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)  # with its time, which make compares with the environment's
    identity = ["-c", "user.name=audit", "-c", "user.email=audit@localhost"]
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)
    subprocess.run(["git", *identity, "commit", "--quiet", "--allow-empty", "-m", "Working tree"], cwd=copy, check=True)
    for environment in ENVIRONMENTS:
        (copy / environment).parent.mkdir(parents=True, exist_ok=True)
        (copy / environment).symlink_to((ROOT / environment).resolve())
    return copy


@dataclass(frozen=True)
class Done:
    """One command line that was run: its seconds, and its output if its status was not the expected one."""

    line: str
    seconds: float
    failure: str | None


def run_line(line: str, how: Here, copy: Path, cloud: dict[str, str]) -> Done:
    begin = time.monotonic()
    environment = {name: text for name, text in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        shlex.split(line),
        cwd=copy,
        env={**environment, **(cloud if how.on_local_cloud else {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    expected = (done.returncode != 0) == (how.first_refused and line == how.lines[0])
    return Done(
        line,
        time.monotonic() - begin,
        None if expected else f"status {done.returncode}\n{done.stdout[-3_000:]}",
    )


def audit(chosen: Callable[[str], bool]) -> list[Done]:
    """Run the commands whose keys are `chosen`, print each with its time, and return what was run."""
    results: list[Done] = []
    with tempfile.TemporaryDirectory(prefix="audit-") as name:
        data = Path(name, "data")
        data.mkdir()
        write_data(data)
        copy = copy_of_checkout(Path(name))
        sample = f"from pathlib import Path; from demo import sample; sample.write(Path({str(data / 'accounts.csv')!r}), 300)"
        subprocess.run([sys.executable, "-c", sample], cwd=copy, check=True)
        (data / "own.txt").write_text(f"Aa1!{secrets.token_urlsafe(18)}")
        port = free_port()
        filled = {"data": str(data), "port": str(port), "python": ".venv/bin/python"}
        cloud = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["secret_access_key"],
        }
        chosen_here = {key: how for key, how in HOW.items() if isinstance(how, Here) and chosen(key)}
        try:
            for number, (key, how) in enumerate(chosen_here.items(), 1):
                for line in how.lines:
                    print(f"  … {number:2} of {len(chosen_here)}  {line.format(**filled)}", flush=True)
                    done = run_line(line.format(**filled), how, copy, cloud)
                    results.append(done)
                    print(f"  {'✗' if done.failure else '✓'} {done.seconds:6.1f} s  {key}", flush=True)
                    if done.failure:
                        print("      " + done.failure.replace("\n", "\n      "), flush=True)
        finally:
            subprocess.run(["make", "clean"], cwd=copy, check=False, capture_output=True)
    return results


@click.command(cls=Program)
@click.option("--only", metavar="TEXT", help="Only commands that contain this text.")
def main(only: str | None) -> None:
    """Run every documented command in a copy of this checkout."""
    unknown = {key: where for key, where in documented().items() if key not in HOW}
    if unknown:
        raise Failed(
            "\n".join(
                f"{sorted(where)} name `{key}`, which is missing in infra/audits/documented_commands.py"
                for key, where in unknown.items()
            )
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the local cloud of the copy is stopped, too
    begin = time.monotonic()
    results = audit(lambda key: only is None or only in key)
    failed = [done.line for done in results if done.failure]
    for key, how in HOW.items():
        if isinstance(how, Tested):
            print(f"  tested   {key}: {how.test}")
        elif isinstance(how, NotRun):
            print(f"  not run  {key}: {how.reason}")
    print(f"\n{len(results) - len(failed)} commands succeeded in {time.monotonic() - begin:.0f} s")
    if failed:
        raise Failed("These failed:\n" + "\n".join(f"  {line}" for line in failed))


if __name__ == "__main__":
    main()
