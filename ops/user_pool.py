"""The market's user pool in Cognito."""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.api.callers import Caller
from cli.failures import Failed
from ops.private_files import open_private
from ops.target_deployment import Deployment


@dataclass(frozen=True)
class User:
    """A user. `state` is `invited` (has a temporary password), `reset` (Cognito mailed a code), `active` or `disabled`."""

    name: str
    sub: str
    state: str
    email: str | None
    groups: tuple[str, ...]

    @property
    def advertiser_id(self) -> str | None:
        return Caller(self.sub, frozenset()).advertiser_id if "advertiser" in self.groups else None

    @property
    def creator_id(self) -> str | None:
        return Caller(self.sub, frozenset()).creator_id if "creator" in self.groups else None

    def document(self) -> dict[str, Any]:
        """Return every field, and the ids that the user has in the market."""
        return {**asdict(self), "advertiser_id": self.advertiser_id, "creator_id": self.creator_id}


@dataclass(frozen=True)
class Token:
    """An id token and its expiry."""

    text: str
    expires_at: datetime

    @classmethod
    def of(cls, text: str) -> Token:
        payload = text.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return cls(text, datetime.fromtimestamp(claims["exp"], UTC))

    def write(self, path: Path) -> None:
        """Write the token to the file, replacing its content; only this user of the machine can read it."""
        with open_private(path) as file:
            file.write(self.text + "\n")


@dataclass(frozen=True)
class UserPool:
    """Requests to Cognito for one user pool. Every method raises Failed if the user does not exist."""

    cognito: Any
    pool_id: str
    client_id: str

    @classmethod
    def of(cls, deployment: Deployment) -> UserPool:
        cognito = deployment.client("cognito-idp")
        return cls(cognito, deployment.output("UserPoolId"), deployment.output("UserPoolClientId"))

    def users(self) -> list[User]:
        """Return all users, by name."""
        groups: dict[str, list[str]] = {}
        for group in self._pages("list_groups", "Groups"):
            for member in self._pages("list_users_in_group", "Users", GroupName=group["GroupName"]):
                groups.setdefault(member["Username"], []).append(group["GroupName"])
        found = [
            _user(user, user["Attributes"], groups.get(user["Username"], []))
            for user in self._pages("list_users", "Users")
        ]
        return sorted(found, key=lambda user: user.name)

    def find(self, name: str) -> User:
        found = self._request("admin_get_user", name)
        return _user(found, found["UserAttributes"], self._groups_of(name))

    def add(self, name: str, groups: Iterable[str], *, email: str | None, password_file: Path | None) -> None:
        """Create the user. Cognito mails the temporary password to `email`, or it is written to the new file `password_file`.

        Raise Failed if the user or the file exists."""
        options: dict[str, Any] = {"MessageAction": "SUPPRESS"}
        if email:
            attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
            options = {"UserAttributes": attributes, "DesiredDeliveryMediums": ["EMAIL"]}
        with _temporary_password(password_file) as password:
            if password:
                options["TemporaryPassword"] = password
            try:
                self.cognito.admin_create_user(UserPoolId=self.pool_id, Username=name, **options)
            except self.cognito.exceptions.UsernameExistsException as error:
                raise Failed(f"the user {name} exists already: `users groups` and `users reset` change it.") from error
        self.change_groups(name, groups, ())

    def change_groups(self, name: str, add: Iterable[str], remove: Iterable[str]) -> None:
        for group in add:
            self._request("admin_add_user_to_group", name, GroupName=group)
        for group in remove:
            self._request("admin_remove_user_from_group", name, GroupName=group)

    def disable(self, name: str) -> None:
        """Stop the user from signing in, and end the user's sessions."""
        self._request("admin_disable_user", name)
        self._request("admin_user_global_sign_out", name)

    def enable(self, name: str) -> None:
        self._request("admin_enable_user", name)

    def reset(self, name: str, password_file: Path | None) -> None:
        """Write a temporary password to that new file. Without a file, Cognito mails a code, or the invitation again to a user who
        has never signed in. Raise Failed if the user has no address."""
        if password_file:
            with _temporary_password(password_file) as password:
                self._request("admin_set_user_password", name, Password=password, Permanent=False)
            return
        user = self.find(name)
        if user.email is None:
            raise Failed(f"{name} has no e-mail address: reset with --password-file.")
        if user.state == "invited":
            self._request("admin_create_user", name, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
        else:
            self._request("admin_reset_user_password", name)

    def sign_in(self, name: str, password_file: Path | None, new_password_file: Path | None) -> Token:
        """Sign in and return the token. Raise Failed if the password is wrong."""
        password = _password(password_file, f"password of {name}: ")
        credentials = {"USERNAME": name, "PASSWORD": password}
        try:
            response = self.cognito.initiate_auth(
                ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials
            )
            if response.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
                own = _password(new_password_file, f"new password of {name}: ", twice=True)
                response = self.cognito.respond_to_auth_challenge(
                    ClientId=self.client_id,
                    ChallengeName="NEW_PASSWORD_REQUIRED",
                    Session=response["Session"],
                    ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": own},
                )
        except Exception as error:
            if _code(error) in ("NotAuthorizedException", "UserNotFoundException"):
                raise Failed(
                    f"{name} cannot sign in: wrong name or password, or disabled (see `users list`)."
                ) from error
            if _code(error) == "PasswordResetRequiredException":
                raise Failed(
                    f"the password of {name} was reset: a client sets a new one with the code that was mailed."
                ) from error
            raise
        if "AuthenticationResult" not in response:
            raise Failed(f"Cognito asks for {response.get('ChallengeName')}, which this command does not support.")
        return Token.of(response["AuthenticationResult"]["IdToken"])

    def _groups_of(self, name: str) -> list[str]:
        return [group["GroupName"] for group in self._request("admin_list_groups_for_user", name)["Groups"]]

    def _pages(self, operation: str, key: str, **options: Any) -> Iterable[dict[str, Any]]:
        for page in self.cognito.get_paginator(operation).paginate(UserPoolId=self.pool_id, **options):
            yield from page[key]

    def _request(self, operation: str, name: str, **options: Any) -> dict[str, Any]:
        try:
            response: dict[str, Any] = getattr(self.cognito, operation)(
                UserPoolId=self.pool_id, Username=name, **options
            )
        except Exception as error:
            if _code(error) == "UserNotFoundException":
                raise Failed(f"there is no user {name}: `users list` names them.") from error
            raise
        return response


_STATES = {"FORCE_CHANGE_PASSWORD": "invited", "RESET_REQUIRED": "reset"}


def _user(found: dict[str, Any], attributes: list[dict[str, str]], groups: Iterable[str]) -> User:
    values = {attribute["Name"]: attribute["Value"] for attribute in attributes}
    state = _STATES.get(found["UserStatus"], "active") if found["Enabled"] else "disabled"
    return User(found["Username"], values["sub"], state, values.get("email"), tuple(sorted(groups)))


def _code(error: BaseException) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


@contextmanager
def _temporary_password(path: Path | None) -> Iterator[str | None]:
    """Write a password that the pool accepts to a new file, which is deleted if the block fails. Without a path: None."""
    if path is None:
        yield None
        return
    password = f"Aa1-{secrets.token_urlsafe(18)}"
    try:
        with open_private(path, new=True) as file:
            file.write(password + "\n")
    except FileExistsError as error:
        raise Failed(f"{path} exists: name a new file for the password.") from error
    try:
        yield password
    except BaseException:
        path.unlink()
        raise


def _password(path: Path | None, prompt: str, *, twice: bool = False) -> str:
    if path is not None:
        return path.read_text("utf-8").strip()
    if not sys.stdin.isatty():
        raise Failed("stdin is not a terminal: name the file that has the password.")
    password = getpass.getpass(prompt)
    if twice and getpass.getpass("again: ") != password:
        raise Failed("the two passwords differ; nothing was changed.")
    return password
