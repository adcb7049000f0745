"""What reading finds and offers is registered, once: a rule in `rules.READING_RULES`, a fix in `FixName`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from recast_api.clean_data import CHECKS, READING_RULES, reading
from recast_api.clean_data.reading.offers import FixName

SOURCES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in Path(reading.__file__).parent.glob("*.py")
    if path.stem not in ("rules", "offers")
}
OFFERED_IN = {"Offer": ("name", 0), "Fix": ("name", 0), "_Kind": ("fix", 1)}
"""What is called with the name of a fix, and by which parameter."""
RULES = {rule.name for rule in READING_RULES}


def values_of(node: ast.expr) -> Iterator[ast.expr]:
    """The values that an expression may have."""
    if isinstance(node, ast.IfExp):
        yield from (*values_of(node.body), *values_of(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (value for part in node.values for value in values_of(part))
    else:
        yield node


def arguments(call: ast.Call, name: str, position: int) -> Iterator[ast.expr]:
    """What a call may give to a parameter, by its name or by its position."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == name]
    for argument in given or call.args[position : position + 1]:
        yield from values_of(argument)


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def rules_raised(source: str) -> set[str]:
    """The rules whose findings a source makes, each written out where a finding or its kind is made."""
    found = {
        value.value
        for _, call in calls(source)
        for keyword in call.keywords
        if keyword.arg == "check"
        for value in values_of(keyword.value)
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    nameless = [call for name, call in calls(source) if name == "Finding.of" and not has_check(call)]
    return found | {f"line {call.lineno}: a finding without a check" for call in nameless}


def has_check(call: ast.Call) -> bool:
    return any(keyword.arg == "check" for keyword in call.keywords)


def fixes_named(source: str) -> set[str]:
    """The fixes that a source names as such, and those that it offers under a name of its own."""
    tree = ast.parse(source)
    named = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "FixName"
    }
    own = {
        value.value
        for name, call in calls(source)
        if name in OFFERED_IN
        for value in arguments(call, *OFFERED_IN[name])
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    return named | own


def unregistered_rules(sources: dict[str, str]) -> set[str]:
    return set().union(*map(rules_raised, sources.values())) - RULES - {rule.name for rule in CHECKS}


def unregistered_fixes(sources: dict[str, str]) -> set[str]:
    return set().union(*map(fixes_named, sources.values())) - set(FixName.__members__)


def test_every_rule_that_is_raised_is_registered() -> None:
    assert unregistered_rules(SOURCES) == set()


def test_every_registered_rule_can_be_raised() -> None:
    assert set().union(*map(rules_raised, SOURCES.values())) >= RULES


def test_every_fix_that_is_offered_has_its_place_in_the_order() -> None:
    assert unregistered_fixes(SOURCES) == set()


def test_every_registered_fix_is_offered_somewhere() -> None:
    assert set(FixName.__members__) <= set().union(*map(fixes_named, SOURCES.values()))


@pytest.mark.parametrize(
    ("source", "unregistered"),
    [
        ('Finding.of(Level.NOTE, "…", "…", check="too_blue")', {"too_blue"}),
        ('Finding.of(Level.NOTE, "…", "…", check="encoding" if old else "too_blue")', {"too_blue"}),
        ('_Kind(check="too_blue", fix=FixName.PERCENT)', {"too_blue"}),
        ('x = 1\nFinding.of(Level.NOTE, "…", "…")', {"line 2: a finding without a check"}),
        ('Finding.of(Level.NOTE, "…", "…", check="encoding")', set()),
    ],
)
def test_a_made_up_rule_is_noticed(source: str, unregistered: set[str]) -> None:
    assert unregistered_rules({**SOURCES, "made_up": source}) == unregistered


@pytest.mark.parametrize(
    ("source", "unregistered"),
    [
        ('Offer("paint_it_red", "encoding", "…", Edit())', {"paint_it_red"}),
        ('Offer(name="paint_it_red", check="encoding", sentence="…", edit=Edit())', {"paint_it_red"}),
        ('Offer(FixName.PAINT_IT_RED, "encoding", "…", Edit())', {"PAINT_IT_RED"}),
        ('_Kind(check="percent", fix="paint_it_red")', {"paint_it_red"}),
        ('Fix(name="paint_it_red", check="encoding", sentence="…", line_count=1)', {"paint_it_red"}),
        ('Offer(FixName.PERCENT, "percent", "…", Edit())', set()),
    ],
)
def test_a_made_up_fix_is_noticed(source: str, unregistered: set[str]) -> None:
    assert unregistered_fixes({**SOURCES, "made_up": source}) == unregistered


@pytest.mark.parametrize("name", ["encoding", "percent"])
def test_a_rule_or_fix_that_nothing_uses_any_more_is_noticed(name: str) -> None:
    without = {stem: source.replace(f'"{name}"', '"other"') for stem, source in SOURCES.items()}
    assert RULES - set().union(*map(rules_raised, without.values())) == {name}
    unnamed = {stem: source.replace(f"FixName.{name.upper()}", "None") for stem, source in SOURCES.items()}
    left = set(FixName.__members__) - set().union(*map(fixes_named, unnamed.values()))
    assert left == ({name.upper()} if name.upper() in FixName.__members__ else set())
