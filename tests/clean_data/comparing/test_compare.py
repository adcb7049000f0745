from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recast_api.clean_data import Comparison, Verdict, compare, read
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import less, put


def compared(new: pd.DataFrame, old: pd.DataFrame) -> Comparison:
    return compare(read(csv_text(new)), read(csv_text(old)))


def cells_by_hand(new: str, old: str) -> set[tuple[str, str]]:
    """The changed cells as (date, column), counted with the csv module alone."""
    now, then = ({row["date"]: row for row in csv.DictReader(io.StringIO(text))} for text in (new, old))
    return {
        (day, column)
        for day in now.keys() & then.keys()
        for column in now[day].keys() & then[day].keys()
        if now[day][column] != then[day][column]
    }


def test_the_same_data_has_no_change() -> None:
    result = compared(daily_frame(), daily_frame())
    assert result.verdict is Verdict.SAME
    assert result.same_text
    assert result.sentence == "No change on 850 days."
    assert result.cells.empty
    assert result.heat.empty
    assert result.by_column == result.days_changed == ()


def test_order_and_spelling_of_numbers_do_not_matter() -> None:
    frame = daily_frame()
    shuffled = frame.sample(frac=1, random_state=1)[["date", *frame.columns[:0:-1]]]
    result = compare(read(csv_text(shuffled)), read(csv_text(frame.assign(tiktok=frame["tiktok"] + 1e-8))))
    assert result.verdict is Verdict.SAME
    assert not result.same_text


def test_new_days_at_the_end_are_a_pure_append() -> None:
    result = compared(daily_frame(), less(7)(daily_frame()))
    assert result.verdict is Verdict.APPEND
    assert result.sentence == "Pure append: 7 days added at the end (2026-02-23 to 2026-03-01)."
    assert result.added.after.tolist() == [
        date(2026, 2, 23 + i) if i < 6 else date(2026, 3, 1) for i in range(7)
    ]


def test_thirty_seven_changed_days_are_found_cell_by_cell() -> None:
    old = daily_frame(days=365, channels=7)
    days = [*range(31, 46), *range(120, 142)]
    new = old.copy()
    new["revenue"] = new["revenue"].where(~new.index.isin(days), (new["revenue"] * 1.2).round(2))
    new.loc[days[:15], "tiktok"] += 100
    new.loc[days[15:], "podcasts"] -= 50.5
    result = compared(new, old)
    by_hand = cells_by_hand(csv_text(new), csv_text(old))
    found = {
        (f"{day:%Y-%m-%d}", column)
        for day, column in zip(result.cells["date"], result.cells["column"], strict=True)
    }
    assert len(result.days_changed) == 37
    assert result.cells_changed == len(by_hand) == 74
    assert found == by_hand
    assert result.verdict is Verdict.REWRITTEN
    changes = {change.column: change for change in result.by_column}
    assert {name: change.cells for name, change in changes.items()} == {
        "revenue": 37,
        "tiktok": 15,
        "podcasts": 22,
    }
    assert changes["tiktok"].change == pytest.approx(1500)
    assert changes["podcasts"].change == pytest.approx(-22 * 50.5)
    assert changes["podcasts"].moved == pytest.approx(22 * 50.5)
    assert changes["tiktok"].change_share == pytest.approx(1500 / old["tiktok"].sum())
    assert (changes["tiktok"].first, changes["tiktok"].last) == (
        date.fromisoformat(old["date"][31]),
        date.fromisoformat(old["date"][45]),
    )


def test_small_recent_revisions_with_new_days() -> None:
    old = less(7)(daily_frame())
    result = compared(put("tiktok", -20, 800.25)(daily_frame()), old)
    assert result.verdict is Verdict.REVISED
    assert "1 cell changed on 1 day in 1 column" in result.sentence


def test_the_same_revision_long_ago_rewrites_history() -> None:
    assert (
        compared(put("tiktok", 20, 800.25)(daily_frame()), less(7)(daily_frame())).verdict
        is Verdict.REWRITTEN
    )


def test_removed_days_are_split_by_where_they_were() -> None:
    frame = daily_frame(days=100)
    result = compared(frame.drop(index=[*range(5), 50, 51, 99]), frame)
    assert [part.size for part in (result.gone.before, result.gone.inside, result.gone.after)] == [5, 2, 1]
    assert result.gone.count == 3
    assert result.verdict is Verdict.REWRITTEN


def test_days_before_the_start_of_the_other_are_neither_added_nor_lost() -> None:
    frame = daily_frame(days=100)
    result = compared(frame, frame.iloc[10:])
    assert result.added.before.size == 10
    assert result.added.count == 0
    assert result.verdict is Verdict.SAME


def test_a_filled_gap_is_a_revision() -> None:
    assert compared(daily_frame(), daily_frame().drop(index=840)).verdict is Verdict.REVISED


def test_columns_added_lost_and_renamed() -> None:
    frame = daily_frame()
    new = frame.rename(columns={"tiktok": "tiktok_ads"}).drop(columns="influencers")
    result = compared(
        new.assign(podcasts=frame["influencers"].sample(frac=1, random_state=2).to_numpy()), frame
    )
    assert result.renamed == (("tiktok", "tiktok_ads"),)
    assert (result.columns_added, result.columns_lost) == (("podcasts",), ("influencers",))
    assert result.verdict is Verdict.REWRITTEN
    assert "likely renamed: tiktok to tiktok_ads" in result.sentence


def test_a_cell_emptied_or_filled_has_changed() -> None:
    frame = daily_frame(days=50)
    emptied = put("tiktok", 10, np.nan)(daily_frame(days=50))
    result = compared(emptied, frame)
    assert result.cells["change"].tolist() == [-frame["tiktok"][10]]
    assert compared(emptied, emptied).verdict is Verdict.SAME


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda f: f.iloc[[0, *range(50)]], "has more than one row for the same day"),
        (lambda f: f.drop(columns="date"), "has no date column"),
        (lambda f: f.iloc[:0], "has no rows"),
        (lambda f: f.assign(date=[*f["date"][:-1], "soon"]), "has dates that can't be read"),
        (lambda f: f.assign(date=daily_frame(days=50, today=date(2020, 1, 1))["date"]), "no day in common"),
        (lambda f: f[["date"]].assign(cinema=1.5), "no column in common"),
    ],
)
def test_what_cannot_be_matched_is_not_comparable(spoil, reason: str) -> None:
    frame = daily_frame(days=50)
    for result in (compared(spoil(frame), frame), compared(frame, spoil(frame))):
        assert result.verdict is Verdict.NOT_COMPARABLE
        assert reason in result.reason
        assert result.sentence == f"Not comparable: {result.reason}."
        assert result.cells.empty
        assert result.heat.empty


def test_the_heat_map_is_bounded_and_signed() -> None:
    frame = daily_frame(days=900, channels=60)
    doubled = frame.copy()
    doubled.iloc[:, 2:] *= 2
    heat = compared(doubled, frame).heat
    assert heat.shape[0] <= 200
    assert heat.shape[1] == 40
    assert np.allclose(heat, 0.5)


def test_unlike_kinds_of_column_are_named_not_compared() -> None:
    frame = daily_frame(days=50)
    result = compared(frame.assign(tiktok="as usual"), frame)
    assert result.not_compared == ("tiktok",)


CELLS = st.sampled_from([0.0, 1.0, 1.5, 100.0, float("nan")])
DAYS = pd.date_range("2025-01-01", periods=12).strftime("%Y-%m-%d").to_numpy()


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    days = sorted(draw(st.sets(st.sampled_from(range(12)), min_size=1)))
    names = sorted(draw(st.sets(st.sampled_from(["a", "b", "c"]), min_size=1)))
    frame = pd.DataFrame({name: [draw(CELLS) for _ in days] for name in names})
    frame.insert(0, "date", DAYS[days])
    return frame


@given(frames(), frames())
def test_comparing_the_other_way_round_is_the_mirror_image(one: pd.DataFrame, other: pd.DataFrame) -> None:
    there, back = compared(one, other), compared(other, one)
    for part in ("before", "inside", "after"):
        assert np.array_equal(getattr(there.added, part), getattr(back.gone, part))
        assert np.array_equal(getattr(there.gone, part), getattr(back.added, part))
    assert (there.columns_added, there.columns_lost) == (back.columns_lost, back.columns_added)
    assert set(there.renamed) == {(old, new) for new, old in back.renamed}
    assert there.days_changed == back.days_changed
    mirrored = back.cells.rename(columns={"old": "new", "new": "old"}).assign(change=-back.cells["change"])
    pd.testing.assert_frame_equal(there.cells, mirrored[there.cells.columns])
    assert {(c.column, c.cells, c.moved, c.change, c.first, c.last) for c in there.by_column} == {
        (c.column, c.cells, c.moved, -c.change, c.first, c.last) for c in back.by_column
    }
    pd.testing.assert_frame_equal(there.heat, -back.heat, check_like=True)
    assert (there.verdict is Verdict.NOT_COMPARABLE) == (back.verdict is Verdict.NOT_COMPARABLE)


@given(frames())
def test_comparing_with_itself_finds_nothing(frame: pd.DataFrame) -> None:
    result = compared(frame, frame)
    assert result.cells_changed == result.added.count == result.gone.count == 0
    assert result.verdict in (Verdict.SAME, Verdict.NOT_COMPARABLE)


def test_a_lost_constant_is_not_taken_for_renamed() -> None:
    frame = daily_frame(days=50)
    assert compared(frame.assign(mark=1.5), frame.assign(label=1.5)).renamed == ()
