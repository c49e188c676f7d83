from __future__ import annotations

import pytest

from perfkit.core.decision_rule import Conformity, DecisionRule, statement
from perfkit.core.uncertainty import Comparison, compare

# ILAC-G8:09/2019, 4.2, by hand for TL = 1 s and U = 0.1 s; the limits themselves belong to the better side.
CASES = [
    (0.90, "Pass", "Pass", "Pass"),
    (0.91, "Pass", "Fail", "Conditional pass"),
    (1.00, "Pass", "Fail", "Conditional pass"),
    (1.01, "Fail", "Fail", "Conditional fail"),
    (1.10, "Fail", "Fail", "Conditional fail"),
    (1.11, "Fail", "Fail", "Fail"),
]


@pytest.mark.parametrize(("measured_s", "simple", "guarded", "non_binary"), CASES)
def test_each_rule_states_what_ilac_g8_says(measured_s: float, simple: str, guarded: str, non_binary: str) -> None:
    comparison = compare(measured_s, 1.0, 0.1)

    assert statement(comparison, DecisionRule.SIMPLE) == simple
    assert statement(comparison, DecisionRule.GUARDED) == guarded
    assert statement(comparison, DecisionRule.NON_BINARY) == non_binary


@pytest.mark.parametrize("comparison", list(Comparison))
def test_without_a_rule_nothing_is_stated(comparison: Comparison) -> None:
    assert statement(comparison, DecisionRule.NONE) is None


@pytest.mark.parametrize("rule", list(DecisionRule))
def test_nothing_is_stated_of_what_was_not_compared(rule: DecisionRule) -> None:
    assert statement(None, rule) is None
    assert statement(Comparison.NOT_STATED, rule) is None


@pytest.mark.parametrize("rule", [DecisionRule.SIMPLE, DecisionRule.GUARDED, DecisionRule.NON_BINARY])
def test_every_comparison_with_a_stated_value_has_a_statement(rule: DecisionRule) -> None:
    compared = set(Comparison) - {Comparison.NOT_STATED}

    assert {statement(comparison, rule) for comparison in compared} <= set(Conformity)
    assert statement(Comparison.ABOVE, rule) is Conformity.FAIL
