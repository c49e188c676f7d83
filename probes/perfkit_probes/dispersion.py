"""Capacity from the spacing of packets that were sent back to back: packets leave a bottleneck one after the other.

A train of packets enters a link faster than the link can send; behind the bottleneck each packet arrives later than the
one before by the time the bottleneck needs for it. Only neighbours that both arrived count, so loss does not bias.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median, pstdev

from perfkit_probes.base import Confidence

# First half against last half of a train: beyond this ratio the link is shaped by a token bucket.
_SHAPED_RATIO = 1.5
_MIN_SHAPED_PACKETS = 12
# Gaps that differ by less than this share are the same, and this share of at least so many must be.
_SAME_GAP, _SAME_SHARE, _MIN_SAME_GAPS = 0.02, 0.75, 5
_MIN_PUNCTUAL = 30
# Silence after which the rest of a train is taken for lost, at least.
_OVERDUE_FLOOR_S, _OVERDUE_UNKNOWN_S = 0.25, 3.0
# Relative standard error of the spacing up to which an estimate is good, or usable.
GOOD_ERROR, USABLE_ERROR = 0.005, 0.03


@dataclass(frozen=True, slots=True)
class Train:
    """What the receiver saw of one train: (index, arrival s) in the order of arrival, of `sent` packets."""

    arrivals: tuple[tuple[int, float], ...]
    sent: int

    @property
    def span_s(self) -> float:
        """Seconds from the first to the last arrival, 0 for fewer than two."""
        stamps = [stamp for _, stamp in self.arrivals]
        return max(stamps) - min(stamps) if stamps else 0.0


@dataclass(frozen=True, slots=True)
class Spacing:
    """Seconds per packet behind the bottleneck and the standard error of that."""

    seconds: float
    error_s: float

    @property
    def relative_error(self) -> float:
        """The standard error as a share of the spacing."""
        return self.error_s / self.seconds if self.seconds > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Capacity in IP bytes per second; the burst fields are None on a link without token bucket."""

    sustained_bytes_s: float
    burst_bytes_s: float | None
    burst_bytes: int | None
    confidence: Confidence
    loss: float


def runs(train: Train) -> list[list[tuple[int, float]]]:
    """The arrivals cut into runs of consecutive indices, ordered by index; a duplicate counts once."""
    found: list[list[tuple[int, float]]] = []
    for index, stamp in sorted(dict(reversed(train.arrivals)).items()):
        if found and found[-1][-1][0] == index - 1:
            found[-1].append((index, stamp))
        else:
            found.append([(index, stamp)])
    return found


def pooled_spacing(pieces: Sequence[Sequence[tuple[float, float]]]) -> Spacing | None:
    """The common slope of several runs of (x, time s) by least squares, each run with an offset of its own.

    None when no run has two points or the slope is not positive.
    """
    squares = products = 0.0
    points = 0
    for piece in pieces:
        middle_x = sum(x for x, _ in piece) / len(piece)
        middle_t = sum(t for _, t in piece) / len(piece)
        squares += sum((x - middle_x) ** 2 for x, _ in piece)
        products += sum((x - middle_x) * (t - middle_t) for x, t in piece)
        points += len(piece) - 1
    if squares <= 0 or products <= 0:
        return None
    slope = products / squares
    scatter = sum(_scatter(piece, slope) for piece in pieces)
    return Spacing(slope, sqrt(scatter / max(1, points - 1) / squares))


def _scatter(piece: Sequence[tuple[float, float]], slope: float) -> float:
    level = [t - slope * x for x, t in piece]
    middle = sum(level) / len(level)
    return sum((value - middle) ** 2 for value in level)


def median_gap(train: Train) -> float | None:
    """The median time between neighbours that both arrived (s), None without such a pair."""
    gaps = gaps_of(train)
    return median(gaps) if gaps else None


def gaps_of(train: Train) -> list[float]:
    """The times between neighbours that both arrived (s), in the order of sending."""
    return [after[1] - before[1] for run in runs(train) for before, after in itertools.pairwise(run)]


def estimate(trains: Sequence[Train], packet_bytes: int) -> Estimate | None:
    """The capacity that the trains show, None when no two neighbours of the last train arrived."""
    sent = sum(train.sent for train in trains)
    loss = 1 - sum(len(dict(train.arrivals)) for train in trains) / sent if sent else 0.0
    useful = [train for train in trains if gaps_of(train)]
    if not useful:
        return None
    shaped = _shaped(useful, packet_bytes, loss)
    if shaped is not None:
        return shaped
    spacing = _steady_spacing(useful) or _punctual_spacing(useful)
    if spacing is None:
        return None
    return Estimate(packet_bytes / spacing.seconds, None, None, _grade(spacing, useful), loss)


def _steady_spacing(trains: Sequence[Train]) -> Spacing | None:
    """The median gap, where nearly all gaps of the longest train are the same; None on a link with jitter.

    A foreign packet that slips into a train widens one gap: the median does not see it, a slope does.
    """
    gaps = gaps_of(max(trains, key=lambda train: train.span_s))
    middle = median(gaps)
    same = [gap for gap in gaps if abs(gap - middle) <= _SAME_GAP * middle]
    if len(gaps) < _MIN_SAME_GAPS or middle <= 0 or len(same) < _SAME_SHARE * len(gaps):
        return None
    return Spacing(middle, pstdev(same) / sqrt(len(same)))


def _punctual_spacing(trains: Sequence[Train]) -> Spacing | None:
    """The slope of all runs, on a long run that of its most punctual packets."""
    pieces = [run for train in trains for run in runs(train)]
    spacing = pooled_spacing(pieces)
    if spacing is None:
        return None
    slope = punctual_slope(max(pieces, key=len), spacing.seconds)
    return spacing if slope is None else Spacing(slope, spacing.error_s)


def punctual_slope(points: Sequence[tuple[float, float]], slope: float) -> float | None:
    """The slope between the most punctual of the first and of the last third of (x, time s), seen along `slope`.

    A host that is busy stamps late, never early: what came least late lies nearest to the line. None for fewer than
    30 points, of which a third would be too few to hold a punctual one.
    """
    third = len(points) // 3
    if len(points) < _MIN_PUNCTUAL:
        return None
    first, last = (
        min(part, key=lambda point: point[1] - slope * point[0]) for part in (points[:third], points[-third:])
    )
    return (last[1] - first[1]) / (last[0] - first[0]) if last[1] > first[1] else None


def _grade(spacing: Spacing, trains: Sequence[Train]) -> Confidence:
    """By the standard error, or by what the two longest trains differ if that is more.

    The scatter inside one train does not tell everything: a host that sleeps delays many packets at once.
    """
    longest = sorted(trains, key=lambda train: train.span_s)[-2:]
    found = [pooled_spacing(runs(train)) for train in longest]
    apart = [abs(part.seconds / spacing.seconds - 1) if part else 1.0 for part in found]
    error = max([spacing.relative_error, *(share / 2 for share in apart)])
    if error <= GOOD_ERROR:
        return Confidence.HIGH
    return Confidence.MEDIUM if error <= USABLE_ERROR else Confidence.LOW


def _shaped(trains: Sequence[Train], packet_bytes: int, loss: float) -> Estimate | None:
    """The two rates of a token bucket, None when the gaps do not change for good.

    All gaps are put in one row. A bucket shows as small gaps first and large ones afterwards: the last quarter of the
    row is the sustained spacing, and the burst ends where the gaps come near that spacing for good.
    """
    gaps = [gap for train in trains for gap in gaps_of(train)]
    if len(gaps) < _MIN_SHAPED_PACKETS:
        return None
    late = median(gaps_of(trains[-1])[-max(4, len(gaps_of(trains[-1])) // 4) :])
    early = median(gaps[: len(gaps) // 4])
    if late <= 0 or early * _SHAPED_RATIO >= late:
        return None
    threshold = late / _SHAPED_RATIO
    knee = next((i for i in range(len(gaps)) if median(gaps[i : i + 4]) >= threshold), len(gaps) - 1)
    burst_bytes = (knee + 1) * packet_bytes
    burst_rate = packet_bytes / early if early > 0 else None
    return Estimate(packet_bytes / late, burst_rate, burst_bytes, Confidence.MEDIUM, loss)


def is_overdue(stamps_ns: Sequence[int], now_ns: int) -> bool:
    """Whether nothing more of a train is to be expected: silence of three times its largest gap.

    At least 0.25 s, and 3 s as long as too few packets have arrived to know the gaps.
    """
    if not stamps_ns:
        return False
    gaps = [after - before for before, after in itertools.pairwise(stamps_ns)]
    floor_s = _OVERDUE_FLOOR_S if len(gaps) >= 2 else _OVERDUE_UNKNOWN_S
    return now_ns - stamps_ns[-1] > max(int(floor_s * 1e9), 3 * max(gaps, default=0))
