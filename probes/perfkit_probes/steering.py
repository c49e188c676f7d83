"""How a receiver steers a stream so that it learns the rate with few bytes, and what the arrivals say.

The receiver asks for a batch of messages; when the last one but one of the batch has arrived, it asks for the next,
twice as large, until the time it wants to observe or the bytes it may spend are used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfkit_probes.base import Confidence
from perfkit_probes.budget import Truncation
from perfkit_probes.dispersion import pooled_spacing

FIRST_BATCH = 6
# Batches double up to this many messages, so that one batch stays below a second even on a fast link.
_MAX_BATCH = 2048
_STEADY, _USABLE = 0.02, 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """What one direction may use: bytes of payload, seconds of stream, bytes of one message."""

    max_bytes: int
    target_s: float
    message_bytes: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """The end of one message: its batch, all payload bytes so far, seconds by the receiver's clock."""

    batch: int
    total_bytes: int
    stamp_s: float


@dataclass(frozen=True, slots=True)
class StreamEstimate:
    """Payload bytes per second; None when too few messages arrived."""

    bytes_s: float | None
    all_bytes_s: float | None
    estimator: str
    confidence: Confidence


class Steering:
    """Decides the size of each batch; fed with one call per message that arrived."""

    def __init__(self, plan: Plan) -> None:
        """Start with nothing asked for."""
        self._plan = plan
        self._asked = 0
        self._batch = 0
        self._batch_size = 0
        self.arrivals: list[Arrival] = []
        self.truncated: Truncation | None = None

    def next_batch(self) -> int:
        """Messages to ask for now: 0 when the batch is still coming or the stream is complete."""
        if self._asked - len(self.arrivals) > 1:
            return 0
        size = self._wanted()
        affordable = self._plan.max_bytes // self._plan.message_bytes - self._asked
        if size > affordable:
            self.truncated = Truncation.BYTES
            size = max(0, affordable)
        if size > 0:
            self._batch += 1
            self._batch_size = size
            self._asked += size
        return size

    def _wanted(self) -> int:
        if not self._asked:
            return FIRST_BATCH
        observed_s = sum(self._spans())
        remaining_s = self._plan.target_s - observed_s
        if remaining_s <= 0:
            return 0
        rate = self._messages_s()
        limit = max(FIRST_BATCH, int(rate * remaining_s)) if rate else FIRST_BATCH
        return min(2 * self._batch_size, limit, _MAX_BATCH)

    def _spans(self) -> list[float]:
        return [run[-1].stamp_s - run[0].stamp_s for run in batches(self.arrivals)]

    def _messages_s(self) -> float:
        last = batches(self.arrivals)[-1]
        span = last[-1].stamp_s - last[0].stamp_s
        return (len(last) - 1) / span if span > 0 else 0.0

    def arrived(self, stamp_s: float) -> None:
        """Book the arrival of one message."""
        number = len(self.arrivals) + 1
        started = self._asked - self._batch_size
        batch = self._batch if number > started else self._batch - 1
        self.arrivals.append(Arrival(batch, number * self._plan.message_bytes, stamp_s))

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for has arrived."""
        return bool(self._asked) and len(self.arrivals) >= self._asked


def batches(arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """The arrivals by batch, in order."""
    found: list[list[Arrival]] = []
    for arrival in arrivals:
        if found and found[-1][-1].batch == arrival.batch:
            found[-1].append(arrival)
        else:
            found.append([arrival])
    return found


def stream_estimate(arrivals: Sequence[Arrival], *, retransmissions: int | None) -> StreamEstimate:
    """The payload rate that the arrivals show.

    Without retransmissions the second half of the stream counts, batch by batch (the pause between two batches is the
    receiver's own). A retransmission makes bytes arrive in bursts behind the gap; then all bytes over the whole time
    count, which is lower than what the link could do and is what one TCP connection gets.
    """
    if len(arrivals) < 3:
        return StreamEstimate(None, None, "none", Confidence.LOW)
    overall = _overall(arrivals)
    if retransmissions:
        grade = Confidence.MEDIUM if len(arrivals) >= 100 else Confidence.LOW
        return StreamEstimate(overall, overall, "all bytes (retransmissions)", grade)
    middle, three_quarters = len(arrivals) // 2, len(arrivals) - len(arrivals) // 4
    grade = _steadiness(_rate(arrivals[three_quarters:]), _rate(arrivals[middle:three_quarters]))
    return StreamEstimate(_rate(arrivals[middle:]), overall, "second half", grade)


def _overall(arrivals: Sequence[Arrival]) -> float | None:
    span = arrivals[-1].stamp_s - arrivals[0].stamp_s
    return (arrivals[-1].total_bytes - arrivals[0].total_bytes) / span if span > 0 else None


def _rate(arrivals: Sequence[Arrival]) -> float | None:
    pieces = [[(float(a.total_bytes), a.stamp_s) for a in run] for run in batches(arrivals) if len(run) > 1]
    spacing = pooled_spacing(pieces)
    return 1 / spacing.seconds if spacing else None


def _steadiness(last: float | None, before: float | None) -> Confidence:
    """High when the last quarter of the stream was as fast as the one before within 2 %, medium within 10 %."""
    if not last or not before:
        return Confidence.LOW
    change = abs(last / before - 1)
    if change <= _STEADY:
        return Confidence.HIGH
    return Confidence.MEDIUM if change <= _USABLE else Confidence.LOW
