"""A stream of packets at exactly one pace, with reports on what came the other way; used by both ends."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from perfkit_probes.clock import Clock
from perfkit_probes.wire import CREDENTIAL_BYTES, MAX_REPORTS, pace

_NO_CREDENTIAL = bytes(CREDENTIAL_BYTES)


class ReceivedLog:
    """The packets that arrived last: sequence number and stamp."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._last: deque[tuple[int, int]] = deque(maxlen=MAX_REPORTS)
        self.count = 0

    def add(self, sequence: int, stamp_ns: int) -> None:
        """Book the arrival of one packet."""
        with self._lock:
            self._last.appendleft((sequence, stamp_ns))
            self.count += 1

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._last.clear()
            self.count = 0

    def reports(self, now_ns: int) -> list[tuple[int, int]]:
        """(Sequence number, age in microseconds) of the packets that arrived last, newest first."""
        with self._lock:
            return [(sequence, max(0, now_ns - stamp_ns) // 1000) for sequence, stamp_ns in self._last]


@dataclass(frozen=True, slots=True)
class Pace:
    """What a paced stream consists of: packets of one payload size, one per interval, up to a number."""

    interval_s: float
    payload_bytes: int
    packets: int


class PacedSender:
    """A thread that sends one packet per interval until it is stopped, has sent all, or may send no more."""

    def __init__(
        self,
        stream: Pace,
        log: ReceivedLog,
        *,
        send: Callable[[bytes], object],
        may_send: Callable[[int], bool],
        clock: Clock,
    ) -> None:
        """Take what to send, where and how often; nothing is sent before `start`."""
        self._stream = stream
        self._send = send
        self._log = log
        self._clock = clock
        self._may_send = may_send
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pace", daemon=True)
        self._sent = 0

    def start(self) -> None:
        """Send the first packet now."""
        self._thread.start()

    def stop(self) -> int:
        """End the stream; returns the packets that were sent."""
        self._stop.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(2)
        return self._sent

    def _run(self) -> None:
        start_ns = self._clock.monotonic_ns()
        for sequence in range(self._stream.packets):
            due_ns = start_ns + int(sequence * self._stream.interval_s * 1e9)
            if self._stop.wait(max(0.0, (due_ns - self._clock.monotonic_ns()) / 1e9)):
                return
            if not self._may_send(self._stream.payload_bytes):
                return
            now_ns = self._clock.monotonic_ns()
            packet = pace(_NO_CREDENTIAL, sequence, now_ns, self._log.reports(now_ns))
            try:
                self._send(packet.encode(self._stream.payload_bytes))
            except Exception:  # noqa: BLE001 - the connection is gone, whatever its library calls that
                return
            self._sent = sequence + 1
