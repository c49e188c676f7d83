from __future__ import annotations

import pytest

from perfkit.core.errors import UsageError
from perfkit_probes.emulators.link_shaper import SETTINGS, LinkSetting, Shaper


@pytest.mark.parametrize(("name", "rtt_ms"), [("gprs", 833.60), ("edge", 306.72), ("3g", 80.42), ("lte", 40.0336)])
def test_the_round_trip_of_84_bytes_on_each_setting(name: str, rtt_ms: float) -> None:
    up, down = Shaper(SETTINGS[name]), Shaper(SETTINGS[name])
    there_s = up.admit(0.0, 84)
    assert there_s is not None
    back_s = down.admit(there_s, 84)
    assert back_s is not None
    assert back_s * 1000 == pytest.approx(rtt_ms)


def test_packets_leave_one_after_the_other() -> None:
    shaper = Shaper(LinkSetting(1000, 0.5, 10_000))
    assert [shaper.admit(0.0, 100) for _ in range(3)] == pytest.approx([0.6, 0.7, 0.8])
    assert shaper.backlog_bytes(0.1) == pytest.approx(200)


def test_a_full_queue_drops() -> None:
    shaper = Shaper(LinkSetting(1000, 0.0, 250))
    assert [shaper.admit(0.0, 100) is None for _ in range(4)] == [False, False, True, True]
    assert shaper.packets_dropped == 2


def test_loss_is_reproducible_and_about_what_was_asked_for() -> None:
    setting = LinkSetting(1e9, 0.0, 10_000_000, loss=0.02)
    first, second = ([Shaper(setting, 3).admit(float(i), 100) for i in range(1)] for _ in range(2))
    assert first == second
    shaper = Shaper(setting, 3)
    for index in range(10_000):
        shaper.admit(float(index), 100)
    assert 150 <= shaper.packets_dropped <= 250


def test_jitter_keeps_the_order() -> None:
    shaper = Shaper(LinkSetting(1e6, 0.1, 1_000_000, jitter_s=0.05))
    due = [shaper.deliver(i * 0.001, 100) for i in range(200)]
    assert due == sorted(due)
    assert max(due[i] - i * 0.001 for i in range(200)) > 0.14


def test_a_bucket_passes_at_line_rate_then_at_its_rate() -> None:
    shaper = Shaper(LinkSetting(1000, 0.0, 1_000_000, bucket_bytes=500, line_rate_bytes_s=1_000_000))
    due = [shaper.deliver(0.0, 100) for _ in range(8)]
    assert due[4] == pytest.approx(0.0005)
    assert due[7] - due[6] == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize("values", [{"rate_bytes_s": 0}, {"loss": 1.0}, {"delay_s": -1.0}, {"queue_bytes": -1}])
def test_links_that_cannot_be(values: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="is not a link"):
        LinkSetting(**{"rate_bytes_s": 1000.0, **values})  # type: ignore[arg-type]
