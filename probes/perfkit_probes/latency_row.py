"""From round-trip times to a row of the latency table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from statistics import mean, median

from perfkit_probes.base import LatencyRow


def latency_row(rtts_ms: Sequence[float], *, sent: int, packet_bytes: int, method: str) -> LatencyRow:
    """The row of `rtts_ms` (in the order of sending) out of `sent` questions."""
    if not rtts_ms:
        reason = f"none of {sent} packets was answered"
        return not_measured(reason, packet_bytes=packet_bytes, method=method, sent=sent)
    ordered = sorted(rtts_ms)
    steps = [abs(after - before) for before, after in itertools.pairwise(rtts_ms)]
    return LatencyRow(
        median_ms=median(ordered),
        p95_ms=ordered[math.ceil(0.95 * len(ordered)) - 1],
        max_ms=ordered[-1],
        min_ms=ordered[0],
        jitter_ms=mean(steps) if steps else None,
        loss=1 - len(ordered) / sent,
        count=len(ordered),
        sent=sent,
        packet_bytes=packet_bytes,
        method=method,
    )


def not_measured(reason: str, *, packet_bytes: int, method: str, sent: int = 0) -> LatencyRow:
    """A row without times and the reason for it."""
    return LatencyRow(
        median_ms=None,
        p95_ms=None,
        max_ms=None,
        min_ms=None,
        jitter_ms=None,
        loss=1.0 if sent else None,
        count=0,
        sent=sent,
        packet_bytes=packet_bytes,
        method=method,
        reason=reason,
    )
