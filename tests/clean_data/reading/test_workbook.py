"""A workbook is read as the CSV that would be sent; what can't be read gets one plain sentence."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest

from recast_api.clean_data import Level, read
from recast_api.clean_data.reading.workbook import as_text
from tests.clean_data.make import csv_text, daily_frame
from tests.clean_data.workbooks import MAIN, Cell, package, workbook

TABLE: list[list[Cell]] = [["date", "revenue", "tv"], [date(2025, 1, 1), 5, 6.5], [date(2025, 1, 2), 7, 8]]
TEXT = "date,revenue,tv\n2025-01-01,5,6.5\n2025-01-02,7,8\n"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>%s</sheetData></worksheet>'
MIDDAY = datetime.fromisoformat("2025-01-02 13:45:01")
DAMAGED = "The Excel workbook (.xlsx) can't be read: it is damaged, or wasn't saved completely."
TOO_LARGE = "The sheet is too large to be read here"


def sheet(xml: str) -> bytes:
    return package({"Data": SHEET % xml})


def refused(data: bytes, chosen: str | None = None) -> str:
    found = read(data, sheet=chosen)
    assert [finding.level for finding in found.findings] == [Level.BLOCK]
    assert (found.text, found.readable) == ("", False)
    return found.findings[0].sentence


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("TV", "TV"),
        ("00123", "00123"),
        (" TV ", " TV "),
        ("a,b", '"a,b"'),
        ('5" pipe', '"5"" pipe"'),
        ("a\r\nb\rc", '"a\nb\nc"'),
        (5, "5"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1234567.25, "1234567.25"),
        (1234567890123, "1234567890123"),
        (1e20, "100000000000000000000"),
        (1e30, f"1{'0' * 30}"),
        (1e31, "1e+31"),
        (2.5e-7, "0.00000025"),
        (("percent", "0.125"), "0.125"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2025, 1, 31), "2025-01-31"),
        (datetime.fromisoformat("2025-01-31 00:00:00"), "2025-01-31"),
        (MIDDAY, "2025-01-02 13:45:01"),
        (time(13, 45), "13:45:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
        (("d", "2025-01-05"), "2025-01-05"),
        (("str", "of a formula"), "of a formula"),
        (("e", "#REF!"), "#REF!"),
        (("e", "#N/A"), "#N/A"),
        (None, ""),
    ],
)
def test_a_cell_is_what_a_csv_has_for_it(cell: Cell, text: str) -> None:
    assert as_text(workbook({"Data": [["a", cell, "z"]]})).text == f"a,{text},z\n"


def test_a_workbook_is_sent_as_csv_and_said_to_be_one() -> None:
    data = read(workbook({"Data": TABLE}))
    assert data.text == TEXT
    assert data.frame.equals(read(TEXT).frame)
    assert (data.sheet, data.sheets) == ("Data", ("Data",))
    (finding,) = data.findings
    assert (finding.check, finding.level) == ("workbook", Level.CONFIRM)
    assert finding.sentence == "The file is a workbook: its sheet “Data” is sent as CSV, 3 rows in all."


def test_a_table_is_the_same_from_a_workbook_as_from_a_csv() -> None:
    text = csv_text(daily_frame())
    header, *rows = (line.split(",") for line in text.splitlines())
    cells: list[list[Cell]] = [[date.fromisoformat(day), *map(float, values)] for day, *values in rows]
    book, plain = read(workbook({"Data": [list[Cell](header), *cells]})), read(text)
    assert book.frame.equals(plain.frame)
    assert book.lines.tolist() == plain.lines.tolist()


@pytest.mark.parametrize(
    ("wanted", "chosen"), [(None, "Data"), ("Notes", "Notes"), ("not there", "Data"), ("Old", "Old")]
)
def test_the_first_sheet_with_values_is_read_unless_another_is_chosen(
    wanted: str | None, chosen: str
) -> None:
    sheets: dict[str, list[list[Cell]]] = {
        "Old": TABLE[:2],
        "Cover": [],
        "Data": TABLE,
        "Notes": [["a", "b"], [1, 2]],
    }
    data = read(workbook(sheets, hidden=["Old"]), sheet=wanted)
    assert (data.sheet, data.sheets) == (chosen, ("Cover", "Data", "Notes", "Old"))
    assert f"of its 4 sheets, “{chosen}” is sent" in data.findings[-1].sentence + data.findings[0].sentence


def test_fixes_are_made_on_the_text_of_the_sheet() -> None:
    cells: list[list[Cell]] = [["date", "revenue"], ["1.2.2025", "1,5"], ["13.2.2025", "2,5"]]
    data = read(
        workbook({"Cover": [["x"]], "Data": cells}), sheet="Data", fixes=["dates_day_first", "decimal_comma"]
    )
    assert data.text == "date,revenue\n2025-02-01,1.5\n2025-02-13,2.5\n"
    assert data.accepted


def test_lines_of_findings_are_rows_of_the_sheet() -> None:
    cells: list[list[Cell]] = [
        ["date", "Meta\nspend"],
        [date(2025, 1, 1), 5],
        [date(2025, 1, 2), ("e", "#REF!")],
    ]
    (finding,) = (one for one in read(workbook({"Data": cells})).findings if one.check == "not_a_number")
    assert finding.lines == (3,)
    assert "“#REF!”" in finding.sentence


def test_a_table_away_from_the_corner_keeps_its_place() -> None:
    xml = '<row r="3"><c r="B3"><v>1</v></c><c r="C3" s="1"/></row><row r="5"><c r="D5"><v>2</v></c></row>'
    book = as_text(sheet(xml))
    assert book.text == ",,,\n,,,\n,1,,\n,,,\n,,,2\n"
    assert book.origin is not None
    assert book.origin.tolist() == [1, 2, 3, 4, 5]


def test_a_formula_whose_result_was_never_saved_is_not_a_blank() -> None:
    xml = '<row r="1"><c r="A1"><f>SUM(B1)</f></c><c r="B1"><f>C1</f><v>5</v></c><c r="C1" t="e"/></row>'
    assert as_text(sheet(xml)).text == "=SUM(B1),5\n"


def test_places_may_be_left_out_and_names_have_prefixes() -> None:
    xml = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row>"
    assert as_text(sheet(xml)).text == "1,2\n,3\n"


@pytest.mark.parametrize("target", ["/xl/worksheets/sheet1.xml", "./worksheets/Sheet1.xml"])
def test_a_sheet_is_found_however_its_part_is_named(target: str) -> None:
    links = (
        '<Relationships><Relationship Id="rId1" Type="http://x/worksheet" '
        f'Target="{target}"/><Relationship Id="rId2" Type="http://x/theme" Target="t.xml"/></Relationships>'
    )
    parts = {name: text for name, text in unpacked(workbook({"Data": TABLE})).items() if "rels" not in name}
    assert as_text(packed(parts | {"xl/_rels/workbook.xml.rels": links.encode()})).sheets == ("Data",)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


WHOLE = workbook({"Data": TABLE})


@pytest.mark.parametrize(
    "data",
    [
        WHOLE[:500],
        WHOLE[:-100],
        b"PK\x03\x04 xl/workbook.xml",
        workbook({"Data": TABLE}, sheet1=""),
        workbook({"Data": TABLE}, **{"xl/workbook.xml": "<workbook><sheets>"}),
        sheet('<row r="x"><c r="A1"><v>1</v></c></row>'),
        sheet('<row r="1"><c r="$A$1"><v>1</v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>'),
    ],
    ids=["head", "cut off", "name alone", "no sheet", "no end", "row", "place", "broken sheet"],
)
def test_a_damaged_workbook_is_said_to_be_so(data: bytes) -> None:
    assert refused(data) == DAMAGED


def test_a_workbook_under_a_password_is_said_to_be_so() -> None:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refused(container) == "The file is an Excel workbook that is protected by a password."
    assert "old Excel workbook" in refused(container[:600])


def test_a_workbook_without_values_leaves_its_other_sheets_to_choose_from() -> None:
    data = workbook({"Data": TABLE, "Empty": []})
    assert refused(data, "Empty") == "The sheet has no values."
    assert (read(data, sheet="Empty").sheet, read(data, sheet="Empty").sheets) == ("Empty", ("Data", "Empty"))
    assert refused(workbook({"Empty": []})) == "The sheet has no values."
    assert refused(workbook({})) == "The sheet has no values."


@pytest.mark.parametrize(("last", "fits"), [("SJ3968", True), ("SK3968", False), ("SJ3969", False)])
def test_a_sheet_may_span_two_million_cells(last: str, fits: bool) -> None:
    column, row = last[:2], last[2:]
    assert 504 * 3968 == 1_999_872
    xml = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{column}{row}"><v>2</v></c></row>'
    text = as_text(sheet(xml)).text
    assert bool(text) is fits


def test_two_values_in_opposite_corners_cost_no_memory() -> None:
    xml = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(sheet(xml)).startswith(TOO_LARGE)


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_what_unpacks_to_far_more_is_not_unpacked(part: str) -> None:
    bomb = packed(unpacked(WHOLE) | {part: b"<a>" + b" " * 150_000_000})
    assert len(bomb) < 1_000_000
    assert refused(bomb).startswith(TOO_LARGE)


def test_a_directory_that_makes_a_part_small_is_not_believed() -> None:
    bomb = bytearray(packed(unpacked(WHOLE) | {"xl/styles.xml": b"<a>" + b" " * 150_000_000}))
    size = (150_000_003).to_bytes(4, "little")
    assert bomb.count(size) >= 1
    assert refused(bytes(bomb.replace(size, (1000).to_bytes(4, "little")))).startswith(TOO_LARGE)


def test_another_archive_keeps_its_answer() -> None:
    assert "a ZIP archive" in refused(packed({"notes.txt": b"x"}))
