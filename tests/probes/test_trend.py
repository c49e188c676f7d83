from __future__ import annotations

import pytest

from perfkit_probes.base import Confidence, RequireVerdict
from perfkit_probes.trend import delay_trend, judge, wilson_lower
from tests.probes.links import simulated_delays


def test_a_straight_line_has_its_slope_and_hardly_any_width() -> None:
    found = delay_trend([(i * 0.1, 3.0 + 0.05 * i * 0.1) for i in range(21)])
    assert found is not None
    assert found.slope == pytest.approx(0.05)
    assert found.span_s == pytest.approx(2.0)
    assert found.backlog_s == pytest.approx(0.1)
    assert found.half_width < 0.001


def test_the_slope_is_the_median_of_the_slopes_so_one_stall_does_not_count() -> None:
    pairs = [(float(i), 0.0) for i in range(13)]
    pairs[6] = (6.0, 9.0)
    found = delay_trend(pairs)
    assert found is not None
    assert found.slope == 0.0


def test_the_width_follows_the_formula_for_alternating_residuals() -> None:
    # +1, -1, +1, ...: deviation 1, neighbours opposed, so every value counts: (2 + 6/12) * 1 * sqrt(12/12) / 11.
    found = delay_trend([(float(i), 1.0 if i % 2 else -1.0) for i in range(12)])
    assert found is not None
    assert found.effective_count == 12
    assert found.half_width == pytest.approx(2.5 / 11, rel=0.02)


def test_packets_that_share_their_fate_count_less() -> None:
    in_blocks = delay_trend([(i * 0.1, 0.05 * ((i // 6) % 2)) for i in range(36)])
    alternating = delay_trend([(i * 0.1, 0.05 * (i % 2)) for i in range(36)])
    assert in_blocks is not None
    assert alternating is not None
    assert in_blocks.effective_count < alternating.effective_count / 3


def test_eleven_packets_tell_nothing() -> None:
    assert delay_trend([(i * 0.1, 0.0) for i in range(11)]) is None
    found = judge([(i * 0.1, 0.0) for i in range(11)], expected=11)
    assert found.verdict is RequireVerdict.UNDECIDED
    assert found.delivered_share is None
    assert "only 11 packets" in found.reason


def test_a_link_of_80_percent_builds_a_queue_and_its_rate_is_told() -> None:
    # Service takes 1.25 intervals: delay grows by 0.25 s per second.
    found = judge([(i * 0.1, 0.4 + 0.025 * i) for i in range(40)], expected=40)
    assert found.verdict is RequireVerdict.NOT_MET
    assert found.confidence is Confidence.HIGH
    assert found.delivered_share == pytest.approx(0.8)
    assert found.backlog_s == pytest.approx(0.975)


def test_a_level_delay_is_met() -> None:
    found = judge([(i * 0.1, 0.4) for i in range(40)], expected=40)
    assert (found.verdict, found.delivered_share) == (RequireVerdict.MET, 1.0)


def test_growth_without_a_real_queue_is_not_called_one() -> None:
    # 3 % of 1.2 s are 36 ms, less than the 50 ms that any radio may show.
    found = judge([(i * 0.1, 0.03 * i * 0.1) for i in range(13)], expected=13)
    assert found.verdict is RequireVerdict.UNDECIDED


def test_a_policer_that_drops_instead_of_queueing_is_not_met() -> None:
    pairs = [(i * 0.1, 0.4) for i in range(40) if i % 5]
    found = judge(pairs, expected=40)
    assert found.verdict is RequireVerdict.NOT_MET
    assert "8 of 40 packets were lost" in found.reason


@pytest.mark.parametrize(("lost", "verdict"), [(2, RequireVerdict.MET), (4, RequireVerdict.UNDECIDED)])
def test_a_little_loss_is_what_radio_does(lost: int, verdict: RequireVerdict) -> None:
    pairs = [(i * 0.1, 0.4) for i in range(lost, 40)]
    assert judge(pairs, expected=40).verdict is verdict


def test_wilson_bound_of_four_in_forty() -> None:
    # (0.1 + z^2/80 - z sqrt(0.09/40 + z^2/6400)) / (1 + z^2/40) with z = 2.33
    assert wilson_lower(4, 40) == pytest.approx(0.0338, abs=0.0005)
    assert wilson_lower(0, 40) == 0.0
    assert wilson_lower(0, 0) == 0.0


def verdict_after_sequence(rate_kB_s: float, noise: str, seed: int) -> tuple[RequireVerdict, float]:  # noqa: N803
    """The rule as the probe runs it: asked every 0.5 s from 4 s on, at most 20 s."""
    packets = simulated_delays(rate_kB_s * 1000 * 528 / 500, noise, seed)
    now_s = 4.0
    while True:
        pairs = [(sent, delay) for sent, delay, arrival in packets if arrival + 0.4 <= now_s]
        verdict = judge(pairs, expected=len(pairs)).verdict
        if verdict is not RequireVerdict.UNDECIDED or now_s >= 20:
            return verdict, now_s
        now_s += 0.5


@pytest.mark.parametrize("noise", ["none", "uniform", "arq", "walk"])
@pytest.mark.parametrize(
    ("rate_kB_s", "wrong"),
    [
        (4.0, RequireVerdict.MET),
        (4.75, RequireVerdict.MET),
        (5.25, RequireVerdict.NOT_MET),
        (6.0, RequireVerdict.NOT_MET),
    ],
)
def test_at_most_two_of_a_hundred_links_five_percent_off_are_judged_wrong(
    noise: str,
    rate_kB_s: float,  # noqa: N803
    wrong: RequireVerdict,
) -> None:
    runs = 1 if noise == "none" else 50
    found = [verdict_after_sequence(rate_kB_s, noise, seed) for seed in range(runs)]
    assert sum(1 for verdict, _ in found if verdict is wrong) <= runs * 0.02
    undecided = sum(1 for verdict, _ in found if verdict is RequireVerdict.UNDECIDED)
    assert undecided <= runs * 0.12


@pytest.mark.parametrize("rate_kB_s", [3.0, 4.5, 4.75, 5.0, 5.25, 25.0])
def test_a_clean_link_is_judged_in_the_first_four_seconds(rate_kB_s: float) -> None:  # noqa: N803
    verdict, seconds = verdict_after_sequence(rate_kB_s, "none", 1)
    assert verdict is (RequireVerdict.MET if rate_kB_s >= 5 else RequireVerdict.NOT_MET)
    assert seconds == 4.0
