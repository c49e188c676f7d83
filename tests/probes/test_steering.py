from __future__ import annotations

import pytest

from perfkit_probes.base import Confidence
from perfkit_probes.budget import Truncation
from perfkit_probes.shaping import shaping
from perfkit_probes.steering import Arrival, Batch, Plan, Steering, stream_estimate


def play(plan: Plan, rate_bytes_s: float, rtt_s: float, burst: tuple[int, float] = (0, 1.0)) -> Steering:
    """The stream as a receiver behind a link of that rate sees it; `burst` bytes pass at another rate before."""
    passed_bytes = 0
    steering, free_s, now_s = Steering(plan), 0.0, 0.0
    pending: list[tuple[float, int]] = []
    while True:
        batch = steering.next_batch()
        if batch is not None:
            for _ in range(batch.messages):
                size = batch.segments * plan.segment_bytes
                rate = burst[1] if passed_bytes < burst[0] else rate_bytes_s
                passed_bytes += size
                free_s = max(free_s, now_s + rtt_s) + size / rate
                pending.append((free_s, size))
        if not pending:
            return steering
        now_s, size = pending.pop(0)
        steering.arrived(now_s, size)


def test_gprs_takes_twelve_segments() -> None:
    steering = play(Plan(100_000, 3.0, 1448), 4_827, 0.8)
    assert len(steering.arrivals) == 12
    assert steering.arrivals[-1].total_bytes == 17_376
    found = stream_estimate(steering.arrivals, retransmissions=0)
    assert found.bytes_s == pytest.approx(4_827)
    assert found.all_bytes_s == pytest.approx(4_827)
    assert (found.estimator, found.confidence) == ("second half", Confidence.HIGH)


def test_a_fast_link_is_asked_for_large_messages_until_the_bytes_are_used_up() -> None:
    steering = play(Plan(2_000_000, 3.0, 1448), 4_827_000, 0.04)
    assert steering.truncated is Truncation.BYTES
    assert 1_980_000 <= steering.arrivals[-1].total_bytes <= 2_000_000
    assert len(steering.arrivals) < 400
    assert stream_estimate(steering.arrivals, retransmissions=0).bytes_s == pytest.approx(4_827_000)


@pytest.mark.parametrize(("wanted_bytes", "burst_bytes"), [(10_000_000, 1_000_000), (3_000_000, 500_000), (500_000, 0)])
def test_a_long_stream_that_slows_down_ends_soon_after_its_time(wanted_bytes: int, burst_bytes: int) -> None:
    """At 5 kB/s: nothing is asked for after 40 s, and the 64 segments on their way take 19 s."""
    plan = Plan(wanted_bytes, 40.0, 1448, max_batch=64)
    arrivals = play(plan, 5_000, 0.1, (burst_bytes, 1_000_000)).arrivals
    assert 34 <= arrivals[-1].stamp_s - arrivals[0].stamp_s <= 60
    found = shaping(arrivals)
    assert (found is not None) == (burst_bytes > 0)
    if found is not None:
        assert found.burst_bytes == pytest.approx(burst_bytes, rel=0.02)
        assert found.sustained_bytes_s == pytest.approx(5_000, rel=0.01)


def test_the_first_batches_are_six_twelve_twenty_four() -> None:
    steering, asked = Steering(Plan(1_000_000, 3.0, 1000)), []
    for index in range(40):
        batch = steering.next_batch()
        if batch is not None:
            asked.append(batch)
        steering.arrived(index * 0.001, 1000)
    assert asked == [Batch(6, 1), Batch(12, 1), Batch(24, 1)]


def test_no_batch_beyond_the_bytes_that_were_agreed() -> None:
    steering = Steering(Plan(3_500, 3.0, 1000))
    assert steering.next_batch() == Batch(3, 1)
    assert steering.truncated is Truncation.BYTES
    for index in range(3):
        steering.arrived(index * 0.1, 1000)
    assert steering.next_batch() is None
    assert steering.is_complete


def test_the_pause_between_batches_is_not_the_links() -> None:
    first = [Arrival(1, (i + 1) * 1000, i * 0.1) for i in range(6)]
    second = [Arrival(2, (i + 7) * 1000, 5.0 + i * 0.1) for i in range(6)]
    found = stream_estimate(first + second, retransmissions=0)
    assert found.bytes_s == pytest.approx(10_000)
    assert found.all_bytes_s == pytest.approx(10_000)


def test_retransmissions_make_all_batches_count_and_the_grade_fall() -> None:
    half = [Arrival(1, (i + 1) * 1000, i * 0.1) for i in range(6)]
    clump = [Arrival(1, (i + 7) * 1000, 2.0 + i * 0.0001) for i in range(6)]
    found = stream_estimate(half + clump, retransmissions=1)
    assert found.bytes_s == pytest.approx(11_000 / 2.0005)
    assert "retransmissions" in found.estimator
    assert found.confidence is Confidence.LOW


def test_a_stream_that_still_accelerates_is_not_sure() -> None:
    arrivals = [Arrival(1, (i + 1) * 1000, 4 * (1 - 0.9**i)) for i in range(40)]
    assert stream_estimate(arrivals, retransmissions=0).confidence is Confidence.LOW


def test_a_receiver_that_was_busy_for_a_while_does_not_change_the_rate() -> None:
    # 1000 bytes per ms; messages 5 to 24 of the last batch were read in one go, as late as the last of them.
    stamps = [i * 0.001 for i in range(60)]
    stamps[5:25] = [stamps[24]] * 20
    arrivals = [Arrival(1, (i + 1) * 1000, -1 + i * 0.001) for i in range(60)]
    arrivals += [Arrival(2, (i + 61) * 1000, stamp) for i, stamp in enumerate(stamps)]
    assert stream_estimate(arrivals, retransmissions=0).bytes_s == pytest.approx(1_000_000)


def test_a_sender_that_paused_does_not_change_the_rate_and_is_seen_in_the_grade() -> None:
    # Batches of 12 and 24 messages of 1448 bytes, 60 ms each; the last one pauses for two of them, as TCP now and then does.
    first = [Arrival(1, (i + 1) * 1448, i * 0.06) for i in range(12)]
    paused = [Arrival(2, (i + 13) * 1448, 1 + i * 0.06 + (0.12 if i >= 20 else 0.0)) for i in range(24)]
    found = stream_estimate(first + paused, retransmissions=0)
    assert found.bytes_s == pytest.approx(1448 / 0.06)
    assert found.confidence is Confidence.MEDIUM
    long = [Arrival(2, (i + 13) * 1448, 1 + i * 0.06 + (3.0 if i >= 12 else 0.0)) for i in range(24)]
    assert stream_estimate(first + long, retransmissions=0).confidence is Confidence.LOW


def test_messages_that_were_read_in_one_go_are_no_fast_link() -> None:
    # The receiver slept while the second batch came, asked for at 0.36 s over a round trip of 0.3 s: its 12 messages then
    # seem to come 10 us apart. From 0.66 to 1.46 s the 11 messages after the first are 19.9 kB/s.
    first = [Arrival(1, (i + 1) * 1448, i * 0.06) for i in range(8)]
    clump = [Arrival(2, (i + 9) * 1448, 1.46 + i * 1e-5, asked_s=0.36) for i in range(12)]
    found = stream_estimate(first + clump, retransmissions=0, round_trip_s=0.3)
    assert found.bytes_s == pytest.approx(11 * 1448 / 0.8, rel=0.001)
    assert found.confidence is Confidence.LOW
    assert "clump" in found.estimator


def test_two_messages_give_no_rate() -> None:
    found = stream_estimate([Arrival(1, 1000, 0.0), Arrival(1, 2000, 0.1)], retransmissions=0)
    assert found.bytes_s is None
