"""Arithmetic of clocks: times of day, zones, grids of whole seconds.

Apart from the rules because it multiplies: a compiled multiplication of large numbers ends the process when Ctrl-C
comes at that moment (docs/decisions/0015-compiled-rules.md).
"""

from __future__ import annotations

from datetime import UTC, datetime

SECOND_NS = 10**9
QUARTER_NS = 900 * SECOND_NS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_time_ns(text: str) -> int | None:
    """ISO 8601 text in nanoseconds since 1970 UTC (as which it is taken without a zone); None if unreadable."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


def seconds_in_ns(seconds: float) -> int:
    """A duration in whole nanoseconds."""
    return int(seconds * SECOND_NS)


def zone_offset_ns(difference_ns: int) -> int:
    """The whole quarters of an hour next to a difference between two clocks: what a time zone explains of it."""
    return round(difference_ns / QUARTER_NS) * QUARTER_NS


def has_grid_point(anchor_ns: int, interval_s: int, from_ns: int, to_ns: int) -> bool:
    """Whether the grid of whole intervals around `anchor_ns` has a point between two stamps."""
    interval_ns = interval_s * SECOND_NS
    whole = -((anchor_ns - from_ns) // interval_ns)
    return from_ns <= anchor_ns + whole * interval_ns <= to_ns
