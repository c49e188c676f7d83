"""The state machine of a mode change, by its own description."""

from __future__ import annotations

import math

import pytest

from perfkit_probes.emulators.radio import TYPICAL_LEVELS, EmulatedRadio, Fault, Phase
from perfkit_probes.radio.base import Technology


class SteppedRadio(EmulatedRadio):
    """A radio whose time stands still until it is told to pass."""

    time_s = 10_000.0

    def now_s(self) -> float:
        return self.time_s


def phases(radio: SteppedRadio, seconds: int) -> list[tuple[Phase, Technology | None]]:
    seen: list[tuple[Phase, Technology | None]] = []
    for _ in range(seconds * 10):
        now = radio.snapshot()
        if not seen or seen[-1] != (now.phase, now.technology):
            seen.append((now.phase, now.technology))
        radio.time_s += 0.1
    return seen


@pytest.mark.parametrize("technology", list(Technology))
def test_change_goes_through_all_phases(technology: Technology) -> None:
    radio = SteppedRadio()
    radio.allow((technology,))

    assert phases(radio, 60) == [
        (Phase.DISCONNECTING, None),
        (Phase.SEARCHING, None),
        (Phase.CONNECTING, technology),
        (Phase.CONNECTED, technology),
    ]


@pytest.mark.parametrize(
    ("technology", "shortest_s", "longest_s"), [(Technology.G4, 5, 10), (Technology.G3, 8, 20), (Technology.G2, 15, 40)]
)
def test_search_takes_its_time(technology: Technology, shortest_s: float, longest_s: float) -> None:
    for seed in range(20):
        radio = SteppedRadio(seed=seed)
        radio.allow((technology,))
        begun_s = radio.time_s
        while radio.snapshot().technology is None:
            radio.time_s += 0.1
        assert shortest_s <= radio.time_s - begun_s - 1 <= longest_s + 0.2


def test_without_coverage_it_searches_for_ever() -> None:
    radio = SteppedRadio(faults=frozenset({Fault.NO_2G}))
    radio.allow((Technology.G2,))

    assert phases(radio, 1000)[-1] == (Phase.SEARCHING, None)


def test_best_of_several_is_taken() -> None:
    radio = SteppedRadio(faults=frozenset({Fault.NO_4G}))

    assert radio.snapshot().technology is Technology.G3


def test_address_and_counters_are_new_with_each_connection() -> None:
    radio = SteppedRadio()
    first = radio.snapshot()
    radio.carry(up_bytes=10, down_bytes=20)
    carried = radio.snapshot()
    radio.allow((Technology.G3,))
    radio.time_s += 100
    second = radio.snapshot()

    assert (carried.up_bytes, carried.down_bytes) == (10, 20)
    assert (second.up_bytes, second.down_bytes) == (0, 0)
    assert first.wan_address != second.wan_address


def test_levels_are_consistent_and_change_each_three_seconds() -> None:
    lte, wcdma = TYPICAL_LEVELS[Technology.G4], TYPICAL_LEVELS[Technology.G3]
    assert lte.rsrp_dbm is not None
    assert lte.rsrq_db is not None
    assert lte.rssi_dbm == round(lte.rsrp_dbm - lte.rsrq_db + 10 * math.log10(50))
    assert wcdma.rscp_dbm is not None
    assert wcdma.ecio_db == wcdma.rscp_dbm - wcdma.rssi_dbm

    radio = SteppedRadio()
    radio.time_s = 9999.0  # a multiple of three
    values = []
    for _ in range(90):
        levels = radio.snapshot().levels
        assert levels is not None
        values.append(levels.rssi_dbm)
        radio.time_s += 1
    assert all(len(set(values[at : at + 3])) == 1 for at in range(0, 90, 3))
    assert set(values) == {-71, -70, -69, -68, -67}


def test_unplugged_dongle_comes_back_and_searches_anew() -> None:
    radio = SteppedRadio()
    radio.unplug(for_s=20)
    seen = []
    for _ in range(3):
        seen.append((radio.is_plugged_in, radio.snapshot().phase))
        radio.time_s += 20

    assert [plugged for plugged, _ in seen] == [False, True, True]
    assert [phase for _, phase in seen[1:]] == [Phase.DISCONNECTING, Phase.CONNECTED]
