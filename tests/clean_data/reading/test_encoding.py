"""Bytes to text: what changes unasked, and what is no text."""

import gzip
import hashlib

import pytest

from recast_api.clean_data import Level, read
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
        (b"date,caf\x81\n", "line 1 holds the byte 0x81"),
        (b"date\r\na,b\r\nc\x9d,\xe9", "line 3 holds the byte 0x9D"),
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
