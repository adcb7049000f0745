"""No page renders text as Markdown that may be foreign and didn't go through `plain.escape`."""

from pathlib import Path

import pytest

from tests.foreign_text import INERT_CALLS, offenders

ROOT = Path(__file__).parents[1]

PLAIN = "def escape(text): return text"
TIMES = "def ago(moment): return str(moment)"
WORDS = """
class Look:
    word: str

LOOKS = {"a": Look("A", "blue")}

def look(status):
    return LOOKS.get(status, Look(str(status), "gray"))

def show(run, label, note=""):
    st.page_link("run.py", label=label)
    st.caption(note)
"""
HEAD = """
import streamlit as st
from pages._shared import times, words
from pages._shared.plain import escape
"""


def found(page: str) -> list[str]:
    """The offenders among a page and the modules above, without the place."""
    sources = {
        "pages._shared.plain": PLAIN,
        "pages._shared.times": TIMES,
        "pages._shared.words": HEAD + WORDS,
        "pages.page": HEAD + page,
    }
    return [line.split(": ", 1)[1] for line in offenders(sources)]


def test_all_text_of_the_pages_that_may_be_foreign_is_escaped() -> None:
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]
    names = {file: ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    assert offenders({name: file.read_text(encoding="utf-8") for file, name in names.items()}) == []


def test_every_function_called_inert_is_there() -> None:
    for name in INERT_CALLS:
        module, _, function = name.rpartition(".")
        source = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        assert f"def {function}(" in source, name


@pytest.mark.parametrize(
    ("page", "offender"),
    [
        ("st.markdown(run.name)", "run.name"),
        ('st.caption(f"Since run {run}")', "f'Since run {run}'"),
        ("st.write(run)", "st.write"),
        ("st.table(rows)", "st.table"),
        ("st.something_new(run)", "st.something_new"),
        ('st.markdown("<b>", unsafe_allow_html=True)', "st.markdown('<b>', unsafe_allow_html=True)"),
        ('st.error("No run " + run_id)', "'No run ' + run_id"),
        ('st.error("No run %s" % run_id)', "'No run %s' % run_id"),
        ('st.error("No run {}".format(run_id))', "'No run {}'.format(run_id)"),
        ("st.toast(body=run.name)", "run.name"),
        ("st.badge(run.status)", "run.status"),
        ('st.button("Open", help=run.name)', "run.name"),
        ('st.text_input("Name", placeholder=run.name)', "run.name"),
        ('st.radio("Run", runs)', "runs"),
        ('st.radio("Run", runs, format_func=str)', "str"),
        ('st.radio("Run", runs, format_func=lambda run: run.name)', "lambda run: run.name"),
        ('st.radio("Run", [1], captions=[run.name])', "[run.name]"),
        ('st.pills("Status", {"a": 1, status: 2})', "{'a': 1, status: 2}"),
        ('st.metric("Rows", value)', "value"),
        ('st.metric("Rows", *values)', "*values"),
        ('st.progress(0.5, text=f"{used} used")', "f'{used} used'"),
        ('st.button(**{"label": run.name})', "st.button(**{'label': run.name})"),
        ('st.page_link("run.py", label=run.name)', "run.name"),
        ("left.error(message)", "message"),
        ("st.columns(2)[0].expander(run.name)", "run.name"),
        ("labels = ['a', name]\nst.tabs(labels)", "labels"),
        ("labels = []\nlabels.append(name)\nst.tabs(labels)", "labels"),
        ("for name in names:\n    st.caption(name)", "name"),
        ("for label, value in {'a': run.name}.items():\n    st.caption(value)", "value"),
        ("st.caption(', '.join(run.name for run in runs))", "', '.join((run.name for run in runs))"),
        ("st.caption(escape(run.name)[:9])", "escape(run.name)[:9]"),
        ("st.caption(escape(run.name).replace('a', 'b'))", "escape(run.name).replace('a', 'b')"),
        ("name = escape(a) if a else b\nst.caption(name)", "name"),
        ("st.caption(problem := str(error))", "(problem := str(error))"),
        ("st.caption(f'{run.count:>9}')", "f'{run.count:>9}'"),
        ("def f(run):\n    st.caption(run.name)", "run.name"),
        ("def f(name):\n    name = name or 'a'\n    st.caption(name)\nf(run.name)", "run.name"),
        ("def f():\n    return run.name\nst.caption(f())", "f()"),
        ("def f(name):\n    return f'{name}'\nst.caption(f(run.name))", "f(run.name)"),
        ("words.show(run, run.name)", "run.name"),
        ("words.show(run, 'a', note=run.name)", "run.name"),
        ("st.fragment(words.show)(run, run.name)", "words.show"),
        ("st.badge(words.look(run.status).word)", "words.look(run.status).word"),
        ("draw = st.markdown", "st.markdown"),
        ("from streamlit import markdown\nmarkdown(run.name)", "markdown"),
        ("@st.dialog(run.name)\ndef f(): pass", "run.name"),
        ("@st.cache_data(show_spinner=name)\ndef f(): pass", "name"),
    ],
)
def test_foreign_text_would_be_found(page: str, offender: str) -> None:
    assert offender in found(page)


@pytest.mark.parametrize(
    "page",
    [
        "st.markdown('plain **words**')",
        "st.markdown(escape(run.name))",
        'st.markdown(f"**{escape(run.id)}** of {len(runs)}, {run.count:,} rows, {run.day:%d %b}, {x:.1f}")',
        "st.caption('Started ' + times.ago(run.created_at))",
        "st.caption(' or '.join(escape(run) for run in runs))",
        "st.caption(' › '.join([*['a', 'b'], escape(run.name)]))",
        "st.text(run.name)\nst.code(run.name)\nst.dataframe(rows)\nst.json(run.raw)",
        "st.selectbox('Run', runs, format_func=str)",
        "st.radio('Kind', ['a', 'b'])",
        "KINDS = {'a': 'A'}\nst.pills('Kind', kinds, format_func=lambda kind: KINDS[kind])",
        "KINDS = {'a': 'A'}\nst.radio('Kind', kinds, format_func=KINDS.__getitem__)",
        "KINDS = {'a': 'A'}\nst.caption(KINDS.get(kind) or escape(kind))",
        "TABS = {'a': draw}\nst.tabs(list(TABS))",
        "MOST = 12\nst.caption(f'The first {MOST}.')",
        "labels = ['a']\nlabels += [escape(name)]\nst.tabs(labels)",
        "for name in map(str, names):\n    st.caption(escape(name))",
        "for label, value in {'a': f'{n:,}'}.items():\n    st.metric(label, value)",
        "st.caption(f\"Fit{' and more' if more else ''}\")",
        "def f(name):\n    return f'Run {name}'\nst.caption(f(escape(run.name)))\nprint(f(run.name))",
        "def f(n):\n    return 'once' if n == 1 else f'{n:,} times'\nst.caption(f(run.looks))",
        "def f():\n    return 'Took', times.duration(run.length)\nst.metric(*f())",
        "words.show(run, escape(run.name), note='a')",
        "st.badge(escape(words.look(run.status).word))",
        "st.badge(words.LOOKS[status].word)",
    ],
)
def test_what_is_inert_may_pass(page: str) -> None:
    assert found(page) == []
