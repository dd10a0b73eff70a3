"""Import of the audience sketches that `make audience` writes."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import date
from pathlib import Path

from chalicelib.accounts.records import account_id, find_by_handle
from chalicelib.planning import audience_sketches


def import_sketches(path: Path) -> Counter[str]:
    """Store every sketch whose account is in the market, unless a newer one is stored, and return counts of `taken` and `left_out`.

    Raise ValueError with the line number for a line that is not a sketch. Importing again is harmless."""
    counts: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                sketch = json.loads(line)
                registers = base64.b64decode(sketch["registers"], validate=True)
                as_of = date.fromisoformat(sketch["as_of"]).isoformat()
                network, handle = str(sketch["network"]), str(sketch["handle"])
                account = find_by_handle(network, handle)
                pk = account.pk if account else account_id(network, handle)
                stored = audience_sketches.save(pk, registers, as_of, str(sketch["key"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}, line {number}: not a sketch ({error})") from error
            counts["taken" if stored else "left_out"] += 1
    return counts
