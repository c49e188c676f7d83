"""The record of `perfkit monitor`, schema `perfkit.monitor/1`: one JSON object per line, only ever appended to.

A file holds one or more sessions. A session begins with its header (`"record": "session"`) and goes on until the next
header or the end of the file; in between stand samples, gaps and events in the order in which they were written. Every
line carries two times: `time` by the wall clock of the monitoring host (UTC, may be stepped) and `monotonic_s` by its
monotonic clock (seconds from an arbitrary zero, never stepped, stands still during suspend on Linux). kB is 1000 bytes.

Not measured is null. In a sample the entry of `reasons` then says why, by the name of the field; a null without a
reason was not due at that moment: the kernel is asked about TCP connections more often than the radio about its signal.
In samples a null field is left out of the line.
`perfkit.core.monitor_reader` reads a file line by line. The JSON Schema of a line is generated from these types.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from perfkit.core.network_record import DeviceInfo, Require, Thresholds
from perfkit.core.tool_info import ToolInfo

SCHEMA = "perfkit.monitor/1"

UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment by the wall clock; written in UTC, e.g. "2026-06-08T05:21:14.281Z". Never without a time zone."""


IntervalSeconds = Annotated[float, msgspec.Meta(gt=0, le=1e9)]
Milliseconds = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
StepSeconds = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
"""Bounds that no measured value comes near; what is beyond them was not written by the monitor."""


class Origin(StrEnum):
    """How a latency came about: from traffic that was there anyway, or by packets of the monitor's own."""

    PASSIVE = "passive"
    ACTIVE = "active"


class Quantity(StrEnum):
    """What a gap is a gap of; `all` means that the monitor itself was not running or could not write."""

    ALL = "all"
    LATENCY = "latency"
    SIGNAL = "signal"


class GapCause(StrEnum):
    """Why there is nothing between two moments."""

    DEVICE_AWAY = "device_away"
    RESPONDER_AWAY = "responder_away"
    NO_ANSWER = "no_answer"  # a probe or its answer was lost on the way
    NO_TRAFFIC = "no_traffic"  # nothing was acknowledged on the OCPP connection, and no probe fills in
    NOT_TOLD = "not_told"  # the device answers, but does not tell this
    SUSPENDED = "suspended"
    HELD_UP = "held_up"
    DISK_FULL = "disk_full"
    CAP_REACHED = "cap_reached"
    DEFECT = "defect"  # of perfkit


class EventKind(StrEnum):
    """What happened at a moment."""

    CLOCK_STEP = "clock_step"
    SUSPENDED = "suspended"
    HELD_UP = "held_up"
    DEVICE_AWAY = "device_away"
    DEVICE_BACK = "device_back"
    RESPONDER_AWAY = "responder_away"
    RESPONDER_BACK = "responder_back"
    CONNECTION_OPENED = "connection_opened"
    CONNECTION_CLOSED = "connection_closed"
    DISK_FULL = "disk_full"
    DISK_ROOM = "disk_room"
    CAP_REACHED = "cap_reached"
    CAP_ROOM = "cap_room"
    SESSION_END = "session_end"


class ClockState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the system knows of its wall clock.

    `offset_ms` is the wall clock's deviation from its reference as last estimated (positive: the clock is ahead),
    `max_error_ms` the bound that the system gives for it. All None, with `reason`, where the system does not tell.
    """

    synchronized: bool | None = None
    offset_ms: Milliseconds | None = None
    max_error_ms: Milliseconds | None = None
    source: str | None = None
    reason: str | None = None


class Latency(msgspec.Struct, frozen=True, omit_defaults=True):
    """The round trip at this moment, in ms.

    Active: the median of `count` answers to `sent` packets of `packet_bytes` (IP). Passive: the kernel's smoothed round
    trip (RFC 6298) of the OCPP connection `connection`, on which an acknowledgement has arrived since the look
    before; `count` and `sent` are None, `packet_bytes` is the mean IP packet sent since then, None when none was.
    """

    value_ms: Milliseconds
    origin: Origin
    method: str
    packet_bytes: int | None = None
    min_ms: float | None = None
    max_ms: float | None = None
    count: int | None = None
    sent: int | None = None
    connection: str | None = None


class TcpConnection(msgspec.Struct, frozen=True, omit_defaults=True):
    """The kernel's view of one OCPP connection that ends on this host; counters are since it was opened.

    `name` is "LOCAL - REMOTE", `min_rtt_ms` the smallest round trip of the last minutes, `delivery_kB_s` the kernel's
    last estimate of the payload rate, `last_ack_s` how long ago the peer acknowledged something. `is_fresh`: something
    was acknowledged since the look before, so that `rtt_ms` speaks of now. None where the kernel does not tell.
    """

    name: str
    rtt_ms: float
    is_fresh: bool
    retransmissions: int
    rttvar_ms: float | None = None
    min_rtt_ms: float | None = None
    delivery_kB_s: float | None = None  # noqa: N815 - kB is the unit's symbol
    last_ack_s: float | None = None
    sent_bytes: int | None = None
    received_bytes: int | None = None


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look at the radio; `csq` and `hcsq` are the raw numbers of +CSQ and ^HCSQ.

    `rssi_dbm` None: not measured, `reason` says why. `bound` is ">=" or "<=" where the device only gives an end of its
    scale, `source` names where the RSSI was read. `technology` is "2g", "3g" or "4g", `rat` the network's word ("LTE").
    """

    rssi_dbm: float | None = None
    bound: str | None = None
    source: str | None = None
    reason: str | None = None
    technology: str | None = None
    rat: str | None = None
    operator: str | None = None
    cell: str | None = None
    band: str | None = None
    csq: int | None = None
    hcsq: int | None = None
    rsrp_dbm: float | None = None
    rsrq_db: float | None = None
    sinr_db: float | None = None
    rscp_dbm: float | None = None
    ecio_db: float | None = None


class InterfaceCount(msgspec.Struct, frozen=True):
    """What a network interface has counted since it came up (link layer)."""

    name: str
    received_bytes: int
    sent_bytes: int
    received_packets: int
    sent_packets: int
    errors: int
    dropped: int


class Session(msgspec.Struct, frozen=True, tag_field="record", tag="session"):
    """The header of a session: who looks at what, how often, at what price.

    `interval_s` is the time between looks at everything, `passive_interval_s` between looks at TCP connections (None:
    not watched, `reasons` says why). `ports` are the TCP ports of OCPP on this host. `planned_bytes_per_hour` is what
    the active probes will use at most (IP bytes, both directions), `max_bytes_per_hour` the cap that holds whatever
    happens. `utc_offset_s` is local time minus UTC on this host at this moment, for the reader of a local clock's log.
    """

    schema: str
    session: str
    time: UtcTime
    monotonic_s: float
    tool: ToolInfo
    host: str
    platform: str
    utc_offset_s: int
    label: str | None
    interface: str | None
    device: DeviceInfo | None
    target: str | None
    ports: list[int]
    interval_s: IntervalSeconds
    passive_interval_s: IntervalSeconds | None
    bandwidth_interval_s: IntervalSeconds | None
    packet_bytes: int
    planned_bytes_per_hour: int
    max_bytes_per_hour: int
    thresholds: Thresholds
    clock: ClockState
    reasons: dict[str, str]


class Sample(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="record", tag="sample"):
    """One look. `number` counts the samples of the session from 0 without a hole, whatever became of them.

    `spent_bytes` is what the monitor itself has used of the link in this session (IP bytes, both directions).
    """

    time: UtcTime
    monotonic_s: float
    number: int
    spent_bytes: int
    latency: Latency | None = None
    connections: list[TcpConnection] | None = None
    signal: Signal | None = None
    interface: InterfaceCount | None = None
    clock: ClockState | None = None
    bandwidth: Require | None = None
    reasons: dict[str, str] = {}


class Gap(msgspec.Struct, frozen=True, tag_field="record", tag="gap"):
    """A stretch without `quantity`, written when it is over or the session ends.

    `start` is the last moment at which the quantity was known to be there, `end` the first at which it was again (or
    the end of the session). `seconds` is its length by the clock that no step can falsify; `lost_samples` counts
    samples whose numbers are missing in the file.
    """

    time: UtcTime
    monotonic_s: float
    quantity: Quantity
    cause: GapCause
    reason: str
    start: UtcTime
    end: UtcTime
    seconds: float
    lost_samples: int


class Event(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="record", tag="event"):
    """Something that happened. `seconds`: how far a clock step went (forward: positive), how long a suspend took."""

    time: UtcTime
    monotonic_s: float
    kind: EventKind
    detail: str
    seconds: StepSeconds | None = None


Record = Session | Sample | Gap | Event
"""Any line of a file."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """The line of a record, with its line end."""
    return _ENCODER.encode(record) + b"\n"


def decode(line: bytes) -> Record:
    """The record in a line.

    Raises:
        msgspec.DecodeError: It is not JSON (cut, for instance), or (ValidationError) not a record of this schema.
    """
    record: Record = _DECODER.decode(line)
    return record


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of one line."""
    schema = msgspec.json.schema(Record)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
