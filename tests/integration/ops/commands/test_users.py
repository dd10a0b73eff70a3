"""`microtask users` adds, changes and disables users, and signs in without printing a secret."""

from __future__ import annotations

import stat
from pathlib import Path

import boto3
import pytest

from chalicelib.core import ids
from testing.doubles.operator_program import Cloud, RunCommand


def secret(path: Path) -> str:
    """Return the content of a file that only its owner can read."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text().strip()


@pytest.fixture
def mei(microtask: RunCommand, tmp_path: Path) -> Path:
    """The file with the temporary password of the user `mei`, who is in two groups."""
    path = tmp_path / "first"
    output = microtask("users", "add", "mei", "--group", "advertiser", "--group", "creator", "--password-file", path)
    assert (output.status, secret(path) in output.out + output.err) == (0, False)
    assert str(path) in output.out
    return path


def test_a_temporary_password_is_replaced_at_sign_in(microtask: RunCommand, mei: Path, tmp_path: Path) -> None:
    own, token = tmp_path / "own", tmp_path / "token"
    own.write_text("Own-password-1\n")
    sign_in = ("users", "sign-in", "mei", "--token-file", token, "--password-file")
    first = microtask(*sign_in, mei, "--new-password-file", own, "--json")
    assert (first.status, first.document["name"], first.document["token_file"]) == (0, "mei", str(token))
    text = secret(token)
    assert text.count(".") == 2
    assert text not in first.out + first.err
    refused = microtask(*sign_in, mei)
    assert (refused.status, "cannot sign in" in refused.err, refused.err.count("\n")) == (1, True, 1)
    assert microtask(*sign_in, own).status == 0
    assert microtask("users", "sign-in", "nobody", "--token-file", token, "--password-file", own).status == 1
    assert secret(token).count(".") == 2


def test_without_a_terminal_a_password_file_is_required(microtask: RunCommand, mei: Path, tmp_path: Path) -> None:
    output = microtask("users", "sign-in", "mei", "--token-file", tmp_path / "token")
    assert (output.status, "name the file" in output.err, (tmp_path / "token").exists()) == (1, True, False)


def test_lists_show_groups_state_and_ids(microtask: RunCommand, cloud: Cloud, mei: Path) -> None:
    microtask("users", "add", "aud", "--group", "auditor", "--email", "aud@example.com")
    users = {user["name"]: user for user in microtask("users", "list", "--json").document["users"]}
    assert list(users) == ["aud", "mei"]
    assert users["aud"]["email"] == "aud@example.com"
    assert (users["aud"]["groups"], users["aud"]["advertiser_id"]) == (["auditor"], None)
    found = boto3.client("cognito-idp").admin_get_user(UserPoolId=cloud.outputs["UserPoolId"], Username="mei")
    [sub] = [one["Value"] for one in found["UserAttributes"] if one["Name"] == "sub"]
    assert users["mei"]["advertiser_id"] == ids.derive("adv", sub)
    assert users["mei"]["creator_id"] == ids.derive("cre", sub)
    assert users["mei"]["state"] == "invited"
    only = microtask("users", "list", "--group", "creator")
    assert "mei" in only.out
    assert "aud" not in only.out
    assert microtask("users", "list", "--group", "finance").out == "no users\n"


def test_groups_are_added_and_removed(microtask: RunCommand, mei: Path) -> None:
    change = ("users", "groups", "mei", "--add", "finance", "--remove", "creator", "--json")
    for _ in range(2):
        assert microtask(*change).document["groups"] == ["advertiser", "finance"]
    assert microtask("users", "groups", "mei", "--add", "admin", "--remove", "admin").status == 1
    assert (
        microtask("users", "groups", "nobody", "--add", "admin").err
        == "microtask: there is no user nobody: `users list` names them.\n"
    )


def test_disabling_asks_for_confirmation_and_can_be_undone(microtask: RunCommand, mei: Path) -> None:
    unconfirmed = microtask("users", "disable", "mei")
    assert (unconfirmed.status, "--yes" in unconfirmed.err) == (1, True)
    assert microtask("users", "list", "--json").document["users"][0]["state"] == "invited"
    assert microtask("users", "disable", "mei", "--yes", "--json").document["state"] == "disabled"
    assert microtask("users", "enable", "mei", "--json").document["state"] == "invited"
    assert microtask("users", "disable", "nobody", "--yes").status == 1


def test_a_reset_replaces_the_password(microtask: RunCommand, mei: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert microtask("users", "reset", "mei", "--password-file", again).status == 1
    assert not again.exists()
    output = microtask("users", "reset", "mei", "--password-file", again, "--yes")
    assert (output.status, secret(again) in output.out + output.err, secret(again) != secret(mei)) == (0, False, True)
    own = tmp_path / "own"
    own.write_text("Own-password-2\n")
    token = ("--token-file", tmp_path / "token", "--new-password-file", own)
    assert microtask("users", "sign-in", "mei", "--password-file", mei, *token).status == 1
    assert microtask("users", "sign-in", "mei", "--password-file", again, *token).status == 0


def test_a_reset_by_mail_needs_an_address(microtask: RunCommand, cloud: Cloud, mei: Path) -> None:
    output = microtask("users", "reset", "mei", "--by-email", "--yes")
    assert (output.status, "--password-file" in output.err) == (1, True)
    microtask("users", "add", "aud", "--group", "auditor", "--email", "aud@example.com")
    assert microtask("users", "reset", "aud", "--by-email", "--yes", "--json").document["state"] == "invited"
    microtask("users", "add", "lin", "--group", "auditor", "--email", "lin@example.com")
    pool = {"UserPoolId": cloud.outputs["UserPoolId"], "Username": "lin"}
    boto3.client("cognito-idp").admin_set_user_password(**pool, Password="Own-password-3", Permanent=True)
    assert microtask("users", "reset", "lin", "--by-email", "--yes", "--json").document["state"] == "reset"


def test_adding_an_existing_user_changes_nothing(microtask: RunCommand, mei: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    output = microtask("users", "add", "mei", "--group", "admin", "--password-file", other)
    assert (output.status, "the user mei exists" in output.err, other.exists()) == (1, True, False)
    before = mei.read_text()
    output = microtask("users", "add", "lin", "--group", "admin", "--password-file", mei)
    assert (output.status, "exists" in output.err, mei.read_text()) == (1, True, before)
    assert [user["name"] for user in microtask("users", "list", "--json").document["users"]] == ["mei"]
