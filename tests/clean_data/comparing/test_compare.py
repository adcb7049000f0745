from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recast_api.clean_data import Verdict, compare, read
from tests.clean_data.comparing.pairs import compared, only_change
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import less, put, times


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


@pytest.mark.parametrize(("age", "verdict"), [(60, Verdict.REVISED), (61, Verdict.REWRITTEN)])
def test_a_small_revision_is_of_the_last_sixty_days(age: int, verdict: Verdict) -> None:
    # The last day that both have is row 842.
    result = compared(put("tiktok", 842 - age, 800.25)(daily_frame()), less(7)(daily_frame()))
    assert result.verdict is verdict


@pytest.mark.parametrize(("share", "verdict"), [(0.0098, Verdict.REVISED), (0.0102, Verdict.REWRITTEN)])
def test_a_small_revision_moves_one_percent(share: float, verdict: Verdict) -> None:
    new, old = daily_frame(), less(7)(daily_frame())
    total = float(old["tiktok"].sum())
    # Added on one day and taken away on another: the total stays the same, so much was moved.
    new["tiktok"] += total * share / 2 * ((new.index == 800) * 1.0 - (new.index == 801))
    assert only_change(new, old).moved_share == pytest.approx(share, rel=1e-3)
    assert compared(new, old).verdict is verdict


@pytest.mark.parametrize(("days", "verdict"), [(14, Verdict.REVISED), (15, Verdict.REWRITTEN)])
def test_late_bookings_rewrite_no_history(days: int, verdict: Verdict) -> None:
    old = less(7)(times("tiktok", slice(843 - days, 843), 0.9)(daily_frame()))
    # In a short history, a tenth of two weeks is over 1 % of all.
    assert compared(daily_frame().iloc[700:], old.iloc[700:]).verdict is verdict


@pytest.mark.parametrize("shift", [False, True])
def test_what_was_exchanged_or_moved_is_no_small_revision(shift: bool) -> None:
    frame = daily_frame()
    rows = slice(820, 827) if shift else slice(820, 823)
    new = frame.copy()
    if shift:
        new.loc[820:826, "tiktok"] = frame["tiktok"].shift(1)[820:827]
    else:
        new.loc[820:822, ["tiktok", "linear_tv"]] = frame.loc[820:822, ["linear_tv", "tiktok"]].to_numpy()
    result = compared(new, less(7)(frame))
    assert max(change.moved_share for change in result.by_column) < 0.01
    assert len(result.days_changed) == rows.stop - rows.start
    assert result.verdict is Verdict.REWRITTEN


def test_filled_blanks_beside_a_small_revision_are_one_too() -> None:
    gaps = put("tiktok", slice(100, 140), np.nan)(less(7)(daily_frame()))
    new = put("tiktok", 100, 200.0)(put("tiktok", slice(100, 140), 0)(daily_frame()))
    assert compared(new, gaps).verdict is Verdict.REVISED
    assert compared(put("tiktok", 100, 20_000.0)(new), gaps).verdict is Verdict.REWRITTEN


def test_what_changed_by_more_than_the_column_is_said_to() -> None:
    frame = daily_frame(days=50)
    result = compared(put("mark", 10, 1)(frame.assign(mark=0.0, flag=0)), frame.assign(mark=0.0, flag=0))
    assert result.sentence.endswith("in 1 column, up to 100 % of a column's total.")
    there, back = put("mark", 10, 1), put("mark", 11, -1)
    result = compared(back(there(frame.assign(mark=0.0))), frame.assign(mark=0.0))
    assert result.sentence.endswith("2 cells changed on 2 days in 1 column, more than a column's total.")


@pytest.mark.parametrize(("shared", "comparable"), [(10, True), (9, False)])
def test_half_of_the_columns_have_to_be_in_both(shared: int, comparable: bool) -> None:
    frame = daily_frame(days=60, channels=19)
    other = frame.iloc[:, : shared + 1].assign(
        **{
            f"other_{i}": frame.iloc[:, -1].sample(frac=1, random_state=i).to_numpy()
            for i in range(20 - shared)
        }
    )
    result = compared(other, frame)
    assert (result.reason == "") is comparable
    if not comparable:
        assert result.reason == "only 9 of 20 columns are in both files"


@pytest.mark.parametrize(("days", "rows"), [(200, 200), (201, 101)])
def test_the_heat_map_has_up_to_two_hundred_rows(days: int, rows: int) -> None:
    frame = daily_frame(days=400)
    doubled = times("tiktok", slice(0, days), 2)(frame)
    assert compared(doubled, frame).heat.shape == (rows, 1)


@pytest.mark.parametrize(("columns", "shown"), [(39, 39), (40, 40), (41, 40)])
def test_the_heat_map_has_up_to_forty_columns(columns: int, shown: int) -> None:
    frame = daily_frame(days=60, channels=columns)
    doubled = frame.copy()
    doubled.iloc[:, 2:] *= 2
    assert compared(doubled, frame).heat.shape == (60, shown)


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


def test_days_added_or_lost_at_the_start_are_in_the_verdict() -> None:
    frame = daily_frame(days=100)
    longer, shorter = compared(frame, frame.iloc[10:-7]), compared(frame.iloc[10:], frame.iloc[:-7])
    days = "(2025-11-22 to 2025-12-01)"
    end = "7 days added at the end (2026-02-23 to 2026-03-01)"
    assert longer.added.before.size == shorter.gone.before.size == 10
    assert (longer.added.count, shorter.gone.count) == (7, 0)
    assert longer.verdict is Verdict.EXTENDED
    assert longer.sentence == f"History extended: {end}; 10 days added at the start {days}."
    assert shorter.verdict is Verdict.CUT
    assert shorter.sentence == f"History cut: {end}; 10 days removed at the start {days}."


def test_a_rewritten_history_is_said_to_be_whatever_happened_at_its_start() -> None:
    frame = daily_frame(days=100)
    rewritten = frame.assign(tiktok=frame["tiktok"] * 2)
    assert compared(rewritten, frame.iloc[10:]).verdict is Verdict.REWRITTEN
    assert compared(rewritten.iloc[10:], frame).verdict is Verdict.REWRITTEN


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
    # A renamed column is known by the name in the first of the two files.
    names = dict(there.renamed)
    mirrored = back.cells.rename(columns={"old": "new", "new": "old"}).assign(
        change=-back.cells["change"], column=back.cells["column"].replace(names)
    )
    order = ["column", "date"]
    pd.testing.assert_frame_equal(
        there.cells.sort_values(order, ignore_index=True),
        mirrored[there.cells.columns].sort_values(order, ignore_index=True),
    )
    assert {(c.column, c.cells, c.moved, c.change, c.first, c.last) for c in there.by_column} == {
        (names.get(c.column, c.column), c.cells, c.moved, -c.change, c.first, c.last) for c in back.by_column
    }
    pd.testing.assert_frame_equal(there.heat, -back.heat.rename(columns=names), check_like=True)
    assert (there.verdict is Verdict.NOT_COMPARABLE) == (back.verdict is Verdict.NOT_COMPARABLE)


@given(frames())
def test_comparing_with_itself_finds_nothing(frame: pd.DataFrame) -> None:
    result = compared(frame, frame)
    assert result.cells_changed == result.added.count == result.gone.count == 0
    assert result.verdict in (Verdict.SAME, Verdict.NOT_COMPARABLE)
