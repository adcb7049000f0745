"""Bytes to text: what changes unasked, and what is no text."""

import gzip
import hashlib

import pytest

from recast_api.clean_data import Level, read
from recast_api.clean_data.reading import code_pages
from recast_api.clean_data.reading.encoding import decode
from tests.clean_data.make import csv_text, daily_frame

TABLE = "date,revenue,tv\n2025-01-01,5,6\n2025-01-02,7,8\n"


def test_an_untouched_clean_file_is_sent_byte_for_byte():
    raw = csv_text(daily_frame()).encode()
    data = read(raw)
    assert data.text.encode() == raw
    assert data.sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_only_line_ends_marks_and_encoding_change_unasked(encoding, ending):
    text = "date,café\n2025-01-01,5\n2025-01-02, 6.0 \n2025-01-03,\n"
    data = read(text.replace("\n", ending).encode(encoding))
    assert data.text == text
    assert data.lines.tolist() == [2, 3, 4]
    assert data.frame["café"].tolist()[:2] == [5.0, 6.0]


def test_utf_16_without_a_mark_needs_no_ascii_header():
    data = read("date,日本\n2025-01-01,5\n2025-01-02,6\n".encode("utf-16-be"))
    assert data.frame.columns.tolist() == ["date", "日本"]


@pytest.mark.parametrize("ending", ["", "\n"])
def test_the_last_line_end_stays_as_it_was(ending):
    text = "date,a\n2025-01-01,1" + ending
    assert read(text).text == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a picture (WebP)"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"PK\x03\x04\x14\0 data.csv", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "an old Excel workbook"),
        (gzip.compress(TABLE.encode(), mtime=0), "gzip-compressed"),
        ("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "a web page (HTML)"),
        ("<!-- saved --><html></html>", "a web page (HTML)"),
        ('<?xml version="1.0"?><Workbook/>', "an XML file"),
        ('[{"date": "2025-01-01", "revenue": 5}]', "a JSON file"),
        ('{"error": "expired"}', "a JSON file"),
    ],
)
def test_other_files_are_named(data, words):
    (finding,) = read(data).findings
    assert (finding.check, finding.level) == ("other_file", Level.BLOCK)
    assert words in finding.sentence


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"date,caf\x81\xb2\n", "line 1 holds the byte 0x81"),
        (b"date\r\na,b\r\nc\x9d\xb2,\xe9", "line 3 holds the byte 0x9D"),
        (b"\xff\xfed\0a\0\n\0\0\xd8", "UTF-16-LE: line 2"),
        (b"\x00\x01\x02\x03\x80\x81" * 50, "not a text file"),
        (b"\x01\x02\x03\x04" * 50, "full of control characters"),
        ("date,a\n2025-01-01,\ud800\n", "Line 2 holds half a character"),
    ],
)
def test_what_is_no_text_is_said_with_its_line(data, words):
    (finding,) = read(data).findings
    assert (finding.check, finding.level) == ("not_text", Level.BLOCK)
    assert words in finding.sentence


@pytest.mark.parametrize(
    ("names", "codec", "guess"),
    [
        ("Umsätze,Außenwerbung,übrige", "cp1252", "cp1252"),
        ("España,Televisión,Año", "cp1252", "cp1252"),
        ("cœur,chiffre_d’affaires,coût (€)", "cp1252", "cp1252"),
        ("Umsätze,Außenwerbung,übrige", "mac_roman", "mac_roman"),
        ("Umsätze,Außenwerbung,übrige", "cp850", "cp850"),
        ("Przychód,Łączny koszt,Śląsk", "cp1250", "cp1250"),
        ("wartość,sprzedaż,tv", "cp1250", "cp1250"),
        ("wartość_ą,sprzedaż,tv", "iso8859_2", "iso8859_2"),
        ("Выручка,ТВ,Поиск", "cp1251", "cp1251"),
        ("ВЫРУЧКА,ТВ,ПОИСК", "cp1251", "cp1251"),
        ("Дата,Поиск,Расчёт", "cp1251", "cp1251"),
        ("Έσοδα,Τηλεόραση,tv", "cp1253", "cp1253"),
        ("Satış,Müşteri,tv", "cp1254", "cp1254"),
        ("收入,电视,搜索", "gb18030", "gb18030"),
        ("收入,電視,搜尋", "big5", "big5"),
        ("売上,テレビ,検索", "cp932", "cp932"),
        ("매출,텔레비전,검색", "cp949", "cp949"),
    ],
)
def test_names_are_read_in_the_likeliest_encoding_and_asked_about(names: str, codec: str, guess: str) -> None:
    data = read(f"sep=,\r\ndate,{names}\r\n2025-01-01,1,2,3\r\n".encode(codec))
    assert data.frame.columns.tolist() == ["date", *names.split(",")]
    finding = next(found for found in data.findings if found.check == "encoding")
    assert (data.encoding, finding.level) == (guess, Level.CONFIRM)
    assert finding.columns == tuple(name for name in names.split(",") if not name.isascii())
    assert all(f"“{name}”" in finding.sentence for name in finding.columns)


def test_names_that_read_the_same_are_offered_once() -> None:
    data = read("date,España\n2025-01-01,1\n".encode("cp1252"))
    assert [(fix.name, fix.sentence) for fix in data.fixes] == [
        ("read_as_cp1250", "Read the file as Windows-1250 (Central European): “Espańa”.")
    ]
    assert read("date,Umsätze\n2025-01-01,1\n".encode("cp1252"), fixes=["read_as_cp1250"]).accepted == ()


@pytest.mark.parametrize("codec", ["cp1252", "cp1251"])
def test_cells_alone_are_a_note(codec: str) -> None:
    cell = {"cp1252": "café", "cp1251": "Выручка"}[codec]
    data = read(f"date,note,a\n2025-01-01,{cell},1\n".encode(codec))
    finding = next(found for found in data.findings if found.check == "encoding")
    assert (finding.level, data.encoding, data.fixes) == (Level.NOTE, codec, ())
    assert f"“{cell}”" in finding.sentence


@pytest.mark.parametrize("word", ["¹²³abc", "aÄbÖcÜüüü", "tvÄ", "ÄÖÜÄÖ", "a–b"])
def test_unlikely_letters_are_read_in_windows_1252_all_the_same(word: str) -> None:
    data = read(f"date,{word}\n2025-01-01,1\n".encode("cp1252"))
    assert data.frame.columns.tolist() == ["date", word] or data.encoding != "cp1252"


@pytest.mark.parametrize(("accents", "likely"), [(3, True), (4, False)])
def test_three_accents_in_a_row_are_likely(accents: int, likely: bool) -> None:
    word = ("a" + "é" * accents).encode("cp1252")
    found = [page.codec for page in code_pages.likely(word, [word])]
    assert ("cp1252" in found) is likely


def test_text_that_another_encoding_can_not_have_stays() -> None:
    assert code_pages.recoded("日", "cp1252", "cp1250") == "日"
    assert code_pages.recoded("Š", "cp1250", "gb18030") == "Š"


@pytest.mark.parametrize(
    ("codec", "common", "rare"),
    [
        # Signs and the most usual characters, the first to the last; what stands before and behind these.
        ("cp949", "、가힝", ["Α", "ⅰ", "伽"]),
        ("cp932", "、ァぁ亜裂", ["А", "論"]),
        ("big5", "，一籲", ["Α", "兙", "乂"]),
        ("gb18030", "、！啊座", ["⒈", "ぁ", "亍"]),
    ],
)
def test_the_characters_of_a_code_page_are_those_in_common_use(
    codec: str, common: str, rare: list[str]
) -> None:
    def likely(text: str) -> bool:
        return codec in [page.codec for page in code_pages.likely(text.encode(codec), [text.encode(codec)])]

    assert likely(common)
    assert not any(likely(character) for character in rare)


@pytest.mark.parametrize(("lines", "encoding"), [(199, "cp1250"), (200, "cp1252")])
def test_two_hundred_lines_tell_the_encoding_of_cells(lines: int, encoding: str) -> None:
    # A Polish ł behind them is a sign that doesn't stand within words in Windows-1252.
    cells = ["5,café"] * lines + ["5,skład"]
    text = "tv,note\n" + "".join(f"{cell}\n" for cell in cells)
    assert decode(text.encode("cp1250")).encoding == encoding


@pytest.mark.parametrize(("before", "asked"), [(999_999, True), (1_000_000, False)])
def test_names_are_looked_for_in_the_first_million_bytes(before: int, asked: bool) -> None:
    data = b"date," + b" " * (before - 5) + b"\xe9\n2025-01-01,5\n"
    (finding,) = [finding for finding in decode(data).findings if finding.check == "encoding"]
    assert finding.level is (Level.CONFIRM if asked else Level.NOTE)


@pytest.mark.parametrize(("ends", "mixed"), [("\r\n", False), ("\n", True)])
def test_two_kinds_of_line_ends_are_mixed(ends: str, mixed: bool) -> None:
    findings = decode(f"date,tv\r\n2025-01-01,5{ends}").findings
    assert ("line_ends" in [finding.check for finding in findings]) is mixed
