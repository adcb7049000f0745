"""Tests that need a tool from outside Python skip where it is missing, except where all of them must run."""

import os

import pytest


def require(available: bool, how: str) -> None:
    """Go on if the tool is there; else skip, saying `how` to get it, or fail.

    `.ci/run` sets `RECAST_REQUIRE_ALL_TESTS`, so that nothing goes untested there unnoticed.
    """
    if available:
        return
    if os.environ.get("RECAST_REQUIRE_ALL_TESTS"):
        pytest.fail(how)
    pytest.skip(how)
