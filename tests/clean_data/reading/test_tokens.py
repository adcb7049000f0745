"""Text to records: separators, quotation marks, empty records."""

import pytest

from recast_api.clean_data import CleanData, Level, read
from tests.clean_data.make import csv_rows

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]


def numbers_of(data: CleanData, column: str) -> list[float]:
    return data.frame[column].tolist()


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separators_are_recognised(separator):
    data = read(csv_rows(["date", "a", "b"], *([day, "1.5", "2"] for day in DAYS), separator=separator))
    assert data.separator == separator
    assert numbers_of(data, "a") == [1.5] * 3
    assert [finding.check for finding in data.findings] == ["separator"]


def test_blanks_separate_where_the_header_is_written_as_r_does():
    text = '"date" "revenue"\n"1" 2025-01-01 5.5\n"2" 2025-01-02 7\n'
    data = read(text)
    assert (data.separator, [fix.name for fix in data.fixes]) == (" ", ["drop_index_column", "separator"])
    assert "separated by blanks" in next(f.sentence for f in data.findings if f.check == "separator")
    fixed = read(text, fixes=["separator", "drop_index_column"])
    assert fixed.text == '"date","revenue"\n2025-01-01,5.5\n2025-01-02,7\n'
    # Names of several words alone don't make it so.
    assert read('"net revenue",date\n5,2025-01-01\n').separator == ","


def test_quoted_headers_separators_and_line_ends():
    data = read('"date","a, or ""b""","c\nd"\n"2025-01-01",1,2\n\n2025-01-02,"3",x\n')
    assert data.frame.columns.tolist() == ["date", 'a, or "b"', "c\nd"]
    assert data.lines.tolist() == [3, 5]
    assert numbers_of(data, 'a, or "b"') == [1.0, 3.0]
    (finding,) = (finding for finding in data.findings if finding.level is Level.BLOCK)
    assert finding.lines == (5,)


def test_quoted_cells_hold_over_any_distance():
    rows = [f'"{day}","a, ""b""\n{"x" * 90}","{number}.5"' for number, day in enumerate(DAYS * 2000)]
    data = read('"date","note","b"\n' + "\n".join(rows))
    assert data.lines.tolist() == list(range(2, 2 + 2 * len(rows), 2))
    assert numbers_of(data, "b") == [row + 0.5 for row in range(len(rows))]


def test_the_first_of_many_stray_quotes_is_named():
    (finding,) = read("date,a\n" + "2025-01-01,1\n" * 50_000 + '2025-01-01,5"\n' * 50_000).findings
    assert (finding.check, finding.lines) == ("stray_quote", (50_002,))


def test_cells_with_only_separators_are_an_empty_file():
    (finding,) = read(",,,\n,,,\n").findings
    assert finding.check == "empty_file"
