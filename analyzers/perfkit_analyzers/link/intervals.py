"""Sets of moments as half-open intervals of nanoseconds, [start, end), in order and apart from each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Interval = tuple[int, int]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """What is in any of them.

    Examples:
        >>> union([(5, 7), (0, 2), (2, 3), (6, 6)])
        [(0, 3), (5, 7)]
    """
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """What is in both sets.

    Examples:
        >>> common([(0, 3), (5, 9)], [(2, 6), (8, 10)])
        [(2, 3), (5, 6), (8, 9)]
    """
    found: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """What is in the first set and not in the second.

    Examples:
        >>> without([(0, 10)], [(2, 3), (5, 6), (9, 12)])
        [(0, 2), (3, 5), (6, 9)]
    """
    if not one:
        return []
    first, last = one[0][0], one[-1][1]
    edges = [first, *(edge for interval in other for edge in interval), last]
    outside = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return common(one, outside)


class TimeSet:
    """A set that tells how much of it lies within an interval."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        """Take a set as `union` gives it."""
        self._starts = [start for start, _ in intervals]
        self._ends = [end for _, end in intervals]
        self._before = [0, *accumulate(end - start for start, end in intervals)]

    def length_within(self, start: int, end: int) -> int:
        """Nanoseconds of the set in [start, end)."""
        return max(0, self._length_until(end) - self._length_until(start))

    def _length_until(self, moment: int) -> int:
        index = bisect_left(self._starts, moment)
        beyond = max(0, self._ends[index - 1] - moment) if index else 0
        return self._before[index] - beyond


class Cover:
    """Intervals that may overlap, asked whether one of them holds a moment from a range."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        """An interval may also be given with its end before its start: it is met by ranges that span it."""
        ordered = sorted(intervals)
        self._starts = [start for start, _ in ordered]
        self._furthest = list(accumulate((end for _, end in ordered), max))

    def meets(self, last_start: int, first_end: int) -> bool:
        """Whether an interval starts at or before `last_start` and ends after `first_end`."""
        index = bisect_right(self._starts, last_start)
        return index > 0 and self._furthest[index - 1] > first_end
