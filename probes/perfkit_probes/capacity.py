"""How much a direction can carry: trains of packets, stamped by the receiver (RFC 5136 calls this IP-layer capacity).

Trains run in both directions at once and grow threefold until two of them lasted 0.35 s at the receiver, or a cap is
reached. Information beside the gate: at 5 kB/s it costs 30 kB and 5 s for both directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfkit_probes import control
from perfkit_probes.base import CapacityDirection, CapacityResult, Confidence
from perfkit_probes.budget import Truncation
from perfkit_probes.dispersion import Train, estimate, gaps_of, is_overdue
from perfkit_probes.session import LinkSession
from perfkit_probes.wire import Kind, departure_ns, train

PACKET_BYTES = 1228
_FIRST_TRAIN, _GROWTH, _LARGEST_TRAIN = 3, 3, 512
_LONG_ENOUGH_S, _LONG_TRAINS = 0.35, 2
# One train shall not last longer than this at the rate seen so far.
_TRAIN_LIMIT_S = 3.0
_FIRST_PACKET_S = 10.0
_REPORT_TIMEOUT_S = 30.0
# IP bytes of asking for and getting the report of a train, both ways, beside its entries.
_REPORT_BYTES, _REPORT_ENTRY_BYTES = 400, 12

# (Index, seconds by the sender's clock) of the packets of a train.
_Departures = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """IP bytes for both directions together and seconds; never more than the session's budget has left."""

    max_bytes: int = 400_000
    max_seconds: float = 20.0


def measure_capacity(session: LinkSession, plan: CapacityPlan | None = None) -> CapacityResult:
    """The IP-layer capacity of both directions.

    Raises:
        ProbeError: The responder is gone or breaks the protocol.
    """
    wanted = plan or CapacityPlan()
    if session.udp is None:
        reason = f"packet trains need UDP: {session.udp_reason}"
        nothing = _direction([], reason)
        return CapacityResult(nothing, nothing, 0.0, 0, None)
    return _TrainTest(session, wanted).run()


class _TrainTest:
    """One run of the probe."""

    def __init__(self, session: LinkSession, plan: CapacityPlan) -> None:
        self._session = session
        self._plan = plan
        self._start_ns = session.clock.monotonic_ns()
        self._used_bytes = 0
        self._up: list[Train] = []
        self._down: list[Train] = []
        self._unreported: list[tuple[int, _Departures]] = []
        self._truncated: Truncation | None = None

    def run(self) -> CapacityResult:
        packets = _FIRST_TRAIN
        while not self._is_content() and (packets := self._affordable(packets)) > 0:
            self._round(packets)
            packets = self._next(packets)
        self._ask_for_reports(self._unreported)
        self._take_reports(self._unreported)
        reason = None if self._up else "the budget left no room for a train"
        return CapacityResult(
            up=_direction(self._up, reason),
            down=_direction(self._down, reason),
            seconds=self._elapsed_s(),
            ip_bytes=self._used_bytes,
            truncated=self._truncated,
        )

    def _elapsed_s(self) -> float:
        return (self._session.clock.monotonic_ns() - self._start_ns) / 1e9

    def _is_content(self) -> bool:
        """Whether both directions have two long trains and a usable estimate."""
        return all(_is_settled(trains) for trains in (self._up, self._down))

    def _affordable(self, packets: int) -> int:
        """The packets of the next train that the caps allow, 0 when they allow none."""
        left = min(self._plan.max_bytes - self._used_bytes, self._session.meter.remaining_bytes)
        fitting = (left - _REPORT_BYTES) // (2 * PACKET_BYTES + _REPORT_ENTRY_BYTES)
        if self._elapsed_s() >= self._plan.max_seconds or self._session.meter.remaining_seconds <= 0:
            self._truncated = Truncation.TIME
            return 0
        if fitting >= packets:
            return packets
        self._truncated = Truncation.BYTES
        # A train of two has one gap; shorter than the first train it would not be worth its round trip.
        return fitting if fitting >= _FIRST_TRAIN else 0

    def _next(self, packets: int) -> int:
        """The wanted size of the next train."""
        late_gaps = [gaps_of(trains[-1])[-4:] for trains in (self._up, self._down) if trains]
        slowest_s = max((max(gaps) for gaps in late_gaps if gaps), default=0.0)
        limit = max(_FIRST_TRAIN + 1, int(_TRAIN_LIMIT_S / slowest_s)) if slowest_s > 0 else _LARGEST_TRAIN
        return min(packets * _GROWTH, limit, _LARGEST_TRAIN)

    def _round(self, packets: int) -> None:
        """One train each way."""
        number = self._session.rounds
        self._session.rounds += 1
        self._session.acknowledge()
        self._unreported.append((number, self._send(number, packets)))
        # The first report can wait for the second: on a slow link a round trip costs more than three packets. For the
        # same reason the question leaves behind our train at once: its answer then comes behind the other.
        asked = self._unreported if self._down or packets != _FIRST_TRAIN else []
        self._ask_for_reports(asked)
        self._down.append(self._receive(number, packets))
        self._take_reports(asked)
        self._used_bytes += 2 * packets * PACKET_BYTES

    def _send(self, number: int, packets: int) -> _Departures:
        """Our train; when each packet of it left."""
        departures = []
        for index in range(packets):
            now_ns = self._session.clock.monotonic_ns()
            packet = train(self._session.cookie, index, number=number, packets=packets, send_ns=now_ns)
            sent_ns, _ = self._session.send_datagram(packet, PACKET_BYTES)
            departures.append((index, sent_ns / 1e9))
        return tuple(departures)

    def _receive(self, number: int, packets: int) -> Train:
        """The responder's train, as far as it arrives."""
        arrivals: dict[int, int] = {}
        departures: dict[int, int] = {}
        start_ns = self._session.clock.monotonic_ns()
        while len(arrivals) < packets:
            now_ns = self._session.clock.monotonic_ns()
            if is_overdue(sorted(arrivals.values()), now_ns) or now_ns - start_ns > self._limit_ns(arrivals):
                break
            answer = self._session.receive_datagram(0.05)
            if answer is None or answer[0].kind is not Kind.TRAIN or answer[0].first != number:
                continue
            datagram, received = answer
            if datagram.sequence < packets:
                arrivals.setdefault(datagram.sequence, received.stamp_ns)
                if (left_ns := departure_ns(datagram)) is not None:
                    departures.setdefault(datagram.sequence, left_ns)
        return Train(_seconds(arrivals), packets, _seconds(departures))

    def _limit_ns(self, arrivals: dict[int, int]) -> int:
        limit_s = self._plan.max_seconds if arrivals else _FIRST_PACKET_S
        return int(limit_s * 1e9)

    def _ask_for_reports(self, trains: Sequence[tuple[int, _Departures]]) -> None:
        """Ask for what the responder sees of our trains."""
        for number, departures in trains:
            self._session.send(control.encode("train_report", round=number, packets=len(departures)))

    def _take_reports(self, trains: list[tuple[int, _Departures]]) -> None:
        """Take in what was asked for."""
        for _, departures in trains:
            self._up.append(self._report(departures))
        trains.clear()

    def _report(self, departures: _Departures) -> Train:
        """One of our trains as the responder saw it."""
        message = self._session.expect("train", _REPORT_TIMEOUT_S)
        stamps = control.integers(message, "stamps", most=len(departures))
        first_ns = control.whole(message, "first_ns", low=0, high=1 << 62)
        self._session.account()
        found = [(index, (first_ns + stamp) / 1e9) for index, stamp in enumerate(stamps) if stamp is not None]
        return Train(tuple(sorted(found, key=lambda arrival: arrival[1])), len(departures), departures)


def _seconds(stamps_ns: dict[int, int]) -> _Departures:
    return tuple((index, stamp_ns / 1e9) for index, stamp_ns in stamps_ns.items())


def _is_settled(trains: list[Train]) -> bool:
    long_trains = sum(1 for train in trains if train.span_s >= _LONG_ENOUGH_S)
    if long_trains < _LONG_TRAINS:
        return False
    return estimate(trains, PACKET_BYTES).confidence is not Confidence.LOW


def _direction(trains: list[Train], reason: str | None) -> CapacityDirection:
    """The estimate of one direction; without trains there is only the reason."""
    found = estimate(trains, PACKET_BYTES)
    return CapacityDirection(
        sustained_kB_s=_kilobytes(found.sustained_bytes_s),
        burst_kB_s=_kilobytes(found.burst_bytes_s),
        burst_bytes=found.burst_bytes,
        confidence=found.confidence,
        loss=found.loss if found.sustained_bytes_s is not None else None,
        seconds=max((train.span_s for train in trains), default=0.0),
        ip_bytes=sum(train.sent for train in trains) * PACKET_BYTES,
        packet_bytes=PACKET_BYTES,
        reason=reason or found.reason,
    )


def _kilobytes(size_bytes: float | None) -> float | None:
    return None if size_bytes is None else size_bytes / 1000
