"""How dates are written, in sentences."""

from recast_api.clean_data import read


def test_forms_are_named_together() -> None:
    (finding,) = read("date,a\n2025-1-1,1\n2025-01-02T00:00,2\n13/1/2025,3\n2025-01-04,4\n").findings
    words = "without leading zeros and with a time of day or a time zone and day first: “2025-1-1”"
    assert words in finding.sentence
    assert (finding.lines, finding.fix) == ((2, 3, 4), "dates_day_first")


def test_what_cannot_be_read_is_named_beside_what_can() -> None:
    data = read("date,a\n1/2/2025,1\n,2\nsoon,3\n")
    assert [(finding.check, finding.lines) for finding in data.findings] == [
        ("date_unreadable", (3, 4)),
        ("date_order_unknown", (2,)),
    ]
    assert "“(empty)” and “soon”" in data.findings[0].sentence
