"""What `benchmarks/network.py` runs over an emulated link: perfkit's probes, ping, iperf3, speedtest-cli."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.emulators.link_tun import TunLink

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "probes")])}
TIMEOUT_S = 180
STREAM_BYTES = {"gprs": 20_000, "edge": 75_000, "3g": 200_000, "lte": 2_000_000}
# speedtest-cli fetches its configuration from this name even with a server of one's own: it leads to the far end.
_SPEEDTEST = """
import socket, sys
real, far = socket.getaddrinfo, sys.argv[1]
socket.getaddrinfo = lambda host, *rest, **more: real(far if host == "www.speedtest.net" else host, *rest, **more)
sys.argv = ["speedtest-cli", "--json", "--mini", f"http://{far}/"]
import speedtest
speedtest.main()
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one tool; several figures may share their cost."""

    link: str
    tool: str
    quantity: str
    value: float | None
    truth: float | None
    unit: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, bytes that crossed the link, and the lateness of the emulator while something ran."""

    seconds: float
    ip_bytes: int
    late_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What the emulator was set to: round trip of 84 bytes, IP bytes and TCP payload per second."""

    rtt_ms: float
    capacity_kb_s: float
    goodput_kb_s: float | None

    @classmethod
    def of(cls, setting: LinkSetting) -> Truth:
        """The truth of a link, the same both ways; with loss there is none for TCP, whose answer to it is its own."""
        rate = setting.rate_bytes_s / 1000
        goodput = rate * 1448 / 1500 if setting.loss == 0 else None
        return cls(2 * (setting.delay_s * 1000 + 84 / rate), rate, goodput)


class Bench:
    """One emulated link and what is run over it."""

    def __init__(self, link: TunLink, name: str, setting: LinkSetting) -> None:
        """Take a running link."""
        self._link, self._name = link, name
        self._truth = Truth.of(setting)

    def _near(self, *command: str) -> tuple[str, Cost]:
        """Output of a command at the near end, empty when it failed, and its cost."""
        self._link.worst_lateness_s()
        before, start_s = self._crossed_bytes(), time.monotonic()
        text = ""
        try:
            words = ["ip", "netns", "exec", self._link.near, *command]
            ran = subprocess.run(
                words, capture_output=True, text=True, env=ENVIRONMENT, cwd=ROOT, timeout=TIMEOUT_S, check=False
            )
            text = ran.stdout if ran.returncode == 0 else ""
        except (OSError, subprocess.TimeoutExpired):
            text = ""
        seconds = time.monotonic() - start_s
        return text, Cost(seconds, self._crossed_bytes() - before, self._link.worst_lateness_s())

    def _crossed_bytes(self) -> int:
        """Bytes in both directions that the near end's device has seen."""
        command = ["ip", "-n", self._link.near, "-s", "-j", "link", "show", self._link.device]
        shown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        statistics = shown[0]["stats64"]
        return int(statistics["rx"]["bytes"]) + int(statistics["tx"]["bytes"])

    def _probe(self, **plan: object) -> tuple[dict[str, Any], Cost]:
        """One session of perfkit's probes and its cost, connecting included but not the start of Python."""
        command = (sys.executable, "-m", "tests.probes.link_client", self._link.addresses.far, json.dumps(plan))
        text, cost = self._near(*command)
        found: dict[str, Any] = json.loads(text) if text else {}
        return found, replace(cost, seconds=found["spent"]["seconds"]) if found else cost

    def perfkit(self) -> Iterator[Row]:
        """Latency, capacity and goodput, each in a session of its own so that each has its own cost."""
        truth, base = self._truth, self._name.split("+")[0]
        found, cost = self._probe()
        idle = found["latency"]["idle"]["median_ms"] if found else None
        yield Row(self._name, "perfkit", "idle round trip, 84 bytes", idle, truth.rtt_ms, "ms", cost)
        found, cost = self._probe(capacity=True)
        for way in ("up", "down"):
            value = found["capacity"][way]["sustained_kB_s"] if found else None
            yield Row(self._name, "perfkit", f"capacity {way} (cost of both)", value, truth.capacity_kb_s, "kB/s", cost)
        found, cost = self._probe(goodput=STREAM_BYTES[base])
        for way in ("up", "down"):
            value = found["goodput"][way]["kB_s"] if found else None
            yield Row(self._name, "perfkit", f"TCP {way} (cost of both)", value, truth.goodput_kb_s, "kB/s", cost)

    def require(self, payload_kb_s: float) -> str:
        """The gate's question as a line of its table."""
        found, _ = self._probe(require=True)
        if not found:
            return f"| {payload_kb_s:g} kB/s | no result | | | | |"
        require = found["require"]
        ends = (require["up"], require["down"])
        verdicts = " | ".join(one["verdict"].replace("_", " ") for one in ends)
        rates = [one["delivered_kB_s"] for one in ends]
        delivered = ", ".join("-" if rate is None else f"{rate:.3f}" for rate in rates)
        cost = f"{require['seconds']:.1f} s | {require['ip_bytes'] / 1000:.1f} kB"
        return f"| {payload_kb_s:g} kB/s | {verdicts} | {delivered} | {cost} |"

    def ping(self) -> Iterator[Row]:
        """The median of ten pings, which print three digits."""
        text, cost = self._near("ping", "-n", "-c", "10", self._link.addresses.far)
        times_ms = [float(found) for found in re.findall(r"time=([\d.]+) ms", text)]
        value = median(times_ms) if times_ms else None
        yield Row(self._name, "ping -c 10", "idle round trip, 84 bytes", value, self._truth.rtt_ms, "ms", cost)

    def iperf(self) -> Iterator[Row]:
        """The receiver's figure of iperf3 in both directions, with its defaults otherwise."""
        if shutil.which("iperf3") is None:
            return
        for way, option in (("up", []), ("down", ["-R"])):
            with self._far(["iperf3", "-s", "-1"], "Server listening"):
                text, cost = self._near("iperf3", "-J", "-c", self._link.addresses.far, *option)
            value = json.loads(text)["end"]["sum_received"]["bits_per_second"] / 8000 if text else None
            yield Row(self._name, "iperf3", f"TCP {way}", value, self._truth.goodput_kb_s, "kB/s", cost)

    def speedtest(self) -> Iterator[Row]:
        """speedtest-cli with its defaults against a stand-in of its servers at the far end."""
        far = self._link.addresses.far
        with self._far([sys.executable, "-m", "benchmarks.speedtest_stand_in", far], "ready"):
            text, cost = self._near(sys.executable, "-c", _SPEEDTEST, far)
        found = json.loads(text) if text else {}
        ping_ms = found.get("ping")
        yield Row(self._name, "speedtest-cli", "its ping (cost of all)", ping_ms, self._truth.rtt_ms, "ms", cost)
        for way, key in (("up", "upload"), ("down", "download")):
            value = found[key] / 8000 if found else None
            yield Row(
                self._name, "speedtest-cli", f"TCP {way} (cost of all)", value, self._truth.goodput_kb_s, "kB/s", cost
            )

    @contextmanager
    def _far(self, command: list[str], announced: str) -> Iterator[None]:
        """A server at the far end, from its first word to the end of the block."""
        words = ["ip", "netns", "exec", self._link.far, *command]
        environment = {**ENVIRONMENT, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=ROOT
        ) as server:
            try:
                if command[0] == "iperf3":
                    time.sleep(1.0)  # its output is buffered: there is no word to wait for
                elif server.stdout is not None and announced not in server.stdout.readline():
                    raise SystemExit(f"{command} did not start")
                yield
            finally:
                server.terminate()

    @contextmanager
    def responder(self) -> Iterator[None]:
        """A responder at the far end while the block lasts."""
        command = [sys.executable, "-m", "perfkit", "responder", "--listen", self._link.addresses.far]
        with self._far(command, "responder listens"):
            yield
