"""Runs mastodon-mock, and acts on it as the owners of accounts with Mastodon.py, in the environment that this program runs in.

Prints one line of JSON with the server's address. Each line of JSON on standard input names a method of Mastodon.py, the account
and the arguments, and is answered by a line with the result. Ends with the end of standard input."""

from __future__ import annotations

import json
import sys
from typing import Any

from mastodon import Mastodon
from mastodon_mock.config import MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer


def main() -> None:
    """Serve until standard input ends."""
    names = [f"{kind}{number}" for number in range(40) for kind in ("tea", "guest")]
    accounts = [SeedAccount(username=name, access_token=f"token-{name}") for name in names]
    config = MastodonMockConfig(seed=SeedConfig(accounts=accounts))
    with MockServer(config=config) as server:
        url = server.base_url
        print(json.dumps({"instance": url}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            client = Mastodon(access_token=f"token-{request['account']}", api_base_url=url)
            result: Any = getattr(client, request["method"])(**request["arguments"])
            print(json.dumps({"result": result}, default=str), flush=True)


if __name__ == "__main__":
    main()
