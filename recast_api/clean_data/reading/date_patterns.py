"""What dates look like: numbers with signs between, months and days of the week in letters, times of day."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
"""Characters of a cell that are looked at: JavaScript writes 70 for a date with the name of its time zone."""

ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:([/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2})|年([0-9]{1,2})月([0-9]{1,2})日)"
)
ISO_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{2})-?([1-7])")
THREE = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?")

_WORD, _DAY, _YEAR = r"[^\W\d_]{3,12}", r"[0-9]{1,2}(?:st|nd|rd|th|er|º)?", r"[0-9]{4}|[0-9]{2}"
NAMED = re.compile(
    rf"(?P<day>{_DAY})[ \-/.]{{0,2}}(?:de )?(?P<month>{_WORD})[ \-/.,]{{0,2}}(?:del? )?(?P<year>{_YEAR})|"
    rf"(?P<month2>{_WORD})[ \-/.]{{1,3}}(?P<day2>{_DAY})[ \-/,]{{1,2}}(?P<year2>{_YEAR})|"
    rf"(?P<year3>[0-9]{{4}})[ \-/.]?(?P<month3>{_WORD})[ \-/.]{{0,2}}(?P<day3>{_DAY})",
    re.I,
)
"""Day, month and year in the three orders in which a month in letters is written."""

TIME = re.compile(
    r"(?:T|:|\s+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?\s*(?:([ap])\.?m\.?)?"
    r"(?:\s*(Z|UTC|GMT))?(?:\s*([+-])([0-9]{2}):?([0-9]{2})?)?(?:\s*(?:UTC|\[[\w/+\-]+\]|\([\w ]+\)))?\Z",
    re.I,
)
"""A time of day at the end of a cell: hour, minute, second, half of the day, zone, sign, hours, minutes."""
CLOCK_BEFORE_YEAR = re.compile(r"(.*\s[0-9]{1,2})(\s[0-9]{2}:[0-9]{2}:[0-9]{2}(?: UTC| GMT)?) ([0-9]{4})")
"""As Unix writes it: Jan  1 00:00:00 UTC 2024."""

WEEKDAY_BEFORE = re.compile(r"([^\W\d_]{2,13})(?:-feira)?[.,]{0,2}\s+(?=\w)")
WEEKDAY_AFTER = re.compile(r",?\s*[(（]?([^\W\d_]{1,13})\.?[)）]?\Z")

_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "januari februari mars april maj juni juli augusti september oktober november december",
)
"""English, German, French, Spanish, Italian, Dutch, Portuguese, Polish and Swedish, without accents."""
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lunedi martedi mercoledi giovedi venerdi sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "segunda terca quarta quinta sexta sabado domingo",
    "poniedzialek wtorek sroda czwartek piatek sobota niedziela",
    "mandag tisdag onsdag torsdag fredag lordag sondag",
)


def _numbered(languages: tuple[str, ...], shortest: int) -> dict[str, frozenset[int]]:
    """Return the beginnings of these words, with the places in their lists that they may have."""
    found: dict[str, set[int]] = {}
    for words in languages:
        for number, word in enumerate(words.split(), 1):
            for length in range(shortest, len(word) + 1):
                found.setdefault(word[:length], set()).add(number)
    return {beginning: frozenset(numbers) for beginning, numbers in found.items()}


MONTHS = {word: min(numbers) for word, numbers in _numbered(_MONTHS, 3).items() if len(numbers) == 1}
"""The number of a month by its name or a beginning of it that no other month has; mrt is Dutch."""
MONTHS |= {"mrt": 3}
WEEKDAYS = frozenset(_numbered(_WEEKDAYS, 2)) | frozenset("月火水木金土日一二三四五六")
"""Names of days of the week and their beginnings: Mo, Mon, Monday."""
_BEGINNINGS = frozenset(_numbered(_MONTHS, 3)) | WEEKDAYS


def plain_word(word: str) -> str:
    """Return a word in small letters, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


def begins_like_month_or_weekday(word: str) -> bool:
    """Tell whether a word begins as the name of a month or a weekday does, as a mistyped one may."""
    return plain_word(word)[:3] in _BEGINNINGS
