"""Whether the names can name columns, or are data."""

import pytest

from recast_api.clean_data import read


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("2025-01-01,5,revenue,tv", False),
        ("2025-01-01,5,$6,tv", True),
        ("5,2025-01-01,6", True),
        ("inf,2025-01-01,6", True),
        ("date,5,6,7", False),
    ],
)
def test_a_header_of_mostly_values_is_data(header: str, missing: bool) -> None:
    row = ",".join(["2025-01-02", *"123456"][: header.count(",") + 1])
    checks = [finding.check for finding in read(f"{header}\n{row}\n").findings]
    assert ("header_missing" in checks) is missing
    assert not missing or checks == ["header_missing"]


def test_a_missing_header_is_all_that_is_said() -> None:
    (finding,) = read("2025-01-01,0,0,,\n2025-01-01,0,0,,\n\n").findings
    assert (finding.check, finding.lines) == ("header_missing", (1,))


def test_several_flaws_of_the_names_are_found_at_once() -> None:
    data = read("date,a b,a b,,\n2025-01-01,1,2,3,\n")
    assert [finding.check for finding in data.findings] == [
        "blank_headers",
        "duplicate_headers",
        "empty_columns",
        "header_spaces",
    ]
    assert not data.readable


def test_a_name_may_look_like_a_number():
    data = read("2025,date,a\n1,2025-01-01,2\n")
    assert (data.frame.columns.tolist(), data.findings) == (["2025", "date", "a"], ())
