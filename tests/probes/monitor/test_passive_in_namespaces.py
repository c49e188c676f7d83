"""The passive latency of a foreign program's WebSocket over a link of known delay; needs root and Linux.

Nothing is faster than the link, and the emulator says by how much it was late itself; no wall time is asserted.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfkit.core.errors import DeviceError
from perfkit.core.monitor_record import Origin, Sample, Session
from perfkit_probes.emulators.link_shaper import SETTINGS
from perfkit_probes.emulators.link_tun import TunLink, missing_ability, tun_link
from tests.probes.monitor.bench import records_in
from tests.probes.namespace_lab import ENVIRONMENT, ROOT

pytestmark = [
    pytest.mark.needs_root,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(missing_ability() is not None, reason=str(missing_ability())),
]
PORT = 9000
# 52 bytes of IP and TCP each way at 400 kB/s, and 40 ms each way.
TRUTH_MS = 80.26


@contextlib.contextmanager
def linked() -> Iterator[TunLink]:
    try:
        with tun_link(SETTINGS["3g"], SETTINGS["3g"], name="pkmon") as link:
            yield link
    except DeviceError as error:
        pytest.skip(f"namespaces are not permitted here: {error}")


@contextlib.contextmanager
def talking(link: TunLink) -> Iterator[None]:
    """A WebSocket between the two ends on which a message of 60 bytes is answered twice a second."""
    with contextlib.ExitStack() as held:
        for namespace, role in ((link.far, "serve"), (link.near, "call")):
            talk = [sys.executable, "-m", "tests.probes.monitor.ocpp_talk", role, link.addresses.far, str(PORT)]
            process = held.enter_context(
                subprocess.Popen(
                    ["ip", "netns", "exec", namespace, *talk], stdout=subprocess.PIPE, env=ENVIRONMENT, cwd=ROOT
                )
            )
            held.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() in {b"serving\n", b"connected\n"}
        yield


def test_a_foreign_connection_tells_the_latency_of_its_link(tmp_path: Path) -> None:
    path = tmp_path / "link.jsonl"
    watch = [sys.executable, "-m", "perfkit", "monitor", "--ocpp-port", str(PORT), "--out", str(path)]
    with linked() as link, talking(link):
        subprocess.run(
            ["ip", "netns", "exec", link.near, *watch, "--duration", "5s"],
            check=True,
            env=ENVIRONMENT,
            cwd=ROOT,
            timeout=200,
            capture_output=True,
        )
        late_ms = 2000 * link.worst_lateness_s()
    records, _ = records_in(path.read_bytes())
    first = records[0]
    assert isinstance(first, Session)
    assert (first.ports, first.planned_bytes_per_hour) == ([PORT], 0)
    samples = [one for one in records if isinstance(one, Sample) and one.latency is not None]
    assert samples
    for sample in samples:
        assert sample.latency is not None
        assert sample.connections is not None
        (connection,) = sample.connections
        assert sample.latency.origin is Origin.PASSIVE
        assert sample.spent_bytes == 0
        assert connection.min_rtt_ms is not None
        assert TRUTH_MS - 0.5 <= connection.min_rtt_ms <= TRUTH_MS + 10 + late_ms
        assert TRUTH_MS - 0.5 <= sample.latency.value_ms <= TRUTH_MS + 50 + late_ms
