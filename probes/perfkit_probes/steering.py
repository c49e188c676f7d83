"""How a receiver steers a stream so that it learns the rate with few bytes, and what the arrivals say.

The receiver asks for a batch of messages (of whole TCP segments); when the last one but one of the batch has arrived,
it asks for the next, twice as large, until the time it wants to observe or the bytes it may spend are used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfkit_probes.base import Confidence
from perfkit_probes.budget import Truncation
from perfkit_probes.envelope import lower_line

FIRST_BATCH = 6
# Batches double up to this many segments; from _LARGE_BATCH segments on, messages of _LARGE_MESSAGE segments are used.
_MAX_BATCH, _LARGE_BATCH, _LARGE_MESSAGE = 8192, 96, 8
# What is missing to the wanted time when another batch is no longer worth its round trip.
_ENOUGH = 0.15
_STEADY, _USABLE = 0.02, 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """What one direction may use: bytes of payload, seconds of stream, payload bytes of one segment."""

    max_bytes: int
    target_s: float
    segment_bytes: int


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


@dataclass(frozen=True, slots=True)
class Batch:
    """What to ask for: so many messages of so many segments each."""

    messages: int
    segments: int


class Steering:
    """Decides the size of each batch; fed with one call per message that arrived."""

    def __init__(self, plan: Plan) -> None:
        """Start with nothing asked for."""
        self._plan = plan
        self._asked_messages = 0
        self._asked_segments = 0
        self._batch = 0
        self._batch_messages = 0
        self._batch_segments = 0
        self._received_bytes = 0
        self.arrivals: list[Arrival] = []
        self.truncated: Truncation | None = None

    def next_batch(self) -> Batch | None:
        """What to ask for now; None when the batch is still coming or the stream is complete."""
        if self._asked_messages - len(self.arrivals) > 1:
            return None
        wanted = self._wanted()
        affordable = self._plan.max_bytes // self._plan.segment_bytes - self._asked_segments
        if wanted > affordable:
            self.truncated = Truncation.BYTES
            wanted = max(0, affordable)
        if wanted <= 0:
            return None
        # Large messages on a fast link: the program, not the link, would limit many small ones.
        segments = _LARGE_MESSAGE if wanted >= _LARGE_BATCH else 1
        batch = Batch(wanted // segments, segments)
        self._batch += 1
        self._batch_messages, self._batch_segments = batch.messages, batch.messages * segments
        self._asked_messages += batch.messages
        self._asked_segments += self._batch_segments
        return batch

    def _wanted(self) -> int:
        """Segments that the next batch should have."""
        if not self._asked_messages:
            return FIRST_BATCH
        runs = batches(self.arrivals)
        remaining_s = self._plan.target_s - sum(run[-1].stamp_s - run[0].stamp_s for run in runs)
        if remaining_s <= _ENOUGH * self._plan.target_s:
            return 0
        span_s = runs[-1][-1].stamp_s - runs[-1][0].stamp_s
        rate = (runs[-1][-1].total_bytes - runs[-1][0].total_bytes) / span_s if span_s > 0 else 0.0
        limit = max(FIRST_BATCH, int(rate * remaining_s / self._plan.segment_bytes)) if rate else FIRST_BATCH
        return min(2 * self._batch_segments, limit, _MAX_BATCH)

    def arrived(self, stamp_s: float, frame_bytes: int) -> None:
        """Book the arrival of one message, whose frame has `frame_bytes`."""
        self._received_bytes += frame_bytes
        of_this_batch = len(self.arrivals) >= self._asked_messages - self._batch_messages
        batch = self._batch if of_this_batch else self._batch - 1
        self.arrivals.append(Arrival(batch, self._received_bytes, stamp_s))

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for has arrived."""
        return len(self.arrivals) >= self._asked_messages


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
    """The rate that the arrivals show; the pauses between batches are the receiver's own and do not count.

    Without retransmissions the second half of the stream counts. A retransmission makes bytes arrive in bursts behind
    the gap; then all batches count in full, which is less than what the link could do and is what one TCP connection
    gets.
    """
    if len(arrivals) < 3:
        return StreamEstimate(None, None, "none", Confidence.LOW)
    overall = _overall(arrivals)
    if retransmissions:
        grade = Confidence.MEDIUM if len(arrivals) >= 100 else Confidence.LOW
        return StreamEstimate(overall, overall, "all batches (retransmissions)", grade)
    third, fourth = _part(arrivals, 0.5, 0.75), _part(arrivals, 0.75, 1.0)
    grade = _steadiness(_rate(fourth), _rate(third))
    return StreamEstimate(_rate(_part(arrivals, 0.5, 1.0)), overall, "second half", grade)


def _part(arrivals: Sequence[Arrival], start: float, end: float) -> list[Arrival]:
    """The arrivals between two shares of all bytes."""
    total = arrivals[-1].total_bytes
    return [arrival for arrival in arrivals if start * total < arrival.total_bytes <= end * total]


def _overall(arrivals: Sequence[Arrival]) -> float | None:
    runs = batches(arrivals)
    span_s = sum(run[-1].stamp_s - run[0].stamp_s for run in runs)
    return sum(run[-1].total_bytes - run[0].total_bytes for run in runs) / span_s if span_s > 0 else None


def _rate(arrivals: Sequence[Arrival]) -> float | None:
    longest = max(batches(arrivals), key=len, default=[])
    line = lower_line([(float(arrival.total_bytes), arrival.stamp_s) for arrival in longest])
    return 1 / line.slope if line is not None and line.slope > 0 else None


def _steadiness(last: float | None, before: float | None) -> Confidence:
    """High when the last quarter of the stream was as fast as the one before within 2 %, medium within 10 %."""
    if not last or not before:
        return Confidence.LOW
    change = abs(last / before - 1)
    if change <= _STEADY:
        return Confidence.HIGH
    return Confidence.MEDIUM if change <= _USABLE else Confidence.LOW
