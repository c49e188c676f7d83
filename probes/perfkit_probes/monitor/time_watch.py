"""What happened to time between two looks: a clock step, a suspend, or a host that let the monitor wait."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.monitor_record import Event, EventKind, Gap, GapCause, Quantity
from perfkit_probes.monitor.moments import Moment

# NTP slews by at most 0.5 ms per second; what is more than this between two looks was stepped.
_STEP_S = 0.05
_SUSPEND_S = 1.0
# A look that comes this much too late leaves a hole that the reader has to know of.
_LATE_S = 5.0


@dataclass(frozen=True, slots=True)
class _Passed:
    """Seconds between two looks, by each clock; `boot_s` None where the system has no such clock."""

    wall_s: float
    monotonic_s: float
    boot_s: float | None

    @property
    def suspended_s(self) -> float:
        return 0.0 if self.boot_s is None else self.boot_s - self.monotonic_s

    @property
    def stepped_s(self) -> float:
        """How far the wall clock went beyond the time that really passed."""
        return self.wall_s - (self.monotonic_s if self.boot_s is None else self.boot_s)


class TimeWatch:
    """Compares each look with the one before."""

    def __init__(self) -> None:
        self._before: Moment | None = None

    def look(self, now: Moment, due_s: float) -> list[Event | Gap]:
        """The events since the look before, which was to be `due_s` ago; [] when time passed as it should."""
        before, self._before = self._before, now
        if before is None:
            return []
        boot_s = None if now.boot_ns is None or before.boot_ns is None else (now.boot_ns - before.boot_ns) / 1e9
        passed = _Passed((now.wall_ns - before.wall_ns) / 1e9, (now.monotonic_ns - before.monotonic_ns) / 1e9, boot_s)
        return [*_hole(before, now, passed, due_s), *_step(now, passed)]


def _step(now: Moment, passed: _Passed) -> list[Event | Gap]:
    stepped_s = passed.stepped_s
    if abs(stepped_s) < _STEP_S:
        return []
    way = "forward" if stepped_s > 0 else "back"
    detail = f"the wall clock was set {way} by {abs(stepped_s):.3f} s"
    if passed.boot_s is None and stepped_s > _SUSPEND_S:
        detail += ", or the computer was suspended: this system does not tell which"
    return [Event(now.time, now.monotonic_s, EventKind.CLOCK_STEP, detail, round(stepped_s, 3))]


def _hole(before: Moment, now: Moment, passed: _Passed, due_s: float) -> list[Event | Gap]:
    late_s = passed.monotonic_s - due_s
    if passed.suspended_s >= _SUSPEND_S:
        kind, cause, seconds = EventKind.SUSPENDED, GapCause.SUSPENDED, passed.suspended_s
        detail = f"the computer was suspended for {seconds:.1f} s"
    elif late_s >= _LATE_S:
        kind, cause, seconds = EventKind.HELD_UP, GapCause.HELD_UP, late_s
        detail = f"the monitor was held up for {seconds:.1f} s: stopped, or the computer was too busy or asleep"
    else:
        return []
    length_s = round(now.seconds_since(before), 3)
    gap = Gap(
        time=now.time,
        monotonic_s=now.monotonic_s,
        quantity=Quantity.ALL,
        cause=cause,
        reason=detail,
        start=before.time,
        end=now.time,
        seconds=length_s,
        lost_samples=0,
    )
    return [Event(now.time, now.monotonic_s, kind, detail, round(seconds, 3)), gap]
