"""The accuracy that the link probes are built to, over the settings a to e: `make accuracy`, on a quiet machine, as root.

Each row is measured three times and its median judged, since the emulator shares two processors with the probe; what was
measured while the emulator itself was late is measured again. Some rows only: `pytest -m accuracy -k "goodput and edge"`
with the path of this file. These are no part of `make test`; `test_link_in_namespaces.py` is.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Any

import pytest

from perfkit_probes.emulators.link_shaper import SETTINGS, LinkSetting
from perfkit_probes.emulators.link_tun import TunLink, missing_ability
from tests.probes.namespace_lab import LOSS, RTT_MS, lab, measure, required

pytestmark = [
    pytest.mark.accuracy,
    pytest.mark.needs_root,
    pytest.mark.timeout(400),
    pytest.mark.skipif(missing_ability() is not None, reason=str(missing_ability())),
]
RUNS, SPARE_RUNS = 3, 3
LATE_S = {"gprs": 0.002, "edge": 0.001, "3g": 0.001, "lte": 0.0005, "need": 0.01}
"""By how much the emulator may be late for a measurement to count."""
CAPACITY_kB_S = {"gprs": 5.0, "edge": 25.0, "3g": 400.0, "lte": 5000.0}
GOODPUT_kB_S = {"gprs": 4.827, "edge": 24.13, "3g": 386.1, "lte": 4827.0}
"""1448 of 1500 bytes of a segment are payload."""


def runs(setting: LinkSetting, name: str, **plan: object) -> list[dict[str, Any]]:
    found: list[tuple[float, dict[str, Any]]] = []
    while len(found) < RUNS + SPARE_RUNS and sum(late_s <= LATE_S[name] for late_s, _ in found) < RUNS:
        with lab(setting, f"pa{name}") as link:
            result = measure(link, None, **plan)
            found.append((link.worst_lateness_s(), result))
    found.sort(key=lambda one: one[0])
    print(f"{name}: emulator late by {', '.join(f'{late_s * 1000:.2f}' for late_s, _ in found)} ms")  # noqa: T201
    return [result for _, result in found[:RUNS]]


def median_error(found: list[dict[str, Any]], value: Callable[[dict[str, Any]], float], truth: float) -> float:
    """Median of the absolute relative errors."""
    return median(abs(value(one) / truth - 1) for one in found)


@pytest.mark.parametrize(
    ("name", "setting", "bound", "bytes_both_ways"),
    [
        ("gprs", SETTINGS["gprs"], 0.001, 32_000),
        ("edge", SETTINGS["edge"], 0.001, 105_000),
        ("3g", SETTINGS["3g"], 0.001, 400_000),
        ("lte", SETTINGS["lte"], 0.001, 400_000),
        ("gprs", replace(SETTINGS["gprs"], jitter_s=0.1), 0.03, 32_000),
        ("gprs", SETTINGS["gprs"].with_loss(LOSS), 0.001, 40_000),
        ("edge", SETTINGS["edge"].with_loss(LOSS), 0.001, 150_000),
        ("3g", SETTINGS["3g"].with_loss(LOSS), 0.001, 450_000),
    ],
)
def test_capacity_by_trains(name: str, setting: LinkSetting, bound: float, bytes_both_ways: int) -> None:
    found = runs(setting, name, capacity=True)
    for way in ("up", "down"):
        error = median_error(found, lambda one, way=way: one["capacity"][way]["sustained_kB_s"], CAPACITY_kB_S[name])  # type: ignore[misc]
        assert error <= bound, f"{way}: {error:.2%}"
    assert median(one["capacity"]["ip_bytes"] for one in found) <= bytes_both_ways


@pytest.mark.parametrize(
    ("name", "bound", "payload_bytes"),
    [("gprs", 0.005, 20_000), ("edge", 0.015, 75_000), ("3g", 0.002, 200_000), ("lte", 0.002, 2_000_000)],
)
def test_goodput_of_one_connection(name: str, bound: float, payload_bytes: int) -> None:
    found = runs(SETTINGS[name], name, goodput=payload_bytes)
    for way in ("up", "down"):
        error = median_error(found, lambda one, way=way: one["goodput"][way]["kB_s"], GOODPUT_kB_S[name])  # type: ignore[misc]
        assert error <= bound, f"{way}: {error:.2%}"
        assert all(one["goodput"][way]["payload_bytes"] <= payload_bytes for one in found)


@pytest.mark.parametrize(
    ("payload_kB_s", "verdict", "ip_bytes"),
    [(3.0, "not_met", 65_000), (4.75, "not_met", 50_000), (5.25, "met", 50_000), (25.0, "met", 50_000)],
)
def test_required_rate(payload_kB_s: float, verdict: str, ip_bytes: int) -> None:  # noqa: N803
    for found in runs(required(payload_kB_s), "need", require=True):
        require = found["require"]
        assert (require["up"]["verdict"], require["down"]["verdict"]) == (verdict, verdict)
        assert require["ip_bytes"] <= ip_bytes


@pytest.mark.parametrize("name", ["gprs", "edge", "3g", "lte"])
def test_round_trip_time_is_as_good_as_ping(name: str) -> None:
    """At most 0.15 ms further from the truth than ping on the same link, whose error is the emulator's own."""
    found: list[tuple[float, float, float]] = []
    while len(found) < RUNS + SPARE_RUNS and sum(late_s <= LATE_S[name] for late_s, *_ in found) < RUNS:
        with lab(SETTINGS[name], "parr") as link:
            error_ms = abs(measure(link)["latency"]["idle"]["median_ms"] - RTT_MS[name])
            ping_error_ms = abs(pinged_ms(link) - RTT_MS[name])
            found.append((link.worst_lateness_s(), error_ms, ping_error_ms))
    found.sort()
    _, errors_ms, ping_errors_ms = zip(*found[:RUNS], strict=True)
    assert median(errors_ms) <= median(ping_errors_ms) + 0.15, f"{name}: (late s, error ms, of ping) {found}"


def pinged_ms(link: TunLink) -> float:
    """Median round trip of ten pings."""
    ping = ["ip", "netns", "exec", link.near, "ping", "-n", "-c", "10", link.addresses.far]
    printed = subprocess.run(ping, capture_output=True, text=True, check=True, timeout=60).stdout
    return median(float(time) for time in re.findall(r"time=([\d.]+) ms", printed))


def test_the_whole_check_of_gprs_costs_at_most_80_kilobytes() -> None:
    with lab(SETTINGS["gprs"], "pawhole") as link:
        found = measure(link, None, capacity=True, require=True)
    assert found["spent"]["sent_bytes"] + found["spent"]["received_bytes"] <= 80_000
    print(f"{found['spent']['seconds']:.1f} s with connecting and closing")  # noqa: T201
    proof = found["proof"]
    assert proof["own_sent_bytes"] == pytest.approx(proof["interface_sent_bytes"], rel=0.01)
    assert proof["own_received_bytes"] == pytest.approx(proof["interface_received_bytes"], rel=0.01)
