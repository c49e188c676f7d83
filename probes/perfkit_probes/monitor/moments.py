"""Time as the monitor sees it: three clocks read together, and a wait that an end of the session cuts short."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

# A reading during which more time than this passed was interrupted; the next try is likely not to be.
_GOOD_WIDTH_NS = 2_000_000
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of the clocks.

    `wall_ns` since 1970 may be stepped; `monotonic_ns` never jumps, and on Linux stands still during suspend;
    `boot_ns` goes on during suspend, None where the system has no such clock.
    """

    wall_ns: int
    monotonic_ns: int
    boot_ns: int | None

    @property
    def time(self) -> datetime:
        """The wall clock's time, UTC, to the millisecond."""
        milliseconds = self.wall_ns // 1_000_000
        return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)

    @property
    def monotonic_s(self) -> float:
        """The monotonic clock in seconds, to the millisecond."""
        return round(self.monotonic_ns / 1e9, 3)

    def seconds_since(self, earlier: Moment) -> float:
        """Seconds from `earlier` to this moment, suspends included where the system counts them."""
        if self.boot_ns is not None and earlier.boot_ns is not None:
            return (self.boot_ns - earlier.boot_ns) / 1e9
        return (self.monotonic_ns - earlier.monotonic_ns) / 1e9


class MonitorClock(Protocol):
    """What the monitor asks of time; tests pass one that runs as fast as they like."""

    def now(self) -> Moment:
        """The present moment."""

    def sleep(self, seconds: float) -> None:
        """Let time pass; returns early when the session is to end."""


class SystemMonitorClock:
    """The clocks of this computer; `stop` ends a sleep."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def now(self) -> Moment:
        """The present moment; the clocks are read within 2 ms of each other, or in the best of some tries."""
        best = _read()
        for _ in range(_TRIES - 1):
            if best[1] <= _GOOD_WIDTH_NS:
                break
            best = min(best, _read(), key=lambda reading: reading[1])
        return best[0]

    def sleep(self, seconds: float) -> None:
        """Let time pass; a negative duration is none."""
        if seconds > 0:
            self._stop.wait(seconds)


def _read() -> tuple[Moment, int]:
    """A moment, and within how many ns its clocks were read."""
    before_ns = time.monotonic_ns()
    wall_ns, boot_ns = time.time_ns(), _boot_ns()
    width_ns = time.monotonic_ns() - before_ns
    return Moment(wall_ns, before_ns + width_ns // 2, boot_ns), width_ns


def _boot_ns() -> int | None:
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return None if clock is None else time.clock_gettime_ns(clock)
