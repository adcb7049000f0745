"""What downloads are called: safe anywhere, and never the same for two contents."""

import ast
from pathlib import Path

import pytest
from streamlit.runtime.memory_media_file_storage import _calculate_file_id

from pages._shared.downloads import digest_of, file_name

ROOT = Path(__file__).parents[2]
DIGEST = digest_of(b"date,revenue\n")


def name(*parts: object) -> str:
    return file_name(*parts, digest=DIGEST, ending="csv")


def test_a_name_says_what_it_is_and_ends_in_a_part_of_the_hash() -> None:
    assert name("clean_data", "acme", 2790) == f"clean_data_acme_2790_{DIGEST[:8]}.csv"


@pytest.mark.parametrize(
    ("slug", "safe"),
    [
        ("acme-eu.2", "acme-eu.2"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\x", "C_x"),
        ("a b\r\nc", "a_b_c"),
        ('a";rm -rf "$HOME', "a_rm_-rf_HOME"),
        ("https://evil.example", "https_evil.example"),
        (".hidden.", "hidden"),
        ("turned\u202egnp", "turned_gnp"),
        ("Zürich", "Z_rich"),
    ],
)
def test_of_a_foreign_part_only_letters_digits_and_a_few_signs_are_left(slug: str, safe: str) -> None:
    assert name("clean_data", slug) == f"clean_data_{safe}_{DIGEST[:8]}.csv"


@pytest.mark.parametrize("slug", ["", "日本", "..", "///"])
def test_a_part_of_which_nothing_is_left_is_left_out(slug: str) -> None:
    assert name("clean_data", slug, 5) == f"clean_data_5_{DIGEST[:8]}.csv"


def test_a_long_part_does_not_make_a_name_that_cannot_be_saved() -> None:
    assert len(name("clean_data", "a" * 5_000, "b" * 5_000)) < 255


def test_files_that_streamlit_can_not_tell_apart_have_names_of_their_own() -> None:
    # Of a large file Streamlit reads a piece at either end and one in the middle.
    files = [b"0" * 200_000 + digit + b"0" * 2_000_000 for digit in (b"1", b"2")]
    same_name = {_calculate_file_id(file, "text/csv", "clean_data.csv") for file in files}
    own_names = {
        _calculate_file_id(file, "text/csv", file_name("clean_data", digest=digest_of(file), ending="csv"))
        for file in files
    }
    assert (len(same_name), len(own_names)) == (1, 2)


def unnamed_downloads(source: str) -> list[str]:
    """The download buttons whose file isn't named by `file_name`."""
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_named(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        ast.unparse(call)
        for call in calls
        if ast.unparse(call.func).endswith("download_button")
        and not any(one.arg == "file_name" and is_named(one.value, named) for one in call.keywords)
    ]


def is_named(value: ast.expr, names: set[str]) -> bool:
    return (isinstance(value, ast.Call) and ast.unparse(value.func).endswith("file_name")) or (
        isinstance(value, ast.Name) and value.id in names
    )


@pytest.mark.parametrize("file", sorted((ROOT / "pages").rglob("*.py")), ids=lambda file: file.name)
def test_every_download_is_named_like_that(file: Path) -> None:
    assert unnamed_downloads(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("st.download_button('a', data, file_name='a.csv')", 1),
        ("st.download_button('a', data)", 1),
        ("name = 'a.csv'\nst.download_button('a', data, file_name=name)", 1),
        ("st.download_button('a', data, file_name=file_name('a', digest=d, ending='csv'))", 0),
        ("name = file_name('a', digest=d, ending='csv')\nst.download_button('a', data, file_name=name)", 0),
    ],
)
def test_another_name_would_be_found(source: str, count: int) -> None:
    assert len(unnamed_downloads(source)) == count
