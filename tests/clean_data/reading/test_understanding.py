"""The path of reading goes forward: no step is gone back to."""

import pytest

from recast_api.clean_data import read
from tests.clean_data.following import files_entered
from tests.clean_data.make import csv_text, daily_frame

PATH = [
    "__init__",
    "encoding",
    "understanding",
    "tokens",
    "header",
    "cells",
    "tidy",
    "date_column",
    "date_formats",
    "number_columns",
    "number_formats",
    "names",
    "frame",
    "date_findings",
    "number_findings",
    "fixes",
]
PLAIN = csv_text(daily_frame(30, 3))
FILES = {
    "plain": PLAIN,
    "decimal commas": PLAIN.replace(",", ";").replace(".", ","),
    "points between thousands": "date;a;b\n2025-01-01;1.234,5;1.234\n2025-01-02;0,5;12.500\n",
    "quoted": "".join('"' + line.replace(",", '","') + '"\n' for line in PLAIN.splitlines()),
    "day first": "date,a\n1/2/25,1\n13/2/25,2\n",
    "day or month first": "date,a\n1/2/2025,1\n2/2/2025,2\n",
    "formatted": 'date,a,b,c\n2025-01-01,"$1,234.50",(5),NA\n2025-01-02,1\'000,5e3,1 %\n',
    "numbered, with empty rows and columns": "sep=,\n,date,a b,,\n0,2025-01-01,1e5,,\n\n1,2025-01-02,2,,\n",
    "more cells than names": "date,a\n2025-01-01,1,\n2025-01-02,2,,\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_passes_through_every_step_once(text):
    assert files_entered(lambda: read(text)) == PATH


def test_a_fault_ends_the_path():
    assert files_entered(lambda: read("date,a\n1\n")) == [*PATH[:5], "fixes"]
    assert files_entered(lambda: read(b"\x89PNG")) == PATH[:2]


def test_names_that_can_not_name_columns_end_it_before_the_frame():
    assert files_entered(lambda: read("date,a,a\n2025-01-01,1,2\n")) == [*PATH[:12], "fixes"]
