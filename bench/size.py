"""Prints the size of the package and of its largest parts: `python -m bench.size` (after `make package`).

There is no layer: one archive holds the program and its dependencies.
"""

from __future__ import annotations

import zipfile
from collections import Counter

from infra.package import ZIP

LIMIT = 250 * 2**20
"""The most bytes that Lambda unpacks."""


def main() -> None:
    """Print megabytes, packed and unpacked."""
    packed, unpacked = Counter[str](), Counter[str]()
    with zipfile.ZipFile(ZIP) as archive:
        for entry in archive.infolist():
            top = entry.filename.partition("/")[0]
            name = "ours" if top in ("app.py", "chalicelib") else "chalice" if top == "chalice" else top
            packed[name] += entry.compress_size
            unpacked[name] += entry.file_size
    print("| | packed MB | unpacked MB |\n|---|---|---|")
    for name, size in packed.most_common(8):
        print(f"| {name} | {size / 1e6:.2f} | {unpacked[name] / 1e6:.2f} |")
    print(f"| **together** | {ZIP.stat().st_size / 1e6:.1f} | {unpacked.total() / 1e6:.1f} of {LIMIT / 1e6:.0f} |")


if __name__ == "__main__":
    main()
