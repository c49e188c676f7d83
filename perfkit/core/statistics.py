"""Exact statistics of a sample kept as a histogram: memory depends on the distinct values, not on their number."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from operator import mul

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
    seen = list(accumulate(map(histogram.__getitem__, values)))  # how many are at most values[i]
    lower, upper, p95 = (
        values[bisect_left(seen, rank)] for rank in ((count + 1) // 2, count // 2 + 1, math.ceil(0.95 * count - 1e-9))
    )
    total = sum(map(mul, histogram.keys(), histogram.values()))
    return Summary(
        count=count,
        min_s=values[0] / 1e9,
        median_s=(lower + upper) / 2 / 1e9,
        mean_s=total / count / 1e9,
        p95_s=p95 / 1e9,
        max_s=values[-1] / 1e9,
    )


def coverage_of_maximum(count: int) -> float | None:
    """Fraction p of the population that the maximum of `count` values covers with 95 % confidence: 1 − pⁿ = 0.95.

    None without a value. Distribution-free (Wilks); measurement rules 4.8: n = 59 gives 0.95, n = 10 gives 0.74.
    """
    if count < 1:
        return None
    return float((1 - COVERAGE_CONFIDENCE) ** (1 / count))
