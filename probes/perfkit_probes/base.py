"""The values that the link probes return: every number names its unit, what was not measured is None with a reason.

Units: kB is 1000 bytes, ms are milliseconds, loss is a share of the packets sent (0.02 is 2 %). "IP bytes" count the
IP header and everything behind it; "payload" is what the application hands to UDP or to the WebSocket.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from perfkit_probes.budget import Truncation

# OCPP 1.6 Test Procedure & Test Plans V1.2.0, 6.2 and 8.2.2: bandwidth >= 5 kB/s, latency <= 1000 ms.
GATE_BANDWIDTH_KB_S = 5.0
GATE_LATENCY_MS = 1000.0
# The IP packet whose round trip is compared with GATE_LATENCY_MS: what `ping` sends over IPv4 by default.
GATE_LATENCY_PACKET_BYTES = 84


class RequireVerdict(Enum):
    """Whether a direction carries the required payload."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


class Confidence(Enum):
    """How far the estimate may be trusted; the probe's docstring says what each grade means there."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Transport(Enum):
    """What carried the probe's packets."""

    UDP = "udp"
    WEBSOCKET = "websocket"


class Direction(Enum):
    """Seen from the test host: up is towards the responder."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """Round-trip times of one kind of packet in one load situation.

    The times are None, with `reason`, when no packet was answered or the row was not asked for. `count` is the number
    of answers, `sent` the number of questions. p95 is the nearest rank. `jitter_ms` is the mean absolute difference of
    consecutive round trips (packet delay variation between neighbours, RFC 3393). `packet_bytes` is the size of the
    IP packet, `method` names the packet and the clocks.
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
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LatencyResult:
    """The rows of the latency probe.

    `cold` is the first packet after a silence (radio wake-up), `idle` the row that the gate judges by its median,
    `at_required_load` comes from the require probe and `under_saturation` from the goodput probe. `tcp` is the
    kernel's own estimate for the WebSocket's TCP connection, `icmp` a ping by perfkit. `host_overhead_ms` is the median
    of what the test host itself adds to a user-space round trip (None without kernel stamps); it is in no row.
    `user_clock_fallbacks` counts packets that had to be timed by the user-space clock because a stamp was missing.
    """

    idle: LatencyRow
    cold: LatencyRow
    at_required_load: LatencyRow
    under_saturation: LatencyRow
    tcp: LatencyRow
    icmp: LatencyRow
    host_overhead_ms: float | None
    user_clock_fallbacks: int


@dataclass(frozen=True, slots=True)
class RequireDirection:
    """Whether one direction carries `required_kB_s` of payload, and what was seen.

    `delivered_kB_s` is the payload rate that came out at the far end (None without an estimate), `backlog_ms` the delay
    that built up during the test, `ip_bytes` what this direction cost, `packet_bytes` the size of one IP packet.
    """

    verdict: RequireVerdict
    confidence: Confidence
    required_kB_s: float  # noqa: N815 - kB is the unit's symbol
    delivered_kB_s: float | None  # noqa: N815
    backlog_ms: float | None
    loss: float | None
    seconds: float
    ip_bytes: int
    packet_bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class RequireResult:
    """Both directions of the require probe, judged from one test of `seconds`; `latency` are its round trips."""

    up: RequireDirection
    down: RequireDirection
    transport: Transport
    seconds: float
    ip_bytes: int
    latency: LatencyRow
    truncated: Truncation | None

    @property
    def verdict(self) -> RequireVerdict:
        """The worse of both directions: not met before undecided before met."""
        verdicts = {self.up.verdict, self.down.verdict}
        for worse in (RequireVerdict.NOT_MET, RequireVerdict.UNDECIDED):
            if worse in verdicts:
                return worse
        return RequireVerdict.MET


@dataclass(frozen=True, slots=True)
class CapacityDirection:
    """How many IP bytes per second one direction delivers when it is never idle.

    `sustained_kB_s` is the answer. On a shaped link (token bucket) `burst_kB_s` and `burst_bytes` describe what passes
    before the throttle bites; on others both are None. `seconds` is how long the longest train lasted at the receiver.
    """

    sustained_kB_s: float | None  # noqa: N815
    burst_kB_s: float | None  # noqa: N815
    burst_bytes: int | None
    confidence: Confidence
    loss: float | None
    seconds: float
    ip_bytes: int
    packet_bytes: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class CapacityResult:
    """Both directions of the packet-train probe; `truncated` says which cap ended it early."""

    up: CapacityDirection
    down: CapacityDirection
    seconds: float
    ip_bytes: int
    truncated: Truncation | None


@dataclass(frozen=True, slots=True)
class GoodputDirection:
    """How many payload bytes per second one TCP connection (a WebSocket) delivered, by the receiver's clock.

    `all_bytes_kB_s` includes the start of the connection; `estimator` says which part of the stream `kB_s` stands for.
    Where a long stream slowed down for good, `burst_kB_s` and `burst_bytes` are what passed before; else both are None.
    """

    kB_s: float | None  # noqa: N815
    all_bytes_kB_s: float | None  # noqa: N815
    estimator: str
    confidence: Confidence
    retransmissions: int | None
    payload_bytes: int
    seconds: float
    truncated: Truncation | None
    reason: str | None
    burst_kB_s: float | None = None  # noqa: N815
    burst_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class GoodputResult:
    """Both directions of the stream probe; `latency` are the kernel's round trips while the stream filled the link.

    `sustained_bytes` is the payload each way that a sustained test was asked for, None of a short stream.
    """

    up: GoodputDirection
    down: GoodputDirection
    latency: LatencyRow
    seconds: float
    payload_bytes: int
    sustained_bytes: int | None = None
