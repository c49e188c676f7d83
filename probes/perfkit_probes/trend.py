"""Does delay grow? The judgement of the require probe, from one-way delays of a paced stream.

A link that carries the paced rate keeps no queue: one-way delay stays level. A link that does not, delays each packet
a little more than the one before: with a service rate r below the offered rate o, delay grows by o/r - 1 seconds per
second. The clocks of both ends need not agree, since a constant offset does not change the slope.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median, pstdev

from perfkit_probes.base import Confidence, RequireVerdict

MIN_PACKETS = 12
# A link that falls short by 2 % is judged; less is within what clocks and radio noise allow.
SLOPE_LIMIT = 0.02
# Delay that must have built up before a slope counts as a queue: ten standard deviations of the noise, within these.
_BACKLOG_MIN_S, _BACKLOG_MAX_S, _BACKLOG_SIGMAS = 0.05, 0.5, 10.0
_SIGMA_FLOOR_S = 1e-4
_POINTS = 40
# Loss that a paced direction may show and still be met (radio loss that a transport repairs), and the bound above which
# packets are being thrown away: lower end of the one-sided 99 % Wilson interval.
LOSS_ACCEPTED, LOSS_REFUSED, _WILSON_Z = 0.05, 0.04, 2.33


@dataclass(frozen=True, slots=True)
class Trend:
    """Slope of one-way delay (s per s) with the half-width of its 95 % interval; `sigma_s` is the noise around it."""

    slope: float
    half_width: float
    span_s: float
    sigma_s: float
    effective_count: float

    @property
    def backlog_s(self) -> float:
        """Seconds of delay that built up during the stream."""
        return self.slope * self.span_s


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one direction; `delivered_share` of the offered payload came out (None without an estimate)."""

    verdict: RequireVerdict
    confidence: Confidence
    delivered_share: float | None
    backlog_s: float | None
    loss: float
    reason: str


def delay_trend(pairs: Sequence[tuple[float, float]]) -> Trend | None:
    """The trend of (send time s, one-way delay s), in the order of sending; None for fewer than 12 packets.

    The slope is the median of the slopes between pairs of packets (Theil 1950, Sen 1968), so that
    single stalls do not count.
    Its interval rests on the scatter around the line and on the number of *independent* packets: neighbours share
    their radio conditions, hence n (1 - rho) / (1 + rho) with the autocorrelation rho at lag one (AR(1) assumption).
    """
    if len(pairs) < MIN_PACKETS:
        return None
    span_s = pairs[-1][0] - pairs[0][0]
    if span_s <= 0:
        return None
    slope = _theil_sen(pairs[:: max(1, len(pairs) // _POINTS)])
    level = [delay - slope * sent for sent, delay in pairs]
    centre = median(level)
    residuals = [value - centre for value in level]
    sigma_s = max(pstdev(residuals), _SIGMA_FLOOR_S)
    count = _effective_count(residuals)
    # Standard error of a slope through evenly spaced points: sigma sqrt(12/n) / span; 2 + 6/n for Student's t.
    half_width = (2 + 6 / count) * sigma_s * sqrt(12 / count) / span_s
    return Trend(slope, half_width, span_s, sigma_s, count)


def _theil_sen(points: Sequence[tuple[float, float]]) -> float:
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for index, earlier in enumerate(points)
        for later in points[index + 1 :]
        if later[0] > earlier[0]
    ]
    return median(slopes)


def _effective_count(residuals: Sequence[float]) -> float:
    """How many independent values the residuals are worth, at least 2."""
    count = len(residuals)
    power = sum(value * value for value in residuals) or 1e-12
    products = sum(value * after for value, after in itertools.pairwise(residuals))
    rho = min(0.97, max(0.0, products / power))
    if count > 30:
        # Removing the trend hides part of the correlation (bias of order 1/n, Kendall 1954).
        rho = min(0.97, rho + (1 + 4 * rho) / count)
    return max(2.0, count * (1 - rho) / (1 + rho))


def wilson_lower(lost: int, sent: int) -> float:
    """The lower end of the one-sided 99 % interval of a loss share (Wilson 1927)."""
    if sent == 0 or lost == 0:
        return 0.0
    share, z2 = lost / sent, _WILSON_Z**2
    spread = _WILSON_Z * sqrt(share * (1 - share) / sent + z2 / (4 * sent * sent))
    return max(0.0, (share + z2 / (2 * sent) - spread) / (1 + z2 / sent))


def judge(pairs: Sequence[tuple[float, float]], *, expected: int) -> Judgement:
    """The verdict on a direction from what arrived; `expected` packets were sent up to the newest that arrived.

    Not met: delay grows by more than 2 % of time, surely, and a real queue has built up; or the link throws packets
    away instead of queueing them. Met: the whole interval of the slope lies below 2 % and loss is acceptable.
    """
    lost = max(0, expected - len(pairs))
    loss = lost / expected if expected else 0.0
    trend = delay_trend(pairs)
    if trend is None:
        text = f"only {len(pairs)} packets arrived"
        return Judgement(RequireVerdict.UNDECIDED, Confidence.LOW, None, None, loss, text)
    share = (1 - loss) / (1 + max(0.0, trend.slope))
    backlog_ms = trend.backlog_s * 1000
    verdict, confidence, reason = RequireVerdict.UNDECIDED, Confidence.LOW, "delay is too unsteady to tell"
    if _is_growing(trend):
        sure = trend.slope - 2 * trend.half_width > SLOPE_LIMIT
        verdict, confidence = RequireVerdict.NOT_MET, Confidence.HIGH if sure else Confidence.MEDIUM
        reason = f"a queue of {backlog_ms:.0f} ms built up in {trend.span_s:.1f} s"
    elif wilson_lower(lost, expected) > LOSS_REFUSED:
        verdict, confidence = RequireVerdict.NOT_MET, Confidence.MEDIUM
        reason = f"{lost} of {expected} packets were lost"
    elif loss > LOSS_ACCEPTED:
        reason = f"{lost} of {expected} packets were lost, too few to call it the link's limit"
    elif trend.slope + trend.half_width < SLOPE_LIMIT:
        steady = trend.slope + 2 * trend.half_width < SLOPE_LIMIT
        verdict, confidence = RequireVerdict.MET, Confidence.HIGH if steady else Confidence.MEDIUM
        reason = f"delay stayed level for {trend.span_s:.1f} s"
        share = 1 - loss
    return Judgement(verdict, confidence, share, trend.backlog_s, loss, reason)


def _is_growing(trend: Trend) -> bool:
    needed_s = max(_BACKLOG_MIN_S, min(_BACKLOG_MAX_S, _BACKLOG_SIGMAS * trend.sigma_s))
    return trend.slope > SLOPE_LIMIT and trend.slope > trend.half_width and trend.backlog_s > needed_s
