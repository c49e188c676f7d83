from __future__ import annotations

import sys
import threading
import time

import pytest

from perfkit_probes.monitor.moments import Moment, SystemMonitorClock


def test_the_clocks_of_this_computer_are_read_together() -> None:
    clock = SystemMonitorClock(threading.Event())
    before = time.time_ns(), time.monotonic_ns()
    now = clock.now()
    after = time.time_ns(), time.monotonic_ns()
    assert before[0] <= now.wall_ns <= after[0]
    assert before[1] <= now.monotonic_ns <= after[1]
    assert (now.boot_ns is not None) is (sys.platform == "linux")


def test_a_sleep_ends_when_the_session_is_to_end() -> None:
    stop = threading.Event()
    stop.set()
    SystemMonitorClock(stop).sleep(3600)
    SystemMonitorClock(threading.Event()).sleep(-1)


@pytest.mark.parametrize(("boot_ns", "seconds"), [(70_000_000_000, 60.0), (None, 5.0)])
def test_seconds_between_moments_hold_suspends_where_the_system_counts_them(
    boot_ns: int | None, seconds: float
) -> None:
    earlier = Moment(0, 10_000_000_000, None if boot_ns is None else 10_000_000_000)
    assert Moment(0, 15_000_000_000, boot_ns).seconds_since(earlier) == seconds
