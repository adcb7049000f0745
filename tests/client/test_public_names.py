"""Nothing public is forgotten: not in the exports, not in the drawing of the errors, not on the client."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import recast_api
from recast_api import RecastError, errors
from recast_api.sandbox import ROUTES

ERRORS = [
    value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, RecastError)
]


def test_everything_imported_is_exported():
    names = {name for name in vars(recast_api) if not name.startswith("_")}
    modules = {name for name in names if inspect.ismodule(getattr(recast_api, name))}
    assert sorted(names - modules) == sorted(recast_api.__all__)


@pytest.mark.parametrize("module", ["_http", "_input_errors", "client", "errors", "models", "runs"])
def test_every_public_class_and_constant_is_exported(module):
    source = Path(recast_api.__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    classes = {node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    public = {name for name in classes if not name.startswith("_")}
    assert public - {"Transport"} <= set(recast_api.__all__)


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = re.findall(r"^    ([│├└─ ]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    depths = {name: len(branch) // 4 for branch, name in drawn}
    assert set(depths) == {kind.__name__ for kind in ERRORS}
    for kind in ERRORS:
        assert depths[kind.__name__] == kind.__mro__.index(RecastError)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_sentence(kind):
    assert re.fullmatch(r"[A-Z].+[.]", (kind.__doc__ or "").splitlines()[0])


def test_every_public_function_has_a_docstring():
    for name in recast_api.__all__:
        value = getattr(recast_api, name)
        if inspect.isclass(value) and value.__module__.startswith("recast_api"):
            methods = inspect.getmembers(value, inspect.isfunction)
            assert all(
                method.__doc__
                for called, method in methods
                if not called.startswith("_") and method.__module__.startswith("recast_api")
            )


def test_every_route_of_the_sandbox_has_a_method(client, sandbox, form):
    run_id = client.runs.launch(form)
    client.runs.get(run_id)
    client.runs.list()
    client.runs.download_clean_data(run_id)
    called = [(request.method, request.path) for request in sandbox.requests]
    for method, path in ROUTES:
        pattern = re.sub(r"{\w+}", "[^/]+", path)
        assert any(verb == method and re.fullmatch(pattern, target) for verb, target in called)
    assert len(called) == len(ROUTES)
