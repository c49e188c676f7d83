"""The sample campaign beside its monitor record: the spells that sample_logs/generator/monitor.py lays out, and no others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from perfkit.api import Measurements, analyze
from perfkit.core.link_state import LinkStatus

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", name="measured")
def fixture_measured() -> Measurements:
    logs = ROOT / "sample_logs"
    return analyze(logs / "charging_station", pics=logs / "perf.yaml", network=logs / "network" / "monitor.jsonl")


def test_the_values_of_the_weak_and_the_slow_spell_are_flagged_and_no_others(measured: Measurements) -> None:
    observations = measured.observations
    missed = observations[observations.link != "in_specification"]
    found = Counter(zip(missed.test_case, missed.link, missed.link_missed.fillna(""), strict=True))

    assert {case: kinds for case, *kinds in found} == {
        "TC_010_CS": ["not_met", "rssi"],  # 06:38 to 06:50 the signal is weak
        "TC_011_1_CS": ["not_met", "latency"],  # 07:04 to 07:12 the link is slow
        "TC_011_2_CS": ["no_sample", ""],  # 07:14:30 to 07:19:40 the dongle is unplugged
        "TC_040_2_CS": ["no_sample", ""],  # that evening nobody watched
    }
    assert set(missed[missed.link == "not_met"]["flags"].str.split().str[-1]) == {"NETWORK"}
    assert set(observations.link_technology.dropna()) == {"4g"}
    assert observations.link_latency_ms.between(46, 71).sum() + observations.link_latency_ms.gt(1000).sum() == (
        observations.link_latency_ms.notna().sum()
    )


def test_tables_and_document_state_it(measured: Measurements) -> None:
    parameters = measured.parameters.set_index("key")
    document = measured.document
    network = document.network
    assert network is not None

    assert parameters.link_not_met.sum() == 10
    assert parameters.link_latency_max_ms["response_timeout"] > 1200
    assert {clock.utc_offset_s for clock in network.clocks} == {0.0}
    assert [gap.start[:13] for gap in network.gaps] == ["2026-06-08T07", "2026-06-09T22"]
    response = next(one for one in document.parameters if one.key == "response_timeout")
    assert response.link is not None
    assert response.link.statuses[LinkStatus.NO_SAMPLE] == 6
