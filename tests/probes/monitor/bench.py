"""A clock that is driven by hand, sources that say what they are told, and outlets that remember."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from perfkit.core.monitor_reader import MonitorReader
from perfkit.core.monitor_record import (
    SCHEMA,
    ClockState,
    Event,
    Gap,
    Latency,
    Origin,
    Record,
    Sample,
    Session,
    Signal,
)
from perfkit.core.network_record import THRESHOLDS
from perfkit.core.tool_info import ToolInfo
from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.monitor.moments import Moment
from perfkit_probes.monitor.runner import AtOnce
from perfkit_probes.monitor.sampler import Outlets, Sampler
from perfkit_probes.monitor.sources.base import Reading, Source

# 2026-06-08T05:00:00Z
START_NS = 1_780_894_800_000_000_000


@dataclass
class DrivenClock:
    """Three clocks that only move when told."""

    wall_ns: int = START_NS
    monotonic_ns: int = 1_000_000_000_000
    boot_ns: int | None = 1_000_000_000_000

    def now(self) -> Moment:
        return Moment(self.wall_ns, self.monotonic_ns, self.boot_ns)

    def sleep(self, seconds: float) -> None:
        self.monotonic_ns += int(seconds * 1e9)
        self.suspend(seconds)

    def suspend(self, seconds: float) -> None:
        self.wall_ns += int(seconds * 1e9)
        if self.boot_ns is not None:
            self.boot_ns += int(seconds * 1e9)

    def step(self, seconds: float) -> None:
        self.wall_ns += int(seconds * 1e9)


@dataclass
class Told:
    """A source that reads what `say` returns."""

    name: str
    period_s: float
    say: Callable[[], Reading]
    may_wait: bool = False
    is_closed: bool = False
    reads: int = 0

    def read(self) -> Reading:
        self.reads += 1
        return self.say()

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Kept:
    """An output that keeps records, and a watcher that keeps what it is shown."""

    records: list[Record] = field(default_factory=list)
    shown: list[Sample | Event | Gap] = field(default_factory=list)

    def write(self, records: Sequence[Record], now: Moment) -> list[Event]:
        self.records += records
        return []

    def sample(self, sample: Sample) -> None:
        self.shown.append(sample)

    def event(self, event: Event | Gap) -> None:
        self.shown.append(event)

    @property
    def samples(self) -> list[Sample]:
        return [one for one in self.records if isinstance(one, Sample)]

    @property
    def events(self) -> list[Event]:
        return [one for one in self.records if isinstance(one, Event)]

    @property
    def gaps(self) -> list[Gap]:
        return [one for one in self.records if isinstance(one, Gap)]


def sampler_of(*sources: Source, kept: Kept, clock: DrivenClock, allowance: Allowance | None = None) -> Sampler:
    """A sampler whose sources answer at once."""
    return Sampler(
        sources, Outlets(kept, kept), clock=clock, allowance=allowance or Allowance(100_000), runner=AtOnce()
    )


def active(value_ms: float = 61.2) -> Latency:
    return Latency(value_ms, Origin.ACTIVE, "UDP echo", packet_bytes=84, count=1, sent=1)


def heard(rssi_dbm: float | None = -70.0, **more: object) -> Signal:
    return Signal(rssi_dbm=rssi_dbm, source="device/signal", technology="4g", **more)  # type: ignore[arg-type]


def header_at(moment: Moment, **more: object) -> Session:
    given: dict[str, object] = {
        "schema": SCHEMA,
        "session": "0a1b2c3d",
        "time": moment.time,
        "monotonic_s": moment.monotonic_s,
        "tool": ToolInfo("perfkit", "0"),
        "host": "bench",
        "platform": "Linux",
        "utc_offset_s": 7200,
        "label": None,
        "interface": None,
        "device": None,
        "target": None,
        "ports": [],
        "interval_s": 10.0,
        "passive_interval_s": None,
        "bandwidth_interval_s": None,
        "packet_bytes": 84,
        "planned_bytes_per_hour": 0,
        "max_bytes_per_hour": 100_000,
        "thresholds": THRESHOLDS,
        "clock": ClockState(reason="not asked"),
        "reasons": {},
    }
    return Session(**{**given, **more})  # type: ignore[arg-type]


def sample_at(moment: Moment, number: int, **more: object) -> Sample:
    return Sample(moment.time, moment.monotonic_s, number, 0, **more)  # type: ignore[arg-type]


@dataclass
class FakeDisk:
    """A disk with so much room; `appended` is what is on it."""

    room_bytes: int = 1 << 40
    appended: bytearray = field(default_factory=bytearray)
    syncs: int = 0

    def append(self, data: bytes) -> int:
        taken = data[: self.room_bytes]
        if not taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room_bytes -= len(taken)
        self.appended += taken
        return len(taken)

    def sync(self) -> None:
        self.syncs += 1

    def close(self) -> None:
        pass


def records_in(data: bytes) -> tuple[list[Record], MonitorReader]:
    reader = MonitorReader(data.splitlines(keepends=True), "record")
    return [entry.record for entry in reader], reader
