"""The numbers of the checks that may be thresholds, each changed a little: see `mutate`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "recast_api" / "clean_data"
CHECKED = ("checks", "comparing", "planning")
"""Folders whose thresholds are noticed by the tests of the same three folders, as are those of the nouns."""
NOUNS = ("columns.py", "daily.py")
STRUCTURAL_KEYWORDS = {"axis", "prepend", "append", "minlength", "ndmin", "decimals"}
WORDING = {"shorten", "round", "split"}
"""Functions whose numbers say how something is written rather than when it is found."""
NO_THRESHOLDS = {
    ("reading/tokens.py", "BLOCK"): "how much is tokenised at a time: a matter of speed",
    ("reading/tokens.py", "SAMPLE"): "how much is looked at to guess: a matter of speed",
    ("reading/cells.py", "CELLS_AT_A_TIME"): "how much is parsed at a time: a matter of memory",
    ("reading/encoding.py", "CONTROLS"): "the numbers of ASCII's control characters",
    ("reading/date_formats.py", "ORDERS"): "positions of year, month and day",
    ("reading/frame.py", "MANY_TEXTS"): "which of two ways makes the same frame: a matter of speed",
    ("reading/header.py", "filled_records"): "rows this short are looked into for blanks: a matter of speed",
    ("checks/__init__.py", "latest_today"): "the earliest time zone: noticed in one hour of the day alone",
    ("daily.py", "BLOCK_COLUMNS"): "how much is computed at a time: a matter of speed",
    ("daily.py", "BLOCK_ROWS"): "how much is computed at a time: a matter of speed",
}
"""Constants whose exact value nobody can notice, and why."""


@dataclass(frozen=True)
class Mutant:
    """One number of the source, changed."""

    path: Path
    name: str
    """The constant, or the function that the number stands in."""
    constant: bool
    """Whether it is a constant of the module rather than a number within a function."""
    line: int
    start: int
    end: int
    """Where the number begins and ends in the bytes of the source."""
    before: str
    after: str

    @property
    def module(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    @property
    def code(self) -> CodeType:
        """The module's code, compiled from the changed source."""
        raw = self.path.read_bytes()
        changed = raw[: self.start] + self.after.encode() + raw[self.end :]
        return compile(changed, str(self.path), "exec", dont_inherit=True)

    @property
    def of_reading(self) -> bool:
        return self.path.parent.name == "reading"

    def __str__(self) -> str:
        where = f"{self.path.relative_to(ROOM)}:{self.line}"
        return f"{where:<34} {self.name + ('' if self.constant else '()'):<26} {self.before} -> {self.after}"


def changed(value: int | float) -> tuple[str, str]:
    """What a number becomes: a tenth less and more of a fraction, one less and more of an integer."""
    if isinstance(value, int):
        return str(value - 1), str(value + 1)
    return f"{value * 0.9:.12g}", f"{value * 1.1:.12g}"


def number_of(node: ast.AST) -> int | float | None:
    """Return the value of an expression that consists of numbers alone, such as `5 * 10**6`."""
    numbers = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    if not isinstance(node, ast.expr) or not all(isinstance(part, numbers) for part in ast.walk(node)):
        return None
    value = eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}})
    return value if type(value) in (int, float) else None


class Numbers(ast.NodeVisitor):
    """Find the numbers of a module that may be thresholds."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bool, ast.expr, int | float]] = []
        self.name = ""
        self.in_function = False
        self.structural = 2
        """Within functions, integers up to this are arithmetic of rows and columns: 0, 1, halves, `[:3]`."""

    def visit(self, node: ast.AST) -> None:
        value = number_of(node)
        if value is None:
            super().visit(node)
        elif not self.in_function or self._may_be_threshold(value):
            assert isinstance(node, ast.expr)
            self.found.append((self.name, not self.in_function, node, value))

    def _may_be_threshold(self, value: int | float) -> bool:
        if isinstance(value, int):
            return abs(value) > self.structural
        return value not in (0.0, 1.0, -1.0)

    def _within(self, structural: int, *nodes: ast.AST) -> None:
        outer, self.structural = self.structural, structural
        for node in nodes:
            self.visit(node)
        self.structural = outer

    def visit_Assign(self, node: ast.Assign) -> None:
        target, value = node.targets[0], node.value
        if self.in_function:
            self.visit(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=True):
                self._constant(one, part)
        else:
            self._constant(target, value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value) if self.in_function else self._constant(node.target, node.value)

    def _constant(self, target: ast.expr, value: ast.expr) -> None:
        self.name = ast.unparse(target)
        self.visit(value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """The numbers of a class are members of an enumeration and defaults of fields; its methods count."""
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                self.visit(part)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.name, self.in_function = (self.name, self.in_function), node.name, True
        # Decorators hold the threshold in words, annotations hold types.
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body):
            self.visit(part)
        self.name, self.in_function = outer

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        # An index by itself names a position; a bound may be a number of days.
        if number_of(node.slice) is None:
            self._within(3, node.slice)

    def visit_Compare(self, node: ast.Compare) -> None:
        for part in (node.left, *node.comparators):
            self._within(1 if number_of(part) is not None else self.structural, part)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if called not in WORDING:
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in STRUCTURAL_KEYWORDS:
            self.generic_visit(node)


def mutants_of(path: Path) -> Iterator[Mutant]:
    source = path.read_text("utf-8")
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    finder = Numbers()
    finder.visit(ast.parse(source))
    for name, constant, node, value in finder.found:
        if (path.relative_to(ROOM).as_posix(), name) in NO_THRESHOLDS:
            continue
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start, end = (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )
        before = source.encode()[start:end].decode()
        for after in changed(value):
            yield Mutant(path, name, constant, node.lineno, start, end, before, after)


def all_mutants() -> list[Mutant]:
    folders = (path for folder in (*CHECKED, "reading") for path in sorted((ROOM / folder).glob("*.py")))
    return [mutant for path in (*folders, *(ROOM / noun for noun in NOUNS)) for mutant in mutants_of(path)]
