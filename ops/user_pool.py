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
from cli.progress import Failed
from ops.deployment import Deployment
from ops.private_files import opened


@dataclass(frozen=True)
class User:
    """`state` is `invited` (the temporary password still stands), `reset` (a code was mailed), `active` or `disabled`."""

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
        """Every field, and the ids that the user has in the market."""
        return {**asdict(self), "advertiser_id": self.advertiser_id, "creator_id": self.creator_id}


@dataclass(frozen=True)
class Token:
    """An id token and when it ends."""

    text: str
    expires_at: datetime

    @classmethod
    def of(cls, text: str) -> Token:
        payload = text.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return cls(text, datetime.fromtimestamp(claims["exp"], UTC))

    def write(self, path: Path) -> None:
        """Into the file, in place of what is there; only this user of the machine can read it."""
        with opened(path) as file:
            file.write(self.text + "\n")


@dataclass(frozen=True)
class Pool:
    """Cognito's calls for one user pool. Every method raises Failed for a user that does not exist."""

    cognito: Any
    pool_id: str
    client_id: str

    @classmethod
    def of(cls, deployment: Deployment) -> Pool:
        cognito = deployment.client("cognito-idp")
        return cls(cognito, deployment.output("UserPoolId"), deployment.output("UserPoolClientId"))

    def users(self) -> list[User]:
        """Everybody, by name."""
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
        found = self._ask("admin_get_user", name)
        return _user(found, found["UserAttributes"], self._groups_of(name))

    def add(self, name: str, groups: Iterable[str], *, email: str | None, password_file: Path | None) -> None:
        """Makes the user. Cognito mails the temporary password to `email`, or it is written to `password_file`, a new file.
        Raises Failed if there is such a user, or the file exists."""
        asked: dict[str, Any] = {"MessageAction": "SUPPRESS"}
        if email:
            told = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
            asked = {"UserAttributes": told, "DesiredDeliveryMediums": ["EMAIL"]}
        with _temporary(password_file) as password:
            if password:
                asked["TemporaryPassword"] = password
            try:
                self.cognito.admin_create_user(UserPoolId=self.pool_id, Username=name, **asked)
            except self.cognito.exceptions.UsernameExistsException as error:
                raise Failed(f"there is a user {name}: `users groups` and `users reset` change it.") from error
        self.change_groups(name, groups, ())

    def change_groups(self, name: str, add: Iterable[str], remove: Iterable[str]) -> None:
        for group in add:
            self._ask("admin_add_user_to_group", name, GroupName=group)
        for group in remove:
            self._ask("admin_remove_user_from_group", name, GroupName=group)

    def disable(self, name: str) -> None:
        """The user cannot sign in, nor go on with a session."""
        self._ask("admin_disable_user", name)
        self._ask("admin_user_global_sign_out", name)

    def enable(self, name: str) -> None:
        self._ask("admin_enable_user", name)

    def reset(self, name: str, password_file: Path | None) -> None:
        """A temporary password in that new file, or else by e-mail: a code, or for who was never here another invitation. Raises
        Failed if the user has no address."""
        if password_file:
            with _temporary(password_file) as password:
                self._ask("admin_set_user_password", name, Password=password, Permanent=False)
            return
        user = self.find(name)
        if user.email is None:
            raise Failed(f"{name} has no e-mail address: reset with --password-file.")
        if user.state == "invited":
            self._ask("admin_create_user", name, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
        else:
            self._ask("admin_reset_user_password", name)

    def sign_in(self, name: str, password_file: Path | None, new_password_file: Path | None) -> Token:
        """Raises Failed if the password is not the user's."""
        password = _password(password_file, f"password of {name}: ")
        given = {"USERNAME": name, "PASSWORD": password}
        try:
            answer = self.cognito.initiate_auth(
                ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given
            )
            if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
                own = _password(new_password_file, f"a password of {name}'s own: ", twice=True)
                answer = self.cognito.respond_to_auth_challenge(
                    ClientId=self.client_id,
                    ChallengeName="NEW_PASSWORD_REQUIRED",
                    Session=answer["Session"],
                    ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": own},
                )
        except Exception as error:
            if _code(error) in ("NotAuthorizedException", "UserNotFoundException"):
                raise Failed(
                    f"{name} cannot sign in: wrong name or password, or disabled (`users list` tells)."
                ) from error
            if _code(error) == "PasswordResetRequiredException":
                raise Failed(
                    f"the password of {name} was reset: a client sets a new one with the code that was mailed."
                ) from error
            raise
        if "AuthenticationResult" not in answer:
            raise Failed(f"Cognito asks for {answer.get('ChallengeName')}, which this command cannot answer.")
        return Token.of(answer["AuthenticationResult"]["IdToken"])

    def _groups_of(self, name: str) -> list[str]:
        return [group["GroupName"] for group in self._ask("admin_list_groups_for_user", name)["Groups"]]

    def _pages(self, call: str, of: str, **asked: Any) -> Iterable[dict[str, Any]]:
        for page in self.cognito.get_paginator(call).paginate(UserPoolId=self.pool_id, **asked):
            yield from page[of]

    def _ask(self, call: str, name: str, **asked: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self.cognito, call)(UserPoolId=self.pool_id, Username=name, **asked)
        except Exception as error:
            if _code(error) == "UserNotFoundException":
                raise Failed(f"there is no user {name}: `users list` names them.") from error
            raise
        return answer


_STATES = {"FORCE_CHANGE_PASSWORD": "invited", "RESET_REQUIRED": "reset"}


def _user(found: dict[str, Any], attributes: list[dict[str, str]], groups: Iterable[str]) -> User:
    told = {attribute["Name"]: attribute["Value"] for attribute in attributes}
    state = _STATES.get(found["UserStatus"], "active") if found["Enabled"] else "disabled"
    return User(found["Username"], told["sub"], state, told.get("email"), tuple(sorted(groups)))


def _code(error: BaseException) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


@contextmanager
def _temporary(path: Path | None) -> Iterator[str | None]:
    """A password as the pool wants them, in a file that did not exist and does not remain if the block fails; None without one."""
    if path is None:
        yield None
        return
    password = f"Aa1-{secrets.token_urlsafe(18)}"
    try:
        with opened(path, new=True) as file:
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
        raise Failed("nobody is here to be asked for a password: name a file that has it.")
    password = getpass.getpass(prompt)
    if twice and getpass.getpass("once more: ") != password:
        raise Failed("the two differ; nothing was changed.")
    return password
