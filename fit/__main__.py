"""`make fit DATA=folder VERSION=2026-11-27` writes chalicelib/grading/methodologies/VERSION.json and a report to review.
`make measure DATA=folder` prints every measure on held-out rows and writes nothing.

DATA is a folder with the tables that docs/reference/grading.md names. The report shows the file in charts. The version with
the newest name is in force as soon as its file is published, so read the report first."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from typing import Any

from chalicelib.grading.model.methodology import FOLDER, parse
from fit.fit_report import report
from fit.forecast import measured
from fit.input_tables import read
from fit.measures import FOLDS, hold_out, measures, table
from fit.methodology_document import fit_document


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fit", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--version", help="write this version; without it, only measure")
    parser.add_argument("--report", type=Path, help="the report's file (default: build/fit/VERSION.html)")
    options = parser.parse_args()
    data = read(options.data)
    found = hold_out(data, workers=os.cpu_count() or 1)
    figures = measures(found)
    print(f"on rows held out in {FOLDS} folds ({len(data.listed):,} listed, {len(data.labelled):,} labelled accounts):")
    print(table(figures))
    print("forecasts, on accounts held out:")
    print(table(measured(options.data)))
    if options.version is None:
        return
    document = fit_document(data, options.version)
    document["measures"] = figures
    parse(document)
    target = FOLDER / f"{options.version}.json"
    target.write_text(compact(document) + "\n", "utf-8")
    page = options.report or Path("build/fit") / f"{options.version}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report(document, data, found), "utf-8")
    print(f"wrote {target} and {page}")


def compact(document: dict[str, Any]) -> str:
    """Return the document as JSON that people can read and compare: one line per table."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    flat = re.sub(r"\[\s+(-?\d+(?:,\s+-?\d+)*)\s+\]", lambda m: "[" + re.sub(r",\s+", ", ", m[1]) + "]", text)
    return re.sub(
        r"\[\s+(\[[-\d, ]+\](?:,\s+\[[-\d, ]+\])*)\s+\]", lambda m: "[" + re.sub(r",\s+\[", ", [", m[1]) + "]", flat
    )


if __name__ == "__main__":
    main()
