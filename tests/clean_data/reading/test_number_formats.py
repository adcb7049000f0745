"""Cells of numbers, form by form."""

import pytest

from recast_api.clean_data.reading import number_formats
from recast_api.clean_data.reading.number_formats import Form
from recast_api.clean_data.reading.number_patterns import Decimals


@pytest.mark.parametrize(
    ("cell", "form", "written"),
    [
        ("12.5", Form.PLAIN, "12.5"),
        (" 12 ", Form.PLAIN, " 12 "),
        ("1e5", Form.PLAIN, "1e5"),
        ("inf", Form.PLAIN, "inf"),
        ("1,234", Form.FORMATTED, "1234"),
        ("1,234,567.5", Form.FORMATTED, "1234567.5"),
        ("12,34,567", Form.FORMATTED, "1234567"),
        ("1 234.5", Form.FORMATTED, "1234.5"),
        ("1\u202f234", Form.FORMATTED, "1234"),
        ("1’234.5", Form.FORMATTED, "1234.5"),
        ("$1,234.50", Form.FORMATTED, "1234.50"),
        ("-$5", Form.FORMATTED, "-5"),
        ("$-5", Form.FORMATTED, "-5"),
        ("US$ 5", Form.FORMATTED, "5"),
        ("5 kr", Form.FORMATTED, "5"),
        ("EUR 5", Form.FORMATTED, "5"),
        ("(5)", Form.FORMATTED, "-5"),
        ("$(5)", Form.FORMATTED, "-5"),
        (" $ (1,234.50)", Form.FORMATTED, "-1234.50"),
        ("$ -", Form.FORMATTED, "0"),
        ("$-", Form.FORMATTED, "0"),
        (" $ -   ", Form.FORMATTED, "0"),
        (" -   ", Form.FORMATTED, "0"),
        ("- €", Form.FORMATTED, "0"),
        ("US$ –", Form.FORMATTED, "0"),
        ("-   ", Form.MISSING_WORD, ""),
        (r"\N", Form.MISSING_WORD, ""),
        ("#NV", Form.MISSING_WORD, ""),
        ("#REF!", Form.TEXT, "#REF!"),
        ("$ --", Form.TEXT, "$ --"),
        ("($5)", Form.FORMATTED, "-5"),
        ("5-", Form.FORMATTED, "-5"),
        ("−5", Form.FORMATTED, "-5"),
        ("12.5%", Form.PERCENT, "12.5%"),
        ("(3 %)", Form.PERCENT, "-3%"),
        ("NA", Form.MISSING_WORD, ""),
        ("#N/A", Form.MISSING_WORD, ""),
        (" - ", Form.MISSING_WORD, ""),
        ("  ", Form.MISSING_WORD, ""),
        ("", Form.EMPTY, ""),
        ("False", Form.TRUTH, "0"),
        ("(-5)", Form.TEXT, "(-5)"),
        ("#DIV/0!", Form.TEXT, "#DIV/0!"),
        ("12,5", Form.TEXT, "12,5"),
        ("%", Form.TEXT, "%"),
    ],
)
def test_forms_of_numbers(cell, form, written):
    assert number_formats.plain(cell, Decimals.POINT) == (form, written)


@pytest.mark.parametrize(
    ("cell", "written"),
    [("1.234,5", "1234.5"), ("1.234", "1234"), ("12,5 €", "12.5"), ("1 234,5", "1234.5"), (",5", "0.5")],
)
def test_numbers_with_a_decimal_comma(cell, written):
    assert number_formats.plain(cell, Decimals.COMMA) == (Form.FORMATTED, written)
