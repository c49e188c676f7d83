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
        found = _ping(session, stamped, count, packet_bytes)
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


def _ping(session: LinkSession, stamped: StampedSocket, count: int, packet_bytes: int) -> list[float]:
    """The round trips in ms of those of `count` pings that were answered, in the order of sending."""
    family, marker, clock = session.endpoint[0], secrets.token_bytes(8), session.clock
    payload = marker + bytes(max(0, packet_bytes - _IP_HEADER[family] - _HEAD.size - len(marker)))
    sent: list[tuple[int, int]] = []
    found: dict[int, float] = {}
    start_ns = clock.monotonic_ns()
    while len(found) < count:
        elapsed_s = (clock.monotonic_ns() - start_ns) / 1e9
        if len(sent) < count and elapsed_s >= len(sent) * _INTERVAL_S:
            sent.append(stamped.send(encode_echo(family, len(sent), payload)))
            session.meter.count_sent(packet_bytes)
            continue
        end_s = len(sent) * _INTERVAL_S + (_PATIENCE_S if len(sent) == count else 0.0)
        received = stamped.receive(end_s - elapsed_s)
        if received is None and len(sent) == count:
            break
        sequence = None if received is None else reply_sequence(family, received.data, marker)
        if received is not None and sequence is not None and sequence < len(sent) and sequence not in found:
            session.meter.count_received(packet_bytes)
            before_ns, number = sent[sequence]
            transmit_ns = stamped.transmit_ns(number) or before_ns
            start = transmit_ns if before_ns <= transmit_ns <= received.stamp_ns else before_ns
            found[sequence] = (received.stamp_ns - start) / 1e6
    return [found[sequence] for sequence in sorted(found)]


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
