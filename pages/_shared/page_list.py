"""Every page of the app: registered here, and nowhere else.

The menu is made of this list, links lead to its pages, and the tests visit each of them. What each page asks
for in its address stands in `keys`.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Page:
    """A file that Streamlit serves, and how the menu shows it."""

    file: str
    """From the project's folder on, as `st.page_link` and `st.switch_page` take it."""
    label: str = ""
    """In the menu; a page without one is reached by links alone."""
    icon: str = ""

    @property
    def path(self) -> str:
        """In the address: `/` or `/runs`."""
        name = PurePosixPath(self.file).stem
        return "/" if name == "app" else f"/{name}"


OVERVIEW = Page("app.py", "Overview", ":material/home:")
LAUNCH = Page("pages/launch.py", "Launch", ":material/rocket_launch:")
RUNS = Page("pages/runs.py", "Runs", ":material/table_rows:")
RUN = Page("pages/run.py")
JOURNAL = Page("pages/journal.py", "Journal", ":material/menu_book:")

PAGES = (OVERVIEW, LAUNCH, RUNS, RUN, JOURNAL)
"""In the order of the menu."""
