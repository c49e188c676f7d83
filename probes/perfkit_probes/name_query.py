"""A host name asked for through one interface (DNS over UDP, RFC 1035), since the system's resolver picks its own way.

Asked are the name servers of the configuration that are not stubs on this computer; with several links that may be the
wrong server for this one, and then the answer is an error that says so, never an answer from another link.
"""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from perfkit.core.errors import ProbeError

_CONFIGURATIONS = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))
_TYPE_A, _TYPE_AAAA, _CLASS_IN = 1, 28, 1
_PORT = 53
_TIMEOUT_S = 3.0
_HEAD = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_MAX_RECORDS = 32
_MAX_LABELS = 128


def query_through(name: str, bind: Callable[[socket.socket], None], servers: list[str] | None = None) -> list[str]:
    """The addresses of `name` as seen through sockets that `bind` has tied to an interface, IPv4 first.

    Raises:
        ProbeError: No server was found, none answered, or none knows the name.
    """
    asked = name_servers() if servers is None else servers
    if not asked:
        raise ProbeError(f"no name server is known to ask for {name!r} through the interface; give the address instead")
    for server in asked:
        found = [*_ask(server, name, _TYPE_A, bind), *_ask(server, name, _TYPE_AAAA, bind)]
        if found:
            return found
    raise ProbeError(
        f"the name {name!r} could not be resolved through the interface (asked {', '.join(asked)}); "
        "give the responder's address instead"
    )


def name_servers() -> list[str]:
    """The addresses of name servers outside this computer, in the order of the configuration."""
    found: list[str] = []
    for path in _CONFIGURATIONS:
        with contextlib.suppress(OSError):
            found += servers_in(path.read_text(encoding="utf-8", errors="replace"))
    return list(dict.fromkeys(found))


def servers_in(configuration: str) -> list[str]:
    """The servers in the text of a resolv.conf, without stubs on this computer."""
    found = []
    for line in configuration.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            with contextlib.suppress(ValueError):
                if not ipaddress.ip_address(words[1]).is_loopback:
                    found.append(words[1])
    return found


def _ask(server: str, name: str, kind: int, bind: Callable[[socket.socket], None]) -> list[str]:
    """The addresses that one server gives for one type of record; none when it is silent or unreachable."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    number = secrets.randbelow(1 << 16)
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        bind(sock)
        sock.settimeout(_TIMEOUT_S)
        with contextlib.suppress(OSError):
            sock.connect((server, _PORT))
            sock.send(encode_query(number, name, kind))
            return decode_answer(sock.recv(4096), number, kind)
    return []


def encode_query(number: int, name: str, kind: int) -> bytes:
    """The bytes of a recursive query for one record type.

    Raises:
        ProbeError: The name cannot be a host name.
    """
    try:
        labels = [label.encode("idna") for label in name.rstrip(".").split(".")]
    except UnicodeError as error:
        raise ProbeError(f"{name!r} is not a host name") from error
    question = b"".join(bytes((len(label),)) + label for label in labels) + b"\0" + struct.pack("!HH", kind, _CLASS_IN)
    return _HEAD.pack(number, 0x0100, 1, 0, 0, 0) + question


def decode_answer(data: bytes, number: int, kind: int) -> list[str]:
    """The addresses of type `kind` in an answer; none when it is not the answer to query `number` or is damaged."""
    try:
        return _addresses_in(data, number, kind)
    except (struct.error, IndexError, ValueError):
        return []


def _addresses_in(data: bytes, number: int, kind: int) -> list[str]:
    found_number, flags, questions, answers, _, _ = _HEAD.unpack_from(data)
    if found_number != number or not flags & 0x8000 or flags & 0x000F:
        return []
    offset = _HEAD.size
    for _ in range(min(questions, 1)):
        offset = _after_name(data, offset) + 4
    found: list[str] = []
    for _ in range(min(answers, _MAX_RECORDS)):
        offset = _after_name(data, offset)
        record_kind, record_class, _, length = _RECORD.unpack_from(data, offset)
        offset += _RECORD.size
        value = data[offset : offset + length]
        if (record_kind, record_class) == (kind, _CLASS_IN) and length in {4, 16}:
            found.append(str(ipaddress.ip_address(value)))
        offset += length
    return found


def _after_name(data: bytes, offset: int) -> int:
    """The offset behind a name; a pointer ends it (RFC 1035, 4.1.4)."""
    for _ in range(_MAX_LABELS):
        length = data[offset]
        if length >= 0xC0:
            return offset + 2
        offset += 1 + length
        if length == 0:
            return offset
    raise ValueError("a name without end")
