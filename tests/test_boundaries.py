"""Who may import whom: the table of the design, held over the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLIENT = ("_http", "_input_errors", "_reply", "_wire", "client", "errors", "models", "runs", "sheets")
ANY_OF_CLIENT = ("=recast_api", *(f"recast_api.{name}" for name in CLIENT))

NOUNS = ("data", "findings", "groups", "sentences", "invisible", "columns", "daily")
NOUNS_OF_DATA = ("=recast_api.clean_data", *(f"recast_api.clean_data.{name}" for name in NOUNS))
ROOMS_OF_DATA = {
    "reading": (),
    "comparing": (),
    "planning": (),
    "checks": ("comparing", "planning"),
    "reporting": ("checks", "comparing", "planning"),
}
"""The rooms of clean data, and which others each may import beside the nouns."""
ALSO_FOR = {"reading": ("python_calamine",), "reporting": ("jinja2", "recast_api.inert_csv")}
"""What a room of clean data may import beside the libraries and the rooms that are about data."""


@dataclass(frozen=True)
class Room:
    """Files, and what they may import beside the standard library.

    `a` stands for the module a and all within it, `=a` for a alone.
    """

    name: str
    files: tuple[str, ...]
    may_import: tuple[str, ...]

    def lets(self, module: str) -> bool:
        return module.partition(".")[0] in sys.stdlib_module_names or any(
            module == rule.lstrip("=") or (not rule.startswith("=") and module.startswith(f"{rule}."))
            for rule in self.may_import
        )


# The first room that a file fits into is its room.
ROOMS = (
    Room("CSV to take away", ("recast_api/inert_csv.py",), ()),
    Room("transport", ("recast_api/_http.py",), ("requests", "urllib3", *ANY_OF_CLIENT)),
    Room("client", ("recast_api/*.py",), ("pydantic", "urllib3", *ANY_OF_CLIENT)),
    Room(
        "nouns of clean data",
        tuple(f"recast_api/clean_data/{name}.py" for name in NOUNS),
        ("pandas", "numpy", *NOUNS_OF_DATA),
    ),
    *(
        Room(
            f"clean data: {room}",
            (f"recast_api/clean_data/{room}/**/*.py",),
            (
                *("pandas", "numpy", *NOUNS_OF_DATA, *ALSO_FOR.get(room, ())),
                *(f"recast_api.clean_data.{own}" for own in (room, *others)),
            ),
        )
        for room, others in ROOMS_OF_DATA.items()
    ),
    Room("clean data", ("recast_api/clean_data/*.py",), ("recast_api.clean_data",)),
    Room(
        "journal",
        ("recast_api/journal/**/*.py",),
        ("sqlalchemy", "platformdirs", "recast_api.journal", "recast_api.errors", "recast_api.inert_csv"),
    ),
    Room(
        "launching",
        ("recast_api/launching/**/*.py",),
        (*ANY_OF_CLIENT, "recast_api.journal", "recast_api.launching"),
    ),
    Room(
        "preparing",
        ("recast_api/preparing/**/*.py",),
        (
            *("pandas", "recast_api.clean_data", "recast_api.journal", "recast_api.preparing"),
            *("recast_api.errors", "recast_api.models", "recast_api.sheets"),
        ),
    ),
    Room("sandbox", ("recast_api/sandbox/**/*.py",), ("starlette", "uvicorn", "numpy", "recast_api.sandbox")),
    Room("charts", ("pages/_shared/charts.py",), ("altair", "pandas", "recast_api.clean_data")),
    Room(
        "shared UI",
        ("pages/_shared/**/*.py",),
        ("streamlit", "altair", "pandas", "pages._shared", "recast_api"),
    ),
    Room("launch page", ("pages/launch.py", "pages/_launch/**/*.py"), ("streamlit", "pages", "recast_api")),
    Room("pages", ("app.py", "pages/*.py"), ("streamlit", "pages._shared", "recast_api")),
)


def sources() -> list[Path]:
    return [ROOT / "app.py", *(ROOT / "recast_api").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]


@cache
def files_of(pattern: str) -> frozenset[Path]:
    return frozenset(ROOT.glob(pattern))


def room_of(file: Path) -> Room:
    return next(room for room in ROOMS if any(file in files_of(pattern) for pattern in room.files))


def imports(source: str) -> Iterator[str]:
    """Every module that a source imports, at its top or within a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"
            yield from (module for alias in node.names if is_module(module := f"{node.module}.{alias.name}"))


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_imports_what_its_room_may(file):
    room = room_of(file)
    breaches = [module for module in imports(file.read_text(encoding="utf-8")) if not room.lets(module)]
    assert breaches == [], f"{room.name} may not import {', '.join(breaches)}"


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("recast_api/client.py", "import requests"),
        ("recast_api/runs.py", "def late():\n    from pandas import DataFrame"),
        ("recast_api/models.py", "from recast_api.sandbox import Sandbox"),
        ("recast_api/models.py", "from recast_api import sandbox"),
        ("recast_api/runs.py", "from . import models"),
        ("recast_api/inert_csv.py", "import pandas"),
        ("recast_api/inert_csv.py", "from recast_api.errors import RecastError"),
        ("recast_api/client.py", "from recast_api.inert_csv import inert_csv"),
        ("recast_api/clean_data/__init__.py", "import recast_api"),
        ("recast_api/clean_data/__init__.py", "import streamlit as st"),
        ("recast_api/clean_data/data.py", "from recast_api.clean_data.reading import tokens"),
        (
            "recast_api/clean_data/checks/units.py",
            "from recast_api.clean_data.reading.rules import ReadingRule",
        ),
        ("recast_api/clean_data/planning/windows.py", "from recast_api.clean_data import reading"),
        ("recast_api/clean_data/comparing/compare.py", "from recast_api.clean_data.reading import read"),
        ("recast_api/clean_data/reading/frame.py", "from recast_api.clean_data.checks import check"),
        ("recast_api/clean_data/reading/frame.py", "import jinja2"),
        ("recast_api/clean_data/reporting/profile.py", "import requests"),
        ("recast_api/sandbox/__init__.py", "from recast_api.models import Run"),
        ("recast_api/sandbox/__init__.py", "from recast_api import Run"),
        ("recast_api/journal/__init__.py", "import requests"),
        ("recast_api/preparing/questions.py", "import streamlit as st"),
        ("recast_api/preparing/questions.py", "import requests"),
        ("recast_api/preparing/form.py", "from recast_api.launching import Launcher"),
        ("pages/_shared/charts.py", "import streamlit"),
        ("pages/_launch/__init__.py", "import requests.sessions"),
        ("pages/runs.py", "from starlette.applications import Starlette"),
        ("pages/runs.py", "from pages import run"),
        ("app.py", "from pages.launch import form"),
    ],
)
def test_a_breach_would_be_seen(file, source):
    room = room_of(ROOT / file)
    assert any(not room.lets(module) for module in imports(source))


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        (
            "recast_api",
            {"streamlit", "pandas", "numpy", "altair", "jinja2", "starlette", "uvicorn", "sqlalchemy"},
        ),
        ("recast_api.clean_data", {"streamlit", "starlette", "uvicorn", "sqlalchemy"}),
        ("recast_api.journal", {"streamlit", "pandas", "starlette", "uvicorn"}),
        ("recast_api.launching", {"streamlit", "pandas", "starlette", "uvicorn"}),
        ("recast_api.preparing", {"streamlit", "starlette", "uvicorn"}),
        ("recast_api.sandbox", {"streamlit", "pandas", "sqlalchemy"}),
        ("pages._shared.charts", {"streamlit", "starlette"}),
    ],
)
def test_nothing_unwanted_comes_along(module, unwanted):
    code = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert unwanted.isdisjoint(loaded.split())
