"""A page is registered once, in `pages/_shared/page_list.py`; else it would be in no menu and no test."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.page_list import PAGES, Page
from tests.app.conftest import ROOT

RUNS = Page("pages/runs.py", "Runs", ":material/table_rows:")


def mismatches(root: Path, registered: Sequence[Page]) -> list[str]:
    """Files that Streamlit serves and nobody registered, and pages registered twice or without a file."""
    served = {"app.py", *(f"pages/{file.name}" for file in (root / "pages").glob("*.py"))}
    files = [page.file for page in registered]
    return [
        *(f"{file} is not registered" for file in sorted(served - set(files))),
        *(f"{file} is not there" for file in files if file not in served),
        *(f"{file} is registered twice" for file in sorted({one for one in files if files.count(one) > 1})),
    ]


def test_every_page_is_registered() -> None:
    assert mismatches(ROOT, PAGES) == []


@pytest.mark.parametrize(
    ("files", "registered", "mismatch"),
    [
        (["runs.py", "calendar.py"], [RUNS], "pages/calendar.py is not registered"),
        ([], [RUNS], "pages/runs.py is not there"),
        (["runs.py"], [RUNS, RUNS], "pages/runs.py is registered twice"),
    ],
)
def test_a_mismatch_would_be_seen(
    tmp_path: Path, files: list[str], registered: list[Page], mismatch: str
) -> None:
    (tmp_path / "pages").mkdir()
    for name in files:
        (tmp_path / "pages" / name).touch()
    assert mismatches(tmp_path, [Page("app.py"), *registered]) == [mismatch]


@pytest.mark.parametrize("opened", PAGES, ids=lambda page: page.file)
def test_the_menu_is_on_every_page(page: Callable[[str], AppTest], opened: Page) -> None:
    app = page(opened.file).run()
    assert not app.exception
    links = app.sidebar.get("page_link")
    assert [link.proto.label for link in links] == [one.label for one in PAGES if one.label]
    assert all(link.proto.icon for link in links)


def test_a_pages_path_is_its_files_name() -> None:
    assert [page.path for page in (Page("app.py"), RUNS)] == ["/", "/runs"]


def test_the_readme_names_every_module_that_pages_share() -> None:
    readme = (ROOT / "pages" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", readme.partition("## What is in `_shared`")[2], re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(file.stem for file in (ROOT / "pages" / "_shared").glob("*.py"))
