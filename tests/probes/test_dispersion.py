"""Known arrivals, known answers: whatever a link or a host does to a train, no rate is printed that it does not show."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from perfkit_probes.base import Confidence
from perfkit_probes.dispersion import Estimate, Train, estimate, gaps_of, is_overdue
from perfkit_probes.emulators.link_shaper import SETTINGS, LinkSetting, Shaper

PACKET_BYTES = 1228
BURST_GAP_S = 8e-6
"""What separates packets that waited for a host and are handed over in one go."""


def even(count: int, gap_s: float, *, lost: frozenset[int] = frozenset()) -> Train:
    return Train(tuple((i, 10 + i * gap_s) for i in range(count) if i not in lost), count)


def crossing(
    setting: LinkSetting,
    sizes: list[int],
    *,
    seed: int = 1,
    pace_s: float = 30e-6,
    disturbed: Callable[[float], float] = lambda due_s: due_s,
) -> list[Train]:
    """Trains through a simulated link, sent at `pace_s` per packet; `disturbed` says when an arrival is seen."""
    shaper, now_s, seen_s, trains = Shaper(setting, seed), 0.0, 0.0, []
    for size in sizes:
        departures = tuple((index, now_s + index * pace_s) for index in range(size))
        arrivals = []
        for index, left_s in departures:
            due_s = shaper.admit(left_s, PACKET_BYTES)
            if due_s is not None:
                seen_s = max(seen_s + BURST_GAP_S, disturbed(due_s))
                # The receiver's clock is 90 s ahead of the sender's.
                arrivals.append((index, 90 + seen_s))
        trains.append(Train(tuple(arrivals), size, departures))
        now_s = seen_s + 2 * setting.delay_s
    return trains


def asleep(*pauses: tuple[float, float]) -> Callable[[float], float]:
    """A host that sleeps from one time to another: what is due meanwhile is seen when it wakes."""

    def seen(due_s: float) -> float:
        return next((end_s for start_s, end_s in pauses if start_s <= due_s < end_s), due_s)

    return seen


def rate_of(found: Estimate) -> float:
    assert found.sustained_bytes_s is not None
    return found.sustained_bytes_s


def test_gaps_are_those_of_neighbours_that_both_arrived() -> None:
    train = Train(((0, 1.0), (2, 1.3), (1, 1.1), (4, 2.0), (5, 2.4), (5, 9.9)), 6)
    # 0.1, 0.2 and, behind the lost one, 0.4; neither the 0.7 across the loss nor the duplicate counts.
    assert gaps_of(train) == [pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.4)]


@pytest.mark.parametrize(("gap_s", "rate"), [(0.2456, 5000), (0.04912, 25_000), (0.00307, 400_000)])
def test_even_trains_give_the_rate_exactly(gap_s: float, rate: float) -> None:
    found = estimate([even(3, gap_s), even(9, gap_s)], PACKET_BYTES)
    assert found.sustained_bytes_s == pytest.approx(rate)
    assert (found.confidence, found.loss, found.burst_bytes) == (Confidence.HIGH, 0.0, None)
    assert found.reason is None


def test_loss_behind_the_bottleneck_does_not_bias_the_rate_and_is_told() -> None:
    found = estimate([even(20, 0.1, lost=frozenset({3, 11}))], 1000)
    assert found.sustained_bytes_s == pytest.approx(10_000)
    assert found.loss == pytest.approx(0.1)


@pytest.mark.parametrize("name", ["gprs", "edge", "3g", "lte"])
@pytest.mark.parametrize("seed", range(5))
def test_loss_before_the_bottleneck_does_not_bias_the_rate(name: str, seed: int) -> None:
    setting = SETTINGS[name].with_loss(0.05)
    found = estimate(crossing(setting, [3, 9, 27], seed=seed), PACKET_BYTES)
    assert found.sustained_bytes_s == pytest.approx(setting.rate_bytes_s, rel=0.001)


def test_a_foreign_packet_in_the_train_does_not_count() -> None:
    stamps = tuple((i, i * 0.05 + (0.002 if i >= 13 else 0.0)) for i in range(27))
    assert rate_of(estimate([Train(stamps, 27)], PACKET_BYTES)) == pytest.approx(PACKET_BYTES / 0.05)


def test_a_foreign_packet_before_a_whole_train_does_not_count() -> None:
    early, late = even(3, 0.25), even(9, 0.25)
    trains = [replace(early, departures=((0, 4.0),)), replace(late, departures=((0, 3.99),))]
    assert rate_of(estimate(trains, 1000)) == pytest.approx(4000)


def test_a_hundred_milliseconds_of_jitter_cost_three_percent_at_most_times() -> None:
    setting = LinkSetting(5_000, 0.4, 30_000, jitter_s=0.1)
    found = [estimate(crossing(setting, [3, 9], seed=seed), PACKET_BYTES) for seed in range(100)]
    errors = sorted(abs(rate_of(one) / 5000 - 1) for one in found)
    assert errors[89] <= 0.03
    assert errors[-1] <= 0.06
    # Two trains, 15 kB each way, are enough for an estimate that may be used.
    assert sum(one.confidence is Confidence.LOW for one in found) <= 2


def test_a_token_bucket_shows_its_burst_and_what_it_sustains() -> None:
    setting = LinkSetting(5_000, 0.05, 400_000, bucket_bytes=32_000, line_rate_bytes_s=1_000_000)
    found = estimate(crossing(setting, [3, 9, 27, 12]), PACKET_BYTES)
    assert found.sustained_bytes_s == pytest.approx(5_000, rel=0.001)
    assert found.burst_bytes is not None
    assert 0.8 * 32_000 <= found.burst_bytes <= 1.2 * 32_000
    assert found.burst_bytes_s == pytest.approx(1_000_000, rel=0.01)


def test_a_train_that_was_held_up_and_released_in_one_burst_is_no_fast_link() -> None:
    # The failure that was seen: 3G, and the emulator did not run while the train of 81 packets was due (its packets
    # then came 8 us apart, which is 150 MB/s).
    trains = crossing(SETTINGS["3g"], [3, 9, 27, 81, 42])
    begins_s, ends_s = trains[3].arrivals[0][1] - 90, trains[3].arrivals[-1][1] - 90
    held_up = crossing(SETTINGS["3g"], [3, 9, 27, 81, 42], disturbed=asleep((begins_s - 0.01, ends_s + 0.1)))
    assert held_up[3].span_s == pytest.approx(80 * BURST_GAP_S)
    found = estimate(held_up, PACKET_BYTES)
    assert found.sustained_bytes_s == pytest.approx(400_000, rel=0.001)
    assert found.burst_bytes is None


def test_two_of_three_trains_that_were_held_up_are_not_called_sure() -> None:
    begins_s = crossing(SETTINGS["3g"], [9, 27, 81])[1].arrivals[0][1] - 90.001
    pauses = ((begins_s, begins_s + 0.3), (begins_s + 0.4, begins_s + 1.0))
    held_up = crossing(SETTINGS["3g"], [9, 27, 81], disturbed=asleep(*pauses))
    assert [train.span_s < 0.001 for train in held_up] == [False, True, True]
    found = estimate(held_up, PACKET_BYTES)
    assert found.confidence is Confidence.LOW
    assert found.sustained_bytes_s is None or found.sustained_bytes_s < 800_000


def test_a_burst_after_a_pause_is_not_taken_for_a_token_bucket() -> None:
    plain = crossing(SETTINGS["3g"], [27, 81])
    begins_s, ends_s = plain[0].arrivals[1][1] - 90, plain[0].arrivals[-1][1] - 90
    found = estimate(crossing(SETTINGS["3g"], [27, 81], disturbed=asleep((begins_s, ends_s))), PACKET_BYTES)
    assert found.burst_bytes is None
    assert found.sustained_bytes_s == pytest.approx(400_000, rel=0.001)


def test_clumps_alone_are_not_measured_and_the_reason_says_so() -> None:
    # Ten packets in one burst, a quarter of a second after the train before showed that the way takes 40 ms.
    clump = Train(tuple((i, 10.25 + i * BURST_GAP_S) for i in range(10)), 10, ((0, 10.0),))
    first = Train(((0, 5.04), (1, 5.04 + BURST_GAP_S)), 2, ((0, 5.0),))
    found = estimate([first, clump], PACKET_BYTES)
    assert (found.sustained_bytes_s, found.confidence) == (None, Confidence.LOW)
    assert found.reason is not None
    assert found.reason.startswith("the packets came in clumps, half of them ")


@pytest.mark.parametrize("name", ["edge", "3g", "lte"])
def test_pauses_at_random_moments_never_give_a_wrong_rate_that_is_called_sure(name: str) -> None:
    setting = SETTINGS[name]
    train_s = 81 * PACKET_BYTES / setting.rate_bytes_s
    for seed in range(100):
        rng = random.Random(seed)
        starts_s = [rng.uniform(0, 10 * train_s) for _ in range(8)]
        pauses = [(start_s, start_s + rng.expovariate(3 / train_s)) for start_s in starts_s]
        found = estimate(crossing(setting, [3, 9, 27, 81, 42], seed=seed, disturbed=asleep(*pauses)), PACKET_BYTES)
        if found.confidence is Confidence.HIGH:
            assert found.sustained_bytes_s == pytest.approx(setting.rate_bytes_s, rel=0.02)
        elif found.sustained_bytes_s is not None:
            assert found.sustained_bytes_s < 3 * setting.rate_bytes_s


def test_packets_that_are_no_faster_than_they_were_sent_show_a_lower_bound() -> None:
    found = estimate(crossing(LinkSetting(1e9, 0.001), [9, 27], pace_s=50e-6), PACKET_BYTES)
    assert found.sustained_bytes_s == pytest.approx(PACKET_BYTES / 50e-6, rel=0.01)
    assert (found.confidence, found.reason) == (
        Confidence.LOW,
        "as fast as the packets were sent: the link may carry more",
    )


def test_a_sender_that_pauses_in_the_middle_of_a_train_does_not_slow_the_link() -> None:
    trains = crossing(SETTINGS["lte"], [3, 9, 27, 81])
    shaper, arrivals, departures = Shaper(SETTINGS["lte"]), [], []
    for index in range(42):
        left_s = 50 + index * 30e-6 + (0.05 if index >= 20 else 0.0)
        arrivals.append((index, 90 + shaper.deliver(left_s, PACKET_BYTES)))
        departures.append((index, left_s))
    paused = Train(tuple(arrivals), 42, tuple(departures))
    found = estimate([*trains, paused], PACKET_BYTES)
    assert found.sustained_bytes_s == pytest.approx(5_000_000, rel=0.001)


def test_trains_that_disagree_are_not_called_sure() -> None:
    found = estimate([even(9, 0.10), even(9, 0.14)], 1000)
    assert found.confidence is Confidence.LOW
    assert found.reason is not None


def test_noise_makes_the_grade_fall() -> None:
    rng = random.Random(7)
    noisy = Train(tuple((i, i * 0.01 + rng.uniform(0, 0.02)) for i in range(12)), 12)
    assert estimate([noisy], PACKET_BYTES).confidence is not Confidence.HIGH


def test_no_two_neighbours_give_no_estimate() -> None:
    for trains in ([Train(((0, 1.0), (2, 1.2)), 3)], []):
        found = estimate(trains, PACKET_BYTES)
        assert found.sustained_bytes_s is None
        assert found.reason == "no two neighbouring packets of a train arrived"


@pytest.mark.parametrize(
    ("stamps_ms", "now_ms", "overdue"),
    [
        ([], 60_000, False),
        ([0], 2_900, False),
        ([0], 3_100, True),
        ([0, 1, 2], 240, False),
        ([0, 1, 2], 260, True),
        ([0, 250, 500], 1_200, False),
        ([0, 250, 500], 1_300, True),
    ],
)
def test_when_the_rest_of_a_train_is_given_up(stamps_ms: list[int], now_ms: int, *, overdue: bool) -> None:
    assert is_overdue([stamp * 1_000_000 for stamp in stamps_ms], now_ms * 1_000_000) is overdue
