"""What the journal keeps of clean data: its shape and span, and which column is the KPI."""

from __future__ import annotations

from datetime import date

import pandas as pd

from recast_api.clean_data import CleanData
from recast_api.journal import DataFacts


def facts_of(data: CleanData, kpi: str | None = None) -> DataFacts:
    """Return rows, columns, first and last day; None for a day where there is no readable date."""
    rows, columns = data.frame.shape
    first = last = None
    if data.date_column is not None:
        days = data.frame[data.date_column]
        first, last = _day(days.min()), _day(days.max())
    return DataFacts(row_count=rows, column_count=columns, first_day=first, last_day=last, kpi=kpi)


def _day(moment: pd.Timestamp) -> date | None:
    return None if pd.isna(moment) else moment.date()
