"""From end to end: `perfkit init`, `monitor` on an emulated dongle that loses its signal, `analyze`; in real time."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit.core.monitor_reader import MonitorReader
from perfkit.core.monitor_record import Sample
from perfkit_probes.responder import Responder, ResponderConfig
from tests.probes.radio.devices import hilink_bench
from tests.vectors import octt

GOOD_DBM, WEAK_DBM = -65, -97
LOCAL = timedelta(hours=2)  # what the log's clock shows beyond UTC
PATIENCE_S = 40.0


@contextmanager
def monitored(*words: str) -> Iterator[None]:
    """The monitor beside the block; ended as a service ends it."""
    command = [sys.executable, "-m", "perfkit", "monitor", "--quiet", "--interval", "1s", *words]
    with subprocess.Popen([*command, "--max-bytes-per-hour", "1000000"], stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)


def signals(record: Path) -> list[tuple[datetime, float]]:
    """Time and RSSI of each sample that was written by now."""
    if not record.exists() or not record.stat().st_size:
        return []
    with record.open("rb") as stream:
        samples = [entry.record for entry in MonitorReader(stream, record.name) if isinstance(entry.record, Sample)]
    heard = [(one.time, one.signal) for one in samples if one.signal is not None]
    return [(when, signal.rssi_dbm) for when, signal in heard if signal.rssi_dbm is not None]


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "the monitor did not get that far"
        time.sleep(0.02)


def log_of(moments: list[datetime]) -> str:
    """A run whose clock shows local time: the tool tells its UTC, then a CALL at each moment."""

    def stamp(moment: datetime) -> str:
        return (moment + LOCAL).replace(tzinfo=None).isoformat(timespec="milliseconds")

    first = moments[0] - timedelta(milliseconds=5)
    told = json.dumps({"currentTime": first.isoformat(timespec="milliseconds").replace("+00:00", "Z")})
    lines = [f"{stamp(first)} < h Heartbeat {{}}", f"{stamp(first)} > h {told}"]
    for number, moment in enumerate(moments):
        lines += [f"{stamp(moment)} > {number} ClearCache {{}}", f"{stamp(moment)} < {number} {{}}"]
    return octt("\n".join(lines))


def settled(record: Path, level_dbm: float) -> list[datetime]:
    """Times of samples taken while the signal was surely at that level: it is so now, and stays until this returns."""
    wait_for(lambda: [level for _, level in signals(record)][-1:] == [level_dbm])
    since, seen = datetime.now(UTC), len(signals(record))
    wait_for(lambda: len(signals(record)) >= seen + 3)
    return [when for when, level in signals(record) if when >= since and level == level_dbm]


def between(samples: list[datetime]) -> list[datetime]:
    """The middle between each two samples that follow each other."""
    return [one + (later - one) / 2 for one, later in pairwise(samples)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_exactly_the_calls_made_while_the_signal_was_weak_are_flagged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    main(["init", "camp"])
    record = Path("camp/network/monitor-station.jsonl")
    with hilink_bench(rssi_dbm=GOOD_DBM) as bench, Responder(ResponderConfig(port=0)) as responder:
        far_end = f"127.0.0.1:{responder.port}"
        with monitored("--device", bench.uri, "--to", far_end, "--campaign", "camp", "--label", "station"):
            before = settled(record, GOOD_DBM)
            bench.radio.be_heard_at(WEAK_DBM)
            during = settled(record, WEAK_DBM)
            bench.radio.be_heard_at(GOOD_DBM)
            after = settled(record, GOOD_DBM)
    before, during, after = between(before), between(during), between(after)
    calls = [*before, *during, *after]
    Path("camp/logs/a.log").write_text(log_of(calls))
    capsys.readouterr()

    main(["analyze", "--campaign", "camp", "--log-clock-tolerance", "0s", "--json"])
    result = json.loads(capsys.readouterr().out)
    (parameter,) = (one for one in result["parameters"] if one["key"] == "response_timeout")
    with Path("camp/results/samples.csv").open() as stream:
        rows = list(csv.DictReader(stream))

    good, weak = ("in_specification", "", ""), ("not_met", "rssi", "NETWORK")
    if result["network"]["monitors"][0]["sessions"][0]["clock_error_s"] > 0.2:
        pytest.skip("this computer's clock may be wrong by more than the test needs")
    assert [(row["link"], row["link_missed"], row["flags"]) for row in rows] == [
        *([good] * len(before)),
        *([weak] * len(during)),
        *([good] * len(after)),
    ]
    assert before
    assert during
    assert after
    assert parameter["link"]["rssi_min_dbm"]["value"] == WEAK_DBM
    assert [clock["utc_offset_s"] for clock in result["network"]["clocks"]] == [7200]
