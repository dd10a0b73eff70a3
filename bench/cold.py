"""Measures cold starts, compared with the least that the same frameworks can do: `python -m bench.cold`.

Each line is a fresh process with modules compiled as in the package: processor time of the import, then of the first response,
a quote of ten accounts with recorded replies of DynamoDB (bench.harness.scene). The variants take turns; the figures are
medians.

    --peers    also the routes of bench.peers (needs requirements/bench.txt: `make bench`)
    --functions  only the import, of each function: all but one import no routes
    --modules  the modules of ours that take longest, in their own milliseconds
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import pickle
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from py_compile import PycInvalidationMode

from bench import latency
from bench.harness.scene import Handler, Scene

ROOT = Path(__file__).parents[1]
VARIANTS = {"bare": "bench.peers.bare", "ours": "app"}
PEERS = {
    "ours, five routes": "bench.peers.with_ours",
    "Powertools, five routes": "bench.peers.with_powertools",
    "FastAPI and Mangum, five routes": "bench.peers.with_fastapi",
}
_CHILD = """
import json, pickle, sys, time
sys.path.insert(0, {folder!r})
if {module!r} in ("bench.peers.with_powertools", "bench.peers.with_fastapi"):
    import bench.peers.without_chalice
begun = time.process_time()
import {module} as module
imported = time.process_time()
from bench.harness.scene import CONTEXT, replayed
scene = pickle.load(open({scene!r}, "rb"))
with replayed() as ring:
    ring.extend(scene.replies)
    ready = time.process_time()
    response = getattr(module, "handler", None) or module.app
    response = response(scene.event, CONTEXT)
    answered = time.process_time()
assert response["statusCode"] == 200, response
print(json.dumps([imported - begun, answered - ready]))
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--turns", type=int, default=15)
    arguments.add_argument("--peers", action="store_true")
    arguments.add_argument("--functions", action="store_true")
    arguments.add_argument("--modules", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _stage(folder)
        if chosen.modules:
            _modules(folder, chosen.turns)
        elif chosen.functions:
            _functions(folder, chosen.turns)
        else:
            _measure(folder, {**VARIANTS, **(PEERS if chosen.peers else {})}, chosen.turns)


def _stage(folder: Path) -> None:
    """Make a copy of the shipped files and the peers, compiled as infra.package compiles it."""
    shutil.copy(ROOT / "app.py", folder)
    for name in ("chalicelib", "bench"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def _environment() -> dict[str, str]:
    """Return the environment of the processes: the deployment that `testing` sets, as a stage without the sandbox.

    The recorded accounts come from a sandbox stage and are not proved, so rule 25 does not require it."""
    rules = json.dumps({"proof_of_graded": 0})
    function = {"AWS_LAMBDA_FUNCTION_NAME": "market-APIHandler-0"}  # imports routes on demand, as on Lambda
    return {**os.environ, **function, "SANDBOX": "off", "RULES": rules, "PYTHONDONTWRITEBYTECODE": "1"}


def _measure(folder: Path, variants: dict[str, str], turns: int) -> None:
    scene = folder / "scene"
    (quote,) = [found for found in latency.record(_app()) if found.name == "POST /v1/quotes"]
    scene.write_bytes(pickle.dumps(Scene(**vars(quote))))
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in variants}
    for _ in range(turns):
        for name, module in variants.items():
            code = _CHILD.format(folder=str(folder), module=module, scene=str(scene))
            done = subprocess.run([sys.executable, "-c", code], env=_environment(), capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            imported, answered = json.loads(done.stdout.splitlines()[-1])
            spent[name].append((imported * 1000, answered * 1000))
    print("| | import ms | to bare | first response ms | both to bare |\n|---|---|---|---|---|")
    medians = {name: [statistics.median(part) for part in zip(*found, strict=True)] for name, found in spent.items()}
    bare_import, bare_answer = medians["bare"]
    for name, (imported, answered) in medians.items():
        both = (imported + answered) / (bare_import + bare_answer)
        print(f"| {name} | {imported:.0f} | {imported / bare_import:.2f} | {answered:.0f} | {both:.2f} |")


def _functions(folder: Path, turns: int) -> None:
    code = f"import sys, time; sys.path.insert(0, {str(folder)!r}); begun = time.process_time(); import app\n"
    code += (
        "ours = sum(name.startswith('chalicelib') for name in sys.modules); print(time.process_time() - begun, ours)"
    )
    spent: dict[str, list[float]] = {name: [] for name in ("APIHandler", "OrderStep", "Outbox")}
    modules = {}
    for _ in range(turns):
        for name, times in spent.items():
            environment = {**_environment(), "AWS_LAMBDA_FUNCTION_NAME": f"market-{name}-0"}
            done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
            seconds, modules[name] = done.stdout.split()
            times.append(float(seconds) * 1000)
    print("| function | import ms | to APIHandler | modules of ours |\n|---|---|---|---|")
    whole = statistics.median(spent["APIHandler"])
    for name, times in spent.items():
        print(f"| {name} | {statistics.median(times):.0f} | {statistics.median(times) / whole:.2f} | {modules[name]} |")


def _modules(folder: Path, turns: int) -> None:
    found: dict[str, list[int]] = {}
    command = [sys.executable, "-X", "importtime", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); import app"]
    for _ in range(turns):
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True)
        for own, name in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", done.stderr):
            found.setdefault(name, []).append(int(own))
    least = {name: min(times) / 1000 for name, times in found.items()}
    ours = {name: own for name, own in least.items() if name.partition(".")[0] in ("app", "chalicelib")}
    print(f"{sum(least.values()):.0f} ms, {sum(ours.values()):.0f} of them in {len(ours)} modules of ours")
    for name, own in sorted(ours.items(), key=lambda one: -one[1])[:20]:
        print(f"{own:6.1f}  {name}")


def _app() -> Handler:
    from app import app

    handler: Handler = app
    return handler


if __name__ == "__main__":
    main()
