from __future__ import annotations

import pytest

from perfkit.core.errors import UsageError
from perfkit_probes.budget import BUDGETS, Budget, Meter, Truncation
from tests.probes.links import FakeClock


def test_the_meter_counts_both_directions_and_the_seconds() -> None:
    clock = FakeClock()
    meter = Meter(Budget(1000, 10.0), clock)
    meter.count_sent(300)
    meter.count_received(200)
    clock.sleep(4)
    spent = meter.spent()
    assert (spent.sent_bytes, spent.received_bytes, spent.total_bytes, spent.seconds) == (300, 200, 500, 4.0)
    assert (meter.remaining_bytes, meter.remaining_seconds, spent.truncated) == (500, 6.0, None)


def test_what_does_not_fit_is_refused_and_remembered() -> None:
    meter = Meter(Budget(1000, 10.0), FakeClock())
    assert meter.refusal(1000) is None
    assert meter.refusal(1001) is Truncation.BYTES
    assert meter.spent().truncated is Truncation.BYTES


def test_time_that_is_up_refuses_even_nothing() -> None:
    clock = FakeClock()
    meter = Meter(Budget(1000, 10.0), clock)
    clock.sleep(10)
    assert meter.refusal() is Truncation.TIME
    assert meter.remaining_seconds == 0.0


def test_a_step_of_the_wall_clock_neither_costs_nor_gives_time() -> None:
    clock = FakeClock()
    meter = Meter(Budget(1000, 10.0), clock)
    clock.step(-3600)
    clock.sleep(1)
    assert meter.seconds == 1.0


@pytest.mark.parametrize(("size", "seconds"), [(0, 10.0), (-1, 10.0), (100, 0.0)])
def test_a_budget_that_allows_nothing_is_a_mistake(size: int, seconds: float) -> None:
    with pytest.raises(UsageError, match="allows no measurement"):
        Budget(size, seconds)


def test_2g_has_a_hundred_kilobytes() -> None:
    assert BUDGETS["2g"].max_bytes == 100_000
