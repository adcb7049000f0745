"""Take bytes that aren't UTF-8; hand on the code page that makes the likeliest letters of them, and others.

The file doesn't say. Programs that guess from statistics go wrong on a few names among numbers
(charset-normalizer: two of seven), so what is asked here is whether the letters are those of a language that
is written with the code page, and stand where they may in a word.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from recast_api.clean_data.reading.offers import FixName

SAMPLE = 200
"""Lines looked at, the header first."""
MOST_ACCENTS = 3
"""Letters in a row that aren't ASCII: a word of a Latin script has hardly more, as in Polish żółty."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """A code page, and the letters beyond ASCII that are likely in it."""

    codec: str
    words: str
    """What people call it."""
    fix: FixName
    letters: frozenset[str] = frozenset()
    """Of an alphabet."""
    has_ascii_letters: bool = True
    """Whether words mix these letters with those of ASCII, as Latin scripts do."""
    leads: frozenset[int] = frozenset()
    """First bytes of the common characters and signs, where two bytes make one."""
    common: str = ""
    """The codec that knows just the common characters."""


def _alphabet(letters: str) -> frozenset[str]:
    return frozenset(letters + letters.upper().replace("SS", ""))


def _leads(first: int, last: int, *signs: int) -> frozenset[int]:
    return frozenset([*range(first, last + 1), *signs])


_WESTERN = _alphabet("àáâãäåæçèéêëìíîïñòóôõöøùúûüýßœšž")
_CENTRAL = _alphabet("ąćęłńóśźżáčďéěíňřšťúůýžäôĺľŕöüőűâîăşţđß")
_CYRILLIC = _alphabet("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ")
_GREEK = _alphabet("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ")

PAGES = (
    CodePage("cp1252", "Windows-1252 (Western European)", FixName.READ_AS_CP1252, _WESTERN),
    CodePage("cp1254", "Windows-1254 (Turkish)", FixName.READ_AS_CP1254, _alphabet("çğıöşüâîûi") | {"İ"}),
    CodePage("cp1252", "Windows-1252 (Icelandic)", FixName.READ_AS_CP1252, _alphabet("áéíóúýþæöð")),
    CodePage("cp1250", "Windows-1250 (Central European)", FixName.READ_AS_CP1250, _CENTRAL),
    CodePage("iso8859_2", "ISO 8859-2 (Central European)", FixName.READ_AS_ISO8859_2, _CENTRAL),
    CodePage("mac_roman", "Mac OS Roman", FixName.READ_AS_MAC_ROMAN, _WESTERN),
    CodePage("cp850", "MS-DOS 850 (Western European)", FixName.READ_AS_CP850, _WESTERN),
    CodePage("cp1253", "Windows-1253 (Greek)", FixName.READ_AS_CP1253, _GREEK, False),
    CodePage("cp1251", "Windows-1251 (Cyrillic)", FixName.READ_AS_CP1251, _CYRILLIC, False),
    CodePage(
        "cp949", "EUC-KR (Korean)", FixName.READ_AS_CP949, leads=_leads(0xB0, 0xC8, 0xA1), common="euc_kr"
    ),
    CodePage(
        "cp932",
        "Shift JIS (Japanese)",
        FixName.READ_AS_CP932,
        leads=_leads(0x81, 0x83) | _leads(0x88, 0x97),
        common="shift_jis",
    ),
    CodePage(
        "big5",
        "Big5 (traditional Chinese)",
        FixName.READ_AS_BIG5,
        leads=_leads(0xA4, 0xC6, 0xA1),
        common="big5",
    ),
    CodePage(
        "gb18030",
        "GB 18030 (simplified Chinese)",
        FixName.READ_AS_GB18030,
        leads=_leads(0xB0, 0xD7, 0xA1, 0xA3),
        common="gb2312",
    ),
)
"""In the order in which they are taken for likely: Korean can be read as Chinese, and Greek as Russian."""

_WORD = re.compile(r"[^\W\d_]+")
_MISPLACED = re.compile(r"[œŒ](?![uiUI])|ς(?=[^\W\d_])")
"""French œ is in œuvre and œil, and a Polish ś elsewhere; Greek ς ends a word, else it is a Russian т."""
_ODD = re.compile(r"[^\x00-\x7f]")
_SIGNS = frozenset("€£¥§°ºª²³½®™©’‘“”«»–—…\u00a0")
"""Signs that there are in names and notes. Between two letters only an apostrophe stands."""


def likely(data: bytes, lines: list[bytes]) -> list[CodePage]:
    """Return the code pages that can decode it, with likely letters in these lines; the likeliest first."""
    found = []
    for page in PAGES:
        sample = decoded(b"\n".join(lines), page)
        if sample and _is_likely(sample, page) and decoded(data, page):
            found.append(page)
    return found


def decoded(data: bytes, page: CodePage) -> str:
    """Return the text that bytes are in a code page; none where they can't be."""
    try:
        return data.decode(page.codec)
    except UnicodeDecodeError:
        return ""


def recoded(text: str, source: str, target: str) -> str:
    """Return the text that the bytes of `text` in one code page are in another, if they are any."""
    try:
        return text.encode(source).decode(target)
    except UnicodeError:
        return text


def _is_likely(text: str, page: CodePage) -> bool:
    if page.leads:
        return all(_is_common(character, page) for character in set(_ODD.findall(text)))
    odd_signs = (found for found in _ODD.finditer(text) if not found[0].isalpha())
    return all(_may_stand(text, found.start()) for found in odd_signs) and all(
        _is_word(word, page) for word in set(_WORD.findall(text)) if not word.isascii()
    )


def _is_common(character: str, page: CodePage) -> bool:
    try:
        return character.encode(page.common)[0] in page.leads
    except UnicodeEncodeError:
        return False


def _may_stand(text: str, at: int) -> bool:
    """Tell whether a sign is a usual one, in a usual place."""
    between = text[max(0, at - 1) : at].isalpha() and text[at + 1 : at + 2].isalpha()
    return text[at] in _SIGNS and (text[at] == "’" or not between)


def _is_word(word: str, page: CodePage) -> bool:
    odd = [character for character in word if not character.isascii()]
    if not page.letters.issuperset(odd) or _MISPLACED.search(word):
        return False
    if not page.has_ascii_letters:
        return len(odd) == len(word) and (word.islower() or word.isupper() or word.istitle())
    runs = re.findall(r"[^\x00-\x7f]+", word)
    mixed = len(word) == 1 or len(odd) < len(word)
    likely_run = max(map(len, runs)) <= MOST_ACCENTS
    return mixed and likely_run and not _capital_within(word)


def _capital_within(word: str) -> bool:
    """Tell whether a capital follows a small letter, one of them not ASCII; tvSpend is a name."""
    pairs = itertools.pairwise(word)
    return any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairs)
