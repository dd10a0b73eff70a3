"""`python -m ops audience`: sketches of audiences, as `make audience` writes them, into the market."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import date
from pathlib import Path

from chalicelib.accounts.records import account_id, find_by_handle
from chalicelib.planning import audience_sketches


def take(path: Path) -> Counter[str]:
    """Takes in every sketch of an account that the market has, unless a newer one is known: counts of `taken`, `left_out`. Raises
    ValueError for a line that is no sketch, with its number; doing it again is harmless."""
    counts: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                told = json.loads(line)
                registers = base64.b64decode(told["registers"], validate=True)
                as_of = date.fromisoformat(told["as_of"]).isoformat()
                account = find_by_handle(str(told["network"]), str(told["handle"]))
                pk = account.pk if account else account_id(str(told["network"]), str(told["handle"]))
                taken = audience_sketches.save(pk, registers, as_of, str(told["key"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}, line {number}: no sketch ({error})") from error
            counts["taken" if taken else "left_out"] += 1
    return counts
