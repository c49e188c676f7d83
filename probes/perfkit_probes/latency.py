"""Round-trip times of small packets on an otherwise idle link.

A round trip is the time from the first bit out to the last bit back of a packet of stated size (RFC 2681), less the
time that the responder held the packet. Where the kernel stamps packets (Linux) its stamps count, so that a busy test
host does not lengthen the link; elsewhere the program's clock does, and the method says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from perfkit.core.errors import ProbeError
from perfkit_probes.base import GATE_LATENCY_PACKET_BYTES, LatencyResult, LatencyRow
from perfkit_probes.icmp import Pings
from perfkit_probes.latency_row import latency_row, not_measured
from perfkit_probes.path import LinkPath
from perfkit_probes.session import LinkSession
from perfkit_probes.stamps import Received
from perfkit_probes.wire import Datagram, Kind

_INTERVAL_S = 0.1
_PATIENCE_S = 4.0
_MIN_PATIENCE_S = 1.0
_SETTLE_TRIES = 6
# IP and TCP with time stamps, and the WebSocket head of a masked control frame: what stands before a ping's payload.
_PING_HEADERS = 20 + 32 + 6
_SYN_BYTES = 60
_KERNEL, _USER, _PING = "UDP echo, kernel stamps", "UDP echo, program's clock", "WebSocket ping, program's clock"


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """How many packets of which size; `silence_s` of 0 leaves the cold row out.

    `patience_s`: how long an answer may take as long as none has come.
    """

    count: int = 10
    packet_bytes: int = GATE_LATENCY_PACKET_BYTES
    silence_s: float = 0.0
    icmp_count: int = 3
    patience_s: float = _PATIENCE_S


@dataclass(frozen=True, slots=True)
class _Echo:
    """One round trip: by the kernel's stamps (None without them) and by the program's clock, in ms."""

    kernel_ms: float | None
    user_ms: float

    @property
    def rtt_ms(self) -> float:
        return self.user_ms if self.kernel_ms is None else self.kernel_ms


def measure_latency(session: LinkSession, path: LinkPath, plan: LatencyPlan | None = None) -> LatencyResult:
    """The rows that an idle link can give; the rows under load are filled in by the other probes.

    Raises:
        ProbeError: The responder is gone or breaks the protocol.
    """
    wanted = plan or LatencyPlan()
    cold = _cold(session, wanted)
    icmp_count = wanted.icmp_count if session.meter.refusal(2 * 84 * wanted.icmp_count) is None else 0
    pings = Pings(session, path, count=icmp_count, packet_bytes=GATE_LATENCY_PACKET_BYTES)
    # On a slow link a round trip is long: the answers to the pings come while the echoes run.
    icmp = None if pings.is_kept else pings.row()
    echoes: list[_Echo] = []
    if session.udp is not None:
        echoes, sent = _echo(session, wanted)
        by_kernel = sum(1 for echo in echoes if echo.kernel_ms is not None)
        method = _KERNEL if by_kernel else _USER
        rtts = [echo.rtt_ms for echo in echoes]
        idle = latency_row(rtts, sent=sent, packet_bytes=wanted.packet_bytes, method=method)
    else:
        idle = _pings(session, wanted)
    overheads = [echo.user_ms - echo.kernel_ms for echo in echoes if echo.kernel_ms is not None]
    later = "measured by another probe"
    return LatencyResult(
        idle=idle,
        cold=cold,
        at_required_load=not_measured(later, packet_bytes=0, method="require probe"),
        under_saturation=not_measured(later, packet_bytes=0, method="goodput probe"),
        tcp=_tcp(session),
        icmp=icmp or pings.row(),
        host_overhead_ms=median(overheads) if overheads else None,
        user_clock_fallbacks=sum(1 for echo in echoes if echo.kernel_ms is None) if overheads else 0,
    )


def _cold(session: LinkSession, plan: LatencyPlan) -> LatencyRow:
    """The first packet after a silence, which may have to wake the radio up."""
    if plan.silence_s <= 0:
        return not_measured("not asked for", packet_bytes=plan.packet_bytes, method="first packet after a silence")
    if session.meter.remaining_seconds < plan.silence_s:
        reason = f"the time budget has no room for {plan.silence_s:.0f} s of silence"
        return not_measured(reason, packet_bytes=plan.packet_bytes, method="first packet after a silence")
    session.clock.sleep(plan.silence_s)
    label = f"first packet after {plan.silence_s:.0f} s of silence, "
    if session.udp is None:
        row = _pings(session, replace(plan, count=1))
        rtts = [] if row.median_ms is None else [row.median_ms]
        return latency_row(rtts, sent=1, packet_bytes=plan.packet_bytes, method=label + _PING)
    echoes, sent = _echo(session, replace(plan, count=1))
    method = label + (_KERNEL if any(echo.kernel_ms is not None for echo in echoes) else _USER)
    return latency_row([e.rtt_ms for e in echoes], sent=sent, packet_bytes=plan.packet_bytes, method=method)


def _tcp(session: LinkSession) -> LatencyRow:
    """The round trip of the TCP handshake as the kernel measured it."""
    info, method = session.tcp_connect, "TCP handshake, TCP_INFO"
    if info is None:
        return not_measured("this system has no TCP_INFO", packet_bytes=_SYN_BYTES, method=method)
    return latency_row([info.rtt_ms], sent=1, packet_bytes=_SYN_BYTES, method=method)


def _echo(session: LinkSession, plan: LatencyPlan) -> tuple[list[_Echo], int]:
    """The round trips of the echoes sent at a steady pace, in the order of sending, and how many were sent."""
    if session.udp is None:
        return [], 0
    session.udp.enable_transmit_stamps()
    try:
        return _run_echo(session, plan)
    finally:
        session.udp.disable_transmit_stamps()


def _run_echo(session: LinkSession, plan: LatencyPlan) -> tuple[list[_Echo], int]:
    clock, count, packet_bytes = session.clock, plan.count, plan.packet_bytes
    sent: dict[int, tuple[int, int]] = {}
    found: dict[int, _Echo] = {}
    start_ns, base = clock.monotonic_ns(), session.rounds << 16
    session.rounds += 1
    while True:
        now_s = (clock.monotonic_ns() - start_ns) / 1e9
        may_send = len(sent) < count and session.meter.refusal(2 * packet_bytes) is None
        if may_send and now_s >= len(sent) * _INTERVAL_S:
            number = base + len(sent)
            sent[number] = session.send_datagram(Datagram(Kind.ECHO, session.cookie, number), packet_bytes)
            continue
        last_s = (max(0, len(sent) - 1)) * _INTERVAL_S
        wait_s = len(sent) * _INTERVAL_S - now_s if may_send else last_s + _patience_s(found, plan) - now_s
        if (len(found) == len(sent) and not may_send) or (not may_send and wait_s <= 0):
            return [found[number] for number in sorted(found)], len(sent)
        answer = session.receive_datagram(max(0.0, wait_s))
        if answer is None or answer[0].kind is not Kind.ECHO_REPLY:
            continue
        number = answer[0].sequence
        if number in sent and number not in found:
            transmit_ns = session.udp.transmit_ns(sent[number][1]) if session.udp else None
            found[number] = _round_trip(session, answer, sent[number][0], transmit_ns)


def _patience_s(found: dict[int, _Echo], plan: LatencyPlan) -> float:
    """How long the last packet may take: three times the slowest so far, as the plan says while none has come."""
    slowest_s = max((echo.user_ms for echo in found.values()), default=0.0) / 1000
    return max(_MIN_PATIENCE_S, 3 * slowest_s) if found else plan.patience_s


def _round_trip(
    session: LinkSession, answer: tuple[Datagram, Received], before_ns: int, transmit_ns: int | None
) -> _Echo:
    """The round trip without the time that the responder held the packet.

    Stamps that cannot be (a trip by the kernel that is longer than the one around it, by the program) are not used.
    """
    datagram, received = answer
    held_ns = datagram.second - datagram.first
    user_ns = received.user_ns - before_ns
    if not 0 <= held_ns <= user_ns:
        raise ProbeError(
            f"{session.who} claims to have held a packet for {held_ns / 1e6:.1f} ms of {user_ns / 1e6:.1f} ms"
        )
    if transmit_ns is None or not received.by_kernel:
        return _Echo(None, (user_ns - held_ns) / 1e6)
    kernel_ns = received.stamp_ns - transmit_ns
    if not held_ns <= kernel_ns <= user_ns:
        return _Echo(None, (user_ns - held_ns) / 1e6)
    return _Echo((kernel_ns - held_ns) / 1e6, (user_ns - held_ns) / 1e6)


def _pings(session: LinkSession, plan: LatencyPlan) -> LatencyRow:
    """The idle row by WebSocket pings, one after the other."""
    payload = bytes(max(1, plan.packet_bytes - _PING_HEADERS))
    rtts, sent = [], 0
    for _ in range(plan.count):
        if session.meter.refusal(2 * plan.packet_bytes) is not None:
            break
        sent += 1
        rtt_ms = session.ping(payload[:-1] + bytes((sent % 256,)), plan.patience_s)
        session.account()
        if rtt_ms is not None:
            rtts.append(rtt_ms)
        session.clock.sleep(max(0.0, _INTERVAL_S - (rtt_ms or 0) / 1000))
    return latency_row(rtts, sent=max(1, sent), packet_bytes=plan.packet_bytes, method=_PING)


def settle(session: LinkSession, idle_ms: float) -> bool:
    """Wait until a round trip is back within 10 % of `idle_ms` (and 5 ms); False when it is not after some tries.

    Raises:
        ProbeError: The responder is gone.
    """
    for _ in range(_SETTLE_TRIES):
        if session.udp is not None:
            echoes, _ = _echo(session, LatencyPlan(count=1))
            rtt_ms = echoes[0].rtt_ms if echoes else None
        else:
            rtt_ms = session.ping(b"settle", _PATIENCE_S)
        if rtt_ms is not None and rtt_ms <= 1.1 * idle_ms + 5:
            return True
    return False
