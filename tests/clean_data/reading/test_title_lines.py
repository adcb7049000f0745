"""Which record holds the names, and what stands above it."""

import pytest

from recast_api.clean_data import Level, preview, read

TABLE = "date,revenue,tv,meta\n2025-01-01,5,6,7\n2025-01-02,7,8,9\n"

TITLES = {
    "padded": "Daily spend,,,\nFrom 2025-01-01 to 2025-01-02,,,\n",
    "unpadded": "Daily spend\nFrom 2025-01-01 to 2025-01-02\n",
    "with a comma": "Daily spend\nJan 1, 2025\n",
    "with an empty line": "Daily spend\n\n,,,\n",
    "begun by an empty line": "\nDaily spend\n",
    "commented": "# ---\n# Daily spend\n# 20250101\n# ---\n\n",
    "a name and a value": "Account:,Acme,,\nCurrency:,USD,,\n",
    "channels above their columns": "All,spend,,\n",
    "quoted": '"Daily\nspend, in USD",,,\n',
    "thirty lines": "Note\n" * 30,
}
UNITS = TABLE.replace("meta\n", "meta\nday,USD,USD,USD\n")
DAY = "2025-01-01,5,6,7\n"


@pytest.mark.parametrize("titles", TITLES.values(), ids=TITLES)
def test_the_header_is_found_below_titles(titles: str) -> None:
    data = read(titles + TABLE)
    line = titles.count("\n") + 1
    (finding,) = data.findings
    assert (finding.check, finding.level) == ("lines_above_header", Level.BLOCK)
    assert f"The header is on line {line};" in finding.sentence
    assert (finding.fix, data.fixes[0].sentence) == ("begin_at_header", f"Begin at line {line}.")
    assert data.frame.equals(read(TABLE).frame)
    assert data.lines.tolist() == [line + 1, line + 2]
    assert all(change.after is None for change in preview(data, "begin_at_header"))
    assert read(data.text, fixes=["begin_at_header"]).text == TABLE


@pytest.mark.parametrize(
    "text",
    ["Note\n" * 30 + UNITS, "Report,,,\n" + TABLE.partition(DAY)[0] + DAY, "Report\ndate,tv\n2025-01-01,5\n"],
    ids=["thirty lines and units", "one day", "two names"],
)
def test_the_least_that_tells_a_header_below_titles(text: str) -> None:
    assert "lines_above_header" in [finding.check for finding in read(text).findings]


OTHERS = {
    "more than thirty lines": "Note\n" * 31 + TABLE,
    "names that are there twice": "Report,,,\n" + TABLE.replace("meta", "tv"),
    "a column without a name": "Report,,,\n" + TABLE.replace("tv", ""),
    "values": "Report,,,\n" + TABLE.replace("date,revenue,tv,meta\n", ""),
    "as many numbers as names": "Report,,,\n" + TABLE.replace("tv,meta", "1,2"),
    "words below": "Report,,,\na,b,c,d\ne,f,g,h\ni,j,k,l\n",
    "one name": "Report\ndate\n2025-01-01\n",
    "three names above": "one,two,three,\n" + TABLE,
    "nothing in front": ",two,,\n" + TABLE,
    "a line as long as the header": ",,,Report\n" + TABLE,
    "two lines": "Report,,,\n2025-01-01,5,6,7\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_where_it_can_not_be_told_the_first_line_is_the_header(text: str) -> None:
    found = read(text).findings
    assert "lines_above_header" not in [finding.check for finding in found]
    assert found[0].level is Level.BLOCK


@pytest.mark.parametrize(("filled", "found"), [(5, True), (6, False)])
def test_half_a_wide_headers_cells_may_be_filled_above_it(filled: int, found: bool) -> None:
    names = ",".join(["date", *(f"name_{place}" for place in range(9))])
    rows = "".join(f"2025-01-0{day}" + ",1" * 9 + "\n" for day in (1, 2))
    data = read("x," * filled + "," * (9 - filled) + f"\n{names}\n{rows}")
    assert ("lines_above_header" in [finding.check for finding in data.findings]) is found


def test_row_numbers_below_a_title_need_no_name() -> None:
    data = read("Report,,\n,date,tv\n0,2025-01-01,5\n1,2025-01-02,6\n")
    assert [finding.check for finding in data.findings] == ["lines_above_header", "index_column"]
    fixed = read(data.text, fixes=["begin_at_header", "drop_index_column"])
    assert fixed.text == "date,tv\n2025-01-01,5\n2025-01-02,6\n"


def test_units_may_stand_between_the_header_and_the_days() -> None:
    data = read("Report,,,\n" + TABLE.replace("meta\n", "meta\nday,USD,USD,USD\n"))
    assert [finding.check for finding in data.findings] == ["lines_above_header", "date_unreadable"]
    assert read(data.text, fixes=["begin_at_header", "leave_out_rows"]).text == TABLE


def test_a_header_below_titles_may_lack_rows() -> None:
    data = read("Report,,,\n" + TABLE + "\n")
    assert [finding.check for finding in data.findings] == ["lines_above_header", "empty_rows"]
    assert data.findings[1].lines == (5,)


def test_titles_stay_as_they_are_until_they_are_left_out() -> None:
    text = 'Report 01/31/2025;"a,b";;\n' + TABLE.replace(",", ";").replace("-", "/")
    fixed = read(text, fixes=["separator", "dates_iso", "rename_date_column"]).text
    assert fixed == 'Report 01/31/2025,"a,b",,\n' + TABLE
    with_numbers = "Report,1,,\n" + TABLE.replace("date", "").replace("\n2", "\n1,2").replace("\n1,2", "\n2")
    assert read(with_numbers, fixes=["rename_date_column"]).text.startswith("Report,1,,\ndate,")


def test_a_sep_line_may_stand_above_the_titles() -> None:
    data = read("sep=,\nReport,,,\n" + TABLE, fixes=["begin_at_header"])
    assert data.text == "sep=,\n" + TABLE
    assert read("sep=,\nReport,,,\n" + TABLE, fixes=["begin_at_header", "drop_separator_line"]).text == TABLE


@pytest.mark.parametrize(
    "line", ["Source: Funnel.io", "Total", "Total,5", "Grand total,5,6", "End of report,"]
)
def test_a_short_line_that_is_no_day_is_not_ragged(line: str) -> None:
    data = read(TABLE + line + "\n")
    (finding,) = data.findings
    assert (finding.check, finding.lines, finding.fix) == ("date_unreadable", (4,), "leave_out_rows")
    assert data.frame.equals(read(TABLE).frame)
    assert read(data.text, fixes=["leave_out_rows"]).text == TABLE


@pytest.mark.parametrize(
    "line", ["2025-01-03", "2025-01-03,5", "31 Feb 2025", "note,5", "5", "one,two,three,four,five"]
)
def test_a_line_with_too_few_or_too_many_cells_that_may_be_a_day_is_ragged(line: str) -> None:
    assert [finding.check for finding in read(TABLE + line + "\n").findings] == ["ragged_rows"]


def test_a_short_line_keeps_its_cells_when_the_rows_are_written_anew() -> None:
    text = TABLE.replace(",5,", ',"$5",') + "Source: Funnel.io\n"
    assert read(text, fixes=["number_format"]).text == TABLE + "Source: Funnel.io\n"
