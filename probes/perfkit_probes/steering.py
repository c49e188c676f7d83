"""How a receiver steers a stream so that it learns the rate with few bytes, and what the arrivals say.

The receiver asks for a batch of messages (of whole TCP segments); when the last one but one of the batch has arrived,
it asks for the next, twice as large, until the time it wants to observe or the bytes it may spend are used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from perfkit_probes.base import Confidence
from perfkit_probes.budget import Truncation
from perfkit_probes.envelope import lower_line

FIRST_BATCH = 6
# Batches double up to this many segments; from _LARGE_BATCH segments on, messages of _LARGE_MESSAGE segments are used.
MAX_BATCH, _LARGE_BATCH, _LARGE_MESSAGE = 8192, 96, 8
# What is missing to the wanted time when another batch is no longer worth its round trip.
_ENOUGH = 0.15
# Mean lateness as a share of the batch's time up to which a rate is good, or usable.
_STEADY, _USABLE = 0.02, 0.1
# A batch that is faster by more than this than it was from its request on has been held up and read in one go.
_CLUMPED_RATIO = 3.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What one direction may use: bytes of payload, seconds of stream, payload bytes of one segment.

    `max_batch` segments are asked for at once at the most. What is asked for comes in full, at whatever rate the link
    has by then, so a stream that may slow down is asked for in small batches.
    """

    max_bytes: int
    target_s: float
    segment_bytes: int
    max_batch: int = MAX_BATCH


@dataclass(frozen=True, slots=True)
class Arrival:
    """The end of one message: its batch, all payload bytes so far, seconds by the receiver's clock.

    `asked_s` is when the receiver asked for the batch, None of the first one.
    """

    batch: int
    total_bytes: int
    stamp_s: float
    asked_s: float | None = None


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
        self._asked_s: dict[int, float] = {}
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
        if self.arrivals:
            self._asked_s[self._batch] = self.arrivals[-1].stamp_s
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
        return min(2 * self._batch_segments, limit, self._plan.max_batch)

    def arrived(self, stamp_s: float, frame_bytes: int) -> None:
        """Book the arrival of one message, whose frame has `frame_bytes`."""
        self._received_bytes += frame_bytes
        of_this_batch = len(self.arrivals) >= self._asked_messages - self._batch_messages
        batch = self._batch if of_this_batch else self._batch - 1
        self.arrivals.append(Arrival(batch, self._received_bytes, stamp_s, self._asked_s.get(batch)))

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


def stream_estimate(
    arrivals: Sequence[Arrival], *, retransmissions: int | None, round_trip_s: float = 0.0
) -> StreamEstimate:
    """The rate that the arrivals show; the pauses between batches are the receiver's own and do not count.

    Without retransmissions the longest batch in the second half of the stream counts, along its most punctual messages:
    a pause of the sender or of a host in between is no property of the link. Confidence falls with the lateness of the
    others: above 2 % of the batch's time on average it is medium, above 10 % low.

    A retransmission makes bytes arrive in bursts behind the gap; then all batches count in full, which is less than the
    link could carry and is what one TCP connection gets.

    A receiver that slept reads many messages in one go, as if there were no limit. So the batch may not be much faster
    than it was from the moment it could have come, `round_trip_s` after it was asked for; else that is the estimate.
    """
    if len(arrivals) < 3:
        return StreamEstimate(None, None, "none", Confidence.LOW)
    overall = _overall(arrivals)
    if retransmissions:
        grade = Confidence.MEDIUM if len(arrivals) >= 100 else Confidence.LOW
        return StreamEstimate(overall, overall, "all batches (retransmissions)", grade)
    half = arrivals[-1].total_bytes / 2
    longest = max(batches([arrival for arrival in arrivals if arrival.total_bytes > half]), key=len)
    points = [(float(arrival.total_bytes), arrival.stamp_s) for arrival in longest]
    line = lower_line(points)
    if line is None or line.slope <= 0:
        return StreamEstimate(None, overall, "none", Confidence.LOW)
    whole = [arrival for arrival in arrivals if arrival.batch == longest[0].batch]
    least = _from_request(whole, round_trip_s)
    if least is not None and _CLUMPED_RATIO * least * line.slope < 1:
        return StreamEstimate(least, overall, "longest batch from its request (it came in a clump)", Confidence.LOW)
    lateness = mean(line.lateness(points)) / (line.slope * (points[-1][0] - points[0][0]))
    return StreamEstimate(1 / line.slope, overall, "second half", _grade(lateness))


def _from_request(batch: Sequence[Arrival], round_trip_s: float) -> float | None:
    """Bytes per second of a batch from the moment it could have come, None where its request is not known."""
    asked_s = batch[0].asked_s
    if asked_s is None or batch[-1].stamp_s <= asked_s + round_trip_s:
        return None
    return (batch[-1].total_bytes - batch[0].total_bytes) / (batch[-1].stamp_s - asked_s - round_trip_s)


def _overall(arrivals: Sequence[Arrival]) -> float | None:
    runs = batches(arrivals)
    span_s = sum(run[-1].stamp_s - run[0].stamp_s for run in runs)
    return sum(run[-1].total_bytes - run[0].total_bytes for run in runs) / span_s if span_s > 0 else None


def _grade(lateness: float) -> Confidence:
    if lateness <= _STEADY:
        return Confidence.HIGH
    return Confidence.MEDIUM if lateness <= _USABLE else Confidence.LOW
