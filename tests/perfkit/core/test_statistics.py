from __future__ import annotations

import statistics
from collections import Counter
from random import Random

import numpy as np
import pytest

from perfkit.core.statistics import Summary, coverage_of_maximum, summarize

MS = 10**6


@pytest.mark.parametrize(
    ("count", "median_ms", "p95_ms"),
    # 1, 2, …, n ms. p95: rank ceil(0.95 n) = 1, 2, 19 (18.05), 19 (19.00), 20 (19.95), 95 (95.00)
    [(1, 1, 1), (2, 1.5, 2), (19, 10, 19), (20, 10.5, 19), (21, 11, 20), (100, 50.5, 95)],
)
def test_median_and_nearest_rank(count: int, median_ms: float, p95_ms: int) -> None:
    found = summarize({value * MS: 1 for value in range(count, 0, -1)})

    assert found.count == count
    assert (found.min_s, found.max_s) == (0.001, count / 1000)
    assert found.median_s == pytest.approx(median_ms / 1000, abs=1e-12)
    assert found.p95_s == p95_ms / 1000
    assert found.mean_s == pytest.approx((count + 1) / 2000, abs=1e-12)


def test_times_seen_count() -> None:
    # 10, 10, 10, 40 ms: median of the middle two is 10, mean 17.5
    assert summarize({40 * MS: 1, 10 * MS: 3}) == Summary(4, 0.010, 0.010, 0.0175, 0.040, 0.040)


def test_the_example_of_nine_answers() -> None:
    # measurement rules 3: median 60, max 68; mean 531 / 9 = 59; the nearest rank of 95 % of nine is the ninth
    seen = Counter(value * MS for value in (60, 56, 56, 56, 61, 60, 60, 68, 54))
    assert summarize(seen) == Summary(9, 0.054, 0.060, 0.059, 0.068, 0.068)


def test_nothing_is_no_number() -> None:
    assert summarize({}) == Summary(0, None, None, None, None, None)


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_the_standard_library_and_numpy(seed: int) -> None:
    rng = Random(seed)
    values = [rng.randrange(1, 30) * MS for _ in range(rng.randrange(1, 400))]
    found = summarize(Counter(values))

    assert found.median_s == pytest.approx(statistics.median(values) / 1e9, rel=1e-12)
    assert found.mean_s == pytest.approx(statistics.fmean(values) / 1e9, rel=1e-12)
    assert found.p95_s == pytest.approx(np.percentile(values, 95, method="inverted_cdf") / 1e9, rel=1e-12)
    assert (found.min_s, found.max_s) == (min(values) / 1e9, max(values) / 1e9)


@pytest.mark.parametrize(
    ("count", "covered"), [(1, 0.0500), (2, 0.2236), (10, 0.7411), (58, 0.9497), (59, 0.9505), (299, 0.9900)]
)
def test_coverage_of_the_maximum(count: int, covered: float) -> None:
    assert coverage_of_maximum(count) == pytest.approx(covered, abs=5e-5)


def test_no_value_covers_nothing() -> None:
    assert coverage_of_maximum(0) is None
