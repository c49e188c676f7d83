"""The result document of `perfkit network`, schema `perfkit.network/1`: the only hand-off to reports and to --merge.

kB is 1000 bytes, times of day are UTC (ISO 8601), None (JSON null) is "not measured" or "not known". Where a value that
was asked for is None, a `reason` or the entry of `reasons` says why. The JSON Schema is generated from these types.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.tool_info import ToolInfo

SCHEMA = "perfkit.network/1"


class Outcome(StrEnum):
    """What became of a technology. No service is a result, not a failure."""

    MEASURED = "measured"
    NO_SERVICE = "no_service"
    ERROR = "error"


class Verdict(StrEnum):
    """A measured value against its threshold."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"


class Gate(StrEnum):
    """Whether the link is good enough; incomplete where a threshold could not be measured and none was missed."""

    MET = "met"
    NOT_MET = "not_met"
    INCOMPLETE = "incomplete"


class Required(StrEnum):
    """Whether one direction carries the required payload."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


class Thresholds(msgspec.Struct, frozen=True):
    """The limits of the gate: OCPP 1.6 Test Procedure & Test Plans V1.2.0, 6.2 and 8.2.2.

    `bandwidth_kB_s` is payload in each direction, `latency_ms` the median round trip of an idle link for an IP packet
    of `latency_packet_bytes`, `rssi_dbm` the median RSSI of a mobile link; `rssi_csq` is the same on the scale of +CSQ.
    """

    bandwidth_kB_s: float  # noqa: N815 - kB is the unit's symbol, here and below
    latency_ms: float
    latency_packet_bytes: int
    rssi_dbm: float
    rssi_csq: int


THRESHOLDS = Thresholds(5.0, 1000.0, 84, -81.0, 16)


class DeviceInfo(msgspec.Struct, frozen=True):
    """The radio device, its numbers masked. `key` is a digest that tells two devices (or SIM cards) apart."""

    model: str
    firmware: str | None
    driver: str
    hardware: str | None
    uri: str
    key: str
    imei: str | None
    iccid: str | None


class SignalReading(msgspec.Struct, frozen=True):
    """One look at the radio signal, as read; `csq` and `hcsq` are the raw numbers of +CSQ and ^HCSQ."""

    time: str
    rssi_dbm: float | None
    bound: str | None
    source: str | None
    reason: str | None
    csq: int | None
    hcsq: int | None
    rsrp_dbm: float | None
    rsrq_db: float | None
    sinr_db: float | None
    rscp_dbm: float | None
    ecio_db: float | None
    band: str | None
    cell: str | None


class Rssi(msgspec.Struct, frozen=True):
    """The median RSSI of `count` readings from one source, taken on the idle link before the traffic.

    `bound` is ">=" or "<=" where the device only gives an end of its scale. `csq` to `ecio_db` are the medians of what
    was read beside it, None where the device does not tell.
    """

    value_dbm: float | None
    bound: str | None
    source: str | None
    csq: int | None
    count: int
    min_dbm: float | None
    max_dbm: float | None
    min_bound: str | None
    max_bound: str | None
    reason: str | None
    hcsq: int | None
    rsrp_dbm: float | None
    rsrq_db: float | None
    sinr_db: float | None
    rscp_dbm: float | None
    ecio_db: float | None
    readings: list[SignalReading]


class LatencyRow(msgspec.Struct, frozen=True):
    """Round trips of one kind of packet in one load situation; `loss` is a share, `packet_bytes` the IP packet."""

    median_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    min_ms: float | None
    jitter_ms: float | None
    loss: float | None
    count: int
    sent: int
    packet_bytes: int
    method: str
    reason: str | None


class Latency(msgspec.Struct, frozen=True):
    """The round trips that the gate judges (idle link), and the same link in other situations.

    `cold` is the first packet after a silence, `tcp` the handshake by the kernel's estimate. `host_overhead_ms` is what
    the test host would add to a round trip timed by a program; it is in no row.
    """

    median_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    min_ms: float | None
    jitter_ms: float | None
    loss: float | None
    count: int
    sent: int
    packet_bytes: int
    method: str
    reason: str | None
    cold: LatencyRow
    at_required_load: LatencyRow
    under_saturation: LatencyRow
    tcp: LatencyRow
    icmp: LatencyRow
    host_overhead_ms: float | None


class RequireDirection(msgspec.Struct, frozen=True):
    """What one direction did with the required payload; `confidence` is of the verdict."""

    delivered_kB_s: float | None  # noqa: N815
    confidence: str
    loss: float | None
    backlog_ms: float | None
    reason: str


class Require(msgspec.Struct, frozen=True):
    """Whether each direction carries `kB_s` of payload, at the price of `bytes` (IP) and `seconds`."""

    up: Required
    down: Required
    kB_s: float  # noqa: N815
    bytes: int
    seconds: float
    transport: str
    packet_bytes: int
    truncated: str | None
    up_detail: RequireDirection
    down_detail: RequireDirection


class CapacityDetail(msgspec.Struct, frozen=True):
    """One direction of the packet trains; `burst_*` where a token bucket lets a burst pass before the rate applies."""

    burst_kB_s: float | None  # noqa: N815
    burst_bytes: int | None
    confidence: str
    loss: float | None
    packet_bytes: int
    reason: str | None


class GoodputDetail(msgspec.Struct, frozen=True):
    """One direction of the stream: the part that the rate stands for, and why it may be missing.

    `seconds` is how long it took. `burst_*` only of a sustained test: what passed before the link slowed down for good,
    None where it did not.
    """

    estimator: str
    confidence: str
    retransmissions: int | None
    payload_bytes: int
    truncated: str | None
    reason: str | None
    seconds: float
    burst_kB_s: float | None  # noqa: N815
    burst_bytes: int | None


class Bandwidth(msgspec.Struct, frozen=True):
    """The gate's answer (`require`) and, as information, what the link could carry.

    Capacity counts IP bytes of UDP packet trains, goodput the payload of one WebSocket over TCP. `require` is None when
    its probe was left out or broke off; `reasons` says why, by the name of the probe. `sustained_kB` is the payload
    each way that goodput was asked to send (`--sustained`), None of the usual short stream.
    """

    require: Require | None
    capacity_up_kB_s: float | None  # noqa: N815
    capacity_down_kB_s: float | None  # noqa: N815
    goodput_up_kB_s: float | None  # noqa: N815
    goodput_down_kB_s: float | None  # noqa: N815
    capacity_up: CapacityDetail | None
    capacity_down: CapacityDetail | None
    capacity_truncated: str | None
    goodput_up: GoodputDetail | None
    goodput_down: GoodputDetail | None
    reasons: dict[str, str]
    sustained_kB: float | None  # noqa: N815


class PublicReference(msgspec.Struct, frozen=True):
    """What speedtest-cli says, by its own definitions: beside the gate, never the gate."""

    label: str
    server: str | None
    latency_ms: float | None
    down_kB_s: float | None  # noqa: N815
    up_kB_s: float | None  # noqa: N815
    down_bytes: int | None
    up_bytes: int | None
    reason: str | None


class Cost(msgspec.Struct, frozen=True):
    """What the measurement used, counted three times: by the probes (IP bytes), the interface, the dongle.

    `path_proven` says whether the bytes show in the counters of the interface and the dongle; None: not comparable.
    """

    sent_bytes: int
    received_bytes: int
    interface_sent_bytes: int | None
    interface_received_bytes: int | None
    dongle_up_bytes: int | None
    dongle_down_bytes: int | None
    path_proven: bool | None
    path: str


class Limits(msgspec.Struct, frozen=True):
    """The budget, fixed before the first packet; `truncated` is the cap that was hit: "bytes", "time" or None."""

    max_bytes: int
    max_seconds: float
    truncated: str | None


class Verdicts(msgspec.Struct, frozen=True):
    """One verdict per threshold."""

    bandwidth: Verdict
    latency: Verdict
    rssi: Verdict


class Reasons(msgspec.Struct, frozen=True):
    """Why a verdict is not "met"; None where it is."""

    bandwidth: str | None
    latency: str | None
    rssi: str | None


class TechnologyResult(msgspec.Struct, frozen=True):
    """One pass over the link: a radio technology, or "wired" for a link that is not measured through a dongle.

    `label` names the end of a merged document that it comes from. `switch_seconds` is how long it took until traffic
    flowed. `rssi`, `latency` and `bandwidth` are None when it did not come to that.
    """

    technology: str
    label: str | None
    operator: str | None
    rat: str | None
    started: str
    seconds: float
    switch_seconds: float | None
    outcome: Outcome
    reason: str | None
    rssi: Rssi | None
    latency: Latency | None
    bandwidth: Bandwidth | None
    public_reference: PublicReference | None
    verdicts: Verdicts
    reasons: Reasons
    gate: Gate
    advice: list[str]
    budget: Limits | None
    bytes_used: int
    cost: Cost | None


class MergedPart(msgspec.Struct, frozen=True):
    """A document that was merged into this one."""

    path: str
    sha256: str
    label: str
    host: str
    started: str
    gate: Gate


class NetworkDocument(msgspec.Struct, frozen=True):
    """The whole result.

    `restored` says whether the dongle's mode was read back as it was found; None when none was changed.
    """

    schema: str
    tool: ToolInfo
    started: str
    seconds: float
    host: str
    interface: str | None
    device: DeviceInfo | None
    label: str | None
    target: str | None
    thresholds: Thresholds
    technologies: list[TechnologyResult]
    gate: Gate
    restored: bool | None
    restore_reason: str | None
    settings: dict[str, str]
    notes: list[str]
    merged: list[MergedPart]


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the document."""
    schema = msgspec.json.schema(NetworkDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
