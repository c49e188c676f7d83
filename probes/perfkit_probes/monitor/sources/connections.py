"""The OCPP connections that end on this host, as the kernel sees them: latency for nothing, and without any right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from perfkit.core.monitor_record import EventKind, GapCause, Latency, Origin, TcpConnection
from perfkit_probes.monitor.socket_diag import DiagnosedSocket, established, is_supported
from perfkit_probes.monitor.sources.base import Reading

PERIOD_S = 1.0
METHOD = "TCP_INFO, smoothed round trip"
NOT_SUPPORTED = "this system does not show the figures of connections (inet_diag is Linux)"
# A host with more stations than these is not a measuring set-up; the busiest are kept.
_MAX_CONNECTIONS = 8
# On the first look, an acknowledgement no older than this speaks of now.
_RECENT_S = 1.5


@dataclass(frozen=True, slots=True)
class _Counters:
    """What is compared with the look before."""

    acknowledged_bytes: int
    ip_bytes_sent: int
    segments_sent: int


class ConnectionSource:
    """The connections on `ports`, each second; what has not changed is no news."""

    name = "connections"
    may_wait = False

    def __init__(
        self, ports: Iterable[int], look: Callable[[frozenset[int]], list[DiagnosedSocket]] = established
    ) -> None:
        self.period_s = PERIOD_S
        self._ports = frozenset(ports)
        self._look = look
        self._before: dict[int, _Counters] = {}
        self._names: dict[int, str] = {}
        self.latency: Latency | None = None

    def read(self) -> Reading:
        """The connections; `latency` is then the passive latency of this look, None without a fresh one."""
        try:
            sockets = self._look(self._ports)
        except OSError as error:
            self.latency = None
            reason = f"the kernel does not show its connections: {error.strerror or error}"
            return Reading(reason=reason, cause=GapCause.NOT_TOLD, is_news=False)
        events = self._changes(sockets)
        fresh = {one.cookie: _is_fresh(one, self._before.get(one.cookie)) for one in sockets}
        self.latency = self._worst([one for one in sockets if fresh[one.cookie]])
        self._before = {one.cookie: _counters(one) for one in sockets}
        self._names = {one.cookie: one.name for one in sockets}
        if not sockets:
            ports = " or ".join(str(port) for port in sorted(self._ports))
            return Reading(
                reason=f"no connection on port {ports}", cause=GapCause.NO_TRAFFIC, is_news=False, events=events
            )
        busiest = sorted(sockets, key=lambda one: (not fresh[one.cookie], one.info.last_ack_s or 0.0))
        kept = [_recorded(one, is_fresh=fresh[one.cookie]) for one in busiest[:_MAX_CONNECTIONS]]
        return Reading(kept, is_news=bool(events) or any(fresh.values()), events=events)

    def _changes(self, sockets: list[DiagnosedSocket]) -> tuple[tuple[EventKind, str], ...]:
        """Connections that came and went since the look before."""
        now = {one.cookie: one.name for one in sockets}
        opened = [(EventKind.CONNECTION_OPENED, name) for cookie, name in now.items() if cookie not in self._names]
        closed = [(EventKind.CONNECTION_CLOSED, name) for cookie, name in self._names.items() if cookie not in now]
        return (*closed, *opened)

    def _worst(self, sockets: list[DiagnosedSocket]) -> Latency | None:
        """The longest of the fresh round trips: with several stations, the one that has it hardest."""
        if not sockets:
            return None
        worst = max(sockets, key=lambda one: one.info.rtt_ms)
        before, now = self._before.get(worst.cookie), _counters(worst)
        segments = now.segments_sent - (before.segments_sent if before else 0)
        sent = now.ip_bytes_sent - (before.ip_bytes_sent if before else 0)
        return Latency(
            value_ms=round(worst.info.rtt_ms, 3),
            origin=Origin.PASSIVE,
            method=METHOD,
            packet_bytes=round(sent / segments) if segments > 0 and sent > 0 else None,
            connection=worst.name,
        )

    def close(self) -> None:
        """Nothing is held."""


def _is_fresh(one: DiagnosedSocket, before: _Counters | None) -> bool:
    """Whether payload of ours was acknowledged since the look before: each such acknowledgement is a round trip."""
    acknowledged = one.info.acknowledged_bytes or 0
    if before is None:
        return acknowledged > 0 and one.info.last_ack_s is not None and one.info.last_ack_s <= _RECENT_S
    return acknowledged > before.acknowledged_bytes


def _counters(one: DiagnosedSocket) -> _Counters:
    info = one.info
    return _Counters(info.acknowledged_bytes or 0, info.ip_bytes_sent or 0, info.segments_sent or 0)


def _recorded(one: DiagnosedSocket, *, is_fresh: bool) -> TcpConnection:
    info = one.info
    return TcpConnection(
        name=one.name,
        rtt_ms=round(info.rtt_ms, 3),
        is_fresh=is_fresh,
        retransmissions=info.retransmissions,
        rttvar_ms=info.rttvar_ms,
        min_rtt_ms=info.min_rtt_ms,
        delivery_kB_s=None if info.delivery_bytes_s is None else round(info.delivery_bytes_s / 1000, 3),
        last_ack_s=info.last_ack_s,
        sent_bytes=info.ip_bytes_sent,
        received_bytes=info.ip_bytes_received,
    )


def why_not() -> str | None:
    """Why connections cannot be watched here, None where they can."""
    return None if is_supported() else NOT_SUPPORTED
