"""Does the link carry the required payload, 5 kB/s, in each direction? The gate's question, for a known price.

Both ends send exactly the required payload, one packet of 500 bytes at a time, each at its own steady pace; neither
waits for the other. What a direction cannot carry becomes a queue, and a queue shows as delay that grows. The test
lasts 4 s when that is enough to tell and 20 s at most (sequential test); `perfkit_probes.trend` judges.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from perfkit.core.errors import ProbeError
from perfkit_probes import control
from perfkit_probes.base import (
    GATE_BANDWIDTH_KB_S,
    Confidence,
    RequireDirection,
    RequireResult,
    RequireVerdict,
    Transport,
)
from perfkit_probes.budget import Truncation
from perfkit_probes.latency_row import latency_row
from perfkit_probes.session import LinkSession
from perfkit_probes.trend import Judgement, judge
from perfkit_probes.wire import Datagram, Kind, decode, decode_reports, pace

PAYLOAD_BYTES = 500
_EVALUATE_EVERY_S = 0.5
# Nothing at all has come back after this long: further packets would only cost.
_SILENCE_S = 8.0
# IP bytes of the dialogue that ends the streams.
_DIALOGUE_BYTES = 600
_MIN_PATIENCE_S = 1.0
# IP, TCP with time stamps and the WebSocket head around a message, each way (the client's head is 4 bytes longer).
_WEBSOCKET_HEADERS = 60


@dataclass(frozen=True, slots=True)
class RequirePlan:
    """The payload rate to ask for in each direction, and the least and most seconds to take."""

    required_kB_s: float = GATE_BANDWIDTH_KB_S  # noqa: N815 - kB is the unit's symbol
    min_seconds: float = 4.0
    max_seconds: float = 20.0

    @property
    def interval_s(self) -> float:
        """Seconds between two packets of one direction."""
        return PAYLOAD_BYTES / (self.required_kB_s * 1000)


@dataclass(slots=True)
class PacedRecord:
    """What one end knows about both paced streams; stamps are monotonic ns, each of its own computer.

    `sent_ns` by sequence number is ours, `up_ns` when the far end received it (its clock), `down` when a packet of the
    far end was sent (its clock) and received (our clock). `rtts_ms` are by arrival.
    """

    sent_ns: dict[int, int] = field(default_factory=dict)
    up_ns: dict[int, int] = field(default_factory=dict)
    down: dict[int, tuple[int, int]] = field(default_factory=dict)
    rtts_ms: list[float] = field(default_factory=list)

    def book(self, datagram: Datagram, stamp_ns: int) -> None:
        """Book a packet of the far end and the reports it carries.

        A report gives the age of one of our packets when this one left; what remains of the time since ours left is
        the sum of both ways, a round trip at the required load that does not contain the far end's pause.
        """
        if datagram.sequence in self.down:
            return
        self.down[datagram.sequence] = (datagram.first, stamp_ns)
        for sequence, age_us in decode_reports(datagram):
            if sequence in self.sent_ns and sequence not in self.up_ns:
                self.up_ns[sequence] = datagram.first - age_us * 1000
                rtt_ms = (stamp_ns - self.sent_ns[sequence]) / 1e6 - age_us / 1000
                if rtt_ms > 0:
                    self.rtts_ms.append(rtt_ms)

    def up_pairs(self) -> list[tuple[float, float]]:
        """(send time, one-way delay plus a constant) of our packets that arrived, in s."""
        return _pairs((self.sent_ns[sequence], arrived) for sequence, arrived in self.up_ns.items())

    def down_pairs(self) -> list[tuple[float, float]]:
        """(send time, one-way delay plus a constant) of the far end's packets that arrived, in s."""
        return _pairs(self.down.values())

    def patience_s(self) -> float:
        """How long a packet may be missing before it counts as lost."""
        return max(_MIN_PATIENCE_S, 2 * max(self.rtts_ms, default=0.0) / 1000)

    def expected_up(self, now_ns: int) -> int:
        """How many of our packets should have been reported by now."""
        overdue_ns = now_ns - int(self.patience_s() * 1e9)
        overdue = sum(1 for sent_ns in self.sent_ns.values() if sent_ns < overdue_ns)
        return max(overdue, max(self.up_ns, default=-1) + 1)

    def expected_down(self, now_ns: int, interval_s: float) -> int:
        """How many packets of the far end should have arrived by now."""
        newest = max(self.down, default=-1) + 1
        if not self.down:
            return 0
        first_ns = min(stamp_ns for _, stamp_ns in self.down.values())
        by_time = int(((now_ns - first_ns) / 1e9 - self.patience_s()) / interval_s)
        return max(newest, by_time)


def _pairs(stamps: Iterable[tuple[int, int]]) -> list[tuple[float, float]]:
    pairs = sorted(stamps)
    if not pairs:
        return []
    base_ns, offset_ns = pairs[0][0], pairs[0][1] - pairs[0][0]
    return [((sent - base_ns) / 1e9, (arrived - sent - offset_ns) / 1e9) for sent, arrived in pairs]


def measure_require(session: LinkSession, plan: RequirePlan | None = None) -> RequireResult:
    """Whether each direction carries the required payload.

    Raises:
        ProbeError: The responder is gone or breaks the protocol.
    """
    return _PacedTest(session, plan or RequirePlan()).run()


class _PacedTest:
    """One run of the test."""

    def __init__(self, session: LinkSession, plan: RequirePlan) -> None:
        self._session = session
        self._plan = plan
        self._record = PacedRecord()
        self._transport = Transport.UDP if session.udp is not None else Transport.WEBSOCKET
        headers = session.header_bytes if session.udp is not None else _WEBSOCKET_HEADERS
        self._packet_bytes = PAYLOAD_BYTES + headers
        self._packets = self._affordable()
        self._start_ns = 0
        self._expected_up = 0
        self._truncated: Truncation | None = None

    def run(self) -> RequireResult:
        self._start()
        evaluated_s = self._plan.min_seconds - _EVALUATE_EVERY_S
        while True:
            elapsed_s = self._elapsed_s()
            if elapsed_s >= evaluated_s + _EVALUATE_EVERY_S:
                evaluated_s = elapsed_s
                self._session.account()
                if self._is_decided() or self._is_silent(elapsed_s):
                    break
            if elapsed_s >= self._plan.max_seconds or not self._send_due(elapsed_s):
                break
            self._receive_until(len(self._record.sent_ns) * self._plan.interval_s)
        up, down = self._judge()
        seconds = self._elapsed_s()
        sent_down = self._stop()
        return self._result((up, down), seconds, sent_down)

    def _affordable(self) -> int:
        """Packets each way that time and bytes allow: the far end sends no more, however late this computer is."""
        left_bytes = self._session.meter.remaining_bytes - _DIALOGUE_BYTES
        wanted = int(self._plan.max_seconds / self._plan.interval_s)
        return max(0, min(wanted, left_bytes // (2 * self._packet_bytes)))

    def _start(self) -> None:
        self._start_ns = self._session.clock.monotonic_ns()
        if not self._packets:
            return
        request = control.encode(
            "pace",
            transport=self._transport.value,
            cookie=self._session.cookie.hex(),
            interval_us=round(self._plan.interval_s * 1e6),
            payload_bytes=PAYLOAD_BYTES,
            packets=self._packets,
        )
        self._session.send(request)

    def _elapsed_s(self) -> float:
        return (self._session.clock.monotonic_ns() - self._start_ns) / 1e9

    def _send_due(self, elapsed_s: float) -> bool:
        """Send the packet that is due; False when the budget forbids it."""
        sequence = len(self._record.sent_ns)
        if elapsed_s < sequence * self._plan.interval_s:
            return True
        # What this packet and the far end's next one cost, and the dialogue that ends the stream.
        refused = self._session.meter.refusal(2 * self._packet_bytes + _DIALOGUE_BYTES)
        if refused is None and sequence >= self._packets:
            refused = self._session.meter.refuse(Truncation.BYTES)
        if refused is not None:
            self._truncated = refused
            return False
        self._record.sent_ns[sequence] = self._send(sequence)
        return True

    def _send(self, sequence: int) -> int:
        now_ns = self._session.clock.monotonic_ns()
        datagram = pace(self._session.cookie.ljust(8, b"\0"), sequence, now_ns)
        if self._transport is Transport.UDP:
            return self._session.send_datagram(datagram, self._packet_bytes)[0]
        self._session.send(datagram.encode(PAYLOAD_BYTES))
        return now_ns

    def _receive_until(self, elapsed_s: float) -> None:
        """Take in what arrives until the next packet is due."""
        while (wait_s := elapsed_s - self._elapsed_s()) > 0:
            arrived = self._receive(wait_s)
            if arrived is None:
                return
            if arrived[0].kind is Kind.PACE:
                self._record.book(*arrived)

    def _receive(self, wait_s: float) -> tuple[Datagram, int] | None:
        if self._transport is Transport.UDP:
            answer = self._session.receive_datagram(wait_s)
            return None if answer is None else (answer[0], answer[1].stamp_ns)
        data = self._session.receive(wait_s)
        now_ns = self._session.clock.monotonic_ns()
        if data is None:
            return None
        datagram = decode(data) if isinstance(data, bytes) else None
        if datagram is None:
            raise ProbeError(f"{self._session.who} sent something else than its paced packets")
        return datagram, now_ns

    def _judge(self) -> tuple[Judgement, Judgement]:
        now_ns, record = self._session.clock.monotonic_ns(), self._record
        self._expected_up = record.expected_up(now_ns)
        up = judge(record.up_pairs(), expected=self._expected_up)
        expected = record.expected_down(now_ns, self._plan.interval_s)
        return up, judge(record.down_pairs(), expected=expected)

    def _is_decided(self) -> bool:
        return all(found.verdict is not RequireVerdict.UNDECIDED for found in self._judge())

    def _is_silent(self, elapsed_s: float) -> bool:
        return elapsed_s > _SILENCE_S and not self._record.down

    def _stop(self) -> int:
        """End the far end's stream; returns the packets it sent."""
        self._session.send(control.encode("pace_stop"))
        sent = control.whole(self._session.expect("paced"), "sent", low=0, high=1 << 30)
        # What was on its way when the verdict fell has cost bytes too; it arrived before the answer.
        while self._session.receive_datagram(0.0) is not None:
            continue
        self._session.account()
        return sent

    def _result(self, found: tuple[Judgement, Judgement], seconds: float, sent_down: int) -> RequireResult:
        counts = (len(self._record.sent_ns), sent_down)
        up, down = (self._direction(judgement, seconds, count) for judgement, count in zip(found, counts, strict=True))
        method = f"{self._transport.value} at {self._plan.required_kB_s:g} kB/s each way, sum of both one-way delays"
        sent = max(len(self._record.rtts_ms), self._expected_up, 1)
        row = latency_row(self._record.rtts_ms, sent=sent, packet_bytes=self._packet_bytes, method=method)
        return RequireResult(
            up=up,
            down=down,
            transport=self._transport,
            seconds=seconds,
            ip_bytes=up.ip_bytes + down.ip_bytes,
            latency=row,
            truncated=self._truncated,
        )

    def _direction(self, found: Judgement, seconds: float, packets: int) -> RequireDirection:
        share = found.delivered_share
        reason = found.reason
        if found.verdict is RequireVerdict.UNDECIDED and self._truncated is not None:
            reason = f"{reason}; the budget of {self._truncated.value} ended the test"
        return RequireDirection(
            verdict=found.verdict,
            confidence=found.confidence if found.verdict is not RequireVerdict.UNDECIDED else Confidence.LOW,
            required_kB_s=self._plan.required_kB_s,
            delivered_kB_s=None if share is None else share * self._plan.required_kB_s,
            backlog_ms=None if found.backlog_s is None else found.backlog_s * 1000,
            loss=found.loss,
            seconds=seconds,
            ip_bytes=packets * self._packet_bytes,
            packet_bytes=self._packet_bytes,
            reason=reason,
        )
