"""Whether the names can name columns, or are data."""

import pytest

from recast_api.clean_data import read


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("2025-01-01,5,revenue,tv", False),
        ("2025-01-01,5,$6,tv", True),
        ("5,2025-01-01,6", True),
        ("inf,2025-01-01,6", True),
        ("date,5,6,7", False),
    ],
)
def test_a_header_of_mostly_values_is_data(header: str, missing: bool) -> None:
    row = ",".join(["2025-01-02", *"123456"][: header.count(",") + 1])
    checks = [finding.check for finding in read(f"{header}\n{row}\n").findings]
    assert ("header_missing" in checks) is missing
    assert not missing or checks == ["header_missing"]


def test_a_missing_header_is_all_that_is_said() -> None:
    (finding,) = read("2025-01-01,0,0,,\n2025-01-01,0,0,,\n\n").findings
    assert (finding.check, finding.lines) == ("header_missing", (1,))


def test_several_flaws_of_the_names_are_found_at_once() -> None:
    data = read("date,a b,a b,,\n2025-01-01,1,2,3,\n")
    assert [finding.check for finding in data.findings] == [
        "blank_headers",
        "duplicate_headers",
        "empty_columns",
        "header_spaces",
    ]
    assert not data.readable


def test_a_name_may_look_like_a_number():
    data = read("2025,date,a\n1,2025-01-01,2\n")
    assert data.frame.columns.tolist() == ["2025", "date", "a"]
    assert [finding.check for finding in data.findings] == ["names_in_r"]


@pytest.mark.parametrize(
    ("name", "shown", "clean"),
    [
        ("meta ", "meta␣", "meta"),
        ("  meta", "␣␣meta", "meta"),
        ("meta\u200b", "meta<U+200B>", "meta"),
        ("\u2060me\xadta", "<U+2060>me<U+00AD>ta", "meta"),
        ("Linear\xa0TV", "Linear<U+00A0>TV", "Linear TV"),
        ("meta\t", "meta<U+0009>", "meta"),
        ("Linear\nTV", "Linear<U+000A>TV", "Linear TV"),
        ("cafe\u0301", "cafe<U+0301>", "café"),
        ("me\u200dta", "me<U+200D>ta", "meta"),
        ("me\u200b\u200dé", "me<U+200B>\u200dé", "meé"),
        ("\x07meta", "<U+0007>meta", "meta"),
    ],
)
def test_what_cannot_be_seen_in_a_name_is_shown_and_taken_out(name: str, shown: str, clean: str) -> None:
    text = f'date,"{name}"\n2025-01-01,1\n'
    finding = next(found for found in read(text).findings if found.check == "invisible_in_name")
    assert (finding.columns, finding.values, finding.fix) == ((name,), (shown,), "clean_names")
    assert f"“{shown}”" in finding.sentence
    fixed = read(text, fixes=["clean_names"])
    assert fixed.frame.columns.tolist() == ["date", clean]
    assert "invisible_in_name" not in [found.check for found in fixed.findings]


@pytest.mark.parametrize("name", ["می\u200cخواهم", "👩\u200d💻", "tv_spend", "Ümsätze", "日本"])
def test_joiners_and_letters_of_other_scripts_stay(name: str) -> None:
    data = read(f"date,{name}\n2025-01-01,1\n")
    assert {finding.check for finding in data.findings} <= {"names_in_r"}
    assert data.fixes == ()


def test_a_name_of_nothing_visible_is_none() -> None:
    (finding,) = read("date,\u200b\n2025-01-01,1\n").findings
    assert finding.check == "blank_headers"


def test_names_that_look_the_same_are_named_together_and_have_no_fix() -> None:
    data = read("date,meta,meta\u200b,META\n2025-01-01,1,2,3\n")
    (finding,) = data.findings
    assert (finding.check, finding.columns) == ("names_alike", ("meta", "meta\u200b", "META"))
    assert "case or in characters that can't be seen: “meta”, “meta<U+200B>” and “META”" in finding.sentence
    assert data.fixes == ()


def test_a_name_there_twice_is_not_said_to_look_alike() -> None:
    (finding,) = read("date,meta,meta\n2025-01-01,1,2\n").findings
    assert finding.check == "duplicate_headers"


def test_a_date_that_only_looks_like_date_is_made_date() -> None:
    text = "date ,a\n2025-01-01,1\n"
    assert [finding.check for finding in read(text).findings] == ["invisible_in_name"]
    assert read(text, fixes=["clean_names"]).findings == ()
    both = read("Day ,a\n2025-01-01,1\n", fixes=["clean_names", "rename_date_column"])
    assert both.text == "date,a\n2025-01-01,1\n"


@pytest.mark.parametrize(
    ("name", "in_r"),
    [
        ("meta-us", "meta.us"),
        ("2nd_channel", "X2nd_channel"),
        ("tv(linear)", "tv.linear."),
        ("_tv", "X_tv"),
        (".5", "X.5"),
        ("TRUE", "TRUE."),
        ("tv.linear", None),
        (".tv", None),
        ("tv_2", None),
        ("Ümsatz", None),
    ],
)
def test_what_r_makes_of_names(name: str, in_r: str | None) -> None:
    findings = read(f"date,{name}\n2025-01-01,1\n").findings
    assert [finding.check for finding in findings] == ["names_in_r"] * bool(in_r)
    assert all(f"{name} ({in_r})" in finding.sentence for finding in findings)
