"""Records to names and rows, and the lines that are neither."""

from recast_api.clean_data import Level, read

TABLE = "date,revenue,tv\n2025-01-01,5,6\n2025-01-02,7,8\n"


def test_blank_lines_alone_are_a_note():
    (finding,) = read(TABLE + "\n\n").findings
    assert (finding.check, finding.level, finding.lines) == ("empty_rows", Level.NOTE, (4, 5))


def test_many_counts_of_cells_are_summed_up():
    rows = "".join(",".join("x" * count) + "\n" for count in range(4, 10))
    (finding,) = read("date,a,b\n" + "2025-01-01,1,2\n" * 9 + rows).findings
    assert finding.sentence.endswith("line 11 has 4; line 12 has 5; line 13 has 6; 3 more counts.")


def test_titles_without_a_header_are_explained():
    (finding,) = read("Spend report\n\n" + TABLE.replace("date,revenue,tv\n", "")).findings
    assert finding.check == "ragged_rows"
    assert "titles" in finding.advice


def test_a_header_with_a_cell_less_than_every_row_is_explained():
    (finding,) = read("revenue,tv\nfirst,5,6\nsecond,7,8\n").findings
    assert finding.check == "ragged_rows"
    assert "Name every column" in finding.advice
