from __future__ import annotations

import pytest

from perfkit.core.uncertainty import Comparison, compare, interval_budget, too_coarse


@pytest.mark.parametrize(
    ("resolution_s", "u_s"),
    # measurement rules 4.8: u = q/√6
    [(0.001, 0.000408248), (0.01, 0.00408248), (1.0, 0.408248)],
)
def test_resolution(resolution_s: float, u_s: float) -> None:
    budget = interval_budget(resolution_s, tool_delay_s=0)

    assert budget.terms[0].u_s == pytest.approx(u_s, rel=1e-6)
    assert budget.expanded_s == pytest.approx(2 * u_s, rel=1e-6)


def test_the_default_budget_by_hand() -> None:
    # 25 ms/√12 = 7.217 ms at each end, 10.206 ms for both; √(0.408² + 10.206²) = 10.214; U = 20.43 ms
    budget = interval_budget(0.001, tool_delay_s=0.025)

    assert [round(term.u_s * 1000, 3) for term in budget.terms] == [0.408, 10.206]
    assert round(budget.expanded_s * 1000, 2) == 20.43
    assert budget.coverage_factor == 2


def test_jitter_adds_a_term() -> None:
    # √(0.408² + 10.206² + 20²) = √504.333 = 22.4574 ms
    budget = interval_budget(0.001, tool_delay_s=0.025, jitter_s=0.020)

    assert [term.u_s for term in budget.terms][2] == 0.020
    assert round(budget.expanded_s * 1000, 2) == 44.91


@pytest.mark.parametrize(
    ("measured_s", "comparison"),
    # stated 1 s, U = 0.25 s: all sums are exact in binary
    [
        (0.0, Comparison.WITHIN),
        (0.75, Comparison.WITHIN),  # x + U = stated
        (0.7500001, Comparison.WITHIN_UNCERTAIN),
        (1.0, Comparison.WITHIN_UNCERTAIN),  # x = stated
        (1.0000001, Comparison.ABOVE_UNCERTAIN),
        (1.25, Comparison.ABOVE_UNCERTAIN),  # x - U = stated
        (1.2500001, Comparison.ABOVE),
    ],
)
def test_borders_of_the_comparison(measured_s: float, comparison: Comparison) -> None:
    assert compare(measured_s, 1.0, 0.25) is comparison


def test_nothing_stated() -> None:
    assert compare(5.0, None, 0.25) is Comparison.NOT_STATED


def test_too_coarse_beyond_a_tenth() -> None:
    assert not too_coarse(0.125, 1.25)
    assert too_coarse(0.1250001, 1.25)
    assert not too_coarse(9.0, None)
