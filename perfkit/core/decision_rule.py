"""Statements of conformity by a decision rule (ILAC-G8:09/2019, 4.2): never made unless a rule was chosen."""

from __future__ import annotations

from enum import StrEnum

from perfkit.core.uncertainty import Comparison


class DecisionRule(StrEnum):
    """How the uncertainty is taken into account; NONE makes no statement."""

    NONE = "none"
    SIMPLE = "simple"  # 4.2.1: simple acceptance, guard band w = 0
    GUARDED = "guarded"  # 4.2.2: binary statement with guard band, w = U
    NON_BINARY = "non_binary"  # 4.2.3: non-binary statement with guard band, w = U


class Conformity(StrEnum):
    """A statement of conformity, in the words of ILAC-G8."""

    PASS = "Pass"  # noqa: S105 - the statement, not a password
    CONDITIONAL_PASS = "Conditional pass"  # noqa: S105 - as above
    CONDITIONAL_FAIL = "Conditional fail"
    FAIL = "Fail"


_SIMPLE = {
    Comparison.WITHIN: Conformity.PASS,
    Comparison.WITHIN_UNCERTAIN: Conformity.PASS,
    Comparison.ABOVE_UNCERTAIN: Conformity.FAIL,
    Comparison.ABOVE: Conformity.FAIL,
}
_GUARDED = {**_SIMPLE, Comparison.WITHIN_UNCERTAIN: Conformity.FAIL}
_NON_BINARY = {
    Comparison.WITHIN: Conformity.PASS,
    Comparison.WITHIN_UNCERTAIN: Conformity.CONDITIONAL_PASS,
    Comparison.ABOVE_UNCERTAIN: Conformity.CONDITIONAL_FAIL,
    Comparison.ABOVE: Conformity.FAIL,
}
_STATEMENTS: dict[DecisionRule, dict[Comparison, Conformity]] = {
    DecisionRule.NONE: {},
    DecisionRule.SIMPLE: _SIMPLE,
    DecisionRule.GUARDED: _GUARDED,
    DecisionRule.NON_BINARY: _NON_BINARY,
}


def statement(comparison: Comparison | None, rule: DecisionRule) -> Conformity | None:
    """The statement for a measured value against its stated one; None without a rule, a value or a stated value.

    With x the value, TL the stated value and U the expanded uncertainty (k = 2): `simple` passes x ≤ TL; `guarded`
    passes x + U ≤ TL; `non_binary` adds conditional statements where TL lies inside x ± U. These are the borders of
    perfkit.core.uncertainty.compare.
    """
    return None if comparison is None else _STATEMENTS[rule].get(comparison)
