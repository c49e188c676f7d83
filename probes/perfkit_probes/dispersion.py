"""Capacity from packets that were sent back to back: they leave a bottleneck one after the other.

A train of packets enters a link faster than the link can send; behind the bottleneck each packet arrives later than the
one before by the time the bottleneck needs for it. Whatever else happens delays packets: a host that sleeps, a radio
that repeats. A held-up train that is then released in one burst looks like a link without limit, unless one knows when
it was sent. So every arrival is seen relative to the moment its train was sent, all trains of a direction together, and
the line under these arrivals is the link (`perfkit_probes.envelope`). Sender's and receiver's clock need not agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from perfkit_probes.base import Confidence
from perfkit_probes.envelope import Line, Point, even_line, lower_line

# First half against last half of a train: beyond this ratio the link is shaped by a token bucket.
_SHAPED_RATIO = 1.5
_MIN_SHAPED_PACKETS = 12
# A packet is punctual when it is late by at most this share of the spacing; so many punctual ones make a line sure.
_PUNCTUAL, _SURE_SHARE = 0.02, 0.6
# Gaps near the spacing are the link's own if so many of all gaps agree with each other.
_NEAR_GAP, _SAME_GAP, _SAME_SHARE, _MIN_SAME_GAPS = 0.01, 0.002, 0.5, 5
# Fewer packets than this, when they scatter, hold no punctual ones at both ends.
_MIN_PUNCTUAL = 20
# Mean lateness as a share of the longest train up to which an estimate is good or usable, median up to which it is one.
_GOOD_LATENESS, _USABLE_LATENESS, _MOST_LATENESS = 0.005, 0.03, 0.25
# A train of at least so many gaps whose median gap is so much larger than the others' went over a slower link.
_CHANGED_RATIO, _MIN_CHANGED_GAPS = 1.25, 5
# Packets that were sent at more than this share of the spacing were not back to back.
_SENDER_SHARE, _MIN_SENT = 0.8, 5
# Silence after which the rest of a train is taken for lost, at least.
_OVERDUE_FLOOR_S, _OVERDUE_UNKNOWN_S = 0.25, 3.0


@dataclass(frozen=True, slots=True)
class Train:
    """What the receiver saw of one train: (index, arrival s) in the order of arrival, of `sent` packets.

    `departures` are (index, departure s) by the sender's clock, as far as known. A train without them counts as if its
    first packet had been punctual.
    """

    arrivals: tuple[tuple[int, float], ...]
    sent: int
    departures: tuple[tuple[int, float], ...] = ()

    @property
    def span_s(self) -> float:
        """Seconds from the first to the last arrival, 0 for none."""
        stamps = [stamp for _, stamp in self.arrivals]
        return max(stamps) - min(stamps) if stamps else 0.0

    @property
    def in_order(self) -> list[tuple[int, float]]:
        """The arrivals by index; a duplicate counts once, when it came first."""
        return sorted(dict(reversed(self.arrivals)).items())

    @property
    def sending_pace_s(self) -> float | None:
        """Seconds per packet at the sender, None where that is not known."""
        if len(self.departures) < _MIN_SENT:
            return None
        (first, begun_s), (last, ended_s) = min(self.departures), max(self.departures)
        return (ended_s - begun_s) / (last - first)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Capacity in IP bytes per second, None when the trains do not tell; the burst fields belong to a token bucket.

    `reason` says why there is no estimate, or what limits the one there is.
    """

    sustained_bytes_s: float | None
    burst_bytes_s: float | None
    burst_bytes: int | None
    confidence: Confidence
    loss: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Fit:
    """Arrivals as (place in the train, s since the train was sent) and the line under them."""

    points: list[Point]
    line: Line
    lateness_s: list[float]

    @property
    def longest_s(self) -> float:
        """The time that the longest train takes along the line."""
        return self.line.slope * max(place for place, _ in self.points)

    @property
    def punctual_share(self) -> float:
        limit_s = _PUNCTUAL * self.line.slope
        return sum(1 for late_s in self.lateness_s if late_s <= limit_s) / len(self.lateness_s)


def gaps_of(train: Train) -> list[float]:
    """The times between neighbours that both arrived (s), in the order of sending."""
    pairs = itertools.pairwise(train.in_order)
    return [after[1] - before[1] for before, after in pairs if after[0] == before[0] + 1]


def estimate(trains: Sequence[Train], packet_bytes: int) -> Estimate:
    """The capacity that the trains of one direction show.

    Confidence is *high* when most packets were punctual or the mean lateness is below 0.5 % of the longest train,
    *medium* below 3 %, else *low*; there is none when half of the packets were later than 25 %.
    """
    loss = _loss(trains)
    useful = [train for train in trains if gaps_of(train)]
    if not useful:
        return Estimate(None, None, None, Confidence.LOW, loss, "no two neighbouring packets of a train arrived")
    shaped = _shaped(useful, packet_bytes, loss)
    if shaped is not None:
        return shaped
    fit = _fit(useful)
    if fit is None or median(fit.lateness_s) > _MOST_LATENESS * fit.longest_s:
        return Estimate(None, None, None, Confidence.LOW, loss, _clumps(fit))
    grade, reason = _grade(fit, useful)
    return Estimate(packet_bytes / _spacing_s(fit, useful, grade), None, None, grade, loss, reason)


def _spacing_s(fit: _Fit, trains: Sequence[Train], grade: Confidence) -> float:
    """Seconds per packet: where most gaps are the same their median, else a line.

    The median does not see that a foreign packet was queued before a whole train or slipped into one; the line, which
    knows which gaps cannot be the link's, has chosen them. A few packets with jitter need not hold punctual ones at
    both ends: then the line of least squares.
    """
    spacing_s = fit.line.slope
    gaps = [gap for train in trains for gap in gaps_of(train)]
    middle_s = median([gap for gap in gaps if abs(gap - spacing_s) <= _NEAR_GAP * spacing_s] or [spacing_s])
    same = [gap for gap in gaps if abs(gap - middle_s) <= _SAME_GAP * middle_s]
    if len(same) >= max(_MIN_SAME_GAPS, _SAME_SHARE * len(gaps)):
        return middle_s
    is_scattered = grade is Confidence.MEDIUM and len(fit.points) < _MIN_PUNCTUAL
    even = even_line(fit.points) if is_scattered else None
    return even.slope if even is not None and even.slope > 0 else spacing_s


def _loss(trains: Sequence[Train]) -> float:
    sent = sum(train.sent for train in trains)
    return 1 - sum(len(dict(train.arrivals)) for train in trains) / sent if sent else 0.0


def _clumps(fit: _Fit | None) -> str:
    late = "" if fit is None else f", half of them {median(fit.lateness_s) * 1000:.3g} ms late or more"
    return f"the packets came in clumps{late}: the link or one of the computers stood still meanwhile; measure again"


def _fit(trains: Sequence[Train]) -> _Fit | None:
    """The arrivals with the line under them, None when no line rises.

    A packet that was lost before the bottleneck took no time there, one that was lost behind it did. Which of both is
    told by what makes the others more punctual.
    """
    found = []
    for lost_count in (False, True):
        points = _points(trains, lost_count=lost_count)
        line = lower_line(points)
        if line is not None and line.slope > 0:
            found.append(_Fit(points, line, line.lateness(points)))
    return min(found, key=lambda fit: mean(fit.lateness_s), default=None)


def _points(trains: Sequence[Train], *, lost_count: bool) -> list[Point]:
    """(Place in the train, s since the train was sent) of every arrival."""
    points: list[Point] = []
    for train in trains:
        arrivals, departures = train.in_order, dict(train.departures)
        first, first_s = arrivals[0]
        begun_s = departures.get(first, first_s)
        places = (index if lost_count else number for number, (index, _) in enumerate(arrivals))
        points += [(place, stamp_s - begun_s) for place, (_, stamp_s) in zip(places, arrivals, strict=True)]
    return points


def _grade(fit: _Fit, trains: Sequence[Train]) -> tuple[Confidence, str | None]:
    """How far the line may be trusted, and what limits it."""
    paces_s = [pace for train in trains if (pace := train.sending_pace_s) is not None]
    if paces_s and min(paces_s) > _SENDER_SHARE * fit.line.slope:
        return Confidence.LOW, "as fast as the packets were sent: the link may carry more"
    slow_s = _CHANGED_RATIO * fit.line.slope
    if any(len(gaps) >= _MIN_CHANGED_GAPS and median(gaps) > slow_s for gaps in map(gaps_of, trains)):
        return Confidence.LOW, "some trains found a slower link than others: the rate changed meanwhile"
    lateness = mean(fit.lateness_s) / fit.longest_s
    if fit.punctual_share >= _SURE_SHARE or lateness <= _GOOD_LATENESS:
        return Confidence.HIGH, None
    return Confidence.MEDIUM if lateness <= _USABLE_LATENESS else Confidence.LOW, None


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
    if late <= 0 or early * _SHAPED_RATIO >= late or not _has_burst(trains, late):
        return None
    threshold = late / _SHAPED_RATIO
    knee = next((i for i in range(len(gaps)) if median(gaps[i : i + 4]) >= threshold), len(gaps) - 1)
    burst_bytes = (knee + 1) * packet_bytes
    burst_rate = packet_bytes / early if early > 0 else None
    return Estimate(packet_bytes / late, burst_rate, burst_bytes, Confidence.MEDIUM, loss)


def _has_burst(trains: Sequence[Train], sustained_s: float) -> bool:
    """Whether some packets arrived earlier after their sending than the sustained rate allows.

    Small gaps alone are no burst: packets that were held up and then released together have them too, but come late.
    """
    points = _points(trains, lost_count=False)
    unqueued_s = min(stamp_s for place, stamp_s in points if place == 0)
    return any(place >= 2 and (stamp_s - unqueued_s) * _SHAPED_RATIO < place * sustained_s for place, stamp_s in points)


def is_overdue(stamps_ns: Sequence[int], now_ns: int) -> bool:
    """Whether nothing more of a train is to be expected: silence of three times its largest gap.

    At least 0.25 s, and 3 s as long as too few packets have arrived to know the gaps.
    """
    if not stamps_ns:
        return False
    gaps = [after - before for before, after in itertools.pairwise(stamps_ns)]
    floor_s = _OVERDUE_FLOOR_S if len(gaps) >= 2 else _OVERDUE_UNKNOWN_S
    return now_ns - stamps_ns[-1] > max(int(floor_s * 1e9), 3 * max(gaps, default=0))
