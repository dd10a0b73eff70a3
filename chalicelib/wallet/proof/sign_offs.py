"""Sign-offs of sealed days, and the head of the ledger: the last sign-off, stored outside the table.

A sign-off closes all days up to its own: it covers the roots of these days (seal_digests.py) and the sign-off before it. The head
is in Secrets Manager, so that a right to write the table is not enough to remove sign-offs.
"""

from __future__ import annotations

import json

from chalicelib.core.aws import put_secret, secret_now
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings
from chalicelib.store import Refused, put, transact
from chalicelib.wallet.proof import seal_digests
from chalicelib.wallet.proof.damaged_item_reads import json_of, stored_proof, stored_seals
from chalicelib.wallet.proof.difference_list import Differences
from chalicelib.wallet.records import Seal

GENUINE = "made with the key"
"""Reported in place of a MAC: the valid MAC of altered content is never reported."""
ALL = "all accounts"


class SignOffs:
    """The sign-offs up to the day `sealable`, as a run found them at its start. `through` is the last signed-off day, or ""."""

    def __init__(self, key: bytes, sealable: str, with_head: bool) -> None:
        self._key = key
        self._sealable = sealable
        self._found = [seal for seal in stored_seals("seal") if seal.day <= sealable]  # later ones: of another run
        self.through = self._found[-1].day if self._found else ""
        self._head, self._head_expected, self._head_found = self._read_head() if with_head else (None, "", "")

    @property
    def complete(self) -> bool:
        """True if no sign-off is missing. Otherwise new seals would replace removed ones."""
        return self._head_expected == self._head_found

    def check(self, roots: dict[str, str], differences: Differences) -> None:
        """Compare the sign-offs and the head with the roots of all days."""
        previous, after = "", ""
        for item in self._found:
            content = item.content if isinstance(item.content, dict) else {}
            mac = seal_digests.sign_off(self._key, previous, item.day, content)
            differences.expect(ALL, "sign_off", GENUINE, GENUINE if mac == item.mac else "forged", day=item.day)
            differences.expect(ALL, "sign_off", content, _between(roots, after, item.day), day=item.day)
            previous, after = item.mac, item.day
        claimed = str((stored_proof("latest") or {}).get("sealed_through") or "")
        if claimed <= self._sealable:
            differences.expect(ALL, "sign_off_missing", max(claimed, self.through), self.through)
        differences.expect(ALL, "head", self._head_expected, self._head_found)

    def sign_off(self, roots: dict[str, str]) -> None:
        """Sign off the days since the last sign-off."""
        if self._sealable <= self.through:
            return
        content = _between(roots, self.through, self._sealable)
        mac = seal_digests.sign_off(self._key, self._found[-1].mac if self._found else "", self._sealable, content)
        write_seal_once(Seal(pk="seal", sk=self._sealable, content=content, mac=mac))
        self.through = self._sealable
        logger.info("days signed off", extra={"through": self._sealable, "mac": mac})

    def move_head(self) -> None:
        """Store the last sign-off as the head, unless it is the head already."""
        last = max(stored_seals("seal"), key=lambda sign_off: sign_off.day, default=None)
        if last is None or last.day > self._sealable or last.day == self._head:
            return
        moved = {"through": last.day, "mac": last.mac, "seal": seal_digests.head(self._key, last.day, last.mac)}
        put_secret(settings().ledger_head_secret_arn, json.dumps(moved))

    def _read_head(self) -> tuple[str | None, str, str]:
        """Return the day of the head, None before the first, and the expected and the found value of its check.

        The head is stored as `{through, mac, seal}`: the day and the MAC of a sign-off, and the MAC of both."""
        head = json_of({"S": secret_now(settings().ledger_head_secret_arn)})
        if head == {}:
            return None, "", ""
        try:
            through, mac = str(head["through"]), str(head["mac"])
            genuine = head["seal"] == seal_digests.head(self._key, through, mac)
        except (KeyError, TypeError):
            return None, GENUINE, "unreadable"
        if not genuine:
            return None, GENUINE, "forged"
        if through > self._sealable:  # of a later run
            return None, "", ""
        macs = {sign_off.day: sign_off.mac for sign_off in self._found}
        found = self.through if through not in macs else through if macs[through] == mac else "another"
        return through, through, found


def write_seal_once(item: Seal) -> None:
    """Write the seal unless another run wrote it; the next run checks that one."""
    try:
        transact([put("seal", item, Seal.pk.does_not_exist())])
    except Refused:
        return


def _between(roots: dict[str, str], after: str, through: str) -> dict[str, str]:
    return {day: root for day, root in roots.items() if after < day <= through}
