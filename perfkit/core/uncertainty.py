"""Uncertainty of an interval between two stamps, and the comparison with a stated value (docs/method.md 10)."""

from __future__ import annotations

import math
from enum import StrEnum

import msgspec

COVERAGE_FACTOR = 2.0
"""k = 2, about 95 % (JCGM 100:2008, 6.2)."""


class Comparison(StrEnum):
    """How a measured value relates to the stated one; information, not a verdict."""

    WITHIN = "within"
    WITHIN_UNCERTAIN = "within, inside uncertainty"
    ABOVE_UNCERTAIN = "above, inside uncertainty"
    ABOVE = "above"
    NOT_STATED = "not stated"


class UncertaintyTerm(msgspec.Struct, frozen=True):
    """One line of the budget: a standard uncertainty in seconds and where it comes from."""

    name: str
    u_s: float
    source: str


class UncertaintyBudget(msgspec.Struct, frozen=True):
    """The terms and the expanded uncertainty U = k·√Σu² in seconds."""

    terms: tuple[UncertaintyTerm, ...]
    expanded_s: float
    coverage_factor: float = COVERAGE_FACTOR


def interval_budget(resolution_s: float, *, tool_delay_s: float, jitter_s: float | None = None) -> UncertaintyBudget:
    """Budget of the difference of two stamps of one clock.

    A stamp quantised to q has a rectangular error of width q; the difference of two is triangular within ±q, u = q/√6.
    The tool's delay between wire and stamp is rectangular from 0 to `tool_delay_s` at each end, u = width/√12 each.
    `jitter_s` is the standard deviation of the round trip from the network probe; None when it was not measured.
    """
    terms = [
        UncertaintyTerm(
            "resolution of the stamps",
            resolution_s / math.sqrt(6),
            f"difference of two stamps of {resolution_s:g} s",
        ),
        UncertaintyTerm(
            "delay of the tool between wire and stamp",
            tool_delay_s / math.sqrt(12) * math.sqrt(2),
            f"rectangular 0 to {tool_delay_s:g} s at each end (prior)",
        ),
    ]
    if jitter_s is not None:
        terms.append(
            UncertaintyTerm("network jitter", jitter_s, "standard deviation of the round trip, as stated in the PICS")
        )
    expanded_s = COVERAGE_FACTOR * math.sqrt(sum(term.u_s**2 for term in terms))
    return UncertaintyBudget(tuple(terms), expanded_s)


def compare(measured_s: float, stated_s: float | None, expanded_s: float) -> Comparison:
    """Relation of `measured_s` to `stated_s`, both unrounded; NOT_STATED when nothing was stated."""
    if stated_s is None:
        return Comparison.NOT_STATED
    if measured_s <= stated_s:
        return Comparison.WITHIN if measured_s + expanded_s <= stated_s else Comparison.WITHIN_UNCERTAIN
    return Comparison.ABOVE_UNCERTAIN if measured_s - expanded_s <= stated_s else Comparison.ABOVE


def too_coarse(expanded_s: float, stated_s: float | None) -> bool:
    """True when U exceeds a tenth of the stated value (rule of thumb of the measurement rules, 4.8)."""
    return stated_s is not None and expanded_s > stated_s / 10
