"""TCP connections of any process on this host with the kernel's figures, through inet_diag (Linux, no privileges).

Layouts: uapi/linux/netlink.h, sock_diag.h, inet_diag.h; TCP_INFO as in `perfkit_probes.tcp_info`. Nothing is sent on
the network.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from perfkit_probes.tcp_info import TcpInfo, parse_tcp_info

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST, _NLM_F_DUMP = 0x1, 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_ESTABLISHED = 1 << 1
_WANT_INFO = 1 << 1  # 1 << (INET_DIAG_INFO - 1)
_INET_DIAG_INFO = 2
_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence, port
_REQUEST = struct.Struct("=BBBBI48x")  # struct inet_diag_req_v2: family, protocol, extensions, pad, states, id
_MESSAGE_BYTES = 72  # struct inet_diag_msg
_PORTS = struct.Struct("!HH")  # of struct inet_diag_sockid, big endian
_COOKIE = struct.Struct("=II")
_ATTRIBUTE = struct.Struct("=HH")
_BUFFER_BYTES = 1 << 18
_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class DiagnosedSocket:
    """An established connection; `cookie` tells it from another one with the same addresses, earlier or later."""

    local: tuple[str, int]
    remote: tuple[str, int]
    cookie: int
    info: TcpInfo

    @property
    def name(self) -> str:
        """Both ends, e.g. "192.0.2.1:9000 - 198.51.100.7:40112"."""
        return f"{_end(self.local)} - {_end(self.remote)}"


def is_supported() -> bool:
    """Whether this system can be asked."""
    return sys.platform == "linux" and hasattr(socket, "AF_NETLINK")


def established(ports: frozenset[int]) -> list[DiagnosedSocket]:
    """The established connections with one of `ports` at either end, in the order of the kernel.

    Raises:
        OSError: the kernel does not answer (a sandbox may forbid netlink).
    """
    found: list[DiagnosedSocket] = []
    for family in (socket.AF_INET, socket.AF_INET6):
        for message in _dump(family):
            one = parse_message(message, ports)
            if one is not None:
                found.append(one)
    return found


def _dump(family: int) -> Iterator[bytes]:
    """The messages about the established connections of one address family."""
    request = _REQUEST.pack(family, socket.IPPROTO_TCP, _WANT_INFO, 0, _ESTABLISHED)
    header = _HEADER.pack(_HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST | _NLM_F_DUMP, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as sock:
        sock.settimeout(_TIMEOUT_S)
        sock.sendto(header + request, (0, 0))
        while True:
            data = sock.recv(_BUFFER_BYTES)
            for kind, payload in split_messages(data):
                if kind == _NLMSG_DONE:
                    return
                if kind == _NLMSG_ERROR:
                    (code,) = struct.unpack_from("=i", payload)
                    raise OSError(-code, os.strerror(-code))
                yield payload


def split_messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, payload) of each netlink message in a datagram; a cut one ends the walk."""
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, *_ = _HEADER.unpack_from(data, offset)
        if length < _HEADER.size or offset + length > len(data):
            return
        yield kind, data[offset + _HEADER.size : offset + length]
        offset += (length + 3) & ~3


def parse_message(payload: bytes, ports: frozenset[int]) -> DiagnosedSocket | None:
    """The connection in a struct inet_diag_msg; None when it has none of the ports or no figures."""
    if len(payload) < _MESSAGE_BYTES:
        return None
    family = payload[0]
    local_port, remote_port = _PORTS.unpack_from(payload, 4)
    if local_port not in ports and remote_port not in ports:
        return None
    low, high = _COOKIE.unpack_from(payload, 44)
    info = _attribute(payload[_MESSAGE_BYTES:], _INET_DIAG_INFO)
    parsed = None if info is None else parse_tcp_info(info, header_bytes=72 if family == socket.AF_INET6 else 52)
    if parsed is None:
        return None
    local = (_address(family, payload[8:24]), local_port)
    remote = (_address(family, payload[24:40]), remote_port)
    return DiagnosedSocket(local, remote, high << 32 | low, parsed)


def _attribute(data: bytes, wanted: int) -> bytes | None:
    offset = 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size:
            return None
        if kind == wanted:
            return data[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return None


def _address(family: int, raw: bytes) -> str:
    """The address as people write it; an IPv4 address in IPv6 clothes is shown as IPv4."""
    if family == socket.AF_INET:
        return str(ipaddress.IPv4Address(raw[:4]))
    address = ipaddress.IPv6Address(raw)
    return str(address.ipv4_mapped or address)


def _end(end: tuple[str, int]) -> str:
    address, port = end
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
