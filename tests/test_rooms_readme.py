"""recast_api/README.md shows a newcomer every room and every module at the top."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "recast_api"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROOMS = sorted(folder.parent.name for folder in PACKAGE.glob("*/__init__.py"))
MODULES = sorted(file.name for file in PACKAGE.glob("*.py") if file.name != "__init__.py")


@pytest.mark.parametrize("name", [*(f"{room}/" for room in ROOMS), *MODULES])
def test_every_room_and_every_module_at_the_top_has_a_row(name):
    first_cells = re.findall(r"^\| (`[^|]+) \|", README, re.MULTILINE)
    assert any(f"`{name}`" in cell for cell in first_cells)


def test_it_is_short_enough_to_be_read():
    assert len(README.splitlines()) < 80
