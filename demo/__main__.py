"""Imports accounts, plays a campaign through the HTTP API, and prints its events and checks: `make demo`.

Exit status 0 only if every figure is as expected.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from microtask import Refused
from microtask.types import MarketRegion

from chalicelib.core.regions.region import named
from demo import campaign, final_report, sample
from demo.stack import STACK_FILE, Stack

SAMPLE_FILE = Path(".local/sample_accounts.csv")


def main() -> int:
    """Play the campaign and return the exit status."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--accounts", type=Path, help="CSV of accounts. Default: a generated sample of 500")
    parser.add_argument("--stack", type=Path, default=STACK_FILE)
    options = parser.parse_args()
    stack = Stack.read(options.stack)
    say = _narrator()
    say("market", f"{stack.api_url}")
    market = stack.market()
    say("region", f"{market['region']}, {market['currency']}, ad mark {market['ad_mark']['text']}")
    if not _import(options.accounts, options.stack, market, say):
        return 1
    try:
        outcome = campaign.play(stack, say)
    except (Refused, TimeoutError, RuntimeError) as error:
        print(f"\nThe campaign stopped: {error}", file=sys.stderr)
        return 1
    print(final_report.text(outcome))
    print(final_report.console(outcome, f"{stack.api_url}/console/"))
    return 0 if outcome.good else 1


def _import(accounts: Path | None, stack_file: Path, market: MarketRegion, say: Callable[[str, str], None]) -> bool:
    if accounts is None:
        rate = Fraction(named(market["region"]).advice_ppm, 1_000_000)
        sample.write(SAMPLE_FILE, language="zh" if "zh" in market["languages"] else "en", rate=rate)
        say("import", f"500 accounts generated into {SAMPLE_FILE}")
        command = [str(SAMPLE_FILE), "--network", "sandbox"]
    else:
        say("import", f"accounts from {accounts}")
        command = [str(accounts), "--network", "weibo"]
    return subprocess.run([sys.executable, "-m", "ops", "import", *command, "--stack", str(stack_file)]).returncode == 0


def _narrator() -> Callable[[str, str], None]:
    begin = time.monotonic()

    def say(topic: str, text: str) -> None:
        print(f"{time.monotonic() - begin:6.1f} s  {topic:10} {text}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
