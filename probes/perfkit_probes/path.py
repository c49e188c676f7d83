"""The path that the probes' packets must take: one interface, one source address, one address family.

Linux binds a socket to the device (SO_BINDTODEVICE), Windows and macOS to the interface index (IP_UNICAST_IF,
IP_BOUND_IF); elsewhere, and as an addition, the source address is bound. That packets really left there is shown by the
interface's own counters, before and after.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from perfkit.core.errors import ProbeError, UsageError
from perfkit_probes.control import DEFAULT_PORT
from perfkit_probes.name_query import query_through

_SO_BINDTODEVICE = 25
_IP_UNICAST_IF = _IPV6_UNICAST_IF = 31
_IP_BOUND_IF, _IPV6_BOUND_IF = 25, 125
# The namespace of the calling thread; /proc/net would show the main thread's.
_PLATFORM: str = sys.platform
_COUNTERS = Path("/proc/thread-self/net/dev")

Endpoint = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


@dataclass(frozen=True, slots=True)
class Target:
    """The responder's host (name or address) and port."""

    host: str
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        """As it is written on the command line."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_target(text: str) -> Target:
    """The target in HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.

    Raises:
        UsageError: It is none of these.
    """
    host, port = text.strip(), ""
    if host.startswith("["):
        host, bracket, rest = host[1:].partition("]")
        port = rest.removeprefix(":")
        host = host if bracket and (not rest or rest.startswith(":")) else ""
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if not host or "/" in host or (port and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise UsageError(f"{text!r} is not HOST, HOST:PORT or [IPV6]:PORT (port 1..65535)")
    return Target(host, int(port) if port else DEFAULT_PORT)


@dataclass(frozen=True, slots=True)
class LinkPath:
    """Where packets must leave; None leaves the choice to the system."""

    interface: str | None = None
    source: str | None = None

    def bind(self, sock: socket.socket) -> None:
        """Tie a fresh socket to the interface and the source address.

        Raises:
            ProbeError: The system does not allow it, or there is no such interface or address.
        """
        try:
            if self.interface is not None:
                _bind_interface(sock, self.interface)
            if self.source is not None:
                sock.bind((self.source, 0))
        except OSError as error:
            where = self.interface or self.source
            raise ProbeError(
                f"packets cannot be sent through {where}: {error.strerror or error}; "
                f"interfaces here: {', '.join(interface_names()) or 'unknown'}"
            ) from error

    def resolve(self, target: Target) -> list[Endpoint]:
        """The addresses of the target, those of the source's family only.

        A literal address needs no resolution. A name is asked for through the interface when one is named: the system's
        resolver may use another link, and an answer from there may be wrong here (or prove nothing).

        Raises:
            ProbeError: The name is not known, or has no address of the family.
        """
        family = _family_of(self.source) if self.source else socket.AF_UNSPEC
        endpoints = _literal(target)
        if endpoints is None and self.interface is not None and target.host != "localhost":
            addresses = query_through(target.host, self.bind)
            endpoints = [e for a in addresses for e in _literal(Target(a, target.port)) or []]
        elif endpoints is None:
            endpoints = _by_system(target)
        found = [endpoint for endpoint in endpoints if family in {socket.AF_UNSPEC, endpoint[0]}]
        if not found:
            raise ProbeError(f"{target.host} has no address that {self.source or self.interface} can reach")
        return found

    def read_counters(self) -> InterfaceCounters | None:
        """The interface's byte counters, None where the system does not show them or no interface is named."""
        return read_counters(self.interface) if self.interface else None


@dataclass(frozen=True, slots=True)
class InterfaceCounters:
    """Bytes that an interface has received and sent since it came up (link layer)."""

    received_bytes: int
    sent_bytes: int


@dataclass(frozen=True, slots=True)
class PathProof:
    """Whether the probes' own bytes show up in the counters of the interface.

    `is_proven` is None when there is nothing to compare; `reason` then says why.
    """

    interface: str | None
    own_sent_bytes: int
    own_received_bytes: int
    interface_sent_bytes: int | None
    interface_received_bytes: int | None
    is_proven: bool | None
    reason: str


# The counters must show at least this share of what was sent and received; the rest is lost packets and rounding.
_PROOF_SHARE = 0.9


def prove(
    path: LinkPath, before: InterfaceCounters | None, after: InterfaceCounters | None, *, sent: int, received: int
) -> PathProof:
    """Compare our own count of bytes with what the interface counted meanwhile."""
    if path.interface is None or before is None or after is None:
        reason = "no interface was named" if path.interface is None else "this system shows no interface counters"
        return PathProof(path.interface, sent, received, None, None, None, reason)
    out, back = after.sent_bytes - before.sent_bytes, after.received_bytes - before.received_bytes
    is_proven = out >= _PROOF_SHARE * sent and back >= _PROOF_SHARE * received
    seen = f"{path.interface} counted {out} bytes out and {back} in; the probes sent {sent} and received {received}"
    reason = seen if is_proven else f"the packets did not pass through the interface: {seen}"
    return PathProof(path.interface, sent, received, out, back, is_proven, reason)


def read_counters(interface: str) -> InterfaceCounters | None:
    """The byte counters of an interface, None where they are not shown."""
    try:
        table = _COUNTERS.read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return parse_counters(table, interface)


def parse_counters(table: str, interface: str) -> InterfaceCounters | None:
    """The counters of `interface` in the text of /proc/net/dev."""
    # wwan0: 1234 10 0 0 0 0 0 0 5678 9 0 ...  (received bytes first, sent bytes ninth)
    for line in table.splitlines():
        name, colon, numbers = line.partition(":")
        fields = numbers.split()
        if colon and name.strip() == interface and len(fields) >= 9:
            return InterfaceCounters(int(fields[0]), int(fields[8]))
    return None


def interface_names() -> list[str]:
    """The names of this computer's interfaces."""
    try:
        return [name for _, name in socket.if_nameindex()]
    except OSError:
        return []


def _bind_interface(sock: socket.socket, interface: str) -> None:
    if _PLATFORM == "linux":
        sock.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, interface.encode() + b"\0")
        return
    index = socket.if_nametoindex(interface)
    is_v6 = sock.family == socket.AF_INET6
    level = socket.IPPROTO_IPV6 if is_v6 else socket.IPPROTO_IP
    if _PLATFORM == "win32":
        # IPv4 wants the index in network byte order, IPv6 in the host's (ws2ipdef.h).
        option, number = (_IPV6_UNICAST_IF, "=I") if is_v6 else (_IP_UNICAST_IF, "!I")
        sock.setsockopt(level, option, struct.pack(number, index))
    elif _PLATFORM == "darwin":
        sock.setsockopt(level, _IPV6_BOUND_IF if is_v6 else _IP_BOUND_IF, index)
    else:
        raise ProbeError(f"this system cannot bind a socket to an interface; give the source address of {interface}")


def _literal(target: Target) -> list[Endpoint] | None:
    """The endpoint of an address, None for a name."""
    try:
        ipaddress.ip_address(target.host.partition("%")[0])
    except ValueError:
        return None
    return _addresses(target, socket.AI_NUMERICHOST)


def _by_system(target: Target) -> list[Endpoint]:
    try:
        return _addresses(target, 0)
    except (OSError, UnicodeError) as error:
        raise ProbeError(f"the name {target.host!r} is not known here; give the responder's address instead") from error


def _addresses(target: Target, flags: int) -> list[Endpoint]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, flags=flags)
    endpoints: list[Endpoint] = []
    for family, _, _, _, address in found:
        if family == socket.AF_INET6 and len(address) == 4:
            endpoints.append((family, (str(address[0]), int(address[1]), int(address[2]), int(address[3]))))
        elif family == socket.AF_INET:
            endpoints.append((family, (str(address[0]), int(address[1]))))
    return endpoints


def _family_of(address: str) -> socket.AddressFamily:
    try:
        version = ipaddress.ip_address(address.partition("%")[0]).version
    except ValueError as error:
        raise UsageError(f"{address!r} is not an IP address of this computer") from error
    return socket.AF_INET6 if version == 6 else socket.AF_INET
