"""The link probes beside ping, iperf3 and speedtest-cli, each on the same emulated links: errors, seconds and bytes.

    sudo .venv/bin/python benchmarks/network.py [--settings gprs,edge,3g,lte] [--peers]

Needs root on Linux (two network namespaces). What is not installed is said so. Prints a Markdown table for
docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfkit_probes.emulators.link_shaper import SETTINGS
from perfkit_probes.emulators.link_tun import TunLink, tun_link

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "probes")])}
TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    setting: str
    tool: str
    quantity: str
    value: float | None
    truth: float
    unit: str
    seconds: float
    ip_bytes: int | None

    def text(self) -> str:
        """The line in Markdown; the error of a time is in ms, that of a rate in percent."""
        if self.value is None:
            return f"| {self.setting} | {self.tool} | {self.quantity} | not installed or no result | | | |"
        error = (
            f"{self.value - self.truth:+.2f} ms"
            if self.unit == "ms"
            else f"{(self.value / self.truth - 1) * 100:+.2f} %"
        )
        size = "" if self.ip_bytes is None else f"{self.ip_bytes / 1000:.1f} kB"
        value = f"{self.value:.2f} {self.unit}"
        return f"| {self.setting} | {self.tool} | {self.quantity} | {value} | {error} | {self.seconds:.1f} s | {size} |"


def run_near(link: TunLink, *command: str) -> tuple[str, float, int]:
    """Standard output of a command at the near end, its seconds, and the bytes that crossed the link meanwhile."""
    before, start_s = counters(link), time.monotonic()
    try:
        ran = subprocess.run(
            ["ip", "netns", "exec", link.near, *command],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd=ROOT,
            timeout=TIMEOUT_S,
            check=False,
        )
        text = ran.stdout if ran.returncode == 0 else ""
    except (OSError, subprocess.TimeoutExpired):
        text = ""
    return text, time.monotonic() - start_s, counters(link) - before


def counters(link: TunLink) -> int:
    """Bytes in both directions that the near end's device has seen."""
    command = ["ip", "-n", link.near, "-s", "-j", "link", "show", link.device]
    shown = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    statistics = shown[0]["stats64"]
    return int(statistics["rx"]["bytes"]) + int(statistics["tx"]["bytes"])


def truths(setting: str) -> tuple[float, float, float]:
    """Round trip of 84 bytes in ms, IP capacity and TCP goodput in kB/s."""
    link = SETTINGS[setting]
    rate = link.rate_bytes_s / 1000
    return 2 * (link.delay_s * 1000 + 84 / rate), rate, rate * 1448 / 1500


def perfkit_rows(link: TunLink, setting: str) -> list[Row]:
    """Latency, capacity and goodput by perfkit, each in a session of its own so that each has its own cost."""
    rtt_ms, capacity, goodput = truths(setting)
    stream_bytes = {"gprs": 20_000, "edge": 75_000, "3g": 200_000, "lte": 2_000_000}[setting]
    rows = []
    found, seconds, size = probe(link)
    idle = found.get("latency", {}).get("idle", {}).get("median_ms") if found else None
    rows.append(Row(setting, "perfkit", "idle RTT, 84 B", idle, rtt_ms, "ms", seconds, size))
    found, seconds, size = probe(link, capacity=True)
    for way in ("up", "down"):
        value = found["capacity"][way]["sustained_kB_s"] if found else None
        rows.append(Row(setting, "perfkit", f"capacity {way} (both at once)", value, capacity, "kB/s", seconds, size))
    found, seconds, size = probe(link, goodput=stream_bytes)
    for way in ("up", "down"):
        value = found["goodput"][way]["kB_s"] if found else None
        spent = found["goodput"][way]["seconds"] if found else seconds
        rows.append(Row(setting, "perfkit", f"goodput {way}", value, goodput, "kB/s", spent, size // 2))
    return rows


def probe(link: TunLink, **plan: object) -> tuple[dict[str, Any], float, int]:
    """One run of the client of the tests."""
    command = (sys.executable, "-m", "tests.probes.link_client", link.addresses.far, json.dumps(plan))
    text, seconds, size = run_near(link, *command)
    return (json.loads(text) if text else {}), seconds, size


def ping_row(link: TunLink, setting: str) -> Row:
    """Ping's mean of ten."""
    text, seconds, size = run_near(link, "ping", "-c", "10", "-i", "0.2", link.addresses.far)
    value = None
    for line in text.splitlines():
        if line.startswith("rtt "):
            value = float(line.split("=")[1].split("/")[1])
    return Row(setting, "ping -c 10", "idle RTT, 84 B", value, truths(setting)[0], "ms", seconds, size)


def iperf_rows(link: TunLink, setting: str) -> list[Row]:
    """The receiver's figure of iperf3 in both directions, its defaults otherwise."""
    rows = []
    for way, option in (("up", []), ("down", ["-R"])):
        value, seconds, size = None, 0.0, 0
        if shutil.which("iperf3"):
            command = ["ip", "netns", "exec", link.far, "iperf3", "-s", "-1"]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
                time.sleep(0.5)
                text, seconds, size = run_near(link, "iperf3", "-J", "-c", link.addresses.far, *option)
                server.terminate()
            if text:
                value = json.loads(text)["end"]["sum_received"]["bits_per_second"] / 8000
        rows.append(Row(setting, "iperf3 (receiver)", f"TCP {way}", value, truths(setting)[2], "kB/s", seconds, size))
    return rows


def speedtest_row(link: TunLink, setting: str) -> Row:
    """speedtest-cli needs speedtest.net even for a server of one's own; in a closed lab it has no result."""
    text, seconds, size = run_near(link, "speedtest-cli", "--json", "--mini", f"http://{link.addresses.far}/")
    value = json.loads(text)["download"] / 8000 if text else None
    return Row(setting, "speedtest-cli --mini", "down", value, truths(setting)[2], "kB/s", seconds, size)


def require_lines(rates: list[float]) -> list[str]:
    """The gate's question on links around its threshold."""
    from perfkit_probes.emulators.link_shaper import LinkSetting

    lines = [
        "",
        "| link, payload each way | up | down | delivered up, down | seconds | IP bytes |",
        "|---|---|---|---|---|---|",
    ]
    for rate in rates:
        setting = LinkSetting(rate * 1056, 0.4, 30_000)
        with tun_link(setting, setting, name="pkbench") as link, responder(link):
            found, _, _ = probe(link, require=True)
        if not found:
            lines.append(f"| {rate:g} kB/s | no result | | | | |")
            continue
        require = found["require"]
        up, down = require["up"], require["down"]
        delivered = " ".join(
            "-" if one["delivered_kB_s"] is None else f"{one['delivered_kB_s']:.3f}" for one in (up, down)
        )
        lines.append(
            f"| {rate:g} kB/s | {up['verdict']} | {down['verdict']} | {delivered} "
            f"| {require['seconds']:.1f} | {require['ip_bytes']} |"
        )
    return lines


class responder:  # noqa: N801 - used like a function
    """A responder at the far end, while the block lasts."""

    def __init__(self, link: TunLink) -> None:
        """Take the link."""
        self._command = ["ip", "netns", "exec", link.far, sys.executable, "-m", "perfkit", "responder"]
        self._command += ["--listen", link.addresses.far]

    def __enter__(self) -> None:
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT, cwd=ROOT
        )
        if self._process.stdout is not None:
            self._process.stdout.readline()

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", default="gprs,edge,3g,lte")
    parser.add_argument("--peers", action="store_true", help="also run ping, iperf3 and speedtest-cli")
    parser.add_argument("--require", default="4.5,4.75,5,5.25,25", help="payload rates for the gate's question, kB/s")
    arguments = parser.parse_args()
    print("| link | tool | what | value | error | seconds | IP bytes |\n|---|---|---|---|---|---|---|")
    for setting in arguments.settings.split(","):
        with tun_link(SETTINGS[setting], SETTINGS[setting], name="pkbench") as link, responder(link):
            rows = perfkit_rows(link, setting)
            if arguments.peers:
                rows += [ping_row(link, setting), *iperf_rows(link, setting), speedtest_row(link, setting)]
        print("\n".join(row.text() for row in rows), flush=True)
    if arguments.require:
        print("\n".join(require_lines([float(rate) for rate in arguments.require.split(",")])))


if __name__ == "__main__":
    main()
