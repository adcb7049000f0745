"""Days that are meant, where they aren't those written."""

import itertools
from datetime import date, timedelta

import pandas as pd
import pytest

from recast_api.clean_data import check, preview, read
from recast_api.clean_data.reading import date_formats, date_shifts
from recast_api.clean_data.reading.date_formats import Dates

YEAR = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]


def settled(cells: list[str]) -> Dates:
    return date_shifts.settle(date_formats.parse(cells))


def turned(day: date) -> str:
    """The day as a program writes it that took the day for the month where it could."""
    return str(date(day.year, day.day, day.month) if day.day <= 12 else day)


def table(cells: list[str]) -> str:
    return "date,a\n" + "".join(f"{cell},{100 + number}\n" for number, cell in enumerate(cells))


SWAPPED = {
    "a year": YEAR,
    "a month": YEAR[31:60],
    "from the latest to the oldest": YEAR[::-1],
    "closed at weekends": [day for day in YEAR if day.weekday() < 5],
    "rows for several channels": [day for day in YEAR[:90] for _ in range(3)],
}


@pytest.mark.parametrize("days", SWAPPED.values(), ids=SWAPPED)
def test_swapped_days_are_named_and_put_right(days: list[date]) -> None:
    text = table([turned(day) for day in days])
    data = read(text)
    (finding,) = data.findings
    assert (finding.check, finding.fix) == ("date_order_mixed", "dates_swapped")
    assert finding.line_count == sum(turned(day) != str(day) for day in days)
    assert data.frame["date"].dt.date.tolist() == days
    # Sorting would put every value of a swapped day to a wrong one.
    assert (data.fix("sort_by_date") is None) is (days[0] < days[-1])
    assert "unsorted_dates" not in [found.check for found in check(data)]
    assert read(text, fixes=["dates_swapped"]).text == table([str(day) for day in days])


def test_swapped_days_that_were_sorted_are_put_right_and_can_then_be_sorted() -> None:
    text = table(sorted(turned(day) for day in YEAR[:90]))
    data = read(text, fixes=["dates_swapped"])
    assert data.accepted == ("dates_swapped",)
    assert sorted(data.frame["date"].dt.date) == YEAR[:90]
    assert data.fix("sort_by_date") is not None


def test_only_part_of_a_file_may_be_swapped() -> None:
    days = [date(2023, 12, 1) + timedelta(days=number) for number in range(62)]
    cells = [str(day) if day.year == 2023 else turned(day) for day in days]
    assert read(table(cells), fixes=["dates_swapped"]).text == table([str(day) for day in days])


def test_a_cell_that_is_right_on_one_line_and_wrong_on_another_is_put_right_there_alone() -> None:
    cells = [str(day) if day.month <= 6 else turned(day) for day in YEAR]
    assert len(set(cells)) < len(cells)
    text = table(cells)
    (finding,) = read(text).findings
    assert (finding.check, finding.fix) == ("date_order_mixed", "dates_swapped")
    assert read(text, fixes=["dates_swapped"]).text == table([str(day) for day in YEAR])


def test_unreadable_cells_stay_as_they_are() -> None:
    text = table([*(turned(day) for day in YEAR[:31]), "Total"])
    data = read(text, fixes=["dates_swapped"])
    assert data.text == table([*map(str, YEAR[:31]), "Total"])


HONEST = {
    "in order": YEAR,
    "shuffled": [YEAR[(number * 149) % 366] for number in range(366)],
    "two rows exchanged": [YEAR[0], YEAR[2], YEAR[1], *YEAR[3:]],
    "monthly": [date(2024, month, 1) for month in range(1, 13)],
    "monthly, out of order": [date(2024, month, 1) for month in range(12, 0, -1)] + [date(2024, 12, 31)],
    "the first twelve days": YEAR[:12],
    "days missing": YEAR[:9] + YEAR[40:],
    "every day twice": YEAR + YEAR,
    "weekly": YEAR[::7],
    "a day mistyped": [*YEAR[:3], date(2025, 1, 4), *YEAR[4:]],
}


@pytest.mark.parametrize("days", HONEST.values(), ids=HONEST)
def test_honest_days_stay(days: list[date]) -> None:
    read_days = settled([str(day) for day in days])
    assert (read_days.swapped.tolist(), read_days.days.tolist()) == ([], days)


@pytest.mark.parametrize(("missing", "found"), [(4, True), (5, False)])
def test_five_of_seven_days_have_to_be_there(missing: int, found: bool) -> None:
    """Of 1 to 14 January, 10 days are five of seven."""
    days = [YEAR[0], *YEAR[1 + missing : 14]]
    assert len(days) == 14 - missing
    assert bool(len(settled([turned(day) for day in days]).swapped)) is found


def test_a_file_of_blank_dates_has_nothing_to_swap() -> None:
    assert settled(["", "x"]).swapped.tolist() == []


MIDNIGHTS = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Europe/Helsinki"),
    *("Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
)


@pytest.mark.parametrize("place", MIDNIGHTS)
@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S+00:00", "%d.%m.%Y %H:%M UTC"])
def test_midnight_in_utc_names_the_place(place: str, form: str) -> None:
    instants = pd.DatetimeIndex(YEAR).tz_localize(place).tz_convert("UTC")
    dates = settled(instants.strftime(form).tolist())
    assert (dates.zone, dates.days.tolist()) == (place, YEAR)
    assert bool(len(dates.moved)) is not place.startswith("America")


@pytest.mark.parametrize(
    ("clock", "zone"),
    [
        ("23:00:00Z", "UTC+01:00"),
        ("18:15:00Z", "UTC+05:45"),
        ("05:00:00Z", "UTC-05:00"),
        ("12:00:00Z", ""),
        ("11:45:00Z", "UTC-11:45"),
        ("12:15:00Z", "UTC+11:45"),
        ("23:59:59Z", ""),
        ("23:10:00Z", ""),
        ("23:00:00", ""),
        ("00:00:00", ""),
        ("00:00:00Z", ""),
        ("00:00:00-05:00", ""),
        ("19:00:00-05:00", "UTC"),
        ("01:00:00+02:00", "UTC+01:00"),
    ],
)
def test_a_constant_time_of_day_names_its_zone(clock: str, zone: str) -> None:
    assert settled([f"{day}T{clock}" for day in YEAR]).zone == zone


def test_summer_time_shows_a_midnight_that_names_no_zone() -> None:
    instants = pd.DatetimeIndex(YEAR).tz_localize("Europe/Berlin").tz_convert("UTC")
    assert settled(instants.strftime("%Y-%m-%d %H:%M").tolist()).zone == "Europe/Berlin"
    assert settled(instants.strftime("%Y-%m-%d %H:%M").tolist()[:30]).zone == ""


@pytest.mark.parametrize(
    "clocks",
    [
        ["T23:00:00Z", "T22:00:00Z"],
        ["T23:00:00Z", "T22:00:00Z", "T21:00:00Z"],
        ["T23:00:00Z", "T17:42:00Z"],
        ["T23:00:00Z", ""],
        ["T23:00:00Z", "T23:00:00"],
    ],
)
def test_real_times_of_day_stay(clocks: list[str]) -> None:
    cells = [f"{day}{clock}" for day, clock in zip(YEAR, itertools.cycle(clocks), strict=False)]
    dates = settled(cells)
    assert (dates.zone, dates.days.tolist()) == ("", YEAR)


def test_both_days_can_be_meant() -> None:
    text = table(["2024-01-31T23:00:00Z", "2024-02-01T23:00:00Z", "2024-02-30"])
    data = read(text)
    assert [fix.name for fix in data.fixes] == ["dates_local_day", "dates_as_written"]
    assert [finding.check for finding in data.findings] == ["date_unreadable", "date_midnight"]
    assert data.frame["date"].dt.date.tolist()[:2] == [date(2024, 2, 1), date(2024, 2, 2)]
    assert [change.after for change in preview(data, "dates_local_day")] == [
        "2024-02-01,100",
        "2024-02-02,101",
    ]
    assert read(text, fixes=["dates_as_written"]).frame["date"].dt.date.tolist()[0] == date(2024, 1, 31)


def test_other_zones_are_named_by_their_distance() -> None:
    (finding,) = read(table([f"{day}T20:30:00+00:00" for day in YEAR])).findings
    assert "midnight at UTC+03:30" in finding.sentence
    assert read(
        table([f"{day}T19:00:00-05:00" for day in YEAR[:30]]), fixes=["dates_local_day"]
    ).text.startswith("date,a\n2024-01-02,")
    offset = read(table([f"{day}T20:30:00Z" for day in YEAR]), fixes=["dates_local_day"])
    assert offset.text.startswith("date,a\n2024-01-02,")


def test_midnight_elsewhere_on_the_same_day_is_no_question() -> None:
    (finding,) = read(table([f"{day}T05:00:00Z" for day in YEAR[:30]])).findings
    assert (finding.check, finding.fix) == ("date_format", "dates_iso")
    assert "All are midnight in New York: the day stays" in finding.advice
