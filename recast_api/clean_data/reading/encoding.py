r"""Take bytes; hand on text without byte order mark and with `\n` line ends, or what they are if not text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import partial

from recast_api.clean_data.findings import Finding, Level
from recast_api.clean_data.reading import code_pages
from recast_api.clean_data.reading.code_pages import CodePage
from recast_api.clean_data.reading.offers import Edit, Offer
from recast_api.clean_data.sentences import shorten, some

LARGE = 5_000_000
"""Bytes of text from which the size is mentioned: the limit isn't published; Simba takes 50 MB."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

SIGNATURES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook or another Office document (.xls, .doc)"),
    (b"\x1f\x8b", "a gzip-compressed file"),
    (b"BZh", "a bzip2-compressed file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a rich-text document (RTF)"),
)
"""First bytes of files that people take for a CSV, from the formats' own specifications."""

CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
SAMPLE = 4096
"""Bytes looked at to tell text from anything else."""

LONGEST_HEADER = 1_000_000
"""Bytes in which the header is looked for."""
LONGEST_WORD = 25
"""Characters shown on either side of one that isn't ASCII."""

_CELL_ENDS = re.compile(r"[\s,;|\"]")
_END = re.compile(rb"\r\n|\r|\n")
_COMMENT = re.compile("<!--.*?-->", re.S)
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|script)\b", re.I)


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""Text with `\n` line ends and no byte order mark; empty where the bytes aren't text."""

    text: str
    raw: bytes
    """The same in UTF-8."""
    encoding: str
    findings: tuple[Finding, ...] = ()
    offers: tuple[Offer, ...] = ()
    """What else the bytes may be."""


def decode(data: bytes | str) -> Decoded:
    """Turn what was delivered into text, with findings on what had to be done for that."""
    if isinstance(data, str):
        return _from_text(data)
    kind = _signature(data)
    if kind:
        return _refused("", f"This is not a CSV file: it looks like {kind}.", _EXPORT, check="other_file")
    mark, encoding = _marked(data)
    # Without a mark the bytes are decoded where they are: a slice would copy the file.
    try:
        text = data[len(mark) :].decode(encoding) if mark else data.decode(encoding)
    except UnicodeDecodeError as error:
        # Windows-1252 decodes nearly anything, so it is tried only where nothing speaks against text.
        if mark or encoding != "utf-8" or _controls(data[:SAMPLE]):
            return _undecodable(data, encoding, len(mark) + error.start)
        return _on_code_page(data)
    findings = () if encoding == "utf-8" else (_converted(text, encoding),)
    if mark and encoding == "utf-8":
        findings = (_MARKED,)
    return _checked(text, data, encoding, findings)


def _from_text(text: str) -> Decoded:
    try:
        raw = text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        sentence = f"Line {line} holds half a character (a lone surrogate), which can't be sent."
        return _refused("", sentence, "Read the file again, as bytes.", line, check="not_text")
    return _checked(text, raw, "utf-8", ())


def _on_code_page(data: bytes) -> Decoded:
    """Read bytes that aren't UTF-8 as the likeliest code page; ask, if names are affected.

    Without a likely one it is Windows-1252, which decodes nearly anything and is what Excel writes.
    """
    header = _header(data)
    sample = [line for line in _END.split(data) if not line.isascii()][: code_pages.SAMPLE]
    asked = not header.isascii()
    pages = code_pages.likely(data, [header] if asked else sample) or list(code_pages.PAGES[:1])
    try:
        text = data.decode(pages[0].codec)
    except UnicodeDecodeError as error:
        return _undecodable(data, "utf-8", error.start)
    if not asked:
        return _checked(text, data, pages[0].codec, (_converted(text, pages[0].codec),))
    found = _checked(text, data, pages[0].codec, (_names_affected(header, pages[0]),))
    return replace(found, offers=_other_pages(found.text, header, pages))


def _header(data: bytes) -> bytes:
    """Return the first line with something in it that isn't Excel's `sep=`: the one that has the names."""
    lines = (line for line in _END.split(data[:LONGEST_HEADER]) if line.strip())
    return next((line for line in lines if not line.startswith(b"sep=")), b"")


def _names_in(header: bytes, page: CodePage) -> list[str]:
    names = re.split(r"[,;\t|]", code_pages.decoded(header, page))
    return [name for cell in names if not (name := cell.strip(' "')).isascii()]


def _names_affected(header: bytes, page: CodePage) -> Finding:
    names = _names_in(header, page)
    return Finding.of(
        Level.CONFIRM,
        f"The file isn't in UTF-8. Read as {page.words}, it has the "
        f"{'name' if len(names) == 1 else 'names'} {_in_short(names)}.",
        "Check the names, which have to be those of the priors sheet. If they look wrong, choose another "
        "encoding. Saving as “CSV UTF-8” avoids the question.",
        columns=names,
        values=names,
        check="encoding",
    )


def _in_short(names: list[str]) -> str:
    return some([f"“{shorten(name, LONGEST_WORD)}”" for name in names])


def _other_pages(text: str, header: bytes, pages: list[CodePage]) -> tuple[Offer, ...]:
    """Offer the other likely code pages in which the names are different, each once."""
    chosen, *others = pages
    by_names = {code_pages.decoded(header, page): page for page in reversed(others)}
    by_names.pop(code_pages.decoded(header, chosen), None)
    odd = [line for line in text.split("\n") if not line.isascii()]
    offers = []
    for page in sorted(by_names.values(), key=others.index):
        recode = partial(code_pages.recoded, source=chosen.codec, target=page.codec)
        sentence = f"Read the file as {page.words}: {_in_short(_names_in(header, page))}."
        changed = sum(recode(line) != line for line in odd)
        offers.append(Offer(page.fix, "encoding", sentence, Edit(text=recode), changed))
    return tuple(offers)


def _marked(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark and the encoding; UTF-16 without one shows as a NUL in every other byte."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return mark, encoding
    head = data[:SAMPLE]
    even, odd = head[::2].count(0), head[1::2].count(0)
    # A quarter of the bytes: half of the text may be beyond Latin. On one side: binaries have NULs on both.
    if even + odd >= len(head) / 4 > 0 and len(data) % 2 == 0 and min(even, odd) * 10 <= max(even, odd):
        return b"", "utf-16-le" if odd > even else "utf-16-be"
    return b"", "utf-8"


def _controls(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, CONTROLS))


def _signature(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return "an Excel workbook (.xlsx)" if b"xl/" in data else "a ZIP archive"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "a picture (WebP)"
    return next((kind for first, kind in SIGNATURES if data.startswith(first)), "")


def _checked(text: str, raw: bytes, encoding: str, findings: tuple[Finding, ...]) -> Decoded:
    """Normalise line ends and marks, and refuse text that is no table; `raw` is what it was decoded from."""
    ends, delivered = _mixed_ends(text), text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("\ufeff"):
        text, findings = text.lstrip("\ufeff"), (*findings, _MARKED)
    refused = _no_table(text, encoding)
    if refused:
        return refused
    # Encoding again copies the file: most are UTF-8 with plain line ends already.
    if text is not delivered or encoding != "utf-8" or _MARKED in findings:
        raw = text.encode()
    large = (_large(len(raw)),) if len(raw) > LARGE else ()
    return Decoded(text, raw, encoding, (*dict.fromkeys(findings), *ends, *large))


def _no_table(text: str, encoding: str) -> Decoded | None:
    if not text or text.isspace():
        return _refused(encoding, "The file is empty.", "Export it again.", check="empty_file")
    kind = _markup(text)
    if kind:
        return _refused(
            encoding, f"This is not a CSV file: it looks like {kind}.", _EXPORT, check="other_file"
        )
    if _controls(text[:SAMPLE].encode()) * 20 > len(text[:SAMPLE]):
        sentence = "The file isn't text: it is full of control characters."
        return _refused(encoding, sentence, _EXPORT, check="not_text")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        sentence = f"Line {line} holds a NUL character: the file is damaged, or its end was never written."
        return _refused(encoding, sentence, "Export or copy the file again.", line, check="not_text")
    return None


def _markup(text: str) -> str:
    start, end = text[:SAMPLE].lstrip(), text[-SAMPLE:].rstrip()
    if _MARKUP.match(_COMMENT.sub("", start).lstrip()):
        return "a web page (HTML), perhaps a sign-in or error page saved under the file's name"
    if start.startswith("<?xml"):
        return "an XML file"
    pairs = {"{": "}", "[": "]"}
    if start and end and end[-1] == pairs.get(start[0]) and (":" in start or start[0] == "["):
        return "a JSON file"
    return ""


def _mixed_ends(text: str) -> tuple[Finding, ...]:
    if "\r" not in text:
        return ()
    windows = text.count("\r\n")
    counts = {"\\r\\n": windows, "\\n": text.count("\n") - windows, "\\r": text.count("\r") - windows}
    if sum(count > 0 for count in counts.values()) < 2:
        return ()
    found = ", ".join(f"{count:,} × {end}" for end, count in counts.items() if count)
    sentence = f"Lines end in different ways ({found}). All are sent as \\n."
    advice = "Nothing to do: this comes from pasting files together."
    return (Finding.of(Level.NOTE, sentence, advice, check="line_ends"),)


def _large(size: int) -> Finding:
    sentence = f"The text is large: {size / 1e6:,.1f} MB are sent in one request."
    advice = "The limit isn't published. If the request is refused, drop columns that the model doesn't use."
    return Finding.of(Level.NOTE, sentence, advice, check="large_file")


def _converted(text: str, encoding: str) -> Finding:
    named = {page.codec: page.words for page in reversed(code_pages.PAGES)}.get(encoding, encoding.upper())
    odd = re.search(r"[^\x00-\x7f]", text)
    shown = f" One word reads “{_word_around(text, odd.start())}”." if odd else ""
    sentence = f"The file is encoded in {named}, and is sent in UTF-8.{shown}"
    advice = "Check that accented letters look right. Saving as “CSV UTF-8” avoids the question."
    return Finding.of(Level.NOTE, sentence, advice, check="encoding")


def _word_around(text: str, at: int) -> str:
    before, after = text[max(0, at - LONGEST_WORD) : at], text[at : at + LONGEST_WORD]
    return shorten(re.split(_CELL_ENDS, before)[-1] + re.split(_CELL_ENDS, after)[0])


def _undecodable(data: bytes, encoding: str, at: int) -> Decoded:
    line = len(_END.findall(data, 0, at)) + 1
    named = "text in UTF-8 or Windows-1252" if encoding == "utf-8" else encoding.upper()
    sentence = f"The file can't be read as {named}: line {line} holds the byte 0x{data[at]:02X}."
    if encoding == "utf-8" and _controls(data[:SAMPLE]):
        sentence = "This is not a text file, and not of a kind that is known here."
        return _refused(encoding, sentence, _EXPORT, check="not_text")
    return _refused(encoding, sentence, "Save it again as “CSV UTF-8”.", line, check="not_text")


def _refused(encoding: str, sentence: str, advice: str, line: int = 0, *, check: str) -> Decoded:
    finding = Finding.of(Level.BLOCK, sentence, advice, lines=[line] if line else [], check=check)
    return Decoded("", b"", encoding, (finding,))


_EXPORT = "Export the table as CSV and choose that file."
_MARKED = Finding.of(
    Level.NOTE,
    "The file begins with a byte order mark, which is left out of what is sent.",
    "Nothing to do. Excel writes one when it saves as “CSV UTF-8”.",
    check="byte_order_mark",
)
