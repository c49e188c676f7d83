from __future__ import annotations

import random

import pytest

from perfkit_probes.base import Confidence
from perfkit_probes.dispersion import Train, estimate, is_overdue, median_gap, pooled_spacing, runs
from perfkit_probes.emulators.link_shaper import LinkSetting, Shaper


def even(count: int, gap_s: float, *, lost: frozenset[int] = frozenset()) -> Train:
    return Train(tuple((i, 10 + i * gap_s) for i in range(count) if i not in lost), count)


def shaped(setting: LinkSetting, sizes: list[int], *, seed: int = 1) -> list[Train]:
    """Trains of 1228-byte packets as the receiver behind a simulated link sees them."""
    shaper, now_s, trains = Shaper(setting, seed), 0.0, []
    for size in sizes:
        stamps = [(i, shaper.admit(now_s, 1228)) for i in range(size)]
        arrived = tuple((i, stamp) for i, stamp in stamps if stamp is not None)
        trains.append(Train(arrived, size))
        now_s = max(stamp for _, stamp in arrived) + 0.4
    return trains


def test_median_gap_of_neighbours_that_both_arrived() -> None:
    train = Train(((0, 1.0), (1, 1.1), (2, 1.3), (4, 2.0), (5, 2.4)), 6)
    # Gaps 0.1, 0.2 and, behind the lost one, 0.4; the 0.7 across the loss does not count.
    assert median_gap(train) == pytest.approx(0.2)
    assert median_gap(Train(((0, 1.0), (2, 1.3)), 3)) is None


def test_runs_end_at_a_loss_and_ignore_duplicates_and_order() -> None:
    train = Train(((1, 1.1), (0, 1.0), (1, 9.9), (3, 1.3)), 4)
    assert runs(train) == [[(0, 1.0), (1, 1.1)], [(3, 1.3)]]


def test_pooled_spacing_is_the_least_squares_slope_of_runs_with_their_own_offsets() -> None:
    found = pooled_spacing([[(0, 5.0), (1, 5.2), (2, 5.4)], [(7, 1.0), (8, 1.2)]])
    assert found is not None
    assert found.seconds == pytest.approx(0.2)
    assert found.error_s == pytest.approx(0.0, abs=1e-9)
    assert pooled_spacing([[(0, 1.0)]]) is None


@pytest.mark.parametrize(("gap_s", "rate"), [(0.2456, 5000), (0.04912, 25_000), (0.00307, 400_000)])
def test_even_trains_give_the_rate_exactly(gap_s: float, rate: float) -> None:
    found = estimate([even(3, gap_s), even(9, gap_s)], 1228)
    assert found is not None
    assert found.sustained_bytes_s == pytest.approx(rate)
    assert (found.confidence, found.loss, found.burst_bytes) == (Confidence.HIGH, 0.0, None)


def test_loss_does_not_bias_the_rate_and_is_told() -> None:
    found = estimate([even(20, 0.1, lost=frozenset({3, 11}))], 1000)
    assert found is not None
    assert found.sustained_bytes_s == pytest.approx(10_000)
    assert found.loss == pytest.approx(0.1)


def test_a_foreign_packet_in_the_train_does_not_count() -> None:
    stamps = tuple((i, i * 0.05 + (0.002 if i >= 13 else 0.0)) for i in range(27))
    found = estimate([Train(stamps, 27)], 1228)
    assert found is not None
    assert found.sustained_bytes_s == pytest.approx(1228 / 0.05)


def test_a_hundred_milliseconds_of_jitter_cost_three_percent_at_most_times() -> None:
    setting = LinkSetting(5_000, 0.4, 30_000, jitter_s=0.1)
    errors = []
    for seed in range(100):
        found = estimate(shaped(setting, [3, 9], seed=seed), 1228)
        assert found is not None
        errors.append(abs(found.sustained_bytes_s / 5000 - 1))
    assert sorted(errors)[89] <= 0.03
    assert max(errors) <= 0.06


def test_a_token_bucket_shows_its_burst_and_what_it_sustains() -> None:
    setting = LinkSetting(5_000, 0.05, 400_000, bucket_bytes=32_000, line_rate_bytes_s=1_000_000)
    found = estimate(shaped(setting, [3, 9, 27, 12]), 1228)
    assert found is not None
    assert found.sustained_bytes_s == pytest.approx(5_000, rel=0.001)
    assert found.burst_bytes is not None
    assert 0.8 * 32_000 <= found.burst_bytes <= 1.2 * 32_000
    assert found.burst_bytes_s == pytest.approx(1_000_000, rel=0.01)


def test_a_host_that_sleeps_during_a_long_train_does_not_change_the_rate() -> None:
    stamps = [i * 0.001 + (0.0002 if i % 2 else 0.0) for i in range(81)]
    stamps[2:20] = [stamps[20]] * 18
    found = estimate([Train(tuple(enumerate(stamps)), 81)], 1000)
    assert found is not None
    assert found.sustained_bytes_s == pytest.approx(1_000_000, rel=0.002)


def test_trains_that_disagree_are_not_called_sure() -> None:
    found = estimate([even(9, 0.10), even(9, 0.14)], 1000)
    assert found is not None
    assert found.confidence is Confidence.LOW


def test_noise_makes_the_grade_fall() -> None:
    rng = random.Random(7)
    noisy = Train(tuple((i, i * 0.01 + rng.uniform(0, 0.02)) for i in range(12)), 12)
    found = estimate([noisy], 1228)
    assert found is not None
    assert found.confidence is not Confidence.HIGH


def test_no_two_neighbours_give_no_estimate() -> None:
    assert estimate([Train(((0, 1.0), (2, 1.2)), 3)], 1228) is None
    assert estimate([], 1228) is None


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
