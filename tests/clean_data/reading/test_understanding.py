"""The path of reading goes forward: no step is gone back to."""

import pytest

from recast_api.clean_data import read
from tests.clean_data.following import followed
from tests.clean_data.make import csv_text, daily_frame

PATH = [
    "__init__",
    "workbook",
    "encoding",
    "understanding",
    "tokens",
    "title_lines",
    "header",
    "cells",
    "tidy",
    "date_column",
    "date_formats",
    "date_shifts",
    "day_rows",
    "number_columns",
    "number_formats",
    "names",
    "frame",
    "date_findings",
    "number_findings",
    "fixes",
]
ASKED = ("split", "text", "unquoted")
"""What a record holds may be asked at every step."""
NO_STEPS = ("cut", "shapes")
"""What several steps use."""
PLAIN = csv_text(daily_frame(30, 3))
FILES = {
    "plain": PLAIN,
    "decimal commas": PLAIN.replace(",", ";").replace(".", ","),
    "points between thousands": "date;a;b\n2025-01-01;1.234,5;1.234\n2025-01-02;0,5;12.500\n",
    "quoted": "".join('"' + line.replace(",", '","') + '"\n' for line in PLAIN.splitlines()),
    "day first": "date,a\n1/2/25,1\n13/2/25,2\n",
    "day and month swapped": "date,a\n2025-02-01,1\n2025-03-01,2\n"
    + "".join(f"2025-{month:02}-01,3\n" for month in range(4, 13))
    + "2025-01-13,4\n",
    "midnight elsewhere": "date,a\n2025-01-01T23:00Z,1\n2025-01-02T23:00Z,2\n",
    "day or month first": "date,a\n1/2/2025,1\n2/2/2025,2\n",
    "formatted": 'date,a,b,c\n2025-01-01,"$1,234.50",(5),NA\n2025-01-02,1\'000,5e3,1 %\n',
    "numbered, with empty rows and columns": "sep=,\n,date,a b,,\n0,2025-01-01,1e5,,\n\n1,2025-01-02,2,,\n",
    "more cells than names": "date,a\n2025-01-01,1,\n2025-01-02,2,,\n",
}


def steps(data: bytes | str) -> list[str]:
    """Return the steps that reading goes through; one that follows itself counts once."""
    entered = [file for file, function, _ in followed(lambda: read(data)) if function not in ASKED]
    entered = [file for file in entered if file not in NO_STEPS]
    return [file for index, file in enumerate(entered) if index == 0 or entered[index - 1] != file]


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_passes_through_every_step_once(text):
    assert steps(text) == PATH


def test_a_fault_ends_the_path():
    assert steps("date,a\n2025-01-01,2,3\n") == [*PATH[:7], "fixes"]
    assert steps(b"\x89PNG") == PATH[:3]


def test_names_that_can_not_name_columns_end_it_before_the_frame():
    assert steps("date,a,a\n2025-01-01,1,2\n") == [*PATH[:16], "fixes"]
