from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from recast_api.journal.process import Process, _start_of, is_gone, this_process


def test_this_process_lives_and_can_be_written_down() -> None:
    me = this_process()

    assert not is_gone(me)
    assert Process.parse(str(me)) == me


def test_an_ended_process_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert is_gone(replace(this_process(), number=child.pid))
    assert _start_of(child.pid) == ""


def test_a_later_process_with_the_same_number_is_another() -> None:
    assert is_gone(replace(this_process(), started="earlier"))


def test_a_process_on_another_computer_can_not_be_judged() -> None:
    assert not is_gone(Process("another computer", 1, "1"))
