"""The summary: each rule in one group, each group in one line, and nothing fine that wasn't looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recast_api.clean_data import (
    CHECKS,
    READING_RULES,
    Finding,
    Group,
    GroupState,
    Level,
    Role,
    State,
    check,
    read,
    summary,
)
from recast_api.clean_data.checks.rule import by_role, rule
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import PLANTED, Planted, after, put
from tests.clean_data.reading.test_rules import FLAWED

GROUP_OF = {
    **{rule.name: rule.group for rule in READING_RULES},
    **{one.name: one.group for one in CHECKS},
}
FINE = ("fine", "Nothing found.")


def states(lines: tuple[GroupState, ...]) -> dict[str, str]:
    return {line.name: line.state.value for line in lines}


def found(group: Group, level: Level = Level.NOTE, advice: str = "Look at it.") -> Finding:
    return replace(Finding.of(level, "It is odd.", advice), group=group)


def test_every_rule_is_in_one_group() -> None:
    assert set(GROUP_OF.values()) == set(Group)


def test_a_check_in_a_file_without_a_group_is_noticed() -> None:
    @rule(Level.NOTE, threshold="any rain", source="made up")
    def rainy_day(_: object) -> tuple[Finding, ...]:
        """It rained."""
        return ()

    with pytest.raises(KeyError, match="test_groups"):
        _ = rainy_day.group


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("ragged_rows", Group.FILE),
        ("separator", Group.FILE),
        ("long_format", Group.FILE),
        ("date_order_unknown", Group.DATES),
        ("gaps", Group.DATES),
        ("as_of_date", Group.DATES),
        ("header_spaces", Group.COLUMNS),
        ("not_a_number", Group.COLUMNS),
        ("few_rows", Group.COLUMNS),
        ("kpi_column", Group.KPI),
        ("low_volume", Group.KPI),
        ("negative_spend", Group.SPEND),
        ("revised_kpi", Group.EARLIER_RUN),
        ("training_days", Group.RUN_TYPE),
    ],
)
def test_a_rule_counts_where_a_person_looks_for_it(name: str, group: Group) -> None:
    assert GROUP_OF[name] is group


@pytest.mark.parametrize("name", FLAWED)
def test_what_reading_finds_counts_in_the_group_of_its_rule(name: str) -> None:
    data = read(FLAWED[name][0])
    assert data.findings
    assert all(finding.group is GROUP_OF[finding.check] for finding in data.findings)


def of_values(planted: Planted) -> bool:
    return GROUP_OF[planted.check] in (Group.COLUMNS, Group.SPEND)


@pytest.mark.parametrize("planted", [one for one in PLANTED if not of_values(one)], ids=str)
def test_what_a_check_finds_counts_in_its_group(planted: Planted) -> None:
    earlier = planted.earlier_frame
    given = {"today": TODAY, "earlier": None if earlier is None else read(csv_text(earlier))}
    (finding,) = check(read(csv_text(planted.frame)), **{**given, **planted.options})
    assert finding.group is GROUP_OF[planted.check]


ROLES = {"revenue": Role.KPI, "tv": Role.SPEND, "radio": Role.SPEND, "price": Role.OTHER}


@pytest.mark.parametrize(
    ("columns", "group"),
    [
        (["revenue"], Group.KPI),
        (["tv", "revenue"], Group.KPI),
        (["price", "tv"], Group.SPEND),
        (["price"], Group.COLUMNS),
        (["region"], Group.SPEND),
        ([], Group.SPEND),
    ],
)
def test_a_finding_about_values_counts_where_its_columns_do(columns: list[str], group: Group) -> None:
    finding = replace(found(Group.SPEND), columns=tuple(columns))
    assert by_role(finding, ROLES).group is group


def test_what_changed_since_the_earlier_run_stays_with_it_whatever_column_it_is() -> None:
    finding = replace(found(Group.EARLIER_RUN), columns=("revenue",))
    assert by_role(finding, ROLES) is finding


def test_a_hole_in_the_kpi_is_the_kpis_and_one_in_a_channel_is_spends() -> None:
    for column, name in (("revenue", "KPI"), ("tiktok", "Spend")):
        data = read(csv_text(put(column, 20, np.nan)(daily_frame())))
        not_fine = {line.name for line in summary(check(data, today=TODAY)) if line.state is not State.FINE}
        assert not_fine == {name}


def test_without_findings_all_is_fine_and_what_was_not_asked_is_left_out() -> None:
    lines = summary(())
    assert [line.name for line in lines] == ["File", "Dates", "Columns", "KPI", "Spend"]
    assert {(line.state.value, line.next_step) for line in lines} == {FINE}


@pytest.mark.parametrize(
    ("earlier_run", "name"), [("2786", "Since run 2786"), ("", "Since the earlier run")], ids=["known", "not"]
)
def test_the_last_two_lines_are_called_by_run_and_run_type(earlier_run: str, name: str) -> None:
    lines = summary((), earlier_run=earlier_run, run_type="parameter_recovery")
    assert [line.name for line in lines][-2:] == [name, "Parameter recovery"]


def test_a_finding_is_never_left_out() -> None:
    lines = summary([found(Group.EARLIER_RUN), found(Group.RUN_TYPE)])
    assert [line.name for line in lines][-2:] == ["Since the earlier run", "Run type"]


def test_a_line_has_the_state_and_the_next_step_of_its_worst_finding() -> None:
    line = summary(
        [
            found(Group.FILE),
            found(Group.FILE, Level.CONFIRM, "Convert it."),
            found(Group.FILE, Level.BLOCK, "Export it again."),
        ]
    )[0]
    assert (line.state, line.next_step) == (State.BLOCKED, "Export it again.")
    assert [finding.level for finding in line.findings] == [Level.BLOCK, Level.CONFIRM, Level.NOTE]
    assert str(line) == "File: blocked. Export it again."


def test_more_of_the_worst_level_are_counted() -> None:
    line = summary([found(Group.KPI, Level.CONFIRM)] * 3 + [found(Group.KPI)])[3]
    assert (line.state, line.next_step) == (State.TO_CONFIRM, "Look at it. (And 2 more.)")


def test_notes_leave_a_group_fine() -> None:
    line = summary([found(Group.SPEND), found(Group.SPEND)])[4]
    assert (line.state, line.next_step) == (State.FINE, "Nothing has to be done; 2 notes to read.")


def test_a_run_that_cannot_be_compared_with_is_not_fine() -> None:
    planted = next(one for one in PLANTED if one.check == "not_comparable")
    assert planted.earlier_frame is not None
    data, earlier = read(csv_text(planted.frame)), read(csv_text(planted.earlier_frame))
    lines = summary(check(data, earlier=earlier, today=TODAY), earlier_run="2786")
    (line,) = [line for line in lines if line.group is Group.EARLIER_RUN]
    assert [finding.check for finding in line.findings] == ["not_comparable"]
    assert (line.state, line.next_step) == (State.NOT_CHECKED, "Choose another run to compare with.")


def test_nothing_is_called_fine_behind_a_file_that_cannot_be_read() -> None:
    lines = summary(check(read("date,a\n2025-01-01,2,3\n")), earlier_run="2786", run_type="holdout")
    assert [line.state for line in lines] == [State.BLOCKED, *[State.NOT_CHECKED] * 6]
    assert lines[1].next_step == "Waits for File."


def test_what_was_found_behind_a_block_is_said() -> None:
    lines = summary(
        [found(Group.COLUMNS, Level.BLOCK), found(Group.DATES, Level.BLOCK), found(Group.KPI, Level.CONFIRM)],
        run_type="holdout",
    )
    assert states(lines) == {
        "File": "fine",
        "Dates": "blocked",
        "Columns": "blocked",
        "KPI": "to confirm",
        "Spend": "not checked",
        "Holdout": "not checked",
    }
    assert lines[-1].next_step == "Waits for Dates and Columns."


def test_settings_that_are_not_complete_are_waited_for() -> None:
    line = summary((), run_type="holdout", settings_complete=False)[-1]
    assert (line.state, line.next_step) == (State.NOT_CHECKED, "Waits for the settings.")


def test_a_script_prints_a_line_for_each_group() -> None:
    plant = after(put("tiktok", 10, -5), put("revenue", 20, np.nan))
    lines = summary(check(read(csv_text(plant(daily_frame()))), today=TODAY, run_type="model_run"))
    assert [str(line).partition(".")[0] for line in lines] == [
        "File: fine",
        "Dates: fine",
        "Columns: fine",
        "KPI: to confirm",
        "Spend: to confirm",
    ]
