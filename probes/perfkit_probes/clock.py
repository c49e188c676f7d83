"""Clocks of the probes: intervals by the monotonic clock, kernel stamps converted to it.

The kernel stamps packets with the wall clock, which may be stepped (NTP, an operator) while a probe runs. Wall clock
and monotonic clock run at the same pace, so their difference changes only when somebody steps the wall clock; the
converter watches that difference and every interval stays right.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Protocol

# Two readings of the difference that agree within this (besides the reading's own width) mean: not stepped.
_STEP_TOLERANCE_NS = 2_000
_READINGS = 5
_SWITCH_S = 0.0002
_GOOD_WIDTH_NS = 5_000


class Clock(Protocol):
    """The three things a probe asks of time; tests pass their own."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never jump."""

    def realtime_ns(self) -> int:
        """Nanoseconds since 1970 by the wall clock, which may jump."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class SystemClock:
    """The clocks of this computer."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never jump."""
        return time.monotonic_ns()

    def realtime_ns(self) -> int:
        """Nanoseconds since 1970 by the wall clock."""
        return time.time_ns()

    def sleep(self, seconds: float) -> None:
        """Let time pass; a negative duration is none."""
        if seconds > 0:
            time.sleep(seconds)


class StampConverter:
    """Turns a wall-clock stamp of the kernel into nanoseconds of the monotonic clock."""

    def __init__(self, clock: Clock) -> None:
        """Learn the difference of both clocks."""
        self._clock = clock
        self._difference_ns, _ = self._read()
        self.steps = 0

    def _read(self) -> tuple[int, int]:
        """Wall clock minus monotonic clock, and the width in ns within which that is certain."""
        best = self._read_once()
        for _ in range(_READINGS - 1):
            if best[1] <= _GOOD_WIDTH_NS:
                break
            best = min(best, self._read_once(), key=lambda reading: reading[1])
        return best

    def _read_once(self) -> tuple[int, int]:
        before = self._clock.monotonic_ns()
        wall = self._clock.realtime_ns()
        width = self._clock.monotonic_ns() - before
        return wall - before - width // 2, width

    def monotonic_ns(self, realtime_stamp_ns: int) -> int:
        """The monotonic time of a stamp that the kernel gave just now."""
        difference_ns, width_ns = self._read()
        if abs(difference_ns - self._difference_ns) > width_ns + _STEP_TOLERANCE_NS:
            self._difference_ns = difference_ns
            self.steps += 1
        return realtime_stamp_ns - self._difference_ns


@contextlib.contextmanager
def prompt_threads() -> Iterator[None]:
    """Let the interpreter switch threads at once while a stream is timed.

    By default a thread that waits for a message may wait 5 ms for its turn, which makes arrivals come in clumps.
    """
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before_s)
