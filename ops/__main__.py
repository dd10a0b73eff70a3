"""Run the operator's program: `microtask`, or `python -m ops`."""

from __future__ import annotations

import sys

from ops.command_list import microtask


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit status: 0 done, 1 failed or needs attention, 2 wrong command line."""
    try:
        microtask.main(arguments, prog_name="microtask")
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
