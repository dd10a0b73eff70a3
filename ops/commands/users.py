"""Users: who is known to the market's user pool, and which roles their groups give."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.columns import columns
from cli.confirmation import sure
from ops.command import Answer, Command
from ops.deployment import Deployment

GROUPS = ("advertiser", "creator", "auditor", "finance", "admin")


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--group", choices=GROUPS, help="only who is in it")


def _list(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    users = [user for user in Pool.of(deployment).users() if options.group in (None, *user.groups)]
    rows = [
        (user.name, ", ".join(user.groups) or None, user.state, user.email, user.advertiser_id, user.creator_id)
        for user in users
    ]
    table = columns(("name", "groups", "state", "e-mail", "as advertiser", "as creator"), rows)
    return Answer({"users": [user.document() for user in users]}, table if users else "no users")


def _name(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as the user signs in")


def _add_arguments(parser: ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--group", choices=GROUPS, action="append", required=True, help="may be given several times")
    _delivery(parser)


def _delivery(parser: ArgumentParser) -> None:
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--email", metavar="ADDRESS", help="Cognito writes to the user; nobody else sees the password")
    way.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="writes the temporary password to this new file, which only you can read; give it to the user another way",
    )


def _add(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    pool = Pool.of(deployment)
    pool.add(options.name, options.group, email=options.email, password_file=options.password_file)
    sent = f"Cognito writes to {options.email}" if options.email else f"it lies in {options.password_file}"
    text = f"{options.name} is {' and '.join(options.group)}. The temporary password is good for seven days; {sent}."
    return Answer({**pool.find(options.name).document(), "password_file": _told(options.password_file)}, text)


def _groups_arguments(parser: ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--add", choices=GROUPS, action="append", default=[], help="may be given several times")
    parser.add_argument("--remove", choices=GROUPS, action="append", default=[], help="may be given several times")


def _groups(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    if set(options.add) & set(options.remove):
        raise ValueError("the same group is to be added and removed.")
    pool = Pool.of(deployment)
    pool.change_groups(options.name, options.add, options.remove)
    user = pool.find(options.name)
    return Answer(user.document(), f"{user.name}: {', '.join(user.groups) or 'in no group'}")


def _disable(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    pool = Pool.of(deployment)
    pool.find(options.name)
    sure(options, f"{options.name} will not be able to sign in to {deployment.stack}. Disable?")
    pool.disable(options.name)
    text = f"{options.name} cannot sign in; a token that was given out stays good for at most an hour."
    return Answer(pool.find(options.name).document(), text)


def _enable(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    pool = Pool.of(deployment)
    pool.enable(options.name)
    return Answer(pool.find(options.name).document(), f"{options.name} can sign in.")


def _reset_arguments(parser: ArgumentParser) -> None:
    _name(parser)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--by-email", action="store_true", help="Cognito writes: a code, or the invitation once more")
    way.add_argument(
        "--password-file", type=Path, metavar="FILE", help="writes a temporary password to this new file, for you alone"
    )


def _reset(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    pool = Pool.of(deployment)
    pool.find(options.name)
    sure(options, f"The password that {options.name} has now will not be good any more. Reset?")
    pool.reset(options.name, options.password_file)
    sent = "Cognito writes to the user" if options.by_email else f"a temporary password lies in {options.password_file}"
    return Answer({**pool.find(options.name).document(), "password_file": _told(options.password_file)}, f"{sent}.")


def _sign_in_arguments(parser: ArgumentParser) -> None:
    _name(parser)
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help="where the password stands; else you are asked for it"
    )
    parser.add_argument(
        "--new-password-file",
        type=Path,
        metavar="FILE",
        help="at the first sign-in: where the user's own password stands; else you are asked for it",
    )
    parser.add_argument(
        "--token-file", type=Path, required=True, metavar="FILE", help="the id token goes here, readable by you alone"
    )


def _sign_in(options: Namespace, deployment: Deployment) -> Answer:
    from ops.user_pool import Pool

    token = Pool.of(deployment).sign_in(options.name, options.password_file, options.new_password_file)
    token.write(options.token_file)
    document = {"name": options.name, "token_file": str(options.token_file), "expires_at": token.expires_at}
    text = f"The token of {options.name} is in {options.token_file}, good until {token.expires_at:%H:%M} UTC."
    return Answer(document, text)


def _told(path: Path | None) -> str | None:
    return str(path) if path else None


COMMANDS = (
    Command(
        "users list",
        "who is known, with groups and ids",
        "Lists the users of the pool with their groups, whether they can sign in, and the ids that they have as advertiser and\n"
        "as creator (`export` takes them). `invited` has not yet replaced the temporary password.",
        (
            "python -m ops users list --stage market",
            "python -m ops users list --group auditor --stack .local/stack.json --json",
        ),
        _list,
        _list_arguments,
    ),
    Command(
        "users add",
        "make a user in one or more groups",
        "Makes a user. Groups are roles: advertiser (buys), creator (sells), auditor (reviews and rules), finance (pays out,\n"
        "proves), admin (all). The temporary password is never shown: Cognito mails it (--email), or it is written to a new\n"
        "file of yours (--password-file). It is replaced at the first sign-in, within seven days.",
        (
            "python -m ops users add mei --group auditor --email mei@example.com --stage market",
            "python -m ops users add root --group admin --group finance --password-file root.txt --stack .local/stack.json",
        ),
        _add,
        _add_arguments,
    ),
    Command(
        "users groups",
        "put a user into groups, or take out",
        "Changes the groups of a user and tells those that are left. A token that was given out keeps the old ones for at\n"
        "most an hour. Adding or removing twice changes nothing.",
        ("python -m ops users groups mei --add finance --remove auditor --stage market",),
        _groups,
        _groups_arguments,
    ),
    Command(
        "users disable",
        "keep a user from signing in",
        "Keeps a user from signing in and ends the sessions; what the user owns stays. A token that was given out stays good\n"
        "until it expires, at most an hour. Asks first.",
        (
            "python -m ops users disable mei --stage market",
            "python -m ops users disable mei --stage market --yes --json",
        ),
        _disable,
        _name,
    ),
    Command(
        "users enable",
        "let a user sign in again",
        "Takes `users disable` back: the user signs in with the same password and owns what was owned.",
        ("python -m ops users enable mei --stage market",),
        _enable,
        _name,
    ),
    Command(
        "users reset",
        "give a user another way to a password",
        "Ends the present password. With --by-email Cognito sends a code, with which a client sets a new one\n"
        "(ConfirmForgotPassword), or to who never signed in the invitation again. With --password-file a temporary password\n"
        "is written to a new file of yours, to be replaced at the next sign-in. Asks first.",
        (
            "python -m ops users reset mei --by-email --stage market",
            "python -m ops users reset root --password-file root.txt --stack .local/stack.json --yes",
        ),
        _reset,
        _reset_arguments,
    ),
    Command(
        "users sign-in",
        "sign in and keep the token in a file",
        "Signs in as a user of the pool, replaces a temporary password, and writes the id token, good for an hour, to a file\n"
        'that you alone can read: `curl -H "Authorization: Bearer $(cat token)" …`. Passwords are asked for, or read from\n'
        "files; they are never arguments, which others on the machine can see. Needs no rights in AWS but to read the stack.",
        (
            "python -m ops users sign-in mei --token-file token --stage market",
            "python -m ops users sign-in mei --password-file old.txt --new-password-file own.txt --token-file token --stage test",
        ),
        _sign_in,
        _sign_in_arguments,
    ),
)
