"""Figures from the track record: shares, unknown figures, paid prices."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.grading.model.evidence import PAID_FIGURES, TRACK_RECORD_FIGURES, Evidence
from chalicelib.grading.model.track_record_figures import TrackRecordEntry, track_record_figures

truths = st.one_of(st.none(), st.booleans())
fen = st.one_of(st.none(), st.integers(100, 10_000_000))
entries = st.lists(
    st.builds(
        TrackRecordEntry,
        advertiser_id=st.sampled_from(["adv_a", "adv_b", "adv_c"]),
        accepted=truths,
        on_time=truths,
        kept=truths,
        lost=truths,
        paid=fen,
        advised=fen,
    ),
    max_size=12,
)


def test_shares_count_only_the_orders_that_show_something() -> None:
    found = track_record_figures(
        [
            TrackRecordEntry("adv_a", accepted=True, on_time=True, kept=True, lost=False, paid=1_000, advised=1_000),
            TrackRecordEntry("adv_a", accepted=True, on_time=True, kept=False, lost=False),
            TrackRecordEntry("adv_b", accepted=True, on_time=False),
            TrackRecordEntry("adv_b", accepted=False),
        ]
    )
    assert found == {
        "orders_90d": 4,
        "acceptance_rate": 0.75,
        "on_time_share": 0.6667,
        "kept_share": 0.5,
        "disputes_lost_share": 0.0,
        "paid_bps": 10_000,
        "paid_advertisers": 1,
        "paid_orders": 1,
    }


def test_without_orders_there_are_no_figures() -> None:
    assert track_record_figures([]) == {}
    assert track_record_figures([TrackRecordEntry("adv_a", accepted=False)]) == {
        "orders_90d": 1,
        "acceptance_rate": 0.0,
    }


@given(entries)
def test_many_orders_of_one_advertiser_count_as_few(found: list[TrackRecordEntry]) -> None:
    shown = track_record_figures(found)
    later = [TrackRecordEntry("adv_a", accepted=True, kept=True)] * 3
    others = [entry for entry in found if entry.advertiser_id != "adv_a"]
    flooded, few = track_record_figures([*later * 20, *found]), track_record_figures([*later, *others])
    assert all(flooded.get(name) == few.get(name) for name in TRACK_RECORD_FIGURES)
    assert shown.keys() <= {*TRACK_RECORD_FIGURES, *PAID_FIGURES, "copied_comments_share"}
    evidence = Evidence.from_json({"as_of": "2026-11-23T00:00:00Z", "followers": 1, **shown})
    assert all(0 <= getattr(evidence, name) <= 1 for name in TRACK_RECORD_FIGURES[1:] if name in shown)
    assert 5_000 <= (evidence.paid_bps or 10_000) <= 20_000


def test_copied_comments_of_orders_are_counted_together() -> None:
    few = TrackRecordEntry("adv_a", accepted=True, comments_read=12, comments_copied=6)
    assert "copied_comments_share" not in track_record_figures([few])
    assert track_record_figures([few, few._replace(comments_copied=0)])["copied_comments_share"] == 0.25
