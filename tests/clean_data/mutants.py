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
WEEK = 7
WORDING = {"shorten", "round", "split"}
"""Functions whose numbers say how something is written rather than when it is found."""
NO_THRESHOLDS = {
    ("checks/calendar.py", "future_dates"): "days that are put into spans, of which three are named: speed",
    ("checks/collinearity.py", "_factors"): "one channel has no factor and two have a correlation; a ridge "
    "that keeps the matrix of an exact sum invertible",
    (
        "reading/shapes.py",
        "*",
    ): "how cells are laid out in bytes, and which are worth a code: a matter of speed; "
    "tests of any text compare it with the slow way, cell by cell",
    ("reading/cells.py", "BYTES_AT_A_TIME"): "how much is searched at a time: a matter of memory",
    ("reading/cells.py", "_WEIGHTS"): "the sign of a vote",
    ("reading/code_pages.py", "PAGES"): "the first bytes of the common characters, by the standards of these "
    "code pages: beside most of them there are none",
    ("reading/cut.py", "CELLS_OF_A_BLOCK"): "how much is cut at a time: a matter of memory",
    ("reading/workbook.py", "_CHUNK"): "how much is unpacked at a time: a matter of memory",
    (
        "planning/levels.py",
        "_far",
    ): "columns that get a closer look, well within all limits: a matter of speed",
    ("reading/tokens.py", "BLOCK"): "how much is tokenised at a time: a matter of speed",
    ("reading/tokens.py", "SAMPLE"): "how much is looked at to guess: a matter of speed",
    ("reading/cells.py", "CELLS_AT_A_TIME"): "how much is parsed at a time: a matter of memory",
    ("reading/encoding.py", "CONTROLS"): "the numbers of ASCII's control characters",
    ("reading/date_formats.py", "ORDERS"): "positions of year, month and day",
    ("reading/frame.py", "MANY_TEXTS"): "which of two ways makes the same frame: a matter of speed",
    ("reading/tokens.py", "_filled"): "rows this short are looked into for blanks: a matter of speed",
    ("checks/__init__.py", "latest_today"): "the earliest time zone: noticed in one hour of the day alone",
    ("comparing/causes.py", "_SHIFTS"): "both directions, from one day on: moved by none, no cell changes",
    (
        "planning/newest_days.py",
        "SPANS",
    ): "the search for the first low day, in spans that overlap: what it finds "
    "is any number of days from two to eight weeks, which is pinned",
    ("planning/newest_days.py", "_low_weeks"): "the same search, for the zeros at the end",
    ("planning/newest_days.py", "_low_weeks_within"): "the same search, within one span",
    ("columns.py", "words"): "how much of a name is taken apart: a matter of speed",
    ("daily.py", "BLOCK_COLUMNS"): "how much is computed at a time: a matter of speed",
    ("daily.py", "BLOCK_ROWS"): "how much is computed at a time: a matter of speed",
}
"""Numbers whose exact value nobody can notice, by file and constant or function (`*` for all), and why."""


@dataclass(frozen=True)
class Mutant:
    """One number of the source, changed."""

    path: Path
    name: str
    """The constant, or the function that the number stands in."""
    constant: bool
    """Whether it is a constant of the module rather than a number within a function."""
    line: int
    position: int
    """Which of the module's numbers it is, in the order in which `Numbers` finds them."""
    before: str
    after: str

    @property
    def module(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    @property
    def code(self) -> CodeType:
        """The module's code, of the changed tree: Python 3.11 misplaces the numbers within f-strings."""
        tree = ast.parse(self.path.read_text("utf-8"))
        _, _, number, _ = numbers_of(tree)[self.position]
        Exchange(number, ast.parse(self.after, mode="eval").body).visit(tree)
        return compile(ast.fix_missing_locations(tree), str(self.path), "exec", dont_inherit=True)

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
            return
        assert isinstance(node, ast.expr)
        if not self.in_function or self._may_be_threshold(node, value):
            self.found.append((self.name, not self.in_function, node, value))

    def _may_be_threshold(self, node: ast.expr, value: int | float) -> bool:
        if isinstance(value, int):
            # Compared with, 7 is a limit; elsewhere it is the days of a week, as in `7 * WEEKS`.
            if self.structural > 1 and WEEK in map(number_of, ast.walk(node)):
                return False
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


class Exchange(ast.NodeTransformer):
    """Put one expression in the place of another."""

    def __init__(self, before: ast.expr, after: ast.expr) -> None:
        self.before = before
        self.after = after

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.after, node) if node is self.before else self.generic_visit(node)


def numbers_of(tree: ast.AST) -> list[tuple[str, bool, ast.expr, int | float]]:
    """Return the numbers that may be thresholds: where each stands, whether in a constant, node, value."""
    finder = Numbers()
    finder.visit(tree)
    return finder.found


def as_written(source: str, node: ast.expr, value: int | float) -> str:
    """Return a number as its source has it, or its value where it stands within an f-string."""
    written = ast.get_source_segment(source, node)
    try:
        return written if written and number_of(ast.parse(written, mode="eval").body) == value else str(value)
    except SyntaxError:
        return str(value)


def mutants_of(path: Path) -> Iterator[Mutant]:
    source, file = path.read_text("utf-8"), path.relative_to(ROOM).as_posix()
    for position, (name, constant, node, value) in enumerate(numbers_of(ast.parse(source))):
        if NO_THRESHOLDS.keys().isdisjoint((file, each) for each in (name, "*")):
            before = as_written(source, node, value)
            for after in changed(value):
                yield Mutant(path, name, constant, node.lineno, position, before, after)


def all_mutants() -> list[Mutant]:
    folders = (path for folder in (*CHECKED, "reading") for path in sorted((ROOM / folder).glob("*.py")))
    return [mutant for path in (*folders, *(ROOM / noun for noun in NOUNS)) for mutant in mutants_of(path)]
