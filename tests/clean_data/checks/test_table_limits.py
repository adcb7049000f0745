"""The numbers that several checks share, each from both sides."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from recast_api.clean_data import check, read
from recast_api.clean_data.daily import Spread, Table
from tests.clean_data.make import TODAY, csv_text, daily_frame
from tests.clean_data.planted import put


def spread_of(values: Sequence[float]) -> Spread | None:
    frame = daily_frame(days=len(values), channels=1).assign(linear_tv=values)
    table = Table.of(read(csv_text(frame)), "revenue", None)
    return table.spreads[table.columns.index("linear_tv")]


def test_a_spread_has_the_quartiles_and_the_99th_percentile() -> None:
    spread = spread_of(range(1, 1002))
    assert spread is not None
    assert (spread.lower, spread.median, spread.upper, spread.top) == (251, 501, 751, 991)
    assert (spread.lowest, spread.highest) == (1, 1001)


@pytest.mark.parametrize(("active", "known"), [(3, False), (4, True)])
def test_a_spread_takes_four_days_that_are_not_zero(active: int, known: bool) -> None:
    assert (spread_of([*range(1, active + 1), *[0] * 60]) is not None) == known


@pytest.mark.parametrize(
    ("value", "infinite"), [(9.9e99, False), (1e100, True), (-9.9e99, False), (-1e100, True)]
)
def test_numbers_from_1e100_on_are_infinite(value: float, infinite: bool) -> None:
    data = read(csv_text(put("linear_tv", 400, value)(daily_frame())))
    assert ("infinite_values" in {finding.check for finding in check(data, today=TODAY)}) == infinite


@pytest.mark.parametrize(("span", "constant"), [(0.00099, True), (0.00101, False)])
def test_a_column_that_varies_by_up_to_a_millionth_of_its_mean_is_constant(
    span: float, constant: bool
) -> None:
    values = [1000.0, 1000.0 + span] * 425
    data = read(csv_text(daily_frame().assign(linear_tv=values)))
    assert ("constant_column" in {finding.check for finding in check(data, today=TODAY)}) == constant
