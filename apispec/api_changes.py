"""Changes of the API since a revision: `python -m apispec.api_changes [--base REVISION]`. The default is the last tag, or the last
commit while there is no tag.

Compares the committed OpenAPI document with the revision's. A change is breaking if a correct client can fail after it: a member of
a response is gone or has another type, or a request is refused. Exit status: 0 no breaking change, 1 breaking changes, 2 the
revision has no document.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from infra.package import ROOT

DOCUMENT = "chalicelib/service/openapi.json"
Json = dict[str, Any]
_LOWER_IS_NARROWER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_HIGHER_IS_NARROWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


class Change(NamedTuple):
    """A change; `where` is an operation or `operation: member`."""

    breaks: bool
    where: str
    text: str


def changes(before: Json, after: Json) -> list[Change]:
    """Return all changes that affect clients, breaking ones first."""
    return sorted(set(_operations(before, after)), key=lambda one: (not one.breaks, one.where, one.text))


def _operations(before: Json, after: Json) -> Iterator[Change]:
    old, new = _listed(before), _listed(after)
    for name in old.keys() - new.keys():
        yield Change(True, name, "is gone")
    for name in new.keys() - old.keys():
        yield Change(False, name, "is new")
    for name in old.keys() & new.keys():
        yield from _roles(name, old[name], new[name])
        yield from _parameters(name, (old[name], before), (new[name], after))
        yield from _body(name, (old[name], before), (new[name], after))
        yield from _responses(name, (old[name], before), (new[name], after))


def _listed(document: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _roles(name: str, old: Json, new: Json) -> Iterator[Change]:
    was, now = old.get("x-roles"), new.get("x-roles")
    if was == now:
        return
    if now is None or (was is not None and now == []):
        yield Change(False, name, "is for more callers")
    elif was is None or was == [] or set(was) - set(now):
        yield Change(True, name, f"is for {', '.join(now) or 'callers with a token'} only")
    else:
        yield Change(False, name, f"is for {', '.join(sorted(set(now) - set(was)))} too")


def _parameters(name: str, old: tuple[Json, Json], new: tuple[Json, Json]) -> Iterator[Change]:
    was = {(one["in"], one["name"]): one for one in old[0]["parameters"]}
    now = {(one["in"], one["name"]): one for one in new[0]["parameters"]}
    for place, known in was.keys() - now.keys():
        yield Change(True, name, f"takes no {place} parameter {known} any more")
    for key, parameter in now.items():
        if key not in was:
            yield Change(bool(parameter.get("required")), name, f"takes a {key[0]} parameter {key[1]}")
            continue
        if parameter.get("required") and not was[key].get("required"):
            yield Change(True, name, f"needs the {key[0]} parameter {key[1]}")
        yield from _schema(
            f"{name}: {key[1]}",
            (was[key]["schema"], old[1]),
            (parameter["schema"], new[1]),
            sent=True,
            seen=frozenset(),
        )


def _body(name: str, old: tuple[Json, Json], new: tuple[Json, Json]) -> Iterator[Change]:
    was, now = old[0].get("requestBody"), new[0].get("requestBody")
    if was is None or now is None:
        if was is not now:
            yield Change(now is not None, name, "takes a body" if now else "takes no body any more")
        return
    for kind, content in was["content"].items():
        taken = now["content"].get(kind)
        if taken is None:
            yield Change(True, name, f"takes no {kind} any more")
        else:
            yield from _schema(
                name, (content["schema"], old[1]), (taken["schema"], new[1]), sent=True, seen=frozenset()
            )


def _responses(name: str, old: tuple[Json, Json], new: tuple[Json, Json]) -> Iterator[Change]:
    was, now = old[0]["responses"], new[0]["responses"]
    for status, response in was.items():
        if status not in now:
            yield Change(status < "400", name, f"no longer responds with {status}")
            continue
        for kind, content in response.get("content", {}).items():
            response_content = now[status].get("content", {}).get(kind)
            if response_content is None:
                yield Change(True, name, f"no longer responds with {kind}")
            elif status < "400":
                yield from _schema(
                    name,
                    (content["schema"], old[1]),
                    (response_content["schema"], new[1]),
                    sent=False,
                    seen=frozenset(),
                )
    for status in now.keys() - was.keys():
        yield Change(status < "400", name, f"responds with {status}")


def _schema(
    where: str, old: tuple[Any, Json], new: tuple[Any, Json], *, sent: bool, seen: frozenset[str]
) -> Iterator[Change]:
    """Yield the changes of a schema. In a request (`sent`) a narrower schema is breaking, in a response a wider one."""
    (was, before), (now, after) = old, new
    key = f"{was.get('$ref')} {now.get('$ref')}"
    if "$ref" in was or "$ref" in now:
        if key in seen:
            return
        seen |= {key}
    was, now = _followed(was, before), _followed(now, after)
    yield from _types(where, was, now, sent)
    yield from _limits(where, was, now, sent)
    yield from _members(where, (was, before), (now, after), sent, seen)
    if "items" in was and "items" in now:
        yield from _schema(f"{where}[]", (was["items"], before), (now["items"], after), sent=sent, seen=seen)
    known = {_alternative(one, was, before): one for one in was.get("anyOf", [])}
    for one in now.get("anyOf", []):
        name = _alternative(one, now, after)
        if name in known and _kind(one, after) in ("object", "array"):  # the others were compared all together
            yield from _schema(where, (known[name], before), (one, after), sent=sent, seen=seen)


def _alternative(one: Json, schema: Json, document: Json) -> str:
    """Return the name by which an alternative is found in the other document: its kind, or its component among several objects."""
    kind = _kind(one, document)
    several = [other for other in schema["anyOf"] if _kind(other, document) == "object"]
    return str(one["$ref"]) if kind == "object" and len(several) > 1 and "$ref" in one else kind


def _types(where: str, was: Json, now: Json, sent: bool) -> Iterator[Change]:
    old, new = _alternatives(was), _alternatives(now)
    gone, come = sorted(old - new), sorted(new - old)
    if gone:
        yield Change(sent, where, f"is no longer {', '.join(gone)}")
    if come:
        yield Change(not sent, where, f"may be {', '.join(come)}")


def _alternatives(schema: Json) -> frozenset[str]:
    if "anyOf" in schema:
        return frozenset().union(*(_alternatives(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return frozenset({"object"})
    if "const" in schema:
        return frozenset({json.dumps(schema["const"], ensure_ascii=False)})
    if "enum" in schema:
        return frozenset(json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    kind = schema.get("type", "anything")
    return frozenset(kind) if isinstance(kind, list) else frozenset({kind})


def _limits(where: str, was: Json, now: Json, sent: bool) -> Iterator[Change]:
    for name, lower_is_narrower in [
        *((name, True) for name in _LOWER_IS_NARROWER),
        *((name, False) for name in _HIGHER_IS_NARROWER),
    ]:
        old, new = was.get(name), now.get(name)
        if old == new:
            continue
        narrower = old is None or (new is not None and (new < old) == lower_is_narrower)
        yield Change(sent and narrower, where, f"{name} was {old}, is {new}")
    if was.get("pattern") != now.get("pattern"):
        yield Change(sent, where, f"pattern was {was.get('pattern')}, is {now.get('pattern')}")


def _members(
    where: str, old: tuple[Json, Json], new: tuple[Json, Json], sent: bool, seen: frozenset[str]
) -> Iterator[Change]:
    (was, before), (now, after) = old, new
    old_members, new_members = was.get("properties", {}), now.get("properties", {})
    was_required, is_required = set(was.get("required", ())), set(now.get("required", ()))
    for name in old_members.keys() - new_members.keys():
        yield Change(True, f"{where}: {name}", "is gone")
    for name in new_members.keys() - old_members.keys():
        yield Change(
            sent and name in is_required, f"{where}: {name}", "is new" + (" and needed" if name in is_required else "")
        )
    for name in old_members.keys() & new_members.keys():
        if name in is_required - was_required and sent:
            yield Change(True, f"{where}: {name}", "is needed")
        if name in was_required - is_required and not sent:
            yield Change(True, f"{where}: {name}", "may be missing")
        yield from _schema(
            f"{where}: {name}", (old_members[name], before), (new_members[name], after), sent=sent, seen=seen
        )


def _followed(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        found = document["components"]["schemas"].get(schema["$ref"].rpartition("/")[2])
        if found is None:
            return {}
        schema = found
    return schema


def _kind(schema: Json, document: Json) -> str:
    followed = _followed(schema, document)
    return str(followed.get("type", "anything"))


def last_tag() -> str | None:
    """Return the newest tag from which HEAD descends; None if there is none."""
    done = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0"],  # noqa: S607 - the developer's git
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or None


def document_at(revision: str) -> Json:
    """Return the document of a revision. Raise LookupError if it has none."""
    done = subprocess.run(
        ["git", "show", f"{revision}:{DOCUMENT}"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise LookupError(f"{revision} has no {DOCUMENT}: {done.stderr.strip()}")
    read: Json = json.loads(done.stdout)
    return read


def main(arguments: list[str] | None = None) -> int:
    """Print the changes and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m apispec.api_changes", description=__doc__)
    parser.add_argument(
        "--base", metavar="REVISION", help="revision to compare with; default: the last tag, or the last commit"
    )
    base = parser.parse_args(arguments).base or last_tag()
    if base is None:
        print("There is no tag yet: compared with the last commit. BASE=… names another revision.", file=sys.stderr)
        base = "HEAD"
    try:
        found = changes(document_at(base), json.loads((Path(ROOT) / DOCUMENT).read_text("utf-8")))
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    for change in found:
        print(f"{'BREAKS' if change.breaks else 'adds  '}  {change.where} {change.text}")
    breaking = sum(change.breaks for change in found)
    print(f"{breaking} breaking and {len(found) - breaking} other changes since {base}")
    return 1 if breaking else 0


if __name__ == "__main__":
    sys.exit(main())
