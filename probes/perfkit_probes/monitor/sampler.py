"""The heart of the monitor: each second it starts what is due, takes what has come, and writes what is worth a line."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from perfkit.core.monitor_record import (
    ClockState,
    Event,
    EventKind,
    Gap,
    GapCause,
    InterfaceCount,
    Latency,
    Quantity,
    Record,
    Sample,
    Signal,
)
from perfkit.core.network_record import Require
from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.monitor.gaps import Gaps
from perfkit_probes.monitor.moments import Moment, MonitorClock
from perfkit_probes.monitor.runner import AtOnce, InThread, Runner
from perfkit_probes.monitor.sources.base import Reading, Source
from perfkit_probes.monitor.sources.connections import ConnectionSource
from perfkit_probes.monitor.time_watch import TimeWatch

TICK_S = 1.0
# Most answers come within this; waiting for them lets a sample hold everything that was due at its moment.
_GRACE_S = 0.3
_LAST_WAIT_S = 5.0
# Readings that are not worth a line wait for one that is, so long.
_CARRY_S = 5.0
_QUANTITIES = {"latency": Quantity.LATENCY, "signal": Quantity.SIGNAL}

Value = TypeVar("Value")


class Output(Protocol):
    """Where records go."""

    def write(self, records: Sequence[Record], now: Moment) -> list[Event]:
        """Keep the records; returns what is to be said about keeping them."""


class Watcher(Protocol):
    """Whoever follows the session."""

    def sample(self, sample: Sample) -> None:
        """Take a sample."""

    def event(self, event: Event | Gap) -> None:
        """Take something that happened."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """What takes the records, and who follows them."""

    output: Output
    watcher: Watcher


@dataclass(slots=True)
class _Slot:
    """A source, when it is due next (monotonic s), and its answer on the way."""

    source: Source
    due_s: float
    pending: Future[Reading] | None = None
    begun_s: float = 0.0

    def advance(self, now_s: float) -> None:
        """Put the next time on the grid of the period, beyond now."""
        missed = int((now_s - self.due_s) // self.source.period_s) if now_s > self.due_s else 0
        self.due_s += (missed + 1) * self.source.period_s


class Sampler:
    """Asks the sources in their order and writes what they say; `tick` is to be called every TICK_S.

    The source of connections has to come before that of the latency, which is only asked where the first tells nothing.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        outlets: Outlets,
        *,
        clock: MonitorClock,
        allowance: Allowance,
        runner: Runner | None = None,
    ) -> None:
        self._clock = clock
        self._output = outlets.output
        self._allowance = allowance
        self._watcher = outlets.watcher
        self._background = runner or InThread()
        begun = clock.now()
        self._slots = [_Slot(source, begun.monotonic_s) for source in sources]
        self._passive = next((one for one in sources if isinstance(one, ConnectionSource)), None)
        self._passive_s: float | None = None
        self._time = TimeWatch()
        self._gaps = Gaps(begun)
        self._carried: dict[str, Reading] = {}
        self._carried_since = begun
        self._grace_s = _GRACE_S
        self.count = 0

    def tick(self) -> None:
        """One look: start, wait a moment, collect, write."""
        now = self._clock.now()
        happened = self._time.look(now, TICK_S)
        self._start_due(now.monotonic_s)
        self._take(happened, wait_s=self._grace_s)

    def end(self, detail: str) -> None:
        """End the session: what is on its way is waited for a little, then open gaps, and why it ends."""
        self._take([], wait_s=_LAST_WAIT_S)
        now = self._clock.now()
        closing: list[Event | Gap] = [*self._gaps.end(now), _happened(now, EventKind.SESSION_END, detail)]
        self._write([], {}, now, is_last=True)
        self._write(closing, {}, now)
        for slot in self._slots:
            if slot.pending is None:
                slot.source.close()

    def _take(self, happened: list[Event | Gap], *, wait_s: float) -> None:
        """Collect what has come and write it, behind what has happened."""
        pending = [slot.pending for slot in self._slots if slot.pending is not None]
        if any(not one.done() for one in pending):
            concurrent.futures.wait(pending, timeout=wait_s)
        now = self._clock.now()
        readings = self._collect(now)
        told = [_happened(now, kind, detail) for one in readings.values() for kind, detail in one.events]
        followed = {_QUANTITIES[name]: reading for name, reading in readings.items() if name in _QUANTITIES}
        self._write([*happened, *told, *self._gaps.follow(followed, now)], readings, now)

    def _start_due(self, now_s: float) -> None:
        for slot in self._slots:
            name = slot.source.name
            if now_s < slot.due_s or slot.pending is not None or (name == "bandwidth" and self._is_asked("latency")):
                continue
            slot.advance(now_s)
            if name == "latency" and (self._is_asked("bandwidth") or self._has_passive(now_s, slot.source.period_s)):
                continue
            runner = self._background if slot.source.may_wait else AtOnce()
            slot.begun_s = now_s
            slot.pending = runner.start(name, slot.source.read)
            if slot.source is self._passive and self._passive.latency is not None:
                self._passive_s = now_s

    def _is_asked(self, name: str) -> bool:
        """Whether the source of this name has not answered yet: a full link has no idle latency."""
        return any(slot.pending is not None for slot in self._slots if slot.source.name == name)

    def _has_passive(self, now_s: float, within_s: float) -> bool:
        """Whether the OCPP connection has told the latency lately, so that no packet is needed."""
        return self._passive_s is not None and now_s - self._passive_s < within_s

    def _collect(self, now: Moment) -> dict[str, Reading]:
        """The answers that have come, by field of the sample; what is overdue gives a reason."""
        readings: dict[str, Reading] = {}
        for slot in self._slots:
            if slot.pending is None:
                continue
            if slot.pending.done():
                readings[slot.source.name] = _outcome(slot.pending)
                slot.pending = None
            elif now.monotonic_s >= slot.due_s:
                waited_s = now.monotonic_s - slot.begun_s
                slot.advance(now.monotonic_s)
                reason = f"no answer yet, for {waited_s:.0f} s"
                readings[slot.source.name] = Reading(reason=reason, cause=GapCause.NO_ANSWER)
        if self._passive is not None and "connections" in readings and self._passive.latency is not None:
            readings["latency"] = Reading(self._passive.latency)
        return readings

    def _write(
        self, happened: Sequence[Event | Gap], readings: dict[str, Reading], now: Moment, *, is_last: bool = False
    ) -> None:
        """Write what has happened and a sample: of news, or of what has waited for some; `is_last`: for none longer."""
        records: list[Record] = list(happened)
        sample = None
        has_waited = bool(self._carried) and (is_last or self._has_carried_long(now))
        if has_waited or any(reading.is_news for reading in readings.values()):
            sample = self._sample({**self._carried, **readings}, now)
            records.append(sample)
            self._carried.clear()
        else:
            self._carry(readings, now)
        for event in [*happened, *self._output.write(records, now)]:
            self._watcher.event(event)
        if sample is not None:
            self._watcher.sample(sample)

    def _carry(self, readings: dict[str, Reading], now: Moment) -> None:
        """Keep what is not worth a line of its own for the next one; connections are read again each second."""
        for name, reading in readings.items():
            if name != "connections":
                self._carried_since = self._carried_since if self._carried else now
                self._carried[name] = reading

    def _has_carried_long(self, now: Moment) -> bool:
        return now.seconds_since(self._carried_since) >= _CARRY_S

    def _sample(self, readings: dict[str, Reading], now: Moment) -> Sample:
        number, self.count = self.count, self.count + 1
        connections = readings.get("connections")
        return Sample(
            time=now.time,
            monotonic_s=now.monotonic_s,
            number=number,
            spent_bytes=self._allowance.total_bytes,
            latency=_value(readings, "latency", Latency),
            connections=connections.value if connections and isinstance(connections.value, list) else None,
            signal=_value(readings, "signal", Signal),
            interface=_value(readings, "interface", InterfaceCount),
            clock=_value(readings, "clock", ClockState),
            bandwidth=_value(readings, "bandwidth", Require),
            reasons={name: one.reason for name, one in readings.items() if one.value is None and one.reason},
        )


def _happened(now: Moment, kind: EventKind, detail: str) -> Event:
    return Event(now.time, now.monotonic_s, kind, detail)


def _outcome(future: Future[Reading]) -> Reading:
    error = future.exception()
    if error is None:
        return future.result()
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return Reading(reason=f"a defect of perfkit: {what}", cause=GapCause.DEFECT)


def _value(readings: dict[str, Reading], name: str, kind: type[Value]) -> Value | None:
    reading = readings.get(name)
    return reading.value if reading is not None and isinstance(reading.value, kind) else None
