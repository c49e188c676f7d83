"""What the kernel knows about a TCP connection (Linux TCP_INFO): round trips, segments, retransmissions.

Offsets of struct tcp_info from uapi/linux/tcp.h; older kernels return less, and what is missing is None.
"""

from __future__ import annotations

import socket
import struct
import sys
from dataclasses import dataclass

_TCP_INFO = 11
_LENGTH = 256
# min_rtt of a connection that has no sample yet.
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class TcpInfo:
    """One reading; None where the kernel does not tell.

    `ip_bytes_sent` and `ip_bytes_received` count payload, retransmissions and 20 + 32 bytes of headers (IPv4, TCP with
    time stamps) for each segment. `acknowledged_bytes` is payload that the peer has acknowledged, `last_ack_s` how long
    ago it acknowledged anything, `delivery_bytes_s` the payload rate as last estimated.
    """

    segment_bytes: int
    rtt_ms: float
    min_rtt_ms: float | None
    retransmissions: int
    ip_bytes_sent: int | None
    ip_bytes_received: int | None
    rttvar_ms: float | None = None
    segments_sent: int | None = None
    acknowledged_bytes: int | None = None
    delivery_bytes_s: int | None = None
    last_ack_s: float | None = None


def read_tcp_info(sock: socket.socket) -> TcpInfo | None:
    """The kernel's figures for a connected TCP socket, None where the system has no TCP_INFO."""
    if sys.platform != "linux":
        return None
    try:
        data = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _LENGTH)
    except OSError:
        return None
    return parse_tcp_info(data, header_bytes=72 if sock.family == socket.AF_INET6 else 52)


def parse_tcp_info(data: bytes, *, header_bytes: int) -> TcpInfo | None:
    """The figures in the structure, None when it is too short to hold a round-trip time."""
    rtt_us, segment = _u32(data, 68), _u32(data, 16)
    if rtt_us is None or segment is None:
        return None
    min_rtt_us, retransmissions = _u32(data, 148), _u32(data, 100)
    rttvar_us, last_ack_ms = _u32(data, 72), _u32(data, 56)
    return TcpInfo(
        segment_bytes=segment,
        rtt_ms=rtt_us / 1000,
        min_rtt_ms=None if min_rtt_us in {None, 0, _UNKNOWN} else (min_rtt_us or 0) / 1000,
        retransmissions=retransmissions or 0,
        ip_bytes_sent=_with_headers(_u64(data, 200), _u32(data, 136), header_bytes),
        ip_bytes_received=_with_headers(_u64(data, 128), _u32(data, 140), header_bytes),
        rttvar_ms=None if rttvar_us is None else rttvar_us / 1000,
        segments_sent=_u32(data, 136),
        acknowledged_bytes=_u64(data, 120),
        delivery_bytes_s=_u64(data, 160) or None,
        last_ack_s=None if last_ack_ms is None else last_ack_ms / 1000,
    )


def _with_headers(payload_bytes: int | None, segments: int | None, header_bytes: int) -> int | None:
    if payload_bytes is None or segments is None:
        return None
    return payload_bytes + segments * header_bytes


def _u32(data: bytes, offset: int) -> int | None:
    if len(data) < offset + 4:
        return None
    (value,) = struct.unpack_from("=I", data, offset)
    return int(value)


def _u64(data: bytes, offset: int) -> int | None:
    if len(data) < offset + 8:
        return None
    (value,) = struct.unpack_from("=Q", data, offset)
    return int(value)
