from __future__ import annotations

import random

import pytest

from perfkit_probes.emulators.link_shaper import SETTINGS, LinkSetting, Shaper
from perfkit_probes.shaping import can_tell, shaping
from perfkit_probes.steering import Arrival

MESSAGE_BYTES = 1448
IP_BYTES = 1500


def stream(paces_s: list[float], batch_of: int = 1000) -> list[Arrival]:
    """One message after each pace; batches of `batch_of` messages with a pause of 9 s between them."""
    now_s, found = 0.0, []
    for number, pace_s in enumerate(paces_s):
        now_s += pace_s + (9.0 if number and number % batch_of == 0 else 0.0)
        found.append(Arrival(number // batch_of, (number + 1) * MESSAGE_BYTES, now_s))
    return found


def shaped(setting: LinkSetting, messages: int, seed: int = 1) -> list[Arrival]:
    """A stream whose sender always has something to send, through a link that is only arithmetic."""
    shaper = Shaper(setting, seed)
    return [Arrival(1, (n + 1) * MESSAGE_BYTES, shaper.deliver(0.0, IP_BYTES)) for n in range(messages)]


def test_a_fall_for_good_is_found_where_it_is() -> None:
    found = shaping(stream([0.001] * 40 + [0.005] * 60))
    assert found is not None
    assert found.burst_bytes == pytest.approx(40 * MESSAGE_BYTES, abs=MESSAGE_BYTES)
    assert found.burst_bytes_s == pytest.approx(1_448_000)
    assert found.sustained_bytes_s == pytest.approx(289_600)


def test_a_short_stream_tells_nothing() -> None:
    """Eight parts of three messages are the least."""
    assert not can_tell(stream([0.001] * 23))
    assert can_tell(stream([0.001] * 24))


@pytest.mark.parametrize("batch_of", [7, 30])
def test_the_receivers_own_pauses_do_not_count(batch_of: int) -> None:
    assert shaping(stream([0.002] * 100, batch_of)) is None
    found = shaping(stream([0.001] * 48 + [0.005] * 72, batch_of))
    assert found is not None
    assert found.sustained_bytes_s == pytest.approx(289_600, rel=0.01)


@pytest.mark.parametrize(
    "paces_s",
    [
        [0.01] * 20 + [0.002] * 100,  # TCP's start
        [0.002] * 50 + [2.0] + [0.002] * 50,  # one pause
        [0.002] * 50 + [1.0] + [0.002] * 20 + [1.0] + [0.002] * 30,  # two
        [0.002] * 60 + [0.0028] * 60,  # slower, but not by half
        [0.002] * 40 + [0.005] * 40 + [0.002] * 40,  # fast again
        [0.001] * 10 + [0.005] * 10,  # too short a stream to tell
        [0.0] * 100,
    ],
)
def test_what_is_no_bucket(paces_s: list[float]) -> None:
    assert shaping(stream(paces_s)) is None


@pytest.mark.parametrize(("rate", "bucket", "line"), [(5_000, 32_000, 25_000), (20_000, 100_000, 400_000)])
def test_a_token_bucket_by_its_arithmetic(rate: int, bucket: int, line: int) -> None:
    """Tokens come in while the bucket empties: bucket x line / (line - rate) bytes pass before it is empty."""
    found = shaping(shaped(LinkSetting(rate, bucket_bytes=bucket, line_rate_bytes_s=line), messages=200))
    assert found is not None
    passed_bytes = bucket * line / (line - rate) * MESSAGE_BYTES / IP_BYTES
    assert found.burst_bytes == pytest.approx(passed_bytes, rel=0.05)
    assert found.burst_bytes_s == pytest.approx(line * MESSAGE_BYTES / IP_BYTES, rel=0.02)
    assert found.sustained_bytes_s == pytest.approx(rate * MESSAGE_BYTES / IP_BYTES, rel=0.02)


@pytest.mark.parametrize("name", ["gprs", "edge", "3g"])
@pytest.mark.parametrize("noise", ["jitter", "stalls", "clumps"])
def test_noise_is_no_bucket(name: str, noise: str) -> None:
    for seed in range(40):
        assert shaping(noisy(SETTINGS[name].rate_bytes_s, noise, seed)) is None, seed


def noisy(rate_bytes_s: float, noise: str, seed: int) -> list[Arrival]:
    """Arrivals of a steady link: with uniform jitter, with pauses of up to 2 s, or read in clumps by a busy host."""
    rng = random.Random(seed)
    pace_s = IP_BYTES / rate_bytes_s
    due_s = last_s = held_until_s = 0.0
    found = []
    for number in range(100):
        due_s += pace_s
        seen_s = due_s
        if noise == "jitter":
            seen_s += rng.uniform(0, 3 * pace_s)
        elif noise == "stalls" and rng.random() < 0.03:
            due_s += rng.uniform(0, 2.0)
            seen_s = due_s
        elif noise == "clumps":
            if rng.random() < 0.05:
                held_until_s = due_s + rng.uniform(0, 8 * pace_s)
            seen_s = max(seen_s, held_until_s)
        last_s = max(last_s, seen_s)
        found.append(Arrival(1, (number + 1) * MESSAGE_BYTES, last_s))
    return found
