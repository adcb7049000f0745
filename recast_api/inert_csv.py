"""CSV files to take away, whose cells a spreadsheet shows and never runs.

A spreadsheet takes a cell for a formula by how it begins, in quotes or not, and a formula can start programs
or send the sheet elsewhere. What an API, a file or a person wrote may begin like one; an apostrophe in front
makes it text (https://owasp.org/www-community/attacks/CSV_Injection).

The journal and the findings both write such files and know nothing of each other, so this belongs to neither.
It needs the standard library alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

_SIGNS = "=+\\-@" + "＝＋－＠" + "﹦﹢﹣﹫"
"""What a formula begins with; in full width and in small forms for programs that fold these into ASCII."""
_BLANK = "\\s\x01-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""What nobody sees, and some programs skip before they look for a sign: blanks, controls, marks, the BOM."""

_FORMULA = re.compile(
    rf"\A(?P<blank>[{_BLANK}]*)(?=[{_SIGNS}])"
    # OWASP wants no cell to begin with a tab or a line end, whatever comes after it.
    r"|\A(?=[\t\r\n])"
    # Where semicolons separate cells, as for Excel in most of Europe, our quotes don't hold a cell together:
    # another begins at each semicolon in it, and at each line end.
    rf"|(?P<separator>[;\t\r\n])(?=(?:(?![\t\r\n])[{_BLANK}])*[{_SIGNS}])"
)


def inert_csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    r"""Return CSV text with a header, as RFC 4180 has it: commas, quotes where needed, `\r\n` line ends.

    None is an empty cell, anything else its `str`, without the NULs that many readers stop at. A cell that
    could be a formula has an apostrophe before it, and so has a part of a cell that could be one where other
    characters separate cells.

    A negative number gets its apostrophe too: `-5` and `-5+cmd|…` begin alike, and the files written here
    hold names, counts and quoted cells, none of which are added up.
    """
    text = io.StringIO()
    # With another line end, the writer leaves a cell unquoted that holds a lone \r, and it breaks in two.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(_inert, columns))
    writer.writerows(map(_inert, row) for row in rows)
    return text.getvalue()


def _inert(value: object) -> str:
    cell = "" if value is None else str(value).replace("\0", "")
    return _FORMULA.sub(r"\g<separator>'\g<blank>", cell)
