"""Columns to a DataFrame."""

from recast_api.clean_data import CleanData, read
from tests.clean_data.make import csv_rows

DAYS = ["2025-01-01", "2025-01-02", "2025-01-03"]


def numbers_of(data: CleanData, column: str) -> list[float]:
    return data.frame[column].tolist()


def test_columns_keep_their_order_whatever_they_hold():
    data = read(csv_rows(["a", "date", "note", "b"], ["1", DAYS[0], "x", "2"], ["3", DAYS[1], "", "4"]))
    assert data.frame.columns.tolist() == ["a", "date", "note", "b"]
    assert [kind.kind for kind in data.frame.dtypes] == ["f", "M", "O", "f"]
    assert data.frame["note"].isna().tolist() == [False, True]


def test_many_columns_of_text_make_a_frame_without_a_warning():
    names = [f"t{number}" for number in range(150)]
    data = read(csv_rows(["date", "a", *names], [DAYS[0], "1", *["x"] * 150], [DAYS[1], "2", *["y"] * 150]))
    assert data.frame.columns.tolist() == ["date", "a", *names]
    assert numbers_of(data, "a") == [1.0, 2.0]
