"""A datagram socket whose packets are stamped by the kernel, where the system can (Linux), else by the program.

Kernel stamps need no privileges: SO_TIMESTAMPING with software stamps. The stamp of a sent packet comes back through
the socket's error queue. Sources: Linux Documentation/networking/timestamping.rst and uapi/linux/net_tstamp.h.
"""

from __future__ import annotations

import select
import socket
import struct
import sys
from dataclasses import dataclass

from perfkit_probes.clock import Clock, StampConverter

_SO_TIMESTAMPING = 37
_TX_SOFTWARE, _RX_SOFTWARE, _SOFTWARE = 1 << 1, 1 << 3, 1 << 4
_OPT_ID, _OPT_TSONLY = 1 << 7, 1 << 11
_RECEIVE_FLAGS = _RX_SOFTWARE | _SOFTWARE
_BOTH_FLAGS = _RECEIVE_FLAGS | _TX_SOFTWARE | _OPT_ID | _OPT_TSONLY
_TIMESPEC = struct.Struct("qq")
_EXTENDED_ERROR = struct.Struct("IBBBBII")  # struct sock_extended_err: errno, origin, type, code, pad, info, data
_ORIGIN_TIMESTAMPING = 4
_IP_RECVERR, _IPV6_RECVERR = 11, 25
_MSG_ERRQUEUE = 0x2000
_ANCILLARY_BYTES = 512
_MAX_DATAGRAM = 65535
_KERNEL_STAMPS = sys.platform == "linux" and struct.calcsize("P") == 8
_BUFFER_BYTES = 1 << 20

Address = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Received:
    """A datagram, whence it came and when (monotonic ns); `user_ns` is when the program had it in hand."""

    data: bytes
    address: Address
    stamp_ns: int
    user_ns: int
    by_kernel: bool


class StampedSocket:
    """Sends and receives datagrams with monotonic stamps; owns `sock` and closes it."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        """Make `sock` non-blocking and ask the kernel to stamp what it receives."""
        self._sock = sock
        self._clock = clock
        self._converter = StampConverter(clock)
        self._sends = 0
        self._transmit_stamps: dict[int, int] = {}
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self.kernel_receive = self._enable(_RECEIVE_FLAGS)
        self.kernel_transmit = False

    def enable_transmit_stamps(self) -> None:
        """Ask the kernel to stamp sent packets too; `kernel_transmit` says whether it does."""
        self.kernel_transmit = self.kernel_receive and self._enable(_BOTH_FLAGS)
        self._sends = 0
        self._transmit_stamps.clear()

    def disable_transmit_stamps(self) -> None:
        """Stop stamping sent packets (a train would fill the error queue)."""
        if self.kernel_transmit:
            self._collect_transmit_stamps()
            self._enable(_RECEIVE_FLAGS)
            self.kernel_transmit = False

    def _enable(self, flags: int) -> bool:
        if not _KERNEL_STAMPS:
            return False
        try:
            self._sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, flags)
        except OSError:
            return False
        return True

    @property
    def sock(self) -> socket.socket:
        """The socket itself, for options and addresses."""
        return self._sock

    def send(self, data: bytes, address: Address | None = None) -> tuple[int, int]:
        """Send; returns the user-space stamp (monotonic ns) just before and the packet's number for `transmit_ns`.

        A full send buffer waits; an earlier "port unreachable" from the network is passed over.
        """
        while True:
            before_ns = self._clock.monotonic_ns()
            try:
                if address is None:
                    self._sock.send(data)
                else:
                    self._sock.sendto(data, address)
            except BlockingIOError:
                select.select([], [self._sock], [], 0.1)
                continue
            except ConnectionError:
                self._sends += 1
                return before_ns, self._sends - 1
            self._sends += 1
            return before_ns, self._sends - 1

    def receive(self, timeout_s: float) -> Received | None:
        """The next datagram, None when none came within `timeout_s` seconds."""
        deadline_ns = self._clock.monotonic_ns() + int(max(0.0, timeout_s) * 1e9)
        while True:
            received = self._read()
            if received is not None:
                return received
            remaining_s = (deadline_ns - self._clock.monotonic_ns()) / 1e9
            if remaining_s <= 0:
                return None
            select.select([self._sock], [], [], remaining_s)
            if self.kernel_transmit:
                self._collect_transmit_stamps()

    def _read(self) -> Received | None:
        try:
            if not self.kernel_receive:
                data, address = self._sock.recvfrom(_MAX_DATAGRAM)
                user_ns = self._clock.monotonic_ns()
                return Received(data, address, user_ns, user_ns, by_kernel=False)
            data, ancillary, _, address = self._sock.recvmsg(_MAX_DATAGRAM, _ANCILLARY_BYTES)
        except (BlockingIOError, ConnectionError):
            return None
        user_ns = self._clock.monotonic_ns()
        kernel_ns = _stamp_in(ancillary)
        stamp_ns = user_ns if kernel_ns is None else min(user_ns, self._converter.monotonic_ns(kernel_ns))
        return Received(data, address, stamp_ns, user_ns, by_kernel=kernel_ns is not None)

    def transmit_ns(self, number: int) -> int | None:
        """When the kernel handed packet `number` to the device (monotonic ns), None when it gave no stamp."""
        self._collect_transmit_stamps()
        return self._transmit_stamps.pop(number, None)

    def _collect_transmit_stamps(self) -> None:
        while self.kernel_transmit:
            try:
                _, ancillary, _, _ = self._sock.recvmsg(0, _ANCILLARY_BYTES, _MSG_ERRQUEUE)
            except OSError:
                return
            kernel_ns, number = _stamp_in(ancillary), _number_in(ancillary)
            if kernel_ns is not None and number is not None:
                self._transmit_stamps[number] = self._converter.monotonic_ns(kernel_ns)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()


def _stamp_in(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    """The software stamp (wall clock, ns) among ancillary data, None when there is none."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPING and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            stamp_ns: int = seconds * 1_000_000_000 + nanoseconds
            return stamp_ns or None
    return None


def _number_in(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    """The packet's number (SOF_TIMESTAMPING_OPT_ID) among ancillary data of the error queue."""
    for level, kind, data in ancillary:
        is_error = (level, kind) in {(socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)}
        if is_error and len(data) >= _EXTENDED_ERROR.size:
            _, origin, _, _, _, _, number = _EXTENDED_ERROR.unpack_from(data)
            if origin == _ORIGIN_TIMESTAMPING:
                return int(number)
    return None
