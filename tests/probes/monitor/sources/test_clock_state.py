from __future__ import annotations

import struct
import sys

import pytest

from perfkit.core.monitor_record import ClockState
from perfkit_probes.monitor.sources.clock_state import ClockSource, clock_state, parse_timex, parse_tracking

TRACKING = """\
Reference ID    : C0000201 (ntp.example)
Stratum         : 3
Ref time (UTC)  : Mon Jun 08 05:14:59 2026
System time     : 0.000412345 seconds {way} of NTP time
Last offset     : +0.000031000 seconds
RMS offset      : 0.000052000 seconds
Frequency       : 11.204 ppm slow
Residual freq   : +0.001 ppm
Skew            : 0.034 ppm
Root delay      : 0.020400000 seconds
Root dispersion : 0.004000000 seconds
Update interval : 64.2 seconds
Leap status     : {leap}
"""


def test_chrony_says_in_words_which_way_the_clock_is_off() -> None:
    fast = parse_tracking(TRACKING.format(way="fast", leap="Normal"))
    slow = parse_tracking(TRACKING.format(way="slow", leap="Normal"))
    assert fast == ClockState(synchronized=True, offset_ms=0.412345, max_error_ms=14.2, source="chrony")
    assert slow == ClockState(synchronized=True, offset_ms=-0.412345, max_error_ms=14.2, source="chrony")


def test_a_clock_that_chrony_does_not_hold_has_no_offset() -> None:
    found = parse_tracking(TRACKING.format(way="slow", leap="Not synchronised"))
    assert found == ClockState(synchronized=False, source="chrony")


@pytest.mark.parametrize("text", ["", "506 Cannot talk to daemon\n", TRACKING.replace("Root delay", "Delay")])
def test_what_is_no_answer_of_chrony_is_none(text: str) -> None:
    assert parse_tracking(text) is None


def timex(offset: int, max_error_us: int, status: int) -> bytes:
    return struct.pack("=I4xqqqqi", 0, offset, 0, max_error_us, 0, status).ljust(208, b"\0")


def test_the_kernel_still_has_to_add_its_offset_so_the_clock_is_behind_by_it() -> None:
    microseconds = parse_timex(timex(1500, 14_200, 0x0001), is_error=False)
    nanoseconds = parse_timex(timex(-1500, 14_200, 0x2001), is_error=False)
    assert microseconds == ClockState(synchronized=True, offset_ms=-1.5, max_error_ms=14.2, source="adjtimex")
    assert nanoseconds.offset_ms == 0.0015


def test_an_unheld_clock_is_not_synchronized_by_either_sign() -> None:
    unheld = ClockState(synchronized=False, source="adjtimex")
    assert parse_timex(timex(0, 16_000_000, 0x0040), is_error=False) == unheld
    assert parse_timex(timex(0, 16_000_000, 0x0001), is_error=True) == unheld


@pytest.mark.skipif(sys.platform != "linux", reason="adjtimex is Linux's")
def test_this_computer_says_something() -> None:
    assert clock_state().synchronized is not None
    assert ClockSource().read().value is not None
