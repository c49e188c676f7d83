"""Round trips of ICMP echoes, where the system lets a program send them (ping_group_range, CAP_NET_RAW, root)."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import struct

from perfkit_probes.base import LatencyRow
from perfkit_probes.latency_row import latency_row, not_measured
from perfkit_probes.path import LinkPath
from perfkit_probes.session import LinkSession
from perfkit_probes.stamps import StampedSocket

_HEAD = struct.Struct("!BBHHH")
# Echo request and reply: RFC 792 (IPv4) and RFC 4443 (IPv6).
_TYPES = {socket.AF_INET: (8, 0), socket.AF_INET6: (128, 129)}
_IP_HEADER = {socket.AF_INET: 20, socket.AF_INET6: 40}
_INTERVAL_S, _PATIENCE_S = 0.1, 3.0
_METHOD = "ICMP echo"


class Pings:
    """Pings to the responder's host, whose answers the kernel stamps and keeps until `row` is asked for.

    So the time until they come can be used for something else. What answers need not be the responder itself.
    """

    def __init__(self, session: LinkSession, path: LinkPath, *, count: int, packet_bytes: int) -> None:
        """Send `count` pings at a steady pace, as far as this user may; does not wait for their answers."""
        self._session, self._count, self._packet_bytes = session, count, packet_bytes
        self._marker = secrets.token_bytes(8)
        self._sent: list[tuple[int, int]] = []
        self._socket: StampedSocket | None = None
        sock = _open(session.endpoint[0], path) if count > 0 else None
        if sock is not None:
            self._socket = StampedSocket(sock, session.clock)
            with contextlib.suppress(OSError):
                sock.connect(session.endpoint[1])
            self._socket.enable_transmit_stamps()
            self._send(self._socket)

    @property
    def is_kept(self) -> bool:
        """Whether answers may be read later without loss of exactness."""
        return self._socket is None or self._socket.kernel_receive

    def _send(self, sock: StampedSocket) -> None:
        family = self._session.endpoint[0]
        head_bytes = _IP_HEADER[family] + _HEAD.size + len(self._marker)
        payload = self._marker + bytes(max(0, self._packet_bytes - head_bytes))
        for sequence in range(self._count):
            if sequence:
                self._session.clock.sleep(_INTERVAL_S)
            self._sent.append(sock.send(encode_echo(family, sequence, payload)))
            self._session.meter.count_sent(self._packet_bytes)

    def row(self) -> LatencyRow:
        """The round trips; waits at most 3 s for answers that have not come yet."""
        if self._socket is None:
            asked = "this user may not send pings (ping_group_range, CAP_NET_RAW)"
            reason = asked if self._count > 0 else "not asked for, or no bytes left for it"
            return not_measured(reason, packet_bytes=self._packet_bytes, method=_METHOD)
        with contextlib.closing(self._socket) as sock:
            rtts_ms = self._receive(sock)
        clocks = "kernel stamps" if self._socket.kernel_receive else "program's clock"
        method = f"{_METHOD}, {clocks}"
        return latency_row(rtts_ms, sent=self._count, packet_bytes=self._packet_bytes, method=method)

    def _receive(self, sock: StampedSocket) -> list[float]:
        """The round trips in ms of the pings that were answered, in the order of sending."""
        family, clock = self._session.endpoint[0], self._session.clock
        found: dict[int, float] = {}
        deadline_ns = clock.monotonic_ns() + int(_PATIENCE_S * 1e9)
        while len(found) < len(self._sent):
            received = sock.receive((deadline_ns - clock.monotonic_ns()) / 1e9)
            if received is None:
                break
            sequence = reply_sequence(family, received.data, self._marker)
            if sequence is None or sequence in found or sequence >= len(self._sent):
                continue
            self._session.meter.count_received(self._packet_bytes)
            before_ns, number = self._sent[sequence]
            transmit_ns = sock.transmit_ns(number) or before_ns
            start_ns = transmit_ns if before_ns <= transmit_ns <= received.stamp_ns else before_ns
            found[sequence] = (received.stamp_ns - start_ns) / 1e6
        return [found[sequence] for sequence in sorted(found)]


def _open(family: socket.AddressFamily, path: LinkPath) -> socket.socket | None:
    """A socket for pings bound to the path, None when the user may not have one."""
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with contextlib.suppress(OSError):
            sock = socket.socket(family, kind, protocol)
            try:
                path.bind(sock)
            except OSError:
                sock.close()
                raise
            return sock
    return None


def encode_echo(family: socket.AddressFamily, sequence: int, payload: bytes) -> bytes:
    """An echo request; the kernel fills in the checksum of IPv6 and, for unprivileged sockets, the identifier."""
    kind = _TYPES[family][0]
    head = _HEAD.pack(kind, 0, 0, os.getpid() & 0xFFFF, sequence)
    checksum = 0 if family == socket.AF_INET6 else internet_checksum(head + payload)
    return _HEAD.pack(kind, 0, checksum, os.getpid() & 0xFFFF, sequence) + payload


def reply_sequence(family: socket.AddressFamily, data: bytes, marker: bytes) -> int | None:
    """The sequence number of a reply (with an IPv4 header on raw sockets) that carries our marker, None for others."""
    has_header = family == socket.AF_INET and len(data) >= 20 and data[0] >> 4 == 4
    body = data[(data[0] & 0x0F) * 4 :] if has_header else data
    if len(body) < _HEAD.size + len(marker):
        return None
    kind, _, _, _, sequence = _HEAD.unpack_from(body)
    return int(sequence) if kind == _TYPES[family][1] and body[_HEAD.size :].startswith(marker) else None


def internet_checksum(data: bytes) -> int:
    """The ones' complement sum of 16-bit words (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return int(~total & 0xFFFF)
