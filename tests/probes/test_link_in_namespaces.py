"""The settings a to e of the reference over a TUN link: kernel stamps, real TCP, real routes; needs root and Linux.

Errors and bytes are asserted, never wall time. The emulator is the reference, and it says by how much it was late itself
(`TunLink.worst_lateness_s`): a link that was late is measured again, and what lateness remains widens the bounds. The
targets of a quiet machine are in `test_accuracy_targets.py`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from perfkit_probes.emulators.link_shaper import SETTINGS, LinkSetting
from perfkit_probes.emulators.link_tun import TunLink, missing_ability
from tests.probes.namespace_lab import ENVIRONMENT, LOSS, ROOT, RTT_MS, far_responder, lab, measure, required

pytestmark = [
    pytest.mark.needs_root,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(missing_ability() is not None, reason=str(missing_ability())),
]
ATTEMPTS = 3
NEAR_S = 0.1
"""One-way delay where the setting's own plays no part: the 400 ms of GPRS would only cost time."""


@dataclass(frozen=True)
class Job:
    """A link, what to measure over it, and the lateness of the emulator that its assertions allow for."""

    setting: LinkSetting
    plan: dict[str, object]
    allowed_late_s: float = 0.03

    @property
    def is_slow(self) -> bool:
        """Whether the link is idle most of the time and its packets so far apart that another link does not disturb."""
        return self.setting.rate_bytes_s < 10_000


@dataclass(frozen=True)
class Found:
    """The result of a job and by how much the emulator was late meanwhile."""

    result: dict[str, Any]
    late_s: float

    def bound(self, relative: float, span_s: float) -> float:
        """The relative error to allow where a rate was taken over `span_s`: both ends of the span may be late."""
        bound = relative + 2 * self.late_s / span_s
        if bound > 0.5:
            pytest.skip(f"the emulator was {self.late_s * 1000:.0f} ms late in all attempts: this machine is too busy")
        return bound


JOBS = {
    "gprs": Job(SETTINGS["gprs"], {"capacity": True}),
    "edge": Job(SETTINGS["edge"], {"capacity": True, "goodput": 75_000}, 0.02),
    "3g": Job(SETTINGS["3g"], {"capacity": True, "goodput": 200_000}, 0.01),
    "lte": Job(SETTINGS["lte"], {"capacity": True}, 0.001),
    "jitter": Job(replace(SETTINGS["gprs"], delay_s=NEAR_S, jitter_s=0.1), {"capacity": True}),
    "lossgprs": Job(replace(SETTINGS["gprs"], delay_s=NEAR_S, loss=LOSS), {"capacity": True}),
    "loss3g": Job(SETTINGS["3g"].with_loss(LOSS), {"capacity": True}, 0.01),
    "need475": Job(replace(required(4.75), delay_s=NEAR_S), {"require": True}),
    "need525": Job(replace(required(5.25), delay_s=NEAR_S), {"require": True}),
    "need450loss": Job(replace(required(4.5, LOSS), delay_s=NEAR_S), {"require": True}),
    "need2500loss": Job(replace(required(25.0, LOSS), delay_s=NEAR_S), {"require": True}),
}


def found(name: str) -> Found:
    """The job's result; each job runs once."""
    return slow_jobs()[name] if JOBS[name].is_slow else run(name)


@cache
def slow_jobs() -> dict[str, Found]:
    """The results over all slow links, two at a time."""
    names = [name for name, job in JOBS.items() if job.is_slow]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(names, pool.map(run, names), strict=True))


@cache
def run(name: str) -> Found:
    """The job's result where the emulator was punctual, else the least late of three attempts."""
    best: Found | None = None
    for _ in range(ATTEMPTS):
        with lab(JOBS[name].setting, f"pk{name}") as link:
            attempt = Found(measure(link, None, **JOBS[name].plan), link.worst_lateness_s())
        if best is None or attempt.late_s < best.late_s:
            best = attempt
        if best.late_s <= JOBS[name].allowed_late_s:
            break
    assert best is not None
    return best


@pytest.mark.parametrize("name", ["gprs", "edge", "3g", "lte"])
def test_latency(name: str) -> None:
    latency, late_ms = found(name).result["latency"], 2 * found(name).late_s * 1000
    idle = latency["idle"]
    # Nothing is faster than the link; a busy machine is only ever slower.
    assert RTT_MS[name] - 0.5 <= idle["min_ms"] <= RTT_MS[name] + 10 + late_ms
    assert RTT_MS[name] - 0.5 <= idle["median_ms"] <= RTT_MS[name] + 50 + late_ms
    assert (idle["method"], idle["packet_bytes"]) == ("UDP echo, kernel stamps", 84)
    assert RTT_MS[name] - 25 <= latency["tcp"]["median_ms"] <= RTT_MS[name] + 100 + late_ms


@pytest.mark.parametrize(
    ("name", "relative", "most_bytes"),
    [("gprs", 0.01, 32_000), ("edge", 0.01, 130_000), ("3g", 0.02, 400_000), ("lte", 0.05, 400_000)],
)
def test_capacity(name: str, relative: float, most_bytes: int) -> None:
    capacity = found(name).result["capacity"]
    for way in ("up", "down"):
        assert_rate(name, way, SETTINGS[name].rate_bytes_s / 1000, relative)
    # A train that was held up makes the probe ask for another one.
    assert capacity["ip_bytes"] <= (most_bytes if found(name).late_s <= JOBS[name].allowed_late_s else 400_000)


def assert_rate(name: str, way: str, rate_kB_s: float, relative: float) -> None:  # noqa: N803 - the unit's symbol
    """What the probe is sure of is right; what it is not sure of is at least not absurd."""
    direction = found(name).result["capacity"][way]
    if direction["sustained_kB_s"] is None:
        assert found(name).late_s > JOBS[name].allowed_late_s, direction["reason"]
        pytest.skip(f"the emulator was {found(name).late_s * 1000:.0f} ms late, and the probe says so")
    if direction["confidence"] == "low":
        assert rate_kB_s / 3 <= direction["sustained_kB_s"] <= 3 * rate_kB_s
        return
    bound = found(name).bound(relative, direction["seconds"])
    assert direction["sustained_kB_s"] == pytest.approx(rate_kB_s, rel=bound)


@pytest.mark.parametrize("name", ["gprs", "3g", "need525"])
def test_our_own_count_is_within_a_percent_of_the_interfaces(name: str) -> None:
    proof = found(name).result["proof"]
    assert proof["is_proven"] is True
    # The kernel adds some packets of its own, and the last acknowledgements come after our last look.
    assert proof["interface_sent_bytes"] == pytest.approx(proof["own_sent_bytes"], rel=0.01, abs=1500)
    assert proof["interface_received_bytes"] == pytest.approx(proof["own_received_bytes"], rel=0.01, abs=1500)


@pytest.mark.parametrize("way", ["up", "down"])
def test_gprs_with_jitter(way: str) -> None:
    assert_rate("jitter", way, 5.0, 0.06)


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize(("name", "rate_kB_s", "relative"), [("lossgprs", 5.0, 0.01), ("loss3g", 400.0, 0.02)])
def test_two_percent_of_loss_does_not_bias_capacity(
    name: str,
    rate_kB_s: float,  # noqa: N803
    relative: float,
    way: str,
) -> None:
    assert_rate(name, way, rate_kB_s, relative)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("need475", "not_met"), ("need525", "met"), ("need450loss", "not_met"), ("need2500loss", "met")],
)
def test_the_required_rate_five_percent_off(name: str, verdict: str) -> None:
    require = found(name).result["require"]
    late_s = found(name).late_s
    for way in ("up", "down"):
        # Delay that the machine adds may leave the probe undecided; the wrong verdict needs a lasting shortage.
        allowed = {verdict} if late_s <= JOBS[name].allowed_late_s else {verdict, "undecided"}
        assert require[way]["verdict"] in allowed, require[way]["reason"]
    assert require["ip_bytes"] <= 220_000
    if name == "need475" and require["up"]["verdict"] == "not_met":
        # A host that is too busy to report in time counts as loss here: make accuracy asks for more.
        assert require["up"]["delivered_kB_s"] == pytest.approx(4.75, rel=0.2)


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize(("name", "truth_kB_s"), [("edge", 24.13), ("3g", 386.1)])
def test_goodput_of_one_connection(name: str, truth_kB_s: float, way: str) -> None:  # noqa: N803
    direction = found(name).result["goodput"][way]
    assert direction["payload_bytes"] <= 200_000
    # Messages are timed by programs, which a busy machine lets wait: then the grade must say so.
    # What TCP takes for loss, when a packet is late enough, is part of what one connection gets.
    if direction["confidence"] == "low" or direction["retransmissions"]:
        assert 0 < direction["kB_s"] <= 3 * truth_kB_s
        return
    bound = found(name).bound(0.05 if direction["confidence"] == "high" else 0.15, direction["seconds"])
    assert direction["kB_s"] == pytest.approx(truth_kB_s, rel=bound)


def test_an_ipv6_only_target() -> None:
    with lab(SETTINGS["3g"], "pksix") as link, far_responder(link, "[fd93::2]:9311"):
        ran = subprocess.run(
            ["ip", "netns", "exec", link.near, sys.executable, "-c", IPV6_CLIENT],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd=ROOT,
            timeout=150,
            check=False,
        )
    if "unreachable" in ran.stderr:
        pytest.skip("this kernel gives the devices no IPv6")
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert float(ran.stdout) == pytest.approx(80.42, abs=10)


IPV6_CLIENT = """
from perfkit_probes.budget import Budget
from perfkit_probes.link import LinkPlan, measure_link
from perfkit_probes.path import LinkPath, parse_target
plan = LinkPlan(Budget(100_000, 30.0), require=None, capacity=None, goodput=None)
found = measure_link(parse_target("[fd93::2]:9311"), LinkPath(interface="tun0"), plan)
assert found.latency.idle.packet_bytes == 84
print(found.latency.idle.median_ms)
"""


def test_the_emulator_says_how_late_it_was() -> None:
    with lab(SETTINGS["gprs"], "pklate") as link:
        # On a busy machine this program may stop the emulator too late, when the packet has passed.
        assert any(lateness_after_a_stop(link) >= 0.5 for _ in range(5))
        assert link.worst_lateness_s() == 0.0


def lateness_after_a_stop(link: TunLink) -> float:
    """What the emulator says after it was stopped for 1.5 s while a ping was on its way, due after 0.42 s."""
    ping = ["ip", "netns", "exec", link.near, "ping", "-n", "-c", "1", "-W", "30", link.addresses.far]
    terminal, other_end = os.openpty()  # on which ping prints its first line when it begins
    with subprocess.Popen(ping, stdout=other_end) as running:
        assert b"PING" in os.read(terminal, 1000)
        time.sleep(0.1)
        link.carrier.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        link.carrier.send_signal(signal.SIGCONT)
        running.wait(60)
    os.close(terminal)
    os.close(other_end)
    return link.worst_lateness_s()


def test_packets_bound_to_another_interface_do_not_sneak_through() -> None:
    with lab(SETTINGS["lte"], "pklo") as link:
        ran = subprocess.run(
            [
                "ip", "netns", "exec", link.near, sys.executable, "-m", "tests.probes.link_client",
                link.addresses.far, '{"interface": "lo"}',
            ],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd=ROOT,
            timeout=150,
            check=False,
        )  # fmt: skip
    assert ran.returncode != 0
    assert "nothing answers at 10.93.0.2" in ran.stderr


def test_the_namespaces_are_gone_afterwards() -> None:
    with lab(SETTINGS["lte"], "pkend") as link:
        assert link.near in namespaces()
    assert not {"pkend-a", "pkend-b"} & namespaces()


def namespaces() -> set[str]:
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines() if line}
