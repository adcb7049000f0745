"""Every key of the session and every query parameter is one of `pages/_shared/keys.py`."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import keys
from pages._shared.page_list import PAGES
from tests.app.conftest import ROOT
from tests.app.test_launch import choose, upload

OpenPage = Callable[[str], AppTest]
FILES = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]
STORES = ("st.session_state", "st.query_params")
KEPT_BY_PYTHON = ("get", "pop", "setdefault")


def foreign_keys(source: str) -> Iterator[str]:
    """Where a key is written out instead of taken from `keys`, or from a page's own `key(…)` made of it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for key in keys_in(node):
            if not is_listed(key, tree):
                yield f"line {key.lineno}: {ast.unparse(key)}"


def keys_in(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in STORES:
        yield node.slice
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if any(called == f"{store}.{name}" for store in STORES for name in KEPT_BY_PYTHON):
            yield node.args[0]
        if called == "st.form":
            yield node.args[0]
        for keyword in node.keywords:
            if keyword.arg == "key" and called.startswith("st."):
                yield keyword.value
            if keyword.arg == "query_params" and isinstance(keyword.value, ast.Dict):
                yield from (key for key in keyword.value.keys if key is not None)


def is_listed(key: ast.expr, tree: ast.Module) -> bool:
    text = ast.unparse(key)
    if text.startswith("keys.") or ".key(" in text:
        return True
    if not isinstance(key, ast.Name):
        return False
    if key.id in {argument.arg for node in ast.walk(tree) for argument in arguments(node)}:
        return True  # handed in by a caller, where it is looked at
    assigned = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == key.id for target in node.targets)
    ]
    return bool(assigned) and all(is_listed(value, tree) for value in assigned)


def arguments(node: ast.AST) -> list[ast.arg]:
    return node.args.args + node.args.kwonlyargs if isinstance(node, ast.FunctionDef) else []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_key_is_taken_from_the_list(file: Path) -> None:
    assert list(foreign_keys(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'st.session_state["mine"] = 1',
        'st.session_state.get("mine")',
        'st.session_state.setdefault(f"mine_{client}", {})',
        'st.text_input("Note", key="note")',
        'key = "note"\nst.text_input("Note", key=key)',
        'st.query_params["run"] = "1"',
        'st.switch_page("pages/run.py", query_params={"run": "1"})',
        'with st.container(key="box"): pass',
    ],
)
def test_a_key_of_a_pages_own_would_be_seen(source: str) -> None:
    assert list(foreign_keys(source))


@pytest.mark.parametrize("path", [page.file for page in PAGES])
def test_a_page_keeps_nothing_else_in_the_session(page: OpenPage, path: str, clean_csv: str) -> None:
    app = page(path)
    app.query_params["run"] = "2786"
    app.run()
    if path == "pages/launch.py":
        app = choose(upload(app, clean_csv.encode()), "holdout")
    assert not app.exception
    kept = set(app.session_state.to_dict())
    assert kept
    assert not [key for key in kept if not keys.is_listed(key)]


def test_a_key_of_no_list_is_none() -> None:
    assert keys.is_listed(keys.of_launch_page("scope", "note"))
    assert keys.is_listed(keys.PARAM_RUN)
    assert not keys.is_listed("launch_note")
