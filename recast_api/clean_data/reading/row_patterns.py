"""What is in rows that are no days: words for totals, and what may be meant for a day. No steps."""

from __future__ import annotations

import re

from recast_api.clean_data.reading.date_patterns import begins_like_month_or_weekday

_TOTAL = re.compile(
    r"\b(?:(?:sub|grand)?[ -]?totals?|sums?|summen?|(?:zwischen|gesamt)summe|gesamt|gesamtergebnis|insgesamt|"
    r"totaux|totaal|totale[ns]?|somme|suma|soma|razem|összesen|итого|всего)\b|合计|总计|小计|合計|小計|総計|Σ",
    re.I,
)
_AVERAGE = re.compile(
    r"\b(?:averages?|avg|mean|median|durchschnitt|mittelwert|moyenne|promedio|média)\b", re.I
)
_WORD = re.compile(r"[^\W\d_]{3,}")


def is_total(cell: str) -> bool:
    """Tell whether a cell says that its row is a total."""
    return _TOTAL.search(cell) is not None


def is_average(cell: str) -> bool:
    """Tell whether a cell says that its row is an average."""
    return _AVERAGE.search(cell) is not None


def may_be_day(cell: str) -> bool:
    """Tell whether a cell that can't be read as a day may be meant for one: `31 Feb 2025`, `2025-02-30`.

    A note has words that are neither months nor weekdays.
    """
    words = _WORD.findall(cell)
    return any(map(str.isdigit, cell)) and all(map(begins_like_month_or_weekday, words))
