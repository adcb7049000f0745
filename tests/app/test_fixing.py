"""Fixes on the launch page: a preview is made when its expander is open, and not before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from streamlit.testing.v1 import AppTest

from pages._launch.entered import Entered, FileChoices
from recast_api.clean_data import Change, CleanData, Finding, Fix, Level, check_data, read
from tests.app.fields import open_first_fix
from tests.app.test_checking import table_with
from tests.app.test_launch import upload

OpenPage = Callable[[str], AppTest]
ACCEPT = "Accept this fix"
SEMICOLONS = "date;revenue;tv\n2026-01-02;100;1\n2026-01-01;110;2\n"


@dataclass(frozen=True)
class Counted:
    """What can be fixed in some data, and how often it was asked what a fix would change."""

    data: CleanData
    previews: list[str] = field(default_factory=list)

    def fix(self, name: str) -> Fix | None:
        return self.data.fix(name)

    def changes(self, name: str) -> Iterator[Change]:
        self.previews.append(name)
        assert self.data.fixable is not None
        return self.data.fixable.changes(name)


def draw() -> None:
    import streamlit as st

    from pages._launch import fixing
    from recast_api.clean_data import worst_first

    state = st.session_state
    fixing.draw_fixes(state["entered"], state["choices"], state["data"], worst_first(state["found"]))


def drawn(data: CleanData, *found: Finding) -> tuple[AppTest, list[str]]:
    """The fixes alone, and the list of the previews that are made of them."""
    counted = Counted(data)
    app = AppTest.from_function(draw, default_timeout=30)
    app.session_state["entered"] = Entered("scope")
    app.session_state["choices"] = FileChoices()
    app.session_state["data"] = replace(data, fixable=counted)
    app.session_state["found"] = (*data.findings, *found)
    return app.run(), counted.previews


def unfold(app: AppTest, name: str, is_open: bool = True) -> AppTest:
    """Open or close the expander of a fix, as a click on it does."""
    app.session_state[Entered("scope").key("fix", name)] = is_open
    return app.run()


def test_closed_expanders_make_no_preview() -> None:
    app, previews = drawn(read(SEMICOLONS))
    app.run()
    assert [one.label for one in app.button] == [ACCEPT]
    assert (previews, len(app.dataframe)) == ([], 0)


def test_the_open_one_makes_its_own() -> None:
    data = read(SEMICOLONS)
    app, previews = drawn(data, *check_data(data))
    assert len(app.expander) == 2
    app = unfold(app, "sort_by_date")
    assert previews == ["sort_by_date"]
    assert table_with(app, "as it would be sent") == ["2026-01-01;110;2", "2026-01-02;100;1"]
    app = unfold(app, "sort_by_date", is_open=False)
    assert (previews, len(app.dataframe)) == (["sort_by_date"], 0)


@pytest.mark.parametrize(("rows", "captions"), [(49, 0), (50, 1)])
def test_a_long_preview_is_cut_and_says_so(rows: int, captions: int) -> None:
    lines = "".join(f"2026-01-01;{row}\n" for row in range(rows))
    app, _ = drawn(read("date;revenue\n" + lines))
    app = unfold(app, "separator")
    assert len(table_with(app, "line")) == min(rows + 1, 50)
    assert len(app.caption) == captions


def test_what_would_change_nothing_is_not_offered() -> None:
    data = read(SEMICOLONS.replace(";", ","))
    in_order = read(data.text, fixes=["sort_by_date"]).text
    found_earlier = Finding.of(Level.NOTE, "…", "Sort.", check="unsorted_dates", fix="sort_by_date")
    assert len(drawn(data, found_earlier)[0].expander) == 1
    assert len(drawn(read(in_order), found_earlier)[0].expander) == 0


def test_a_fix_on_top_of_another_shows_what_it_changes_then(connected_page: OpenPage) -> None:
    app = upload(connected_page("pages/launch.py").run(), b"date;revenue;tv\n13/1/2026;5;1\n14/1/2026;6;2\n")
    app = next(one for one in app.button if one.label == ACCEPT).click().run()
    app = open_first_fix(app)
    assert table_with(app, "as delivered") == ["date;revenue;tv", "2026-01-13;5;1", "2026-01-14;6;2"]
    assert table_with(app, "as it would be sent") == ["date,revenue,tv", "2026-01-13,5,1", "2026-01-14,6,2"]
