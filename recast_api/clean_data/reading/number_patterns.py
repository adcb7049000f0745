"""What numbers look like in the files that people and programs write: patterns and words, no steps."""

from __future__ import annotations

import re
from enum import StrEnum

MISSING_WORDS = frozenset(
    [
        *("na", "n/a", "#n/a", "#na", "#nv", "nan", "null", "(null)", r"\n", "none", "nil", "missing"),
        *("-", "--", "–", "—", "."),
    ]
)
"""What stands for "no value", in lower case: what R, Python, SQL, Excel and people write."""
FORMULA_ERROR = re.compile(r"\s*(?:#[^\W\d_]+(?:/0)?[!?]|Err:[0-9]{3})\s*", re.I)
"""What spreadsheets show where a formula fails, in any language: `#REF!`, `#DIV/0!`, `#WERT!`, `Err:502`."""
TRUTH = {"true": "1", "false": "0"}

_GAPS = " '’\u00a0\u2009\u202f"
"""Thousands separators beside comma and point: space, apostrophes, and the spaces that don't break."""
_CURRENCY = (
    r"(?:(?:US|CA|AU|NZ|HK|R|C|A)?\$|[€£¥₹₩₽₺₫฿₪]|"
    r"(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|BRL|MXN|ZAR|SGD|HKD|CZK|HUF|kr|zł|Fr)\.?)"
)
ACCOUNTING_ZERO = re.compile(
    rf"\s*+(?:{_CURRENCY}\s*+[-–—]|[-–—]\s*+{_CURRENCY}|(?<=\s)[-–—](?=\s{{2}}))\s*+"
)
"""`$ -`, or a dash between spaces: how the format that spreadsheets call Accounting shows a zero."""
PLAIN = re.compile(r"\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\s*")
"""A number as every program reads it."""
INFINITE = re.compile(r"\s*[-+]?inf(?:inity)?\s*", re.I)
ONE_GROUP = re.compile(r"[^0-9]*[1-9][0-9]{0,2},[0-9]{3}[^0-9]*")
"""`1,234`: a comma that may separate decimals or thousands."""
POINT_GROUPS = re.compile(r"[^0-9]*[1-9][0-9]{0,2}(?:\.[0-9]{3})+[^0-9]*")
"""`1.234` or `1.234.567`: points that may separate thousands."""

OUT_OF_LINE = 10
"""Numbers without a point that are so many times as large as those with one, `814` beside `1.234`, speak for
points between thousands. Own rule: numbers of one column are of about one size."""


class Decimals(StrEnum):
    """The character before the decimals."""

    POINT = "."
    COMMA = ","


def _number(decimals: Decimals) -> re.Pattern[str]:
    """Return the pattern of a number that isn't plain; groups of thousands are of one kind throughout."""
    comma, point = (",", r"\.") if decimals is Decimals.POINT else (r"\.", ",")
    # Two digits between separators are lakh and crore: 12,34,567.
    grouped = rf"[1-9][0-9]{{0,2}}(?:{comma}[0-9]{{2,3}})*{comma}[0-9]{{3}}"
    spaced = rf"[0-9]{{1,3}}(?P<gap>[{_GAPS}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*"
    # Possessive: a cell may hold a million spaces, and they mustn't be shared out in every way.
    return re.compile(
        rf"\s*+(?:{_CURRENCY}\s*+(?=\())?+(?P<open>\()?\s*+(?P<sign>[-+−–]?)\s*+{_CURRENCY}?\s*+(?P<inner>[-−]?)"
        rf"(?P<whole>{grouped}|{spaced}|[0-9]*)(?:{point}(?P<part>[0-9]*))?(?P<power>[eE][-+]?[0-9]{{1,3}})?"
        rf"\s*+(?P<percent>%)?\s*+{_CURRENCY}?\s*+(?P<after>[-−]?)\s*+(?P<close>\))?\s*+"
    )


NUMBER = {decimals: _number(decimals) for decimals in Decimals}
USUAL = {
    Decimals.POINT: re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?"),
    Decimals.COMMA: re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?"),
}
"""The commonest forms. These patterns match ten times as fast as those of `NUMBER`."""
