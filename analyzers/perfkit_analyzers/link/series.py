"""One session of the monitor as looks at each quantity: when, what, for how long it speaks (docs/method.md 12, N1)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

import msgspec

from perfkit.core.monitor_record import (
    ClockState,
    Event,
    EventKind,
    Gap,
    GapCause,
    Origin,
    Quantity,
    Record,
    Sample,
    Session,
)
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import Required, Verdict

SPEAKS_INTERVALS = 2
"""Intervals of its session for which a sample speaks at most."""

_AWAY = frozenset({GapCause.DEVICE_AWAY, GapCause.RESPONDER_AWAY, GapCause.SUSPENDED})
"""Gaps of the link itself: what was seen before one says nothing of it. In others merely nobody looked."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_NS = 1_000_000_000


class Threshold(StrEnum):
    """What the link is judged by."""

    LATENCY = "latency"
    RSSI = "rssi"
    BANDWIDTH = "bandwidth"


class Look(msgspec.Struct, gc=False):
    """A sample of one quantity, taken at `time_ns` (UTC since 1970); it speaks from `from_ns` until `until_ns`.

    A `value` of None was not measured, or has no single figure (bandwidth).
    """

    time_ns: int
    from_ns: int
    value: float | None
    verdict: Verdict
    line: int
    technology: str | None = None
    until_ns: int = 0


Piece = list[Look]
"""Looks between two steps of the clock, in order."""


def time_ns(moment: datetime) -> int:
    """A moment in nanoseconds since 1970, exact to the microsecond that a datetime holds."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND_NS + since.microseconds * 1000


class SessionSeries:
    """What one session saw. `pieces` of a threshold are apart where the clock was stepped or the host slept."""

    def __init__(self, file: str, line: int, session: Session) -> None:
        self.file = file
        self.line = line
        self.session = session
        self.pieces: dict[Threshold, list[Piece]] = {threshold: [[]] for threshold in Threshold}
        self.gaps: list[tuple[int, Gap]] = []
        self.samples = 0
        self.steps_s: list[float] = []
        self.first_ns = self.last_ns = time_ns(session.time)
        self.ended = False
        self.operators: set[str] = set()
        self.opened_ns: list[int] = []  # when the monitor saw an OCPP connection begin
        self.synchronized: bool | None = None
        self._clock_error_ms = 0.0
        self._see_clock(session.clock)

    @property
    def tolerance_ns(self) -> int:
        """How far the times may be wrong: what the host knew of its clock's error, and every step of it."""
        return int(self._clock_error_ms * 1e6) + sum(int(abs(step_s) * 1e9) for step_s in self.steps_s)

    def take(self, line: int, record: Record) -> None:
        """Take in the next record of the session."""
        if isinstance(record, Sample):
            self._sample(line, record)
        elif isinstance(record, Gap):
            self.gaps.append((line, record))
        elif isinstance(record, Event):
            self._event(record)

    def _sample(self, line: int, sample: Sample) -> None:
        self.samples += 1
        now_ns = time_ns(sample.time)
        self.first_ns, self.last_ns = min(self.first_ns, now_ns), max(self.last_ns, now_ns)
        thresholds = self.session.thresholds
        latency = latency_verdict(sample, thresholds)
        if latency is not None:
            value_ms = None if sample.latency is None else sample.latency.value_ms
            self._look(Threshold.LATENCY, Look(now_ns, self._speaks_from(sample, now_ns), value_ms, latency, line))
        rssi = rssi_verdict(sample, thresholds)
        if rssi is not None:
            signal = sample.signal
            value_dbm, technology = (None, None) if signal is None else (signal.rssi_dbm, signal.technology)
            self._look(Threshold.RSSI, Look(now_ns, now_ns, value_dbm, rssi, line, technology))
            if signal is not None and signal.operator:
                self.operators.add(signal.operator)
        if sample.bandwidth is not None:
            verdict = _required(sample.bandwidth.up, sample.bandwidth.down)
            self._look(Threshold.BANDWIDTH, Look(now_ns, now_ns, None, verdict, line))
        if sample.clock is not None:
            self._see_clock(sample.clock)

    def _speaks_from(self, sample: Sample, now_ns: int) -> int:
        """A passive round trip is that of the traffic since the look before."""
        is_passive = sample.latency is not None and sample.latency.origin is Origin.PASSIVE
        return now_ns - int((self.session.passive_interval_s or 0.0) * 1e9) if is_passive else now_ns

    def _look(self, threshold: Threshold, look: Look) -> None:
        self.pieces[threshold][-1].append(look)

    def _event(self, event: Event) -> None:
        if event.kind is EventKind.CLOCK_STEP:
            self.steps_s.append(event.seconds or 0.0)
        if event.kind in {EventKind.CLOCK_STEP, EventKind.SUSPENDED}:
            for pieces in self.pieces.values():
                pieces.append([])
        if event.kind is EventKind.CONNECTION_OPENED:
            self.opened_ns.append(time_ns(event.time))
        if event.kind is EventKind.SESSION_END:
            self.last_ns = max(self.last_ns, time_ns(event.time))
            self.ended = True

    def _see_clock(self, clock: ClockState) -> None:
        error_ms = abs(clock.offset_ms or 0.0) + (clock.max_error_ms or 0.0)
        self._clock_error_ms = max(self._clock_error_ms, error_ms)
        if clock.synchronized is not None:
            self.synchronized = clock.synchronized and self.synchronized is not False

    def finish(self) -> None:
        """Settle until when each look speaks: the session is read."""
        for threshold, pieces in self.pieces.items():
            gaps = self._gaps_of(threshold)
            for number, piece in enumerate(pieces):
                is_last = number == len(pieces) - 1
                _settle(piece, self._speaks_ns(threshold), self.last_ns if is_last and self.ended else None)
                _cut(piece, gaps)

    def _speaks_ns(self, threshold: Threshold) -> int:
        session = self.session
        is_rare = threshold is Threshold.BANDWIDTH and session.bandwidth_interval_s
        interval_s = session.bandwidth_interval_s if is_rare else session.interval_s
        return int(SPEAKS_INTERVALS * (interval_s or session.interval_s) * 1e9)

    def _gaps_of(self, threshold: Threshold) -> list[tuple[int, int]]:
        wanted = {Threshold.LATENCY: Quantity.LATENCY, Threshold.RSSI: Quantity.SIGNAL}.get(threshold, Quantity.ALL)
        gaps = [gap for _, gap in self.gaps if gap.quantity in {wanted, Quantity.ALL} and gap.cause in _AWAY]
        return [(time_ns(gap.start), time_ns(gap.end)) for gap in gaps]


def _required(*directions: Required) -> Verdict:
    if Required.NOT_MET in directions:
        return Verdict.NOT_MET
    return Verdict.NOT_MEASURED if Required.UNDECIDED in directions else Verdict.MET


def _settle(piece: Piece, speaks_ns: int, end_ns: int | None) -> None:
    """Each look speaks until the next; late writing may have put two of one piece out of order."""
    piece.sort(key=lambda look: look.time_ns)
    for look, later in pairwise(piece):
        look.until_ns = min(later.time_ns, look.time_ns + speaks_ns)
    if piece:
        last = piece[-1]
        last.until_ns = last.time_ns + speaks_ns if end_ns is None else min(end_ns, last.time_ns + speaks_ns)


def _cut(piece: Piece, gaps: Iterable[tuple[int, int]]) -> None:
    """No look speaks into a gap."""
    times = [look.time_ns for look in piece]
    for start_ns, _ in gaps:
        index = bisect_right(times, start_ns) - 1
        if index >= 0:
            piece[index].until_ns = min(piece[index].until_ns, start_ns)
