"""Lines through arrival times, for noise that only ever delays.

A packet may arrive later than its link alone would have it: the host slept, the radio repeated, somebody else's packet
went first. It never arrives earlier. The undisturbed arrivals therefore lie on a line with all others above it, and of
the lines with no arrival below them the one with the least total lateness is theirs, as long as enough are punctual:
S. Moon, P. Skelly, D. Towsley, "Estimation and Removal of Clock Skew from Network Delay Measurements", INFOCOM 1999.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """y = offset + slope x."""

    slope: float
    offset: float

    def lateness(self, points: Sequence[Point]) -> list[float]:
        """How far each point lies above the line; not negative for the points that it was laid under."""
        return [y - self.offset - self.slope * x for x, y in points]


def lower_line(points: Sequence[Point]) -> Line | None:
    """The line under all points with the least sum of distances to them, None for fewer than two different x.

    That sum is smallest for the edge of the lower convex hull above which the mean x lies: to raise the line there
    means to raise its height at the mean, which is all that the sum depends on.
    """
    hull = _lower_hull(points)
    if len(hull) < 2:
        return None
    middle = sum(x for x, _ in points) / len(points)
    before, after = next(edge for edge in itertools.pairwise(hull) if edge[1][0] >= middle)
    slope = (after[1] - before[1]) / (after[0] - before[0])
    return Line(slope, before[1] - slope * before[0])


def _lower_hull(points: Sequence[Point]) -> list[Point]:
    """The corners of the lower convex hull from left to right (Andrew 1979)."""
    lowest: dict[float, float] = {}
    for x, y in points:
        lowest[x] = min(y, lowest.get(x, y))
    hull: list[Point] = []
    for point in sorted(lowest.items()):
        while len(hull) > 1 and _is_left_or_straight(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _is_left_or_straight(start: Point, middle: Point, end: Point) -> bool:
    """Whether `middle` lies on or above the line from `start` to `end`."""
    return (middle[1] - start[1]) * (end[0] - start[0]) >= (end[1] - start[1]) * (middle[0] - start[0])


def even_line(points: Sequence[Point]) -> Line | None:
    """The line of least squares, None for fewer than two different x: for noise that scatters evenly."""
    count = len(points)
    if not count:
        return None
    middle_x, middle_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    squares = sum((x - middle_x) ** 2 for x, _ in points)
    if squares <= 0:
        return None
    slope = sum((x - middle_x) * (y - middle_y) for x, y in points) / squares
    return Line(slope, middle_y - slope * middle_x)
