from __future__ import annotations

import socket
import sys

import pytest

from perfkit_probes.clock import StampConverter, SystemClock, prompt_threads
from perfkit_probes.stamps import StampedSocket
from tests.probes.links import FakeClock


def test_a_kernel_stamp_becomes_monotonic() -> None:
    clock = FakeClock()
    converter = StampConverter(clock)
    clock.sleep(2)
    assert converter.monotonic_ns(clock.wall_ns - 500) == clock.now_ns - 500


@pytest.mark.parametrize("step_s", [-3600.0, -0.001, 0.001, 86_400.0])
def test_stamps_before_and_after_a_step_of_the_wall_clock_keep_their_distance(step_s: float) -> None:
    clock = FakeClock()
    converter = StampConverter(clock)
    first_ns = converter.monotonic_ns(clock.wall_ns)
    clock.step(step_s)
    clock.sleep(0.25)
    assert converter.monotonic_ns(clock.wall_ns) - first_ns == 250_000_000
    assert converter.steps == 1


def test_without_a_step_the_difference_stays_as_it_was_learnt() -> None:
    clock = FakeClock()
    converter = StampConverter(clock)
    for _ in range(100):
        clock.sleep(0.01)
        converter.monotonic_ns(clock.wall_ns)
    assert converter.steps == 0


def test_prompt_threads_leaves_the_interpreter_as_it_was() -> None:
    before = sys.getswitchinterval()
    with prompt_threads():
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before


class SteppingClock(SystemClock):
    """The wall clock of this computer, as if somebody had stepped it since."""

    offset_ns = 0

    def realtime_ns(self) -> int:
        return super().realtime_ns() + self.offset_ns


def test_receive_stamps_never_lie_in_the_future_whatever_the_wall_clock_says() -> None:
    clock = SteppingClock()
    receiver = StampedSocket(_bound(), clock)
    sender = _bound()
    try:
        for offset_s in (0, 3600, -7200):
            clock.offset_ns = offset_s * 1_000_000_000
            before_ns = clock.monotonic_ns()
            sender.sendto(b"x", receiver.sock.getsockname())
            received = receiver.receive(2.0)
            assert received is not None
            assert received.stamp_ns <= received.user_ns
            # A step makes this stamp old (by what the clock was put forward) or that of the program, never new.
            if offset_s == 0:
                assert received.stamp_ns >= before_ns - 1_000_000
    finally:
        receiver.close()
        sender.close()


def _bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock
