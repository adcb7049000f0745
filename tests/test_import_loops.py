"""No two files and no two packages need each other, and no import is hidden from the program that runs.

A loop means that neither of two rooms can be read, tested or changed without the other. `TYPE_CHECKING` keeps
a loop out of sight: where it seems to be needed, a value stands in the wrong file.
"""

import ast
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath

import pytest

from tests.test_boundaries import NOUNS, ROOT, sources

Graph = dict[str, set[str]]
"""What each file or package imports, of those that are looked at."""


def house() -> dict[PurePath, str]:
    return {file.relative_to(ROOT): file.read_text(encoding="utf-8") for file in sources()}


def module_of(file: PurePath) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(file: PurePath) -> str:
    """The folder; the nouns of clean data are apart: the package itself imports the rooms that use them."""
    folder = ".".join(file.parent.parts)
    return f"{folder}: nouns" if folder == "recast_api.clean_data" and file.stem in NOUNS else folder


@cache
def parsed(source: str) -> tuple[ast.AST, ...]:
    """Everything in a source: each loop below changes one file and reads all the others as they were."""
    return tuple(ast.walk(ast.parse(source)))


def imported(source: str, modules: set[str]) -> set[str]:
    """Which of the modules a source imports, at its top or within a function."""
    found: set[str] = set()
    for node in parsed(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            # `from package import module` needs that module alone; any other name is the package's own.
            found |= named if named <= modules else named | {str(node.module)}
    return found & modules


def graph_of_files(files: Mapping[PurePath, str]) -> Graph:
    modules = {module_of(file) for file in files}
    return {module_of(file): imported(source, modules) for file, source in files.items()}


def graph_of_packages(files: Mapping[PurePath, str]) -> Graph:
    packages = {module_of(file): package_of(file) for file in files}
    graph: Graph = {package: set() for package in packages.values()}
    for module, others in graph_of_files(files).items():
        graph[packages[module]] |= {packages[other] for other in others} - {packages[module]}
    return graph


def loop_in(graph: Graph) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_package_needs_itself_by_way_of_others():
    assert loop_in(graph_of_packages(house())) == []


def test_no_file_needs_itself_by_way_of_others():
    assert loop_in(graph_of_files(house())) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("recast_api/runs.py", "from recast_api.journal import Journal"),
        ("recast_api/journal/store.py", "from recast_api.launching import run_list"),
        ("recast_api/journal/store.py", "def late():\n    import recast_api.launching.launcher"),
        ("recast_api/clean_data/findings.py", "from recast_api.clean_data.reading import read"),
        ("recast_api/clean_data/planning/windows.py", "from recast_api.clean_data.checks import check"),
        ("pages/_shared/frame.py", "from pages._launch import sending"),
    ],
)
def test_a_loop_of_packages_would_be_seen(file, line):
    files = house()
    files[PurePath(file)] += f"\n{line}\n"
    assert loop_in(graph_of_packages(files)) != []


def test_a_loop_of_files_within_a_package_would_be_seen():
    files = house()
    files[PurePath("recast_api/errors.py")] += "\nfrom recast_api.runs import Runs\n"
    assert loop_in(graph_of_packages(files)) == []
    assert {"recast_api.errors", "recast_api.runs"} <= {*loop_in(graph_of_files(files))}


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_import_is_for_the_type_checker_alone(file):
    assert "TYPE_CHECKING" not in file.read_text(encoding="utf-8")
