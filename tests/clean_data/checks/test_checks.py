from __future__ import annotations

import importlib
import pkgutil
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from recast_api.clean_data import (
    CHECKS,
    READING_RULES,
    Finding,
    Level,
    check,
    check_against,
    check_data,
    check_run_type,
    checks,
    checks_table,
    read,
)
from recast_api.clean_data.checks.rule import Check
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import PLANTED, Planted, after, holdout, put, times


def findings_of(planted: Planted) -> tuple[Finding, ...]:
    earlier = planted.earlier_frame
    options = {
        "today": TODAY,
        "earlier": None if earlier is None else read(csv_text(earlier)),
        **planted.options,
    }
    return check(read(csv_text(planted.frame)), **options)


def named(findings: tuple[Finding, ...]) -> list[tuple[str, Level]]:
    return [(finding.check, finding.level) for finding in findings]


@pytest.mark.parametrize("seed", range(12))
def test_clean_data_has_no_finding(seed: int) -> None:
    frame = daily_frame(days=850 + 10 * seed, channels=3 + seed % 5, seed=seed)
    data, earlier = read(csv_text(frame)), read(csv_text(frame.iloc[:-7]))
    assert check(data, earlier=earlier, as_of=date(2026, 2, 1), run_type="model_run", today=TODAY) == ()


def test_a_hold_out_of_clean_data_has_no_finding_above_note() -> None:
    data = read(csv_text(daily_frame()))
    assert {f.level for f in check(data, today=TODAY, **holdout(14, 28, 42))} <= {Level.NOTE}


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_one_flaw_yields_exactly_its_finding(planted: Planted) -> None:
    found = findings_of(planted)
    assert named(found) == [(planted.check, planted.level)]
    if planted.columns is not None:
        assert found[0].columns == planted.columns
    if planted.lines is not None:
        assert found[0].lines == planted.lines


def test_every_check_and_level_has_a_planted_flaw() -> None:
    assert {(planted.check, planted.level) for planted in PLANTED} == {
        (one.name, level) for one in CHECKS for level in one.levels
    }


def unregistered() -> set[str]:
    """Checks that are written in a file of the room but missing from its `CHECKS`, or from the room's."""
    missing = set()
    # Found in the folder, so that a new file of checks can't be left out.
    for found in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
        module = importlib.import_module(found.name)
        defined = {one for one in vars(module).values() if isinstance(one, Check)}
        own = {one for one in defined if one.find.__module__ == found.name}
        registered = set(CHECKS) & set(getattr(module, "CHECKS", ()))
        missing |= {one.name for one in own - registered}
    return missing


MADE_UP = """
from recast_api.clean_data import Level
from recast_api.clean_data.checks.rule import rule

@rule(Level.NOTE, threshold="any rain", source="made up")
def rainy_day(table):
    "It rained."
    return ()

CHECKS = (rainy_day,)
"""


def test_every_check_that_is_written_is_registered_once() -> None:
    assert unregistered() == set()
    assert len({one.name for one in CHECKS}) == len(CHECKS)


def test_a_new_file_of_checks_that_is_not_registered_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weather.py").write_text(MADE_UP)
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    try:
        assert unregistered() == {"rainy_day"}
    finally:
        sys.modules.pop(f"{checks.__name__}.weather", None)
        vars(checks).pop("weather", None)


def test_a_check_that_its_own_file_leaves_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.units, "CHECKS", checks.units.CHECKS[1:])
    assert unregistered() == {"even_spend"}


def test_findings_of_one_level_come_in_the_order_of_the_checks() -> None:
    flaws = after(put("tiktok", 10, -5), put("linear_tv", 20, np.nan), put("podcasts", slice(300, 302), 0))
    frame, earlier = daily_frame(channels=6), daily_frame(channels=6)
    changed = after(flaws, times("revenue", slice(400, 401), 1.01))(frame).drop(columns="influencers")
    found = check(
        read(csv_text(changed)),
        earlier=read(csv_text(earlier)),
        as_of=date(2026, 3, 2),
        today=TODAY,
        **holdout(14, 14),
    )
    order = [one.name for one in CHECKS]
    confirmed = [order.index(finding.check) for finding in found if finding.level is Level.CONFIRM]
    assert len(confirmed) > 5
    assert confirmed == sorted(confirmed)


@pytest.mark.parametrize("one", CHECKS, ids=lambda one: one.name)
def test_every_check_says_what_it_is(one: Check[object]) -> None:
    assert one.what.endswith(".")
    assert one.threshold
    assert one.source
    assert f"| `{one.name}` | {one.what} |" in checks_table()


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_findings_are_sentences_of_readable_length(planted: Planted) -> None:
    for finding in findings_of(planted):
        assert finding.sentence.endswith(".")
        assert finding.advice.endswith(".")
        assert len(finding.sentence) <= 200
        assert finding.line_count >= len(finding.lines)


def test_all_flaws_are_reported_at_once_worst_first() -> None:
    flaws = after(
        put("tiktok", 10, -5),
        put("linear_tv", 20, np.nan),
        times("influencers", slice(50, 51), 20),
        lambda f: f.drop(index=99),
    )
    data = read(csv_text(flaws(daily_frame()).iloc[[0, *range(849)]]))
    assert named(check(data, today=TODAY)) == [
        ("duplicate_dates", Level.BLOCK),
        ("missing_values", Level.CONFIRM),
        ("gaps", Level.CONFIRM),
        ("negative_spend", Level.CONFIRM),
        ("extreme_maximum", Level.NOTE),
    ]


def test_check_is_the_sum_of_its_parts() -> None:
    frame = times("revenue", slice(300, 301), 1.02)(daily_frame())
    data, earlier = read(csv_text(put("tiktok", 10, -5)(frame))), read(csv_text(daily_frame()))
    parts = [
        *check_data(data, today=TODAY),
        *check_against(data, earlier, as_of=date(2026, 2, 1)),
        *check_run_type(data, "holdout", holdout_days=[14, 14]),
    ]
    whole = check(data, earlier=earlier, as_of=date(2026, 2, 1), today=TODAY, **holdout(14, 14))
    assert sorted(map(repr, parts)) == sorted(map(repr, whole))


def test_lines_are_those_of_the_file_in_whatever_order_it_is() -> None:
    frame = put("tiktok", 10, -5.5)(daily_frame()).iloc[::-1]
    found = {finding.check: finding for finding in check(read(csv_text(frame)), today=TODAY)}
    assert set(found) == {"unsorted_dates", "negative_spend"}
    assert found["negative_spend"].lines == (850 - 10 + 1,)


def test_dates_that_cannot_be_used_stop_what_builds_on_them() -> None:
    frame = daily_frame().drop(columns="date")
    found = check(
        read(csv_text(frame)), earlier=read(csv_text(daily_frame())), as_of=TODAY, **holdout(14), today=TODAY
    )
    assert not {f.check for f in found} & {
        "gaps",
        "short_history",
        "not_comparable",
        "training_days",
        "as_of_date",
    }


def test_roles_can_be_corrected() -> None:
    data = read(csv_text(put("tiktok", 10, -5)(daily_frame())))
    assert named(check(data, today=TODAY)) == [("negative_spend", Level.CONFIRM)]
    assert check(data, roles={"tiktok": "other"}, today=TODAY) == ()  # type: ignore[dict-item]


def test_the_kpi_can_be_given_as_a_role() -> None:
    data = read(csv_text(put("tiktok", 10, -5)(daily_frame())))
    kpi_per_spend = check(data, roles={"tiktok": "kpi"}, today=TODAY)  # type: ignore[dict-item]
    assert ("negative_kpi", Level.CONFIRM) in named(kpi_per_spend)


@pytest.mark.parametrize("settings", [(0,), (-7,), (14.5,), ("14",), (True,), (None,)])
def test_held_out_days_that_are_no_counts_are_blocked(settings: tuple[object, ...]) -> None:
    data = read(csv_text(daily_frame()))
    found = check_run_type(data, "holdout", holdout_days=settings)  # type: ignore[arg-type]
    assert named(found) == [("holdout_settings", Level.BLOCK)]


def test_periods_that_are_no_counts_are_blocked() -> None:
    found = check_run_type(read(csv_text(daily_frame())), "stability_loop", n_holdout=0, days_per_holdout=30)
    assert named(found) == [("holdout_settings", Level.BLOCK)]


def test_repeated_days_to_hold_out_are_reported_once_beside_what_is_wrong() -> None:
    data = read(csv_text(daily_frame()))
    found = check_run_type(data, "holdout", holdout_days=[14, 0, 14, 28, 0, 14])
    assert named(found) == [("holdout_settings", Level.BLOCK), ("repeated_holdout", Level.CONFIRM)]
    assert found[1].sentence == "The same number of days is held out more than once: 14."
    assert check_run_type(data, "holdout", holdout_days=[14, 28]) == ()
    assert check_run_type(data, "model_run", holdout_days=[14, 14]) == ()


@pytest.mark.parametrize(
    ("days", "levels"),
    [
        (425, []),
        (426, [Level.CONFIRM]),
        (789, [Level.CONFIRM]),
        (790, [Level.CONFIRM]),
        (849, [Level.CONFIRM]),
        (850, [Level.BLOCK]),
    ],
)
def test_a_holdout_is_blocked_only_where_it_takes_every_day(days: int, levels: list[Level]) -> None:
    found = check_run_type(read(csv_text(daily_frame(850))), "holdout", holdout_days=[14, days])
    assert [each.level for each in found if each.check == "training_days"] == levels


@pytest.mark.parametrize(
    ("periods", "days", "level"),
    [
        (1, 849, Level.CONFIRM),
        (1, 850, Level.BLOCK),
        (2, 849, Level.CONFIRM),
        (2, 850, Level.BLOCK),
        (5, 212, Level.CONFIRM),
        (5, 213, Level.BLOCK),
        (6, 169, Level.CONFIRM),
        (6, 170, Level.BLOCK),
        (1_000_000, 1, Level.BLOCK),
    ],
)
def test_a_stability_loop_is_blocked_only_where_it_takes_every_day_with_one_period_less(
    periods: int, days: int, level: Level
) -> None:
    data = read(csv_text(daily_frame(850)))
    found = check_run_type(data, "stability_loop", n_holdout=periods, days_per_holdout=days)
    assert named(found) == [("training_days", level)]


def test_a_column_of_text_is_blocked_only_where_it_has_to_be_the_kpi() -> None:
    data = read(csv_text(daily_frame().assign(weekday="Monday", orders="pending")))
    assert named(check(data, today=TODAY)) == [("text_column", Level.CONFIRM)]
    assert named(check(data, kpi="revenue", today=TODAY)) == [("text_column", Level.CONFIRM)]
    assert named(check(data, kpi="weekday", today=TODAY)) == [("text_column", Level.BLOCK)]
    renamed = read(csv_text(daily_frame().rename(columns={"revenue": "outcome"}).assign(weekday="Monday")))
    assert ("text_column", Level.CONFIRM) in named(check(renamed, today=TODAY))
    nothing = read(csv_text(daily_frame()[["date"]].assign(weekday="Monday")))
    assert ("text_column", Level.BLOCK) in named(check(nothing, today=TODAY))


def test_a_mistyped_year_is_no_gap_of_years() -> None:
    frame = daily_frame()
    frame.loc[len(frame)] = ["2036-03-02", *frame.iloc[-1, 1:]]
    assert named(check(read(csv_text(frame)), today=TODAY)) == [("future_dates", Level.CONFIRM)]


def test_today_is_the_clocks_where_it_is_not_given() -> None:
    assert named(check(read(csv_text(daily_frame(today=date(2020, 1, 1)))))) == [("stale", Level.NOTE)]


def test_three_hundred_flawed_columns_make_one_finding() -> None:
    frame = daily_frame(channels=60)
    frame.iloc[5, 2:] = -1
    found = [f for f in check(read(csv_text(frame)), today=TODAY) if f.check == "negative_spend"]
    assert len(found) == 1
    assert len(found[0].columns) == 60
    assert len(found[0].sentence) <= 220
    assert "and 57 more" in found[0].sentence


def test_cells_that_say_na_are_missing_words_until_the_fix_is_accepted() -> None:
    text = csv_text(
        daily_frame().astype({"tiktok": object}).pipe(lambda f: f.assign(tiktok=["NA", *f["tiktok"][1:]]))
    )
    assert named(check(read(text), today=TODAY)) == [("missing_words", Level.CONFIRM)]
    (fix,) = [fix.name for fix in read(text).fixes if fix.check == "missing_words"]
    assert named(check(read(text, fixes=[fix]), today=TODAY)) == [("missing_values", Level.CONFIRM)]


def test_a_second_column_of_dates_is_one_finding() -> None:
    frame = daily_frame().rename(columns={"date": "start"})
    found = check(read(csv_text(frame.assign(end=frame["start"].iloc[::-1].to_numpy()))), today=TODAY)
    assert [finding.check for finding in found] == ["several_date_columns"]


def test_every_fix_that_a_check_offers_settles_it() -> None:
    for planted in PLANTED:
        for finding in findings_of(planted):
            if finding.fix:
                data = read(csv_text(planted.frame), fixes=[finding.fix])
                assert finding.check not in {left.check for left in check(data, today=TODAY)}


def test_a_file_that_cannot_be_read_has_only_the_findings_of_reading() -> None:
    data = read("date,revenue\n2025-01-01\n")
    assert not data.readable
    assert check(data, run_type="holdout", holdout_days=[0]) == check_data(data) == data.findings
    assert check_against(data, read(csv_text(daily_frame()))) == ()
    assert check_run_type(data, "holdout", holdout_days=[0]) == ()


def test_without_anything_to_compare_with_nothing_is_said() -> None:
    assert check_against(read(csv_text(daily_frame())), None) == ()
    assert check_run_type(read(csv_text(daily_frame())), None) == ()


def test_an_as_of_date_needs_thirty_days_before_it() -> None:
    data = read(csv_text(daily_frame()))
    (found,) = check_against(data, None, as_of=date.fromisoformat(daily_frame()["date"][12]))
    assert "only 12 days" in found.sentence
    assert check_against(data, None, as_of=date.fromisoformat(daily_frame()["date"][30])) == ()


def test_a_recovery_of_well_separated_channels_is_not_hard() -> None:
    assert check_run_type(read(csv_text(daily_frame())), "parameter_recovery") == ()


def test_names_of_rules_are_unique_and_all_in_the_table() -> None:
    names = [*(rule.name for rule in READING_RULES), *(one.name for one in CHECKS)]
    assert len(names) == len(set(names))
    assert all(f"| `{name}` |" in checks_table() for name in names)


def test_a_kpi_with_a_cell_that_is_no_number_is_one_finding() -> None:
    frame = daily_frame().astype({"revenue": object})
    frame.loc[10, "revenue"] = "pending"
    assert named(check(read(csv_text(frame)), today=TODAY)) == [("not_a_number", Level.BLOCK)]


def test_new_days_are_judged_by_spend_alone_where_no_kpi_is_known() -> None:
    frame = daily_frame().drop(columns="revenue")
    new = frame.copy()
    new.iloc[-7:, 1:] *= 3
    found = check_against(read(csv_text(new)), read(csv_text(frame.iloc[:-7])))
    assert [finding.check for finding in found] == ["unusual_new_days"]
    assert "spend" in found[0].sentence
