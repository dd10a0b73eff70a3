"""One whole campaign through the public HTTP API: `make demo` plays it and tests/e2e checks it."""

import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parents[1] / "client")
)  # the client is in this repository and need not be installed
