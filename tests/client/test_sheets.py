"""Addresses of Google Sheets as people paste them."""

import pytest

from recast_api.sheets import SheetForm, plain_address, sheet_form, sheet_id

ID = "1aB-_9zYxWvUtSrQpOnMlKjIhGfEdCbA0123456789abc"
PLAIN = f"https://docs.google.com/spreadsheets/d/{ID}/edit"


@pytest.mark.parametrize(
    "url",
    [
        PLAIN,
        f"https://docs.google.com/spreadsheets/d/{ID}",
        f"https://docs.google.com/spreadsheets/d/{ID}/",
        f"https://docs.google.com/spreadsheets/d/{ID}?usp=sharing",
        f"https://docs.google.com/spreadsheets/d/{ID}#gid=0",
        f"{PLAIN}?usp=drive_link&ouid=1234#gid=0&range=A1:B2",
        f"https://docs.google.com/spreadsheets/d/{ID}/copy",
        f"https://docs.google.com/spreadsheets/d/{ID}/export?format=csv",
        f" \u00a0{PLAIN}\r\n",
    ],
)
def test_the_plain_form(url):
    assert (sheet_form(url), sheet_id(url), plain_address(url)) == (SheetForm.PLAIN, ID, PLAIN)


@pytest.mark.parametrize(
    "url",
    [
        f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit#gid=0",
        f"https://docs.google.com/spreadsheets/u/12/d/{ID}",
        f"https://docs.google.com/u/1/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com/a/acme.com/spreadsheets/d/{ID}/edit?usp=sharing",
        f"https://docs.google.com/a/acme.com/spreadsheets/u/0/d/{ID}",
        f"HTTPS://Docs.Google.com/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com:443/spreadsheets/d/{ID}/edit",
        f"https://docs.google.com/spreadsheets/d/%31{ID[1:]}/edit",
        f"{PLAIN}#gid=0&range=Übersicht",
    ],
)
def test_another_spelling_of_a_sheet(url):
    assert (sheet_form(url), sheet_id(url), plain_address(url)) == (SheetForm.OTHER, ID, PLAIN)


@pytest.mark.parametrize(
    "url",
    [
        f"http://docs.google.com/spreadsheets/d/{ID}/edit",
        f"http://docs.google.com:80/spreadsheets/u/0/d/{ID}/edit",
        f"docs.google.com/spreadsheets/d/{ID}/edit",
        f"docs.google.com:443/spreadsheets/d/{ID}/edit",
        f"//docs.google.com/spreadsheets/d/{ID}/edit",
        f"https://drive.google.com/file/d/{ID}/view?usp=sharing",
        f"https://drive.google.com/file/u/1/d/{ID}/view",
        f"https://drive.google.com/a/acme.com/file/d/{ID}/view",
        f"https://drive.google.com/open?id={ID}&authuser=1",
        f"https://drive.google.com/u/1/open?authuser=1&id={ID}",
        f"https://drive.google.com/uc?export=download&id={ID}",
        f"drive.google.com/open?id={ID}",
        f"https://sheets.google.com/spreadsheets/d/{ID}/edit",
        f"https://sheets.google.com/d/{ID}",
        f"https://spreadsheets.google.com/ccc?key={ID}&hl=en",
        f"https://docs.google.com/spreadsheet/ccc?key={ID}#gid=0",
        f"https://docs.google.com/a/acme.com/spreadsheet/pub?key={ID}",
    ],
)
def test_what_the_api_may_or_may_not_take(url):
    assert (sheet_form(url), sheet_id(url), plain_address(url)) == (SheetForm.UNCLEAR, ID, PLAIN)


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.google.com/spreadsheets/d/e/2PACX-1vabc/pubhtml?gid=0&single=true",
        "https://docs.google.com/a/acme.com/spreadsheets/d/e/2PACX-1vabc/pub?output=csv",
        "https://docs.google.com/spreadsheets/u/1/d/e/2PACX-1vabc/pubhtml",
    ],
)
def test_a_published_sheet_does_not_tell_its_id(url):
    assert (sheet_form(url), sheet_id(url), plain_address(url)) == (SheetForm.UNCLEAR, None, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "nonsense",
        "priors sheet",
        ID,
        "https://docs.google.com",
        "https://docs.google.com/",
        "https://docs.google.com/spreadsheets/",
        "https://docs.google.com/spreadsheets/d/",
        "https://docs.google.com/spreadsheets/d/.../edit",
        "https://docs.google.com/spreadsheets/d/%2e%2e/edit",
        "https://docs.google.com/spreadsheets/d/abc%2Fedit",
        "https://docs.google.com/spreadsheets%2Fd%2Fabc",
        "https://docs.google.com/Spreadsheets/D/abc",
        "https://docs.google.com/spreadsheets/u/one/d/abc",
        "https://docs.google.com/spreadsheets/d/abc edit",
        "https://docs.google.com/spreadsheets/d/a\nbc",
        "https://docs.google.com/spreadsheets/d/a\u200bbc",
        "https://docs.google.com/document/d/abc/edit",
        "https://docs.google.com/document/d/abc/edit?id=abc",
        "https://docs.google.com/presentation/d/abc",
        "https://docs.google.com/forms/d/e/abc/viewform",
        "https://drive.google.com/drive/folders/abc",
        "https://drive.google.com/open",
        "https://drive.google.com/open?id=",
        "https://spreadsheets.google.com/ccc?key=a%20b",
        "https://docs.google.com.example.com/spreadsheets/d/abc",
        "https://example.com/spreadsheets/d/abc",
        "https://example.com/?next=https://docs.google.com/spreadsheets/d/abc",
        "https://me@docs.google.com/spreadsheets/d/abc",
        "https://docs.google.com@example.com/spreadsheets/d/abc",
        "https://docs.google.com\\@example.com/spreadsheets/d/abc",
        "https://docs.google.com:8443/spreadsheets/d/abc",
        "https://docs.google.com:80/spreadsheets/d/abc",
        "https://docs.google.com:port/spreadsheets/d/abc",
        "https://[docs.google.com/spreadsheets/d/abc",
        "ftp://docs.google.com/spreadsheets/d/abc",
        "htps://docs.google.com/spreadsheets/d/abc",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_of_a_sheet(url):
    assert (sheet_form(url), sheet_id(url), plain_address(url)) == (None, None, None)


def test_two_sheets_have_two_ids():
    assert sheet_id(PLAIN) != sheet_id(PLAIN.replace("9", "8", 1))
