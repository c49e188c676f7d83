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
_INTERVAL_S, _PATIENCE_S = 0.2, 2.0
_METHOD = "ICMP echo"


def measure_icmp(session: LinkSession, path: LinkPath, *, count: int, packet_bytes: int) -> LatencyRow:
    """The round trips of `count` pings to the responder's host; what answers need not be the responder itself."""
    family, address = session.endpoint
    if count <= 0:
        return not_measured("not asked for, or no bytes left for it", packet_bytes=packet_bytes, method=_METHOD)
    sock = _open(family, path)
    if sock is None:
        reason = "this user may not send pings (ping_group_range, CAP_NET_RAW)"
        return not_measured(reason, packet_bytes=packet_bytes, method=_METHOD)
    with contextlib.closing(StampedSocket(sock, session.clock)) as stamped:
        with contextlib.suppress(OSError):
            sock.connect(address)
        stamped.enable_transmit_stamps()
        rtts = [_ping(session, stamped, sequence, packet_bytes) for sequence in range(1, count + 1)]
    found = [rtt for rtt in rtts if rtt is not None]
    clocks = "kernel stamps" if stamped.kernel_receive else "program's clock"
    return latency_row(found, sent=count, packet_bytes=packet_bytes, method=f"{_METHOD}, {clocks}")


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


def _ping(session: LinkSession, stamped: StampedSocket, sequence: int, packet_bytes: int) -> float | None:
    """One round trip in ms, None when unanswered within 2 s."""
    family = session.endpoint[0]
    marker = secrets.token_bytes(8)
    size = packet_bytes - _IP_HEADER[family] - _HEAD.size
    request = encode_echo(family, sequence, marker + bytes(max(0, size - len(marker))))
    before_ns, number = stamped.send(request)
    session.meter.count_sent(packet_bytes)
    deadline_ns = before_ns + int(_PATIENCE_S * 1e9)
    while (remaining_ns := deadline_ns - session.clock.monotonic_ns()) > 0:
        received = stamped.receive(remaining_ns / 1e9)
        if received is None:
            return None
        if is_reply(family, received.data, sequence, marker):
            session.meter.count_received(packet_bytes)
            transmit_ns = stamped.transmit_ns(number) or before_ns
            session.clock.sleep(_INTERVAL_S - (session.clock.monotonic_ns() - before_ns) / 1e9)
            start_ns = transmit_ns if before_ns <= transmit_ns <= received.stamp_ns else before_ns
            return (received.stamp_ns - start_ns) / 1e6
    return None


def encode_echo(family: socket.AddressFamily, sequence: int, payload: bytes) -> bytes:
    """An echo request; the kernel fills in the checksum of IPv6 and, for unprivileged sockets, the identifier."""
    kind = _TYPES[family][0]
    head = _HEAD.pack(kind, 0, 0, os.getpid() & 0xFFFF, sequence)
    checksum = 0 if family == socket.AF_INET6 else internet_checksum(head + payload)
    return _HEAD.pack(kind, 0, checksum, os.getpid() & 0xFFFF, sequence) + payload


def is_reply(family: socket.AddressFamily, data: bytes, sequence: int, marker: bytes) -> bool:
    """Whether `data` (with an IPv4 header on raw sockets) answers the request with this sequence number and marker."""
    has_header = family == socket.AF_INET and len(data) >= 20 and data[0] >> 4 == 4
    body = data[(data[0] & 0x0F) * 4 :] if has_header else data
    if len(body) < _HEAD.size + len(marker):
        return False
    kind, _, _, _, found = _HEAD.unpack_from(body)
    return kind == _TYPES[family][1] and found == sequence and body[_HEAD.size :].startswith(marker)


def internet_checksum(data: bytes) -> int:
    """The ones' complement sum of 16-bit words (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return int(~total & 0xFFFF)
