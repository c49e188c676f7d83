"""Exact statistics of a sample kept as a histogram: memory depends on the distinct values, not on their number."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

COVERAGE_CONFIDENCE = 0.95


class Summary(msgspec.Struct, frozen=True):
    """Statistics of `count` values, in seconds; None where there is no value.

    p95 is the nearest rank, a value that occurred; the median of an even sample is the mean of the middle two.
    """

    count: int
    min_s: float | None = None
    median_s: float | None = None
    mean_s: float | None = None
    p95_s: float | None = None
    max_s: float | None = None


def summarize(histogram: Mapping[int, int]) -> Summary:
    """Summary of a histogram of nanoseconds {value: times seen}."""
    count = sum(histogram.values())
    if count == 0:
        return Summary(0)
    values = sorted(histogram)
    lower, upper = _at_rank(histogram, values, (count + 1) // 2), _at_rank(histogram, values, count // 2 + 1)
    total = sum(value * times for value, times in histogram.items())
    return Summary(
        count=count,
        min_s=values[0] / 1e9,
        median_s=(lower + upper) / 2 / 1e9,
        mean_s=total / count / 1e9,
        p95_s=_at_rank(histogram, values, math.ceil(0.95 * count - 1e-9)) / 1e9,
        max_s=values[-1] / 1e9,
    )


def _at_rank(histogram: Mapping[int, int], values: list[int], rank: int) -> int:
    seen = 0
    for value in values:
        seen += histogram[value]
        if seen >= rank:
            return value
    return values[-1]


def coverage_of_maximum(count: int) -> float | None:
    """Fraction p of the population that the maximum of `count` values covers with 95 % confidence: 1 − pⁿ = 0.95.

    None without a value. Distribution-free (Wilks); measurement rules 4.8: n = 59 gives 0.95, n = 10 gives 0.74.
    """
    if count < 1:
        return None
    return float((1 - COVERAGE_CONFIDENCE) ** (1 / count))
