"""What the system knows of its own clock: chrony where it runs, else the kernel (adjtimex), else nothing."""

from __future__ import annotations

import ctypes
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable

from perfkit.core.monitor_record import ClockState
from perfkit_probes.monitor.sources.base import Reading

PERIOD_S = 300.0
_NOT_TOLD = "this system does not tell how well its clock is held"
_CHRONY_TIMEOUT_S = 3.0
# struct timex of uapi/linux/timex.h with 64-bit longs: modes, offset, freq, maxerror, esterror, status.
_TIMEX = struct.Struct("=I4xqqqqi")
_TIMEX_BYTES = 512
_STA_UNSYNC, _STA_NANO = 0x0040, 0x2000
_TIME_ERROR = 5


class ClockSource:
    """The state of the clock, rarely: it changes slowly, and its steps are seen each second anyhow."""

    name = "clock"
    may_wait = True

    def __init__(self, period_s: float = PERIOD_S, read_state: Callable[[], ClockState] | None = None) -> None:
        self.period_s = period_s
        self._read_state = read_state or clock_state

    def read(self) -> Reading:
        """The state now; where the system tells nothing, the value says why."""
        return Reading(self._read_state(), is_news=False)

    def close(self) -> None:
        """Nothing is held."""


def clock_state() -> ClockState:
    """What this system says of its clock."""
    return _by_chrony() or _by_kernel() or ClockState(reason=_NOT_TOLD)


def _by_chrony() -> ClockState | None:
    program = shutil.which("chronyc")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "tracking"], capture_output=True, text=True, check=True, timeout=_CHRONY_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_tracking(done.stdout)


def parse_tracking(text: str) -> ClockState | None:
    """The state in the answer of `chronyc tracking`, None when it is not one.

    "System time" says how far the clock is from the reference and in words which way (the sign of the CSV form is not
    documented); the bound is the root dispersion and half the root delay (RFC 5905).
    """
    values = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    found = {name.strip(): value.split() for name, value in values.items()}
    try:
        offset_s, way = float(found["System time"][0]), found["System time"][2]
        bound_s = float(found["Root dispersion"][0]) + float(found["Root delay"][0]) / 2
        is_held = found["Leap status"] != ["Not", "synchronised"]
    except (KeyError, IndexError, ValueError):
        return None
    if not is_held:
        return ClockState(synchronized=False, source="chrony")
    offset_ms = round(offset_s * (1000 if way == "fast" else -1000), 6)
    return ClockState(synchronized=True, offset_ms=offset_ms, max_error_ms=round(bound_s * 1000, 3), source="chrony")


def _by_kernel() -> ClockState | None:
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_long) != 8:
        return None
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None).adjtimex(timex)
    return None if state < 0 else parse_timex(timex.raw, is_error=state == _TIME_ERROR)


def parse_timex(data: bytes, *, is_error: bool) -> ClockState:
    """The state in a struct timex. The kernel's offset is what it has still to correct; an unheld clock has none."""
    _, offset, _, max_error_us, _, status = _TIMEX.unpack_from(data)
    if is_error or status & _STA_UNSYNC:
        return ClockState(synchronized=False, source="adjtimex")
    unit_ms = 1e-6 if status & _STA_NANO else 1e-3
    return ClockState(
        synchronized=True,
        offset_ms=round(-offset * unit_ms, 6),
        max_error_ms=round(max_error_us / 1000, 3),
        source="adjtimex",
    )
