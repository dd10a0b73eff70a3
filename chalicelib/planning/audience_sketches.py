"""Sketches of audiences in the accounts table: imported by the operator, read for plans."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.accounts.records import AccountRecord
from chalicelib.planning.audience_reach import RANK_MAX, REGISTERS
from chalicelib.store import AccountsRecord, save_if

AUDIENCE = "audience"


class SketchRecord(AccountsRecord):
    """pk = acc id, sk = "audience": the registers, compressed (about 2 kB). `key` names the key that the followers were hashed
    with."""

    registers = BinaryAttribute(legacy_encoding=False)
    as_of = UnicodeAttribute()
    key = UnicodeAttribute()


def save(account_id: str, registers: bytes, as_of: str, key: str) -> bool:
    """Store the sketch. Return False if a newer one is stored or the account does not exist. Raise ValueError for invalid
    registers."""
    if len(registers) != REGISTERS or max(registers) > RANK_MAX:
        raise ValueError(f"a sketch has {REGISTERS} registers of at most {RANK_MAX}")
    if AccountRecord.find(account_id, "account") is None:
        return False
    record = SketchRecord(account_id, AUDIENCE, registers=zlib.compress(registers), as_of=as_of, key=key)
    return save_if(record, SketchRecord.as_of.does_not_exist() | (SketchRecord.as_of <= as_of))


class Sketches:
    """The sketches of accounts, each read once, 100 at a time. If there are several keys, only sketches of the most frequent one
    are used."""

    def __init__(self) -> None:
        self._found: dict[str, SketchRecord | None] = {}

    def of(self, account_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the registers by account, of accounts that have a sketch."""
        account_ids = list(account_ids)
        new = [account_id for account_id in account_ids if account_id not in self._found]
        self._found.update(dict.fromkeys(new))
        if new:
            read = SketchRecord.batch_get([(account_id, AUDIENCE) for account_id in new])
            self._found.update({record.pk: record for record in read})
        known = [record for record in self._found.values() if record is not None]
        keys = [record.key for record in known]
        key = max(sorted(set(keys)), key=keys.count, default=None)
        found = {record.pk: record for record in known if record.key == key}
        return {name: zlib.decompress(found[name].registers) for name in account_ids if name in found}
