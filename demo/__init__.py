"""One whole campaign through the public HTTP API, as `make demo` plays it and tests/e2e checks it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "client"))  # the client lies beside us: nothing has to be installed
