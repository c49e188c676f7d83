"""The datagrams between a link probe and its responder, as bytes.

Every datagram starts with 32 bytes: "pk", kind, 0, an 8-byte credential, sequence number, two 64-bit numbers whose
meaning depends on the kind; zero or random padding up to the wanted size follows.

====== ============== ============================ ==================================================
number kind           credential                   first, second number
====== ============== ============================ ==================================================
1      OPEN           the session's token          0, 0
2      COOKIE         the cookie for this address  0, 0; as long as the OPEN it answers
3      ECHO           cookie                       0, 0
4      ECHO_REPLY     cookie                       receive and send stamp of the responder (ns); as long as its ECHO
5      TRAIN          cookie                       round, packets in the train; its send stamp (ns, 8 bytes) follows
6      PACE           cookie                       send stamp of the sender (ns), number of reports that follow
====== ============== ============================ ==================================================

A PACE datagram carries reports on the packets its sender received: sequence number and age in microseconds, newest
first, 8 bytes per report; one lost datagram loses nothing, since the next ones repeat its reports.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

_HEAD = struct.Struct("!2sBB8sIQQ")
_REPORT = struct.Struct("!II")
_STAMP = struct.Struct("!Q")
_MAGIC = b"pk"
CREDENTIAL_BYTES = 8
HEAD_BYTES = _HEAD.size
# IP header (20 or 40 bytes) plus UDP header (8 bytes): RFC 791, RFC 8200, RFC 768.
_UDP_HEADERS = {socket.AF_INET: 28, socket.AF_INET6: 48}
# 3 s of packets at ten per second: a report survives a gap of that length.
MAX_REPORTS = 30


class Kind(IntEnum):
    """What a datagram is for."""

    OPEN = 1
    COOKIE = 2
    ECHO = 3
    ECHO_REPLY = 4
    TRAIN = 5
    PACE = 6


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram of the protocol; `body` is what follows the head."""

    kind: Kind
    credential: bytes
    sequence: int
    first: int = 0
    second: int = 0
    body: bytes = b""

    def encode(self, size_bytes: int = 0) -> bytes:
        """The bytes, padded with random bytes (nothing on the way can compress them) to at least `size_bytes`."""
        head = _HEAD.pack(_MAGIC, self.kind, 0, self.credential, self.sequence, self.first, self.second)
        missing = size_bytes - len(head) - len(self.body)
        return head + self.body + (os.urandom(missing) if missing > 0 else b"")


def decode(data: bytes) -> Datagram | None:
    """The datagram in `data`, None when it is not one of ours."""
    if len(data) < HEAD_BYTES:
        return None
    magic, kind, _, credential, sequence, first, second = _HEAD.unpack_from(data)
    if magic != _MAGIC or kind not in _KINDS:
        return None
    return Datagram(Kind(kind), credential, sequence, first, second, data[HEAD_BYTES:])


_KINDS = frozenset(int(kind) for kind in Kind)


def udp_header_bytes(family: int) -> int:
    """The bytes that IP and UDP put in front of a datagram's payload."""
    return _UDP_HEADERS.get(socket.AddressFamily(family), 48)


def encode_reports(reports: Sequence[tuple[int, int]]) -> bytes:
    """The reports (sequence number, age in microseconds), newest first, cut to MAX_REPORTS."""
    return b"".join(_REPORT.pack(seq, min(age_us, 0xFFFFFFFF)) for seq, age_us in reports[:MAX_REPORTS])


def decode_reports(datagram: Datagram) -> list[tuple[int, int]]:
    """The reports inside a PACE datagram; a count that does not fit the body is cut to what is there."""
    count = min(datagram.second, MAX_REPORTS, len(datagram.body) // _REPORT.size)
    return [_REPORT.unpack_from(datagram.body, index * _REPORT.size) for index in range(count)]


def train(credential: bytes, sequence: int, *, number: int, packets: int, send_ns: int) -> Datagram:
    """Packet `sequence` of round `number`, a train of so many `packets`."""
    return Datagram(Kind.TRAIN, credential, sequence, number, packets, _STAMP.pack(send_ns))


def departure_ns(datagram: Datagram) -> int | None:
    """When a packet of a train was sent, by the clock of its sender; None when it does not say."""
    return int(_STAMP.unpack_from(datagram.body)[0]) if len(datagram.body) >= _STAMP.size else None


def pace(credential: bytes, sequence: int, send_ns: int, reports: Iterable[tuple[int, int]] = ()) -> Datagram:
    """A PACE datagram with its reports."""
    chosen = list(reports)[:MAX_REPORTS]
    return Datagram(Kind.PACE, credential, sequence, send_ns, len(chosen), encode_reports(chosen))
