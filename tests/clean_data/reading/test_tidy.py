"""Which columns belong to the table."""

import pytest

from recast_api.clean_data import CleanData, preview, read
from tests.clean_data.make import csv_text, daily_frame


def numbered(names: list[str], *columns: list[object]) -> CleanData:
    """Read a table with these columns in front of its dates."""
    days = daily_frame(len(columns[0]), 2)
    for place, (name, cells) in enumerate(zip(names, columns, strict=True)):
        days.insert(place, name, [str(cell) for cell in cells], allow_duplicates=True)
    return read(csv_text(days))


def is_left_out(data: CleanData) -> bool:
    assert ("index_column" in [finding.check for finding in data.findings]) is (
        data.frame.columns[0] == "date"
    )
    return bool(data.frame.columns[0] == "date")


ROWS = 20
NAMES = ["", " ", "Unnamed: 0", "Unnamed: 0.1", "index", "Index", "level_0", "X", "X.1", "...1", "#", "No."]
NAMES += ["row", "Row", "rownames", "row.names", "row_number", "row_id", "rowid", "Nr"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("first", [0, 1])
def test_row_numbers_are_known_by_their_names(name: str, first: int) -> None:
    data = numbered([name], [*range(first, first + ROWS)])
    assert is_left_out(data)
    fixed = read(data.text, fixes=["drop_index_column"])
    assert fixed.text.startswith("date,revenue,")
    assert "index_column" not in [finding.check for finding in fixed.findings]


@pytest.mark.parametrize("name", ["tv", "xbox", "Unnamed", "indexed", "rows_sold", "x1", "id"])
def test_a_column_with_another_name_that_counts_up_is_kept(name: str) -> None:
    assert not is_left_out(numbered([name], [*range(ROWS)]))


def test_row_numbers_stand_in_front() -> None:
    frame = daily_frame(ROWS, 2).assign(index=range(ROWS))
    assert read(csv_text(frame)).findings == ()
    assert "index" in read(csv_text(frame[["index", "date", "revenue"]])).findings[0].sentence


@pytest.mark.parametrize(
    "numbers",
    [
        [*range(0, 60, 3)],
        [*range(5, 15), *range(20, 30)],
        [*range(10), *range(10)],
        [*range(1, 6), *range(1, 16)],
        [*range(0, 20, 2), *range(0, 20, 2)],
        [*range(ROWS - 1, -1, -1)],
        [7, *range(7), *range(8, ROWS)],
    ],
    ids=["filtered", "parted", "restarted", "restarted at 1", "filtered and restarted", "reversed", "moved"],
)
@pytest.mark.parametrize("name", ["", "index"])
def test_row_numbers_may_have_gaps_start_again_or_be_in_another_order(
    name: str, numbers: list[object]
) -> None:
    assert is_left_out(numbered([name], numbers))


@pytest.mark.parametrize(
    "numbers",
    [
        [1] * ROWS,
        [-1, *range(ROWS - 1)],
        [number + 0.5 for number in range(ROWS)],
        [*range(ROWS - 2), "1e999", "1e999"],
        [row % 2 for row in range(ROWS)],
        [int(row % 9 == 0) for row in range(ROWS)],
        [*range(10), *range(5, 15)],
        [*range(5, 15), *range(5, 15)],
        [*range(10, 0, -1), *range(20, 30)],
        ["", "a"] * (ROWS // 2),
    ],
)
@pytest.mark.parametrize("name", ["", "X"])
def test_other_numbers_are_no_row_numbers(name: str, numbers: list[object]) -> None:
    data = numbered([name], numbers)
    assert "index_column" not in [finding.check for finding in data.findings]


@pytest.mark.parametrize(("rows_each", "dropped"), [(4, True), (3, False)])
def test_row_numbers_start_again_after_four_rows_or_more_on_average(rows_each: int, dropped: bool) -> None:
    # The first start isn't one again: with n parts there are n - 1.
    numbers = [*range(rows_each)] * 20
    assert is_left_out(numbered(["index"], numbers)) is dropped


@pytest.mark.parametrize(("others", "dropped"), [(10, True), (11, False)])
def test_up_to_a_fifth_of_the_row_numbers_may_be_something_else(others: int, dropped: bool) -> None:
    numbers = [*range(50 - others), *["sum"] * others]
    assert is_left_out(numbered(["index"], numbers)) is dropped


def test_a_file_that_was_written_twice_has_two_columns_of_row_numbers() -> None:
    data = numbered(["Unnamed: 0", ""], [*range(ROWS)], [*range(ROWS)])
    (finding,) = data.findings
    assert finding.sentence == "The first 2 columns (“Unnamed: 0”) number the rows from 0 to 19."
    assert read(data.text, fixes=["drop_index_column"]).text == csv_text(daily_frame(ROWS, 2))


def test_a_file_of_nothing_but_row_numbers_keeps_its_last_column() -> None:
    assert read("index,row\n0,0\n1,1\n").frame.columns.tolist() == ["row"]


def test_a_total_among_row_numbers_takes_nothing_away() -> None:
    data = read(",date,a\n0,2025-01-01,5\n1,2025-01-02,6\n2,2025-01-03,7\n3,2025-01-04,7\nTotal,,25\n")
    assert [finding.check for finding in data.findings] == ["date_unreadable", "index_column"]
    assert data.frame["a"].tolist() == [5, 6, 7, 7]


R_TABLE = '"date","tv"\n"1","2025-01-01",5\n"3","2025-01-02",6\n"2","2025-01-03",\n'


def test_row_names_of_r_are_row_numbers_for_which_the_header_has_no_cell() -> None:
    data = read(R_TABLE)
    (finding,) = data.findings
    assert (
        finding.sentence == "Each row begins with its number, from 1 to 3, but the header has no cell for it."
    )
    assert finding.check == "index_column"
    assert "row.names=FALSE" in finding.advice
    assert data.frame.columns.tolist() == ["date", "tv"]
    assert data.frame["tv"].tolist()[:2] == [5, 6]
    assert data.fixes[0].line_count == len(preview(data, "drop_index_column")) == 3
    fixed = read(R_TABLE, fixes=["drop_index_column"])
    assert fixed.text == '"date","tv"\n"2025-01-01",5\n"2025-01-02",6\n"2025-01-03",\n'
    assert fixed.findings == ()


def test_other_fixes_leave_the_header_of_r_a_cell_short() -> None:
    text = "day;tv\n1;2025-01-01;5\n2;2025-01-02;6\n"
    assert read(text, fixes=["separator"]).text == "day,tv\n1,2025-01-01,5\n2,2025-01-02,6\n"
    assert read(text, fixes=["rename_date_column"]).text == text.replace("day", "date")
    assert read(text, fixes=["rename_date_column", "drop_index_column", "separator"]).text == (
        "date,tv\n2025-01-01,5\n2025-01-02,6\n"
    )


def test_days_that_r_wrote_as_row_names_can_be_given_a_name() -> None:
    data = read("revenue,tv\n2025-01-01,5,6\n2025-01-02,7,8\n")
    assert [(finding.check, finding.fix) for finding in data.findings] == [
        ("blank_headers", "rename_date_column")
    ]
    fixed = read(data.text, fixes=["rename_date_column"])
    assert fixed.text == "date,revenue,tv\n2025-01-01,5,6\n2025-01-02,7,8\n"
    assert fixed.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "date,tv\n1,2025-01-01,5\n1,2025-01-02,6\n",
        "date,tv\na,2025-01-01,5\nb,2025-01-02,6\n",
        "date,tv\n2025-01-01,1,234\n2025-01-02,1,235\n",
        "date,tv\n20250101,1,234\n20250102,1,235\n",
    ],
    ids=["not unique", "words", "thousands in two cells", "thousands behind compact days"],
)
def test_a_cell_too_many_in_every_row_may_be_something_else(text: str) -> None:
    assert [finding.check for finding in read(text).findings] == ["ragged_rows"]


def test_the_first_hundred_rows_tell_row_names_from_empty_cells_at_the_end() -> None:
    days = daily_frame(101, 2)["date"]
    for filled, checks in ((99, ["index_column"]), (100, ["ragged_rows"])):
        rows = "".join(f"{row},{day},{5 if row == filled else ''}\n" for row, day in enumerate(days))
        assert [finding.check for finding in read("date,tv\n" + rows).findings] == checks


def test_empty_columns_without_a_name_are_left_out_wherever_they_stand() -> None:
    data = read('date,,a, ,\n2025-01-01,,5," ",\n2025-01-02,,6,,,\n')
    assert data.frame.columns.tolist() == ["date", "a"]
    (finding,) = data.findings
    assert "4 columns" in finding.sentence


@pytest.mark.parametrize(
    "rows", ["2025-01-01,5,6,\n2025-01-02,7,8,\n", "2025-01-01,5,6,\n2025-01-02,7,8,,\n"]
)
def test_a_separator_at_the_end_of_each_row_is_an_empty_column(rows: str) -> None:
    data = read("date,a,b\n" + rows)
    assert [finding.check for finding in data.findings] == ["empty_columns"]
    assert data.fixes[0].line_count == len(preview(data, "drop_empty_columns")) == 2
    fixed = read(data.text, fixes=["drop_empty_columns"])
    assert fixed.text == "date,a,b\n2025-01-01,5,6\n2025-01-02,7,8\n"


@pytest.mark.parametrize("header", ["date,a,b,", "date,a,b,,", 'date,a,b,""'])
def test_a_separator_at_the_end_of_the_header_is_an_empty_column(header: str) -> None:
    data = read(header + "\n2025-01-01,5,6\n2025-01-02,7,8\n2025-01-03,,8,\n")
    assert [finding.check for finding in data.findings] == ["empty_columns"]
    assert data.frame["b"].tolist() == [6, 8, 8]
    assert data.fixes[0].line_count == len(preview(data, "drop_empty_columns")) == 2
    fixed = read(data.text, fixes=["drop_empty_columns"])
    assert fixed.text == "date,a,b\n2025-01-01,5,6\n2025-01-02,7,8\n2025-01-03,,8\n"
    assert fixed.findings == ()


def test_more_than_a_hundred_empty_cells_behind_the_names_are_ragged() -> None:
    for count, check in ((100, "empty_columns"), (101, "ragged_rows")):
        found = read("date,a\n2025-01-01,5" + "," * count + "\n2025-01-02,6\n").findings
        assert [finding.check for finding in found] == [check]
