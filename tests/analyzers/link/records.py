"""Records of a monitor in a few words, for tests of the join. Times are seconds after 2026-06-08T12:00:00Z."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from perfkit.core.monitor_record import (
    ClockState,
    Event,
    EventKind,
    Gap,
    GapCause,
    Latency,
    Origin,
    Quantity,
    Record,
    Sample,
    Session,
    Signal,
    encode,
)
from perfkit.core.network_record import THRESHOLDS, DeviceInfo, Require, Required, RequireDirection
from perfkit.core.tool_info import ToolInfo

NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)
DEVICE = DeviceInfo("E3372h", None, "hilink", None, "http://modem", "00", None, None)
EXACT = ClockState(True, 0.0, 0.0, "test", None)


def at(seconds: float) -> datetime:
    """A moment."""
    return NOON + timedelta(seconds=seconds)


def session(
    start: float = 0.0,
    *,
    name: str = "one",
    interval_s: float = 10.0,
    mobile: bool = False,
    passive_s: float | None = None,
    clock: ClockState = EXACT,
) -> Session:
    """The header of a session."""
    return Session(
        schema="perfkit.monitor/1",
        session=name,
        time=at(start),
        monotonic_s=start,
        tool=ToolInfo("perfkit", "0"),
        host="laptop",
        platform="Linux",
        utc_offset_s=0,
        label=None,
        interface=None,
        device=DEVICE if mobile else None,
        target=None,
        ports=[],
        interval_s=interval_s,
        passive_interval_s=passive_s,
        bandwidth_interval_s=None,
        packet_bytes=84,
        planned_bytes_per_hour=0,
        max_bytes_per_hour=0,
        thresholds=THRESHOLDS,
        clock=clock,
        reasons={},
    )


def sample(
    when: float,
    latency_ms: float | None = None,
    *,
    rssi_dbm: float | None = None,
    technology: str | None = "4g",
    passive: bool = False,
    lost: bool = False,
    hidden: bool = False,
    bandwidth: Required | None = None,
) -> Sample:
    """A look; `lost`: the round trip was due and none came, `hidden`: the device tells no RSSI."""
    latency = None
    if latency_ms is not None:
        origin = Origin.PASSIVE if passive else Origin.ACTIVE
        latency = Latency(latency_ms, origin, "test", 84, None, None, 1, 1, None)
    signal = None
    if rssi_dbm is not None or hidden:
        fields = dict.fromkeys(field.name for field in msgspec.structs.fields(Signal))
        signal = msgspec.convert({**fields, "rssi_dbm": rssi_dbm, "technology": technology}, Signal)
    require = None
    if bandwidth is not None:
        detail = RequireDirection(4.0, "high", None, None, "test")
        require = Require(bandwidth, Required.MET, 5.0, 1, 1.0, "udp", 500, None, detail, detail)
    reasons = {"latency": "no answer"} if lost else {}
    return Sample(at(when), when, 0, 0, latency=latency, signal=signal, bandwidth=require, reasons=reasons)


def gap(start: float, end: float, quantity: Quantity = Quantity.ALL, cause: GapCause = GapCause.DEVICE_AWAY) -> Gap:
    """A stretch without a quantity."""
    return Gap(at(end), end, quantity, cause, "unplugged", at(start), at(end), end - start, 0)


def step(when: float, seconds: float) -> Event:
    """The wall clock was stepped."""
    return Event(at(when), when, EventKind.CLOCK_STEP, "stepped", seconds)


def ended(when: float) -> Event:
    """The session ended in an orderly way."""
    return Event(at(when), when, EventKind.SESSION_END, "interrupted")


def write(path: Path, records: Sequence[Record]) -> Path:
    """A file of the monitor."""
    path.write_bytes(b"".join(encode(record) for record in records))
    return path
