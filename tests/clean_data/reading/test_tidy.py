"""Which columns belong to the table."""

import pytest

from recast_api.clean_data import read


@pytest.mark.parametrize(
    ("name", "first", "second", "dropped"),
    [
        ("", "0", "1", True),
        ("Unnamed: 0", "1", "2", True),
        ("...1", "5", "9", True),
        ("", "1", "1", False),
        ("", "-1", "0", False),
        ("", "0.5", "1.5", False),
        ("index", "0", "1", False),
    ],
)
def test_ascending_whole_numbers_without_a_name_number_the_rows(
    name: str, first: str, second: str, dropped: bool
) -> None:
    data = read(f"{name},date,a\n{first},2025-01-01,5\n{second},2025-01-02,6\n")
    assert ("index_column" in [finding.check for finding in data.findings]) is dropped
    assert not dropped or data.frame.columns.tolist() == ["date", "a"]


def test_empty_columns_without_a_name_are_left_out_wherever_they_stand() -> None:
    data = read('date,,a, ,\n2025-01-01,,5," ",\n2025-01-02,,6,,,\n')
    assert data.frame.columns.tolist() == ["date", "a"]
    (finding,) = data.findings
    assert "4 columns" in finding.sentence
