"""What is said of past values, names and new days since an earlier run, and from where on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from recast_api.clean_data import Finding, Level, check_against, checks_table, read
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.planted import after, less, put, times

Plant = Callable[[pd.DataFrame], pd.DataFrame]
BLANKS = slice(100, 140)


def findings(new: Plant, earlier: Plant, as_of: date | None = None) -> tuple[Finding, ...]:
    """What is said of the new file against the earlier, which lacks the last week."""
    return check_against(
        read(csv_text(new(daily_frame()))), read(csv_text(less(7)(earlier(daily_frame())))), as_of=as_of
    )


def only(new: Plant, earlier: Plant) -> tuple[str, Level, str]:
    (found,) = findings(new, earlier)
    return found.check, found.level, found.sentence


def exchanged(frame: pd.DataFrame) -> pd.DataFrame:
    rows = (frame.index >= 400) & (frame.index < 420)
    return frame.assign(
        tiktok=frame["tiktok"].where(~rows, frame["linear_tv"]),
        linear_tv=frame["linear_tv"].where(~rows, frame["tiktok"]),
    )


def moved(name: str) -> Plant:
    return lambda f: f.assign(**{name: f[name].shift(1).fillna(1.5)})


@pytest.mark.parametrize(
    ("new", "earlier", "check", "level", "sentence"),
    [
        (
            times("tiktok", slice(None), 1.19),
            after(),
            "revised_columns",
            Level.CONFIRM,
            "Past values changed since the earlier run, multiplied by 1.19: "
            "tiktok (843 days, 16 % of the total).",
        ),
        (
            times("revenue", slice(None), -1),
            after(),
            "revised_kpi",
            Level.CONFIRM,
            "revenue changed on 843 past days (2023-11-03 to 2026-02-22), by -36,851,661 in total: "
            "with the sign reversed.",
        ),
        (
            moved("tiktok"),
            after(),
            "revised_columns",
            Level.CONFIRM,
            "Past values changed since the earlier run, moved 1 day later: "
            "tiktok (842 of 843 days, 26 % of the total).",
        ),
        (
            exchanged,
            after(),
            "revised_columns",
            Level.CONFIRM,
            "Past values changed since the earlier run, linear_tv and tiktok exchanged: "
            "tiktok (20 days, 1.6 % of the total) and linear_tv (20 days, 1.0 % of the total).",
        ),
        (
            put("tiktok", BLANKS, 0),
            put("tiktok", BLANKS, np.nan),
            "revised_columns",
            Level.NOTE,
            "Past values changed since the earlier run, empty cells are 0 now: tiktok (40 days).",
        ),
        (
            put("tiktok", BLANKS, np.nan),
            put("tiktok", BLANKS, 0),
            "revised_columns",
            Level.NOTE,
            "Past values changed since the earlier run, zeros are empty cells now: tiktok (40 days).",
        ),
        (
            put("revenue", BLANKS, 0),
            put("revenue", BLANKS, np.nan),
            "revised_kpi",
            Level.CONFIRM,
            "revenue changed on 40 past days (2024-02-11 to 2024-03-21), by 0 in total: "
            "empty cells are 0 now.",
        ),
        (
            after(),
            times("tiktok", slice(838, 843), 0.9),
            "revised_columns",
            Level.NOTE,
            "Past values changed since the earlier run, only in the last 14 days before the new ones: "
            "tiktok (5 days, +4.2 % of these 14 days).",
        ),
        (
            times("revenue", slice(842, 843), 0.9),
            after(),
            "revised_kpi",
            Level.NOTE,
            "revenue changed on 1 past day (2026-02-22), by -2,263 in total (-0.8 % of these 14 days).",
        ),
        (
            lambda f: f.round({"tiktok": 0, "revenue": 1, "linear_tv": -1}),
            after(),
            "rounded_values",
            Level.NOTE,
            "Fewer decimals than in the earlier run's data, and otherwise the same: "
            "revenue (1 decimal now), linear_tv (whole tens now) and tiktok (whole numbers now).",
        ),
        (
            after(),
            lambda f: f.round(0).assign(tiktok=f["tiktok"].round(0)),
            "rounded_values",
            Level.NOTE,
            "More decimals than in the earlier run's data, and otherwise the same: "
            "revenue, linear_tv, meta_prospecting and 3 more (whole numbers then).",
        ),
        (
            lambda f: f.rename(columns={"tiktok": "TikTok", "linear_tv": "Linear TV"}),
            after(),
            "columns_respelled",
            Level.CONFIRM,
            "Names are written differently since the earlier run: "
            "linear_tv is now Linear TV and tiktok is now TikTok.",
        ),
    ],
)
def test_what_changed_is_said_with_its_cause(
    new: Plant, earlier: Plant, check: str, level: Level, sentence: str
) -> None:
    assert only(new, earlier) == (check, level, sentence)


def test_columns_to_which_the_same_happened_are_one_finding() -> None:
    scaled = [times(name, slice(None), 1.19) for name in ("tiktok", "linear_tv")]
    (found,) = findings(after(*scaled), after())
    assert set(found.columns) == {"tiktok", "linear_tv"}
    other = times("influencers", slice(100, 140), 1.5)
    assert len(findings(after(*scaled, other), after())) == 2


def test_a_renaming_and_what_changed_beside_it_are_both_said() -> None:
    new = after(times("tiktok", slice(None), 0.92), lambda f: f.rename(columns={"tiktok": "tt_eur"}))
    found = {finding.check: finding for finding in findings(new, after())}
    assert set(found) == {"columns_renamed", "revised_columns"}
    assert found["revised_columns"].columns == found["columns_renamed"].columns == ("tt_eur",)
    assert "multiplied by 0.92: tt_eur" in found["revised_columns"].sentence


@pytest.mark.parametrize("name", ["revenue", "tiktok"])
@pytest.mark.parametrize(
    ("first", "factor", "level"),
    [
        # The last day that both have is row 842.
        (829, 1 / 1.29, Level.NOTE),
        (829, 1 / 1.31, Level.CONFIRM),
        (828, 0.99, Level.CONFIRM),
    ],
)
def test_late_bookings_of_two_weeks_are_a_note(name: str, first: int, factor: float, level: Level) -> None:
    # Of a short history, so that two weeks are more than 1 % of it.
    new = read(csv_text(daily_frame(days=120)))
    cut = 850 - 120
    earlier = less(7)(times(name, slice(first - cut, 843 - cut), factor)(daily_frame(days=120)))
    found = {
        finding.check: finding.level
        for finding in check_against(new, read(csv_text(earlier)))
        if finding.check.startswith("revised")
    }
    check = "revised_kpi" if name == "revenue" else "revised_columns"
    if (name, first) == ("tiktok", 828):
        # Fifteen days by 1 % of spend are a small revision.
        level = Level.NOTE
    assert found == {check: level}


def test_late_orders_that_come_with_older_changes_are_not_only_late() -> None:
    earlier = after(times("revenue", slice(838, 843), 0.9), put("revenue", 300, 9_000.5))
    assert only(after(), earlier)[:2] == ("revised_kpi", Level.CONFIRM)


def test_nothing_is_late_where_no_new_day_came() -> None:
    new = read(csv_text(less(7)(daily_frame())))
    earlier = read(csv_text(less(7)(times("revenue", slice(838, 843), 0.9)(daily_frame()))))
    assert ("revised_kpi", Level.CONFIRM) in {(f.check, f.level) for f in check_against(new, earlier)}


@pytest.mark.parametrize(("day", "check"), [(799, "revised_kpi"), (800, "revised_intercept_days")])
def test_thirty_days_before_the_as_of_date_set_the_intercept(day: int, check: str) -> None:
    # 2026-02-10 is row 830.
    found = findings(put("revenue", day, 15_000.5), after(), date(2026, 2, 10))
    assert [finding.check for finding in found] == [check]
    found = findings(
        put("revenue", 829 if "intercept" in check else 830, 15_000.5), after(), date(2026, 2, 10)
    )
    assert [finding.check for finding in found] == [check]


@pytest.mark.parametrize(("days_cut", "level"), [(7, Level.NOTE), (8, Level.CONFIRM)])
def test_a_span_that_moves_along_by_a_week_is_a_note(days_cut: int, level: Level) -> None:
    (finding,) = findings(lambda frame: frame.iloc[days_cut:], after())
    assert (finding.check, finding.level) == ("history_cut", level)


@pytest.mark.parametrize(
    ("moved", "level"),
    [(0.0099, Level.NOTE), (0.0101, Level.CONFIRM), (-0.0099, Level.NOTE), (-0.0101, Level.CONFIRM)],
)
def test_late_orders_that_hardly_move_the_median_before_the_as_of_date_are_a_note(
    moved: float, level: Level
) -> None:
    # 2026-02-23 is the day after the last that both have: these 30 are rows 813 to 842.
    usual = np.where(np.arange(850) % 2, 20_000.0, 10_000.0)
    usual[841:843] = 15_000
    now = usual.copy()
    now[841:843] *= 1 + moved
    (found,) = findings(
        lambda f: f.assign(revenue=now), lambda f: f.assign(revenue=usual), as_of=date(2026, 2, 23)
    )
    assert (found.check, found.level) == ("revised_intercept_days", level)


def test_a_median_of_nothing_moves_by_all() -> None:
    few = np.zeros(850)
    few[840:843], few[0] = [3_000, 3_000, 3_000], 1
    now = few.copy()
    now[842] = 3_100
    (found,) = findings(lambda f: f.assign(revenue=now), lambda f: f.assign(revenue=few), date(2026, 2, 23))
    assert (found.check, found.level) == ("revised_intercept_days", Level.CONFIRM)


@pytest.mark.parametrize(("row", "said"), [(29, True), (30, False)])
def test_an_as_of_date_has_thirty_days_before_it(row: int, said: bool) -> None:
    frame = daily_frame()
    found = check_against(read(csv_text(frame)), None, as_of=date.fromisoformat(frame["date"][row]))
    assert [finding.check for finding in found] == (["as_of_date"] if said else [])


@pytest.mark.parametrize(("factor", "said"), [(0.59, True), (0.61, False), (1.59, False), (1.61, True)])
def test_new_days_are_unusual_under_sixty_and_over_160_percent(factor: float, said: bool) -> None:
    frame = daily_frame()
    usual = np.median(frame["revenue"].to_numpy()[843 - 56 : 843].reshape(8, 7), axis=0)
    new = frame.assign(revenue=[*frame["revenue"][:843], *(usual * factor).round(2)])
    found = check_against(read(csv_text(new)), read(csv_text(frame.iloc[:-7])))
    unusual = [finding for finding in found if finding.check == "unusual_new_days"]
    assert bool(unusual) is said


def test_two_weeks_of_new_days_are_judged_and_no_more() -> None:
    frame = daily_frame()
    for days, said in ((14, True), (15, True), (28, False)):
        high = times("revenue", slice(850 - days, 850 - days + 7), 3)(frame)
        found = check_against(read(csv_text(high)), read(csv_text(frame.iloc[:-28])))
        assert bool([f for f in found if f.check == "unusual_new_days"]) is said
        if days == 15:
            assert found[0].lines == tuple(range(838, 852))


@pytest.mark.parametrize(
    "threshold",
    [
        "changes of over 1.0 % of a column's total, or of a day over 60 days old (Confirm); less, or only in "
        "the last 14 days before new ones, by up to 30 % of their total (Note)",
        "any changed day (Confirm); only the last 14 days before new ones, by up to 30 % of their total "
        "(Note)",
        "any changed day in the 30 days before the As-of Date (Confirm); only the last 14 days before new "
        "ones, if the median moves by up to 1.0 % (Note)",
        "a removed and an added column with r over 0.999 on shared days, or the same values on over 90 % of "
        "them",
        "no dates, a day twice, or under 50 % of the columns in common",
        "KPI or spend under 60 % or over 160 % of the 8 weeks before",
    ],
)
def test_the_table_has_the_thresholds(threshold: str) -> None:
    assert f"| {threshold} |" in checks_table()


def test_long_names_are_cut() -> None:
    def named(frame: pd.DataFrame) -> pd.DataFrame:
        # Longer by a word, of which the last letters are cut off.
        return frame.rename(columns={name: f"{name} {'x' * 60}" for name in frame.columns[2:6]})

    respelled = only(named, after())
    assert respelled[2] == (
        "Names are written differently since the earlier run: "
        "linear_tv is now linear_tv xxxxxxxxxxxxxx…, meta_prospecting is now meta_prospecting xxxxxxx…, "
        "search_branded is now search_branded xxxxxxxxx… and 1 more."
    )
    back = only(after(), named)
    assert back[2].startswith(
        "Names are written differently since the earlier run: linear_tv xxxxxxxxxxxxxx… is now linear_tv, "
    )
    one = only(lambda f: f.rename(columns={"tiktok": "y" * 60}), after())
    assert one[2] == f"Likely renamed since the earlier run: tiktok is now {'y' * 24}…."
    rounded = only(lambda f: named(f).round({f"tiktok {'x' * 60}": 0}), named)
    assert rounded[2] == (
        "Fewer decimals than in the earlier run's data, and otherwise the same: "
        "tiktok xxxxxxxxxxxxxxxxx… (whole numbers now)."
    )
