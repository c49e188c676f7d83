from __future__ import annotations

import pytest

from perfkit_analyzers.resolution import ResolutionGauge

MS = 10**6


@pytest.mark.parametrize(
    ("step_ms", "count", "resolution_ms"),
    [(1000, 10, 1000), (1000, 9, 1), (100, 10, 100), (10, 10, 10), (1, 10, 1), (7, 50, 1)],
)
def test_resolution(step_ms: int, count: int, resolution_ms: int) -> None:
    gauge = ResolutionGauge(MS)
    for number in range(1, count + 1):
        if gauge.is_open:
            gauge.see(number * step_ms * MS)

    assert gauge.resolution_ns == resolution_ms * MS


def test_a_format_of_seconds_resolves_no_better() -> None:
    gauge = ResolutionGauge(1000 * MS)

    assert not gauge.is_open
    assert gauge.resolution_ns == 1000 * MS
