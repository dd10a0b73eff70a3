"""The deployed stack that `.local/stack.json` describes, and users in its Cognito pool."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
from microtask import Market
from microtask.types import MarketRegion

Answer = TypeVar("Answer")
STACK_FILE = Path(".local/stack.json")


class User(Market):
    """A user of the market through its client. `token` is the id token, None for an anonymous caller; `password` opens the web
    console."""

    def __init__(self, url: str, token: str | None = None, name: str = "anonymous", password: str = "") -> None:
        super().__init__(url.rstrip("/"), token)
        self.token, self.name, self.password = token, name, password

    def wait_for(
        self, request: Callable[[], Answer], done: Callable[[Answer], bool], *, seconds: float = 300, every: float = 0.3
    ) -> Answer:
        """Wait as the client does, but longer, because the machine may be busy."""
        return super().wait_for(request, done, seconds=seconds, every=every)


@dataclass(frozen=True)
class Stack:
    """The deployed market: the members of stack.json, and the credentials of the cloud's operator."""

    api_url: str
    endpoint_url: str
    region: str
    user_pool_id: str
    client_id: str
    outputs: dict[str, str]
    credentials: dict[str, str]

    @classmethod
    def read(cls, path: Path = STACK_FILE) -> Stack:
        """Return the stack in the file. Raise FileNotFoundError if `make up` has not run."""
        document = json.loads(path.read_text())
        names = ("api_url", "endpoint_url", "region", "user_pool_id", "client_id", "outputs")
        return cls(**{name: document[name] for name in names}, credentials=document.get("credentials", {}))

    def market(self) -> MarketRegion:
        """Return the region of the market."""
        return Market(self.api_url.rstrip("/")).catalogue.read()["market"]

    def client(self, service: str) -> Any:
        """Return a boto3 client of the cloud of this stack."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.credentials.get("access_key_id", "test"),
            aws_secret_access_key=self.credentials.get("secret_access_key", "test"),
        )

    def anonymous(self) -> User:
        return User(self.api_url)

    def user(self, name: str, *groups: str) -> User:
        """Create the user in Cognito with these groups and sign in: a caller with a real id token."""
        cognito = self.client("cognito-idp")
        password = f"Aa1-{secrets.token_urlsafe(9)}"
        pool = {"UserPoolId": self.user_pool_id, "Username": name}
        cognito.admin_create_user(**pool, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**pool, Password=password, Permanent=True)
        for group in groups:
            cognito.admin_add_user_to_group(**pool, GroupName=group)
        return self.signed_in(name, password)

    def signed_in(self, name: str, password: str) -> User:
        """Sign an existing user in."""
        answer = self.client("cognito-idp").initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )
        return User(self.api_url, answer["AuthenticationResult"]["IdToken"], name, password)
