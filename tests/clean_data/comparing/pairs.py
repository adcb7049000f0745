"""Two frames compared, as two files are."""

from __future__ import annotations

import pandas as pd

from recast_api.clean_data import Comparison, compare, read
from recast_api.clean_data.comparing.result import ColumnChange
from tests.clean_data.make import csv_text


def compared(new: pd.DataFrame, old: pd.DataFrame) -> Comparison:
    return compare(read(csv_text(new)), read(csv_text(old)))


def only_change(new: pd.DataFrame, old: pd.DataFrame) -> ColumnChange:
    """What happened to the one column that changed."""
    (change,) = compared(new, old).by_column
    return change
