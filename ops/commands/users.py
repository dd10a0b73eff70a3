"""`microtask users`: users of the market's user pool, and their roles."""

from __future__ import annotations

from pathlib import Path

import click

from cli.tables import text_table
from ops.command_base import CommandResult, Invocation, OperatorGroup, path_option, require_one

GROUPS = ("advertiser", "creator", "auditor", "finance", "admin")
_GROUP = click.Choice(GROUPS)


@click.group(cls=OperatorGroup)
def users() -> None:
    """List, add, change and disable users, and sign in."""


@users.command(
    "list",
    examples=(
        "microtask users list --stage market",
        "microtask users list --group auditor --stack .local/stack.json --json",
    ),
)
@click.option("--group", type=_GROUP, help="Only users of this group.")
def list_users(invocation: Invocation, group: str | None) -> CommandResult:
    """List users with their groups and ids.

    Lists the users of the pool with their groups, their state, and their ids as advertiser and as creator, which `export` takes.
    A user is `invited` until the temporary password is replaced."""
    from ops.user_pool import UserPool

    found = [user for user in UserPool.of(invocation.deployment).users() if group in (None, *user.groups)]
    rows = [
        (user.name, ", ".join(user.groups) or None, user.state, user.email, user.advertiser_id, user.creator_id)
        for user in found
    ]
    table = text_table(("name", "groups", "state", "e-mail", "as advertiser", "as creator"), rows)
    return CommandResult({"users": [user.document() for user in found]}, table if found else "no users")


@users.command(
    "add",
    examples=(
        "microtask users add mei --group auditor --email mei@example.com --stage market",
        "microtask users add root --group admin --group finance --password-file root.txt --stack .local/stack.json",
    ),
)
@click.argument("name")
@click.option("--group", "groups", type=_GROUP, multiple=True, required=True, help="May be given several times.")
@click.option("--email", metavar="ADDRESS", help="Cognito mails the temporary password to this address.")
@path_option(
    "--password-file", metavar="FILE", help="Write the temporary password to this new file, readable by you only."
)
def add(
    invocation: Invocation, name: str, groups: tuple[str, ...], email: str | None, password_file: Path | None
) -> CommandResult:
    """Add a user to one or more groups.

    NAME is the name that the user signs in with. Groups are roles: advertiser (buys), creator (sells), auditor (reviews and
    decides disputes), finance (pays out, proves the ledger), admin (all). The temporary password is never printed: Cognito mails
    it (--email), or it is written to a new file (--password-file). The user replaces it at the first sign-in, within seven
    days."""
    from ops.user_pool import UserPool

    require_one(email=email, password_file=password_file)
    pool = UserPool.of(invocation.deployment)
    pool.add(name, groups, email=email, password_file=password_file)
    delivery = f"Cognito mails it to {email}" if email else f"it is in {password_file}"
    text = f"{name} is {' and '.join(groups)}. The temporary password is valid for seven days; {delivery}."
    return CommandResult({**pool.find(name).document(), "password_file": _text(password_file)}, text)


@users.command("groups", examples=("microtask users groups mei --add finance --remove auditor --stage market",))
@click.argument("name")
@click.option("--add", type=_GROUP, multiple=True, help="May be given several times.")
@click.option("--remove", type=_GROUP, multiple=True, help="May be given several times.")
def groups(invocation: Invocation, name: str, add: tuple[str, ...], remove: tuple[str, ...]) -> CommandResult:
    """Change the groups of a user.

    Prints the groups that the user then has. Tokens that were issued before carry the old groups for at most an hour. Adding or
    removing a group twice changes nothing."""
    from ops.user_pool import UserPool

    if set(add) & set(remove):
        raise ValueError("--add and --remove name the same group.")
    pool = UserPool.of(invocation.deployment)
    pool.change_groups(name, add, remove)
    user = pool.find(name)
    return CommandResult(user.document(), f"{user.name}: {', '.join(user.groups) or 'in no group'}")


@users.command(
    "disable",
    examples=("microtask users disable mei --stage market", "microtask users disable mei --stage market --yes --json"),
)
@click.argument("name")
def disable(invocation: Invocation, name: str) -> CommandResult:
    """Stop a user from signing in.

    Ends the user's sessions. What the user owns remains. A token that was issued before is valid until it expires, after at most
    an hour. Asks for confirmation."""
    from ops.user_pool import UserPool

    pool = UserPool.of(invocation.deployment)
    pool.find(name)
    invocation.confirm(f"{name} will not be able to sign in to {invocation.deployment.stack}. Disable?")
    pool.disable(name)
    text = f"{name} cannot sign in. A token that was issued before is valid for at most an hour."
    return CommandResult(pool.find(name).document(), text)


@users.command("enable", examples=("microtask users enable mei --stage market",))
@click.argument("name")
def enable(invocation: Invocation, name: str) -> CommandResult:
    """Let a disabled user sign in again.

    The user has the same password and owns the same things as before."""
    from ops.user_pool import UserPool

    pool = UserPool.of(invocation.deployment)
    pool.enable(name)
    return CommandResult(pool.find(name).document(), f"{name} can sign in.")


@users.command(
    "reset",
    examples=(
        "microtask users reset mei --by-email --stage market",
        "microtask users reset root --password-file root.txt --stack .local/stack.json --yes",
    ),
)
@click.argument("name")
@click.option("--by-email", is_flag=True, help="Cognito mails a code, or the invitation again.")
@path_option(
    "--password-file", metavar="FILE", help="Write a temporary password to this new file, readable by you only."
)
def reset(invocation: Invocation, name: str, by_email: bool, password_file: Path | None) -> CommandResult:
    """Replace the password of a user.

    The present password becomes invalid. With --by-email Cognito mails a code, with which a client sets a new password
    (ConfirmForgotPassword); a user who has never signed in gets the invitation again. With --password-file a temporary password is
    written to a new file; the user replaces it at the next sign-in. Asks for confirmation."""
    from ops.user_pool import UserPool

    require_one(by_email=by_email, password_file=password_file)
    pool = UserPool.of(invocation.deployment)
    pool.find(name)
    invocation.confirm(f"The present password of {name} will become invalid. Reset?")
    pool.reset(name, password_file)
    text = "Cognito mails the user." if by_email else f"A temporary password is in {password_file}."
    return CommandResult({**pool.find(name).document(), "password_file": _text(password_file)}, text)


@users.command(
    "sign-in",
    examples=(
        "microtask users sign-in mei --token-file token --stage market",
        "microtask users sign-in mei --password-file old.txt --new-password-file own.txt --token-file token --stage test",
    ),
)
@click.argument("name")
@path_option("--password-file", metavar="FILE", help="The file with the password. Default: ask for it.")
@path_option(
    "--new-password-file",
    metavar="FILE",
    help="At the first sign-in: the file with the user's own password. Default: ask.",
)
@path_option(
    "--token-file", required=True, metavar="FILE", help="Write the id token to this file, readable by you only."
)
def sign_in(
    invocation: Invocation, name: str, password_file: Path | None, new_password_file: Path | None, token_file: Path
) -> CommandResult:
    """Sign in and write the token to a file.

    Signs in as a user of the pool, replaces a temporary password, and writes the id token, which is valid for an hour, to a file
    that only you can read: `curl -H "Authorization: Bearer $(cat token)" …`. Passwords are asked for, or read from files; they
    are never arguments, which other users of the machine can see. The command needs only the right to read the stack."""
    from ops.user_pool import UserPool

    token = UserPool.of(invocation.deployment).sign_in(name, password_file, new_password_file)
    token.write(token_file)
    document = {"name": name, "token_file": str(token_file), "expires_at": token.expires_at}
    text = f"The token of {name} is in {token_file}, valid until {token.expires_at:%H:%M} UTC."
    return CommandResult(document, text)


def _text(path: Path | None) -> str | None:
    return str(path) if path else None
