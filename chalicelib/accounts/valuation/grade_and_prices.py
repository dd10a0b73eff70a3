"""Apply evidence and own prices to an account: grade, advised and effective prices, value.

Values are set on the record in memory; the caller writes it in one transaction with the returned actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from chalicelib.accounts.records import AccountRecord, PriceChange
from chalicelib.core import clock
from chalicelib.core.order_kinds import KINDS, Kind
from chalicelib.grading.assessment import assess, differs, effective_prices, grade_change
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.advised_price import Band
from chalicelib.grading.model.evidence import PAID_FIGURES, TRACK_RECORD_FIGURES, Evidence
from chalicelib.grading.records import GradeChange
from chalicelib.store import Action, put


def apply_grade(record: AccountRecord, figures: AccountFigures, cause: str) -> list[Action]:
    """Make `figures`, with the track record of the account, its evidence, and grade the account by it. Return the action that
    stores the change of the grade, if it changed."""
    if record.traded_on is not None and record.evidence:
        measured = {name: value for name, value in figures.items() if name not in TRACK_RECORD_FIGURES}
        own = (*TRACK_RECORD_FIGURES, *PAID_FIGURES)
        shown = {name: value for name, value in record.evidence.items() if name in own}
        figures = cast("AccountFigures", {**measured, **shown})
    assessment = assess(Evidence.from_json(figures), record.counted_category, held=record.grade)
    if not differs(record, assessment):
        return []
    change = grade_change(record, assessment, cause)
    for name, value in assessment.attributes(record.own_price("post"), record.own_price("repost")).items():
        setattr(record, name, value)
    record.graded_at = change.at
    record.grade_number = int(record.grade_number) + 1
    return [put("grade_change", change, GradeChange.pk.does_not_exist())]


def apply_own_prices(record: AccountRecord, own: Mapping[Kind, int | None], cause: str = "owner") -> list[Action]:
    """Set own prices (fen; missing kinds stay), the effective prices and the value. Return the action that stores the change of
    own prices, if they changed."""
    before = [record.own_price(kind) for kind in KINDS]
    record.own_post_price, record.own_repost_price = (own.get(kind, record.own_price(kind)) for kind in KINDS)
    record.post_price, record.repost_price = record.own_post_price, record.own_repost_price
    if record.advised and record.evidence:
        bands: dict[str, Band] = {kind: Band(**record.advised[kind]) for kind in KINDS}
        evidence = Evidence.from_json(record.evidence)
        effective = effective_prices(bands, record.own_price("post"), record.own_price("repost"), evidence)
        for name, value in effective.items():
            setattr(record, name, value)
    now = [record.own_price(kind) for kind in KINDS]
    if now == before:
        return []
    made = PriceChange(record.pk, f"price#{clock.stamp(clock.now())}", cause=cause)
    made.post, made.repost = now
    return [put("price_change", made, None)]
