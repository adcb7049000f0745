"""Reads the source of the pages for text that Streamlit renders as Markdown and that may be foreign.

Such text must be made of what stands in the source itself, of numbers, and of what `plain.escape` returned.
A name is followed to all that is bound to it, a call of a page's own function to what it returns. Where the
parameter of a function ends up in Markdown, that argument is asked the same at each call. Whatever the
check can't follow is an offender: wrap it in `escape`, which leaves a plain sentence as it is.
"""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Argument = tuple[int | None, str]
"""Its place, None where it has none, and its keyword."""

_BODY: tuple[Argument, ...] = ((0, "body"),)
_LABEL: tuple[Argument, ...] = ((0, "label"),)
_OPTIONS: tuple[Argument, ...] = ((0, "label"), (None, "captions"), (None, "format_func"))

MARKDOWN: dict[str, tuple[Argument, ...]] = {
    **dict.fromkeys(("markdown", "caption", "title", "header", "subheader", "toast"), _BODY),
    **dict.fromkeys(("info", "warning", "error", "success"), _BODY),
    **dict.fromkeys(("badge", "button", "download_button", "link_button", "form_submit_button"), _LABEL),
    **dict.fromkeys(("checkbox", "toggle", "expander", "popover", "status"), _LABEL),
    **dict.fromkeys(("text_input", "text_area", "number_input", "date_input", "time_input"), _LABEL),
    **dict.fromkeys(("selectbox", "multiselect", "slider", "select_slider", "file_uploader"), _LABEL),
    **dict.fromkeys(("radio", "pills", "segmented_control"), _OPTIONS),
    "metric": ((0, "label"), (1, "value"), (2, "delta")),
    "page_link": ((None, "label"),),
    "progress": ((1, "text"),),
    "spinner": ((0, "text"),),
    "tabs": ((0, "tabs"),),
    "dialog": ((0, "title"),),
    "image": ((1, "caption"),),
}
"""What a function of Streamlit's, or a method of its containers, renders as Markdown."""

EVERYWHERE: tuple[Argument, ...] = ((None, "help"), (None, "placeholder"), (None, "show_spinner"))

PLAIN = frozenset(
    (
        *("altair_chart", "code", "column_config", "columns", "container", "dataframe", "empty", "form"),
        *("json", "logo", "pagination", "set_page_config", "sidebar", "text"),
        *("cache_data", "cache_resource", "context", "fragment", "get_option", "query_params", "rerun"),
        *("secrets", "session_state", "stop", "switch_page", "user"),
    )
)
"""What renders its text as it is, or none. Anything that is neither here nor above is an offender."""

INERT_CALLS: dict[str, str] = {
    "pages._shared.plain.escape": "the one function for foreign text",
    **dict.fromkeys(
        (f"pages._shared.times.{name}" for name in ("local", "ago", "until", "duration")),
        "digits, English words, and the short name of a time zone that this machine knows",
    ),
    "pages._shared.usual.sentence": "durations and a count between words of its own",
}
"""Functions of ours whose text is inert, and why."""

SILENT_ARGUMENTS = {"pages._launch.entered.widget": "a key and a callback"}
"""Functions of ours that make arguments of a widget of which none is shown as text."""

_NUMBERS = {"len", "int", "float", "round", "sum"}
_AS_ITS_ARGUMENTS = {"str", "list", "tuple", "sorted", "reversed", "enumerate", "zip", "min", "max"}
_AS_ITS_OBJECT = {"lower", "capitalize", "strip", "join", "items"}
_PUTS_IN = {"append", "extend", "insert"}

# Formats that Python refuses for text: of numbers and of dates.
_NOT_FOR_TEXT = re.compile(r"[-+ ]?(,(\.\d+)?[dfg]?|(\.\d+)?[dfge%])|%.+")

Function = ast.FunctionDef | ast.Lambda
Part = Literal["all", "keys", "values", "attribute"]
"""What is taken of something."""
Bound = list[tuple[ast.expr, Part | None]]
"""Expressions, and what is taken of each where that is known."""


@dataclass
class Module:
    """The source of one module of the pages, by its parts."""

    name: str
    source: str
    tree: ast.Module = field(init=False)
    imported: dict[str, str] = field(init=False, default_factory=dict)
    """What a name stands for that was imported, with dots."""
    functions: dict[str, ast.FunctionDef] = field(init=False, default_factory=dict)
    classes: set[str] = field(init=False, default_factory=set)
    around: dict[ast.AST, Function] = field(init=False, default_factory=dict)
    """The innermost function that a node stands in."""
    _bound: dict[Function, dict[str, Bound]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.source)
        for node in ast.walk(self.tree):  # outer functions before inner ones
            match node:
                case ast.ImportFrom():
                    self.imported |= {
                        one.asname or one.name: f"{node.module}.{one.name}" for one in node.names
                    }
                case ast.Import():
                    self.imported |= {one.asname or one.name: one.name for one in node.names}
                case ast.ClassDef():
                    self.classes.add(node.name)
                case ast.FunctionDef():
                    self.functions[node.name] = node
                    self.around |= dict.fromkeys(_walk(node.body), node)
                case ast.Lambda():
                    self.around |= dict.fromkeys(ast.walk(node.body), node)

    @cached_property
    def constants(self) -> dict[str, Bound]:
        return _bindings(node for node in ast.walk(self.tree) if node not in self.around)

    def bound_in(self, function: Function) -> dict[str, Bound]:
        if function not in self._bound:
            own = (node for node in ast.walk(function) if self.around.get(node) is function)
            self._bound[function] = _bindings(own)
        return self._bound[function]

    def dotted(self, node: ast.expr) -> str:
        """`times.local` as `pages._shared.times.local`; empty where it isn't names alone."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, f"{self.name}.{node.id}")
        if isinstance(node, ast.Attribute) and (home := self.dotted(node.value)):
            return f"{home}.{node.attr}"
        return ""


@dataclass(frozen=True, eq=False)
class Frame:
    """Where an expression stands: its module and, while a call is followed, what its function was given."""

    module: Module
    given: Mapping[str, tuple["Frame", ast.expr]] | None = None


@dataclass
class Check:
    """All modules together; `run` gives the offenders."""

    modules: Mapping[str, Module]
    rendered: set[tuple[str, str, str]] = field(default_factory=set)
    """Module, function and parameter, where what is passed ends up in Markdown."""
    _asked: set[tuple[ast.AST, Part]] = field(default_factory=set)
    """What is being asked just now, for what leads back to itself."""

    def run(self) -> list[str]:
        """Again for as long as parameters are found that end up in Markdown: their calls are asked too."""
        while True:
            known = len(self.rendered)
            found = {line for module in self.modules.values() for line in self._offenders(module)}
            if len(self.rendered) == known:
                return sorted(found)

    def _offenders(self, module: Module) -> Iterator[str]:
        frame = Frame(module)
        called = {node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call)}
        for node in ast.walk(module.tree):
            bad: list[ast.expr] = []
            if isinstance(node, ast.Call):
                bad = [text for text in self._texts(module, node) if not self._inert(frame, text)]
            elif isinstance(node, ast.Name | ast.Attribute) and self._is_out_of_sight(module, node, called):
                bad = [node]
            for one in bad:
                yield f"{module.name}:{one.lineno}: {' '.join(ast.unparse(one).split())}"

    def _is_out_of_sight(self, module: Module, node: ast.Name | ast.Attribute, called: set[ast.expr]) -> bool:
        """Whether `node` renders Markdown, but not as a call that this check knows how to read."""
        if found := self._function(module, node):
            home, function = found
            renders = any((home.name, function.name) == one[:2] for one in self.rendered)
            return renders and node not in called
        home_name, _, name = module.dotted(node).rpartition(".")
        if home_name != "streamlit" or name in PLAIN:
            return False
        return isinstance(node, ast.Name) or node not in called or name not in MARKDOWN

    def _texts(self, module: Module, call: ast.Call) -> Iterator[ast.expr]:
        """The arguments of a call that end up in Markdown."""
        if found := self._function(module, call.func):
            yield from self._texts_for(*found, call)
        elif isinstance(call.func, ast.Attribute) and module.dotted(call.func.value) not in self.modules:
            yield from self._texts_for_streamlit(module, call, call.func.attr)

    def _texts_for(self, home: Module, function: ast.FunctionDef, call: ast.Call) -> Iterator[ast.expr]:
        """Those of a call of a function of the pages' own."""
        indexes = {argument.arg: index for index, argument in enumerate(function.args.args)}
        for name in _parameters(function):
            if (home.name, function.name, name) in self.rendered:
                yield from _arguments(call, (indexes.get(name), name))

    def _texts_for_streamlit(self, module: Module, call: ast.Call, name: str) -> Iterator[ast.expr]:
        """Those of a call of Streamlit's; the call itself where they can't be told."""
        arguments = MARKDOWN.get(name, ())
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if arguments is _OPTIONS and "format_func" not in keywords:
            arguments = (*arguments, (1, "options"))
        for argument in (*arguments, *EVERYWHERE):
            yield from _arguments(call, argument)
        more = [keyword.value for keyword in call.keywords if keyword.arg is None]
        if "unsafe_allow_html" in keywords or (
            arguments and not all(_is_silent(module, one) for one in more)
        ):
            yield call

    def _inert(self, frame: Frame, node: ast.expr, part: Part = "all") -> bool:
        """Whether all that `node` can be is known to be inert."""
        if (node, part) in self._asked:
            return True
        self._asked.add((node, part))
        try:
            return self._judge(frame, node, part)
        finally:
            self._asked.remove((node, part))

    def _all(self, frame: Frame, nodes: Iterable[ast.expr | None], part: Part = "all") -> bool:
        return all(node is None or self._inert(frame, node, part) for node in nodes)

    def _judge(self, frame: Frame, node: ast.expr, part: Part) -> bool:
        match node:
            case ast.Constant() | ast.Compare():
                return True
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(form))])):
                return bool(_NOT_FOR_TEXT.fullmatch(form)) or self._inert(frame, node.value)
            case ast.FormattedValue() | ast.Starred() | ast.NamedExpr():
                return self._inert(frame, node.value, part)
            case ast.Subscript(slice=ast.Slice()):  # a cut may go between a sign and its backslash
                return isinstance(node.value, ast.Call) and _is_hexadecimal(node.value)
            case ast.Subscript() | ast.Attribute(attr="__getitem__"):
                return self._inert(frame, node.value, "values")
            case ast.Attribute() if (home := frame.module.dotted(node.value)) in self.modules:
                return self._constant(self.modules[home], node.attr, part)
            case ast.Attribute():
                return self._inert(frame, node.value, "attribute")
            case ast.Name():
                return self._name(frame, node, part)
            case ast.Call():
                return self._call(frame, node, part)
            case _:
                return self._all_parts(frame, node, part)

    def _all_parts(self, frame: Frame, node: ast.expr, part: Part) -> bool:
        """Whether all that an expression is made of is inert; False for one that isn't known."""
        match node:
            case ast.JoinedStr() | ast.BoolOp():
                return self._all(frame, node.values, part)
            case ast.BinOp():
                return self._all(frame, (node.left, node.right), part)
            case ast.IfExp():
                return self._all(frame, (node.body, node.orelse), part)
            case ast.List() | ast.Tuple() | ast.Set():
                return self._all(frame, node.elts)
            case ast.Dict():
                keys, values = (
                    (() if part == "values" else node.keys),
                    (() if part == "keys" else node.values),
                )
                return self._all(frame, (*keys, *values))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self._inert(frame, node.elt)
            case ast.DictComp():
                return self._all(frame, (node.key, node.value))
            case ast.Lambda():
                return self._inert(frame, node.body)
            case _:
                return False

    def _call(self, frame: Frame, call: ast.Call, part: Part) -> bool:
        dotted = frame.module.dotted(call.func)
        home, _, name = dotted.rpartition(".")
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if dotted in INERT_CALLS:
            return part == "all"
        if found := self._function(frame.module, call.func):
            return self._returns(frame, *found, call, part)
        if home in self.modules and name in self.modules[home].classes:
            return self._all(frame, arguments)
        if isinstance(call.func, ast.Attribute):
            return _is_hexadecimal(call) or self._method(frame, call.func, arguments)
        if name in _NUMBERS:
            return True
        return name in _AS_ITS_ARGUMENTS and self._all(frame, arguments, "keys")

    def _returns(
        self, frame: Frame, home: Module, function: ast.FunctionDef, call: ast.Call, part: Part
    ) -> bool:
        """Whether a function of the pages' own returns nothing but what is inert, given these arguments."""
        names = [argument.arg for argument in function.args.args]
        given = dict(
            zip(names[::-1], ((Frame(home), one) for one in function.args.defaults[::-1]), strict=False)
        )
        given |= {name: (frame, value) for name, value in zip(names, call.args, strict=False)}
        given |= {keyword.arg: (frame, keyword.value) for keyword in call.keywords if keyword.arg}
        inside = Frame(home, given)
        own = [n for n in _walk(function.body) if isinstance(n, ast.Return) and home.around[n] is function]
        return self._all(inside, [one.value for one in own], part)

    def _method(self, frame: Frame, func: ast.Attribute, arguments: list[ast.expr]) -> bool:
        match func.attr:
            case "get":  # what is looked up isn't shown, only what is found
                return self._inert(frame, func.value, "values") and self._all(frame, arguments[1:])
            case "keys" | "values":
                return self._inert(frame, func.value, func.attr)
            case _:
                return func.attr in _AS_ITS_OBJECT and self._all(frame, (func.value, *arguments))

    def _name(self, frame: Frame, node: ast.Name, part: Part) -> bool:
        function = frame.module.around.get(node)
        while function is not None:
            bound = frame.module.bound_in(function).get(node.id, [])
            if node.id in _parameters(function):
                bound_is_inert = self._all_bound(frame, bound, part)
                return self._given(frame, function, node.id, part) and bound_is_inert
            if bound:
                return self._all_bound(frame, bound, part)
            function = frame.module.around.get(function)
        return self._constant(frame.module, node.id, part)

    def _given(self, frame: Frame, function: Function, name: str, part: Part) -> bool:
        """Whether what a parameter was given is inert; at a function's own lines its calls are asked."""
        if frame.given is not None:
            home, value = frame.given.get(name, (frame, None))
            return value is not None and self._inert(home, value, part)
        if isinstance(function, ast.Lambda) or part in ("attribute", "values"):
            return False
        self.rendered.add((frame.module.name, function.name, name))
        return True

    def _all_bound(self, frame: Frame, bound: Bound, part: Part) -> bool:
        return all(self._inert(frame, value, taken or part) for value, taken in bound)

    def _constant(self, module: Module, name: str, part: Part) -> bool:
        if bound := module.constants.get(name):
            return self._all_bound(Frame(module), bound, part)
        home, _, original = module.imported.get(name, "").rpartition(".")
        if home in self.modules:
            return self._constant(self.modules[home], original, part)
        if home.startswith("recast_api") and original.isupper():
            return isinstance(getattr(importlib.import_module(home), original), str | int | float)
        return False

    def _function(self, module: Module, node: ast.expr) -> tuple[Module, ast.FunctionDef] | None:
        """The function of the pages' own that `node` names."""
        home, _, name = module.dotted(node).rpartition(".")
        if home in self.modules and name in self.modules[home].functions:
            return self.modules[home], self.modules[home].functions[name]
        return None


def offenders(sources: Mapping[str, str]) -> list[str]:
    """Where text that may be foreign is rendered as Markdown, as `module:line: expression`."""
    return Check({name: Module(name, source) for name, source in sources.items()}).run()


def _walk(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """A function without its defaults and decorators, which are evaluated around it."""
    for statement in body:
        yield from ast.walk(statement)


def _is_silent(module: Module, more: ast.expr) -> bool:
    return isinstance(more, ast.Call) and module.dotted(more.func) in SILENT_ARGUMENTS


def _is_hexadecimal(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "hexdigest"


def _parameters(function: Function) -> set[str]:
    every = function.args
    named = (*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg)
    return {argument.arg for argument in named if argument is not None}


def _arguments(call: ast.Call, argument: Argument) -> Iterator[ast.expr]:
    place, name = argument
    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
    for at, value in enumerate(call.args):
        if place is not None and (at == place or (isinstance(value, ast.Starred) and at < place)):
            yield value


def _bindings(nodes: Iterable[ast.AST]) -> dict[str, Bound]:
    """All that is bound to each name, and what is taken of it: assigned, looped over, or put in."""
    bound: dict[str, Bound] = {}

    def bind(target: ast.expr, value: ast.expr, part: Part | None = None) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.setdefault(node.id, []).append((value, part))

    for node in nodes:
        match node:
            case ast.Assign():
                for target in node.targets:
                    bind(target, node.value)
            case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value):
                bind(node.target, value)
            case ast.NamedExpr():
                bind(node.target, node.value)
            case ast.For() | ast.comprehension():
                bind(node.target, node.iter, "keys")
            case ast.withitem(optional_vars=ast.expr() as target):
                bind(target, node.context_expr)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _PUTS_IN:
                bound.setdefault(name, []).extend((value, None) for value in node.args)
    return bound
