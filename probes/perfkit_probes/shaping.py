"""Does a long stream slow down for good? So an operator's token bucket shows once it is empty.

The stream is cut into parts of equal size, each with its pace (seconds per byte). Two levels of pace, the first part at
one and the rest at a slower one, are a bucket. TCP's start is the other way round; a pause is one part among many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from perfkit_probes.steering import Arrival

_PARTS, _MIN_PARTS, _MESSAGES_PER_PART = 16, 8, 3
_MIN_FAST_PARTS, _MIN_SLOW_PARTS = 2, 3
# The slow level is this much slower than the fast one, and all its parts but one by at least the second figure.
_SHAPED_RATIO, _SLOWER_RATIO = 1.5, 1.25

Points = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Shaping:
    """The first `burst_bytes` pass at `burst_bytes_s`, everything after them at `sustained_bytes_s`."""

    burst_bytes: int
    burst_bytes_s: float
    sustained_bytes_s: float


def can_tell(arrivals: Sequence[Arrival]) -> bool:
    """Whether the stream has enough messages to see it slow down."""
    return _parts(_busy(arrivals)) >= _MIN_PARTS


def shaping(arrivals: Sequence[Arrival]) -> Shaping | None:
    """The two rates of a stream that slowed down for good, None for any other, and where nothing can be told."""
    points = _busy(arrivals)
    if _parts(points) < _MIN_PARTS:
        return None
    cuts = _cuts(points, _parts(points))
    paces = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(cuts)]
    split = min(range(_MIN_FAST_PARTS, len(paces) - _MIN_SLOW_PARTS + 1), key=lambda at: _scatter(paces, at))
    fast, slow = median(paces[:split]), median(paces[split:])
    as_fast = sum(pace < _SLOWER_RATIO * fast for pace in paces[split:])
    if fast <= 0 or slow < _SHAPED_RATIO * fast or as_fast > 1:
        return None
    knee = points.index(cuts[split])
    if _typical(points[knee:]) < _SLOWER_RATIO * _typical(points[: knee + 1]):
        return None  # a few long pauses made the parts slow, not the messages
    knee_bytes = _crossing(cuts[split - 1], fast, cuts[-1], slow)
    return Shaping(round(arrivals[0].total_bytes + knee_bytes), 1 / fast, 1 / slow)


def _busy(arrivals: Sequence[Arrival]) -> Points:
    """(Bytes, seconds) since the first arrival without the pauses between batches, which are the receiver's own."""
    size_bytes, busy_s = 0, 0.0
    points = [(0, 0.0)]
    for before, after in pairwise(arrivals):
        if after.batch == before.batch:
            size_bytes += after.total_bytes - before.total_bytes
            busy_s += after.stamp_s - before.stamp_s
            points.append((size_bytes, busy_s))
    return points


def _parts(points: Points) -> int:
    return min(_PARTS, len(points) // _MESSAGES_PER_PART)


def _cuts(points: Points, parts: int) -> Points:
    """The points that part the stream into about equal sizes, with its first and its last."""
    wanted = [points[-1][0] * number / parts for number in range(1, parts)]
    cuts = [points[0]]
    for point in points[1:-1]:
        if len(cuts) <= len(wanted) and point[0] >= wanted[len(cuts) - 1]:
            cuts.append(point)
    return [*cuts, points[-1]]


def _scatter(paces: Sequence[float], at: int) -> float:
    """How far the paces are from two levels that meet at a part."""
    return sum(abs(pace - median(level)) for level in (paces[:at], paces[at:]) for pace in level)


def _typical(points: Points) -> float:
    """The median pace from one message to the next."""
    return median((after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(points))


def _crossing(before: tuple[int, float], fast: float, after: tuple[int, float], slow: float) -> float:
    """Bytes at which the fast line through one point meets the slow line through another, which lies between both."""
    size_bytes = (before[1] - fast * before[0] - after[1] + slow * after[0]) / (slow - fast)
    return min(max(size_bytes, before[0]), after[0])
