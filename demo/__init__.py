"""One whole campaign through the public HTTP API, as `make demo` plays it and tests/e2e checks it."""
