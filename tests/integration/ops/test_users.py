"""Users through the operator's program: made, given roles, kept out, and signed in without a secret on the screen."""

from __future__ import annotations

import stat
from pathlib import Path

import boto3
import pytest

from chalicelib.core import ids
from testing.doubles.operator_program import Cloud, Typed


def secret(path: Path) -> str:
    """What stands in a file that only its owner can read."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text().strip()


@pytest.fixture
def mei(typed: Typed, tmp_path: Path) -> Path:
    """A user with two groups; the file with the temporary password."""
    path = tmp_path / "first"
    said = typed("users", "add", "mei", "--group", "advertiser", "--group", "creator", "--password-file", path)
    assert (said.status, secret(path) in said.out + said.err) == (0, False)
    assert str(path) in said.out
    return path


def test_a_user_signs_in_first_with_the_temporary_password_then_with_an_own_one(
    typed: Typed, mei: Path, tmp_path: Path
) -> None:
    own, token = tmp_path / "own", tmp_path / "token"
    own.write_text("Own-password-1\n")
    typed_in = ("users", "sign-in", "mei", "--token-file", token, "--password-file")
    first = typed(*typed_in, mei, "--new-password-file", own, "--json")
    assert (first.status, first.document["name"], first.document["token_file"]) == (0, "mei", str(token))
    text = secret(token)
    assert text.count(".") == 2
    assert text not in first.out + first.err
    refused = typed(*typed_in, mei)
    assert (refused.status, "cannot sign in" in refused.err, refused.err.count("\n")) == (1, True, 1)
    assert typed(*typed_in, own).status == 0
    assert typed("users", "sign-in", "nobody", "--token-file", token, "--password-file", own).status == 1
    assert secret(token).count(".") == 2


def test_nobody_is_asked_for_a_password_where_nobody_is(typed: Typed, mei: Path, tmp_path: Path) -> None:
    said = typed("users", "sign-in", "mei", "--token-file", tmp_path / "token")
    assert (said.status, "name a file" in said.err, (tmp_path / "token").exists()) == (1, True, False)


def test_lists_show_groups_state_and_the_ids_in_the_market(typed: Typed, cloud: Cloud, mei: Path) -> None:
    typed("users", "add", "aud", "--group", "auditor", "--email", "aud@example.com")
    users = {user["name"]: user for user in typed("users", "list", "--json").document["users"]}
    assert list(users) == ["aud", "mei"]
    assert users["aud"]["email"] == "aud@example.com"
    assert (users["aud"]["groups"], users["aud"]["advertiser_id"]) == (["auditor"], None)
    found = boto3.client("cognito-idp").admin_get_user(UserPoolId=cloud.outputs["UserPoolId"], Username="mei")
    [sub] = [one["Value"] for one in found["UserAttributes"] if one["Name"] == "sub"]
    assert users["mei"]["advertiser_id"] == ids.derive("adv", sub)
    assert users["mei"]["creator_id"] == ids.derive("cre", sub)
    assert users["mei"]["state"] == "invited"
    only = typed("users", "list", "--group", "creator")
    assert "mei" in only.out
    assert "aud" not in only.out
    assert typed("users", "list", "--group", "finance").out == "no users\n"


def test_groups_are_put_on_and_off(typed: Typed, mei: Path) -> None:
    change = ("users", "groups", "mei", "--add", "finance", "--remove", "creator", "--json")
    for _ in range(2):
        assert typed(*change).document["groups"] == ["advertiser", "finance"]
    assert typed("users", "groups", "mei", "--add", "admin", "--remove", "admin").status == 1
    assert (
        typed("users", "groups", "nobody", "--add", "admin").err
        == "ops: there is no user nobody: `users list` names them.\n"
    )


def test_disabling_asks_and_enabling_takes_it_back(typed: Typed, mei: Path) -> None:
    asked = typed("users", "disable", "mei")
    assert (asked.status, "--yes" in asked.err) == (1, True)
    assert typed("users", "list", "--json").document["users"][0]["state"] == "invited"
    assert typed("users", "disable", "mei", "--yes", "--json").document["state"] == "disabled"
    assert typed("users", "enable", "mei", "--json").document["state"] == "invited"
    assert typed("users", "disable", "nobody", "--yes").status == 1


def test_a_reset_password_is_another_one(typed: Typed, mei: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert typed("users", "reset", "mei", "--password-file", again).status == 1
    assert not again.exists()
    said = typed("users", "reset", "mei", "--password-file", again, "--yes")
    assert (said.status, secret(again) in said.out + said.err, secret(again) != secret(mei)) == (0, False, True)
    own = tmp_path / "own"
    own.write_text("Own-password-2\n")
    token = ("--token-file", tmp_path / "token", "--new-password-file", own)
    assert typed("users", "sign-in", "mei", "--password-file", mei, *token).status == 1
    assert typed("users", "sign-in", "mei", "--password-file", again, *token).status == 0


def test_without_an_address_nothing_can_be_mailed(typed: Typed, cloud: Cloud, mei: Path) -> None:
    said = typed("users", "reset", "mei", "--by-email", "--yes")
    assert (said.status, "--password-file" in said.err) == (1, True)
    typed("users", "add", "aud", "--group", "auditor", "--email", "aud@example.com")
    assert typed("users", "reset", "aud", "--by-email", "--yes", "--json").document["state"] == "invited"
    typed("users", "add", "lin", "--group", "auditor", "--email", "lin@example.com")
    pool = {"UserPoolId": cloud.outputs["UserPoolId"], "Username": "lin"}
    boto3.client("cognito-idp").admin_set_user_password(**pool, Password="Own-password-3", Permanent=True)
    assert typed("users", "reset", "lin", "--by-email", "--yes", "--json").document["state"] == "reset"


def test_a_user_who_exists_keeps_the_password_and_leaves_no_file(typed: Typed, mei: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    said = typed("users", "add", "mei", "--group", "admin", "--password-file", other)
    assert (said.status, "there is a user mei" in said.err, other.exists()) == (1, True, False)
    before = mei.read_text()
    said = typed("users", "add", "lin", "--group", "admin", "--password-file", mei)
    assert (said.status, "exists" in said.err, mei.read_text()) == (1, True, before)
    assert [user["name"] for user in typed("users", "list", "--json").document["users"]] == ["mei"]
