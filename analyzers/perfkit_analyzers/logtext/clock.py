"""The clock of a log body: days where the lines carry none, and every step that is no passing of time.

Rules: a fall of more than 12 hours between undated lines is midnight; any other fall is a step (late writing or an
adjusted clock), as is a jump of about one hour that no announced wait explains (summer time). A step is reported and
never smoothed over.
"""

from __future__ import annotations

from typing import Final

from perfkit_analyzers.logtext.stamps import DAY_NS, HALF_DAY_NS, HOUR_NS, SECOND_NS
from perfkit_analyzers.message import NarrationKind

STEP_TOLERANCE_NS: Final = 5_000_000_000
STEP_PAUSE_NS: Final = 60_000_000_000
"""Lines come apart as well: a jump of an hour shows as an hour and the pause between two lines."""
MAX_FALL_OVER_MIDNIGHT_NS: Final = HOUR_NS + STEP_TOLERANCE_NS
"""Late writing, or the end of summer time. What would be a larger fall is taken for a pause of many hours."""
# Below this a rise needs no second look.
PLAIN_RISE_NS: Final = HOUR_NS - STEP_TOLERANCE_NS
WAIT_TOLERANCE_S: Final = 30

ClockNote = tuple[NarrationKind, str]


class BodyClock:
    """Turns the stamps of successive lines into nanoseconds since 1970 of the log's own clock.

    `day_ns` is the midnight that undated lines count from; `last_ns` the stamp of the line before, None at the start.
    """

    __slots__ = ("announced_wait_s", "day_ns", "last_ns")

    def __init__(self, day_ns: int = 0) -> None:
        self.day_ns = day_ns
        self.last_ns: int | None = None
        self.announced_wait_s: float | None = None

    def undated(self, time_of_day_ns: int) -> tuple[int, ClockNote | None]:
        """The stamp of a line that carries a time of day only, and what the clock did since the line before."""
        stamp_ns = self.day_ns + time_of_day_ns
        if self.last_ns is None:
            return self._accept(stamp_ns, None)
        rise_ns = stamp_ns - self.last_ns
        if rise_ns < -HALF_DAY_NS:
            self.day_ns += DAY_NS
            stamp_ns += DAY_NS
            return self._accept(stamp_ns, self._step(stamp_ns - self.last_ns) or (NarrationKind.NEW_DAY, "midnight"))
        if rise_ns >= DAY_NS - MAX_FALL_OVER_MIDNIGHT_NS:  # a line of the day before
            self.day_ns -= DAY_NS
            stamp_ns -= DAY_NS
        return self._accept(stamp_ns, self._step(stamp_ns - self.last_ns))

    def dated(self, stamp_ns: int) -> tuple[int, ClockNote | None]:
        """The stamp of a line that carries its date, and what the clock did since the line before."""
        day_ns = stamp_ns - stamp_ns % DAY_NS
        note = None
        if self.last_ns is not None:
            note = self._step(stamp_ns - self.last_ns)
            if note is None and day_ns > self.day_ns:
                note = (NarrationKind.NEW_DAY, "midnight")
        self.day_ns = day_ns
        return self._accept(stamp_ns, note)

    def _accept(self, stamp_ns: int, note: ClockNote | None) -> tuple[int, ClockNote | None]:
        self.last_ns = stamp_ns
        return stamp_ns, note

    def _step(self, rise_ns: int) -> ClockNote | None:
        if rise_ns < 0:
            return NarrationKind.CLOCK_STEP, f"the clock fell by {-rise_ns / SECOND_NS:.3f} s"
        is_hour = -STEP_TOLERANCE_NS <= rise_ns - HOUR_NS <= STEP_PAUSE_NS
        if not is_hour or self._announced(rise_ns / SECOND_NS):
            return None
        return NarrationKind.CLOCK_STEP, f"the clock jumped by {rise_ns / SECOND_NS:.3f} s"

    def _announced(self, rise_s: float) -> bool:
        return self.announced_wait_s is not None and abs(self.announced_wait_s - rise_s) <= WAIT_TOLERANCE_S
