"""What cells look like: what is found out for one cell holds for all of its shape. No step.

Two cells have the same shape if they differ only in digits, as `$1,234.50` and `$9,876.01`. Zeros before all
other digits have to be the same, and so do exponents: they say how a number is written out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recast_api.clean_data.reading.tokens import Offsets

LONGEST = 24
"""Bytes of a cell up to which its shape is looked at; no number needs more."""
RARE = 16
"""Cells of one shape, of those that are looked at together, that make it worth a code."""
ALONE = 0
"""The code of cells that are rare or long: each is looked at by itself."""

_ANY_DIGIT = bytes.maketrans(b"0123456789", b"1" * 10)
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_ZERO, _ONE, _NINE = b"019"
_KEPT = (np.arange(LONGEST) < np.arange(LONGEST + 1)[:, None]) * np.uint8(255)
"""By length of a cell: which of `LONGEST` bytes are its own."""

Bytes = NDArray[np.uint8]


class Shapes:
    """The shapes met so far, each with a code."""

    def __init__(self) -> None:
        self.keys = [b""]
        """A cell of each shape, by code: its digits are ones, where they may be any."""
        self._codes: dict[bytes, int] = {}

    def codes(self, raw: bytes, starts: Offsets, ends: Offsets) -> NDArray[np.uint16]:
        """Return the codes of cells of `raw`, which is padded with `LONGEST` bytes and holds no NUL else."""
        long = ends - starts > LONGEST
        # Cut off, they might end within a character.
        lengths = np.where(long, 0, ends - starts)
        width = 8 * max(1, -(-int(lengths.max()) // 8))
        cells = _taken(raw.translate(_ANY_DIGIT), starts, lengths, width)
        ids, keys = _grouped(cells)
        codes = self._known(ids, keys)
        first_digit = np.array([key.find(b"1") for key in keys])
        exponent = np.array([len(key.lower().partition(b"e")[0]) for key in keys])
        has_exponent = exponent < np.array([len(key) for key in keys])
        padded = np.frombuffer(raw, np.uint8)[starts + np.maximum(first_digit, 0)[ids]] == _ZERO
        finer = np.flatnonzero((padded | has_exponent[ids]) & (first_digit[ids] >= 0))
        if len(finer):
            taken, fine = _taken(raw, starts[finer], lengths[finer], width), cells[finer]
            head = _kept(exponent, width)[ids[finer]]
            fine.view(np.uint64)[:] = fine.view(np.uint64) & head | taken.view(np.uint64) & ~head
            zero = np.flatnonzero(padded[finer])
            fine[zero] = np.where(_before_other_digits(taken[zero]), taken[zero], fine[zero])
            codes[finer] = self._known(*_grouped(fine))
        codes[long] = ALONE
        return codes

    def _known(self, ids: Offsets, keys: list[bytes]) -> NDArray[np.uint16]:
        counts = np.bincount(ids, minlength=len(keys)).tolist()
        codes = [self._code(key, count) for key, count in zip(keys, counts, strict=True)]
        return np.array(codes, np.uint16)[ids]

    def _code(self, key: bytes, count: int) -> int:
        if key not in self._codes and count >= RARE and len(self.keys) <= np.iinfo(np.uint16).max:
            self._codes[key] = len(self.keys)
            self.keys.append(key)
        return self._codes.get(key, ALONE)


def _taken(raw: bytes, starts: Offsets, lengths: Offsets, width: int) -> Bytes:
    """Return the first `width` bytes of each cell, zero behind its end."""
    anywhere = np.ndarray((len(raw) - width + 1,), f"V{width}", raw, strides=(1,))
    words = anywhere[starts].view(np.uint64).reshape(-1, width // 8) & _kept(lengths, width)
    taken: Bytes = words.view(np.uint8)
    return taken


def _kept(lengths: Offsets, width: int) -> NDArray[np.uint64]:
    """Return masks that keep so many of `width` bytes."""
    kept: NDArray[np.uint64] = _KEPT.view(np.uint64)[lengths, : width // 8]
    return kept


def _before_other_digits(cells: Bytes) -> NDArray[np.bool_]:
    """Tell which bytes of cells come before all digits but zeros."""
    return ~np.logical_or.accumulate((cells > _ZERO) & (cells <= _NINE), axis=1)


def _grouped(cells: Bytes) -> tuple[Offsets, list[bytes]]:
    """Return which cells are the same, and one of each."""
    words = cells.view(np.uint64).T
    ids, distinct = pd.factorize(sum(word * by for word, by in zip(words, _MULTIPLIERS, strict=False)))
    examples = np.zeros(len(distinct), np.int64)
    examples[ids] = np.arange(len(ids))
    alike = np.ones(len(ids), bool)
    for word in words:
        alike &= word[examples][ids] == word
    different = np.flatnonzero(~alike)
    keys = [cell.tobytes().rstrip(b"\0") for cell in cells[examples]]
    # Cells that come to the same number by chance are each a group of its own.
    ids[different] = len(keys) + np.arange(len(different))
    return ids, keys + [cell.tobytes().rstrip(b"\0") for cell in cells[different]]


@dataclass(frozen=True, slots=True)
class Template:
    """What a shape's cells are turned into: a text with some of the cell's digits at their places."""

    text: bytes
    digits: dict[int, int]
    """For each position in the text that takes a digit of the cell, the position of that digit."""

    def fill(self, data: Bytes, starts: Offsets) -> Bytes:
        """Return the texts of cells, a row for each."""
        filled = np.empty((len(starts), len(self.text)), np.uint8)
        filled[:] = np.frombuffer(self.text, np.uint8)
        for position, source in self.digits.items():
            filled[:, position] = data[starts + source]
        return filled


def template(key: bytes, convert: Callable[[str], str]) -> Template | None:
    """Find out what `convert` makes of a shape's cells, or None where the digits matter.

    Three cells of the shape are tried: in the second and third, digits tell by their values where they stand.
    """
    free = _free_digits(key)
    tried = [convert(_with_digits(key, free, tens)).encode() for tens in (None, 0, 1)]
    if len({len(text) for text in tried}) > 1:
        return None
    digits = {}
    for position, (one, low, high) in enumerate(zip(*tried, strict=True)):
        if not one == low == high:
            source = low - _ONE - 1 + 8 * (high - _ONE - 1)
            if one != _ONE or not 0 <= source < len(free):
                return None
            digits[position] = free[source]
    return Template(tried[0], digits)


def _free_digits(key: bytes) -> list[int]:
    """Return the positions of the digits that may be any."""
    mantissa = key.lower().partition(b"e")[0]
    significant = mantissa.lstrip(bytes(range(_ONE)) + bytes(range(_NINE + 1, 256)))
    first = len(mantissa) - len(significant)
    return [i for i in range(first, len(mantissa)) if _ZERO <= mantissa[i] <= _NINE]


def _with_digits(key: bytes, free: list[int], tens: int | None) -> str:
    """Return a cell of the shape: its free digits ones, or by the units or eights of their index 2 to 9."""
    cell = bytearray(key)
    for index, position in enumerate(free):
        cell[position] = _ONE if tens is None else ord("2") + index // 8**tens % 8
    return cell.replace(b'""', b'"').decode()
