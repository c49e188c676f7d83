from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import network
from benchmarks.network import combined, line_of, setting_of, written
from benchmarks.network_tools import Cost, Row, Truth
from benchmarks.speedtest_stand_in import Handler
from perfkit_probes.emulators.link_shaper import SETTINGS
from perfkit_probes.emulators.link_tun import missing_ability

ROOT = Path(__file__).parents[2]
RTT = Row("gprs", "perfkit", "idle", 833.85, 833.6, "ms", Cost(2.0, 3_800, 0.0001))
RATE = Row("gprs", "iperf3", "TCP up", 3.089, 4.8267, "kB/s", Cost(27.0, 1_340_000, 0.0004))


def test_the_truth_of_a_link() -> None:
    # 84 bytes at 25 kB/s take 3.36 ms each way; 1448 of 1500 bytes are payload.
    truth = Truth.of(SETTINGS["edge"])
    assert truth.rtt_ms == pytest.approx(306.72)
    assert truth.capacity_kb_s == pytest.approx(25)
    assert truth.goodput_kb_s == pytest.approx(24.133, abs=0.001)
    assert Truth.of(setting_of("edge+loss")).goodput_kb_s is None


def test_errors_are_in_the_unit_that_says_something() -> None:
    assert line_of(RTT) == "| gprs | perfkit | idle | 833.85 ms | +0.25 ms | 2.0 s | 3.8 kB | 0.10 ms |"
    assert line_of(RATE) == "| gprs | iperf3 | TCP up | 3.09 kB/s | -36.00 % | 27.0 s | 1.3 MB | 0.40 ms |"


def test_rounds_are_combined_by_their_medians_and_failures_left_out() -> None:
    rows = [
        Row("gprs", "t", "q", value, 5.0, "kB/s", Cost(seconds, size, 0.0))
        for value, seconds, size in ((4.0, 1.0, 10), (None, 9.0, 90), (5.0, 3.0, 30), (9.0, 2.0, 20))
    ]
    assert combined(rows) == Row("gprs", "t", "q", 5.0, 5.0, "kB/s", Cost(2.0, 20, 0.0))
    assert line_of(combined(rows[1:2])) == "| gprs | t | q | no result | | | | |"


def test_the_tables_replace_what_stood_between_the_marks() -> None:
    document = f"before\n{network.BEGIN}\nold\n{network.END}\nafter\n"
    assert written(document, "new") == f"before\n{network.BEGIN}\nnew\n{network.END}\nafter\n"
    with pytest.raises(SystemExit, match="has no place for the tables"):
        written("before\n", "new")


def test_the_documentation_has_a_place_for_the_tables() -> None:
    text = network.PERFORMANCE.read_text(encoding="utf-8")
    assert (text.count(network.BEGIN), text.count(network.END)) == (1, 1)


def test_an_unknown_link_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"there is no link '5g'; there are gprs, edge, 3g, lte"):
        setting_of("5g")


@pytest.fixture
def stand_in() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_speedtest_cli_takes_the_stand_in_for_its_servers(stand_in: int) -> None:
    # Its own ten seconds of download and upload are left out: what it asks before them is what the stand-in must know.
    script = """
import json, socket, sys
real, port = socket.create_connection, int(sys.argv[1])
socket.create_connection = lambda address, *rest, **more: real(("127.0.0.1", port), *rest, **more)
import speedtest
test = speedtest.Speedtest()
test.get_best_server(test.set_mini_server("http://127.0.0.1/"))
print(json.dumps({"best": test.best["url"], "threads": test.config["threads"], "ping": test.results.ping}))
"""
    if importlib.util.find_spec("speedtest") is None:
        pytest.skip("speedtest-cli is not installed")
    ran = subprocess.run([sys.executable, "-c", script, str(stand_in)], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert found["best"] == "http://127.0.0.1/speedtest/upload.php"
    assert found["threads"] == {"upload": 2, "download": 8}
    # A server that does not answer as speedtest-cli expects counts an hour.
    assert 0 < found["ping"] < 600_000


@pytest.mark.slow
@pytest.mark.needs_root
@pytest.mark.timeout(300)
@pytest.mark.skipif(missing_ability() is not None, reason=str(missing_ability()))
def test_one_link_ends_in_a_table_of_errors(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["network", "--links", "3g", "--rounds", "1", "--gate", "25", "--late", "1000"]
    monkeypatch.setattr(sys, "argv", words)
    network.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:4] == list(network.HEADS)
    assert [line.split(" | ")[2] for line in lines[4:9]] == [
        "idle round trip, 84 bytes",
        "capacity up (cost of both)",
        "capacity down (cost of both)",
        "TCP up (cost of both)",
        "TCP down (cost of both)",
    ]
    assert not [line for line in lines if "no result" in line]
