from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from perfkit.cli.main import main
from perfkit.cli.monitor_live import LiveView, clock_text
from perfkit.cli.monitor_view import event_text, latency_text, sample_text
from perfkit.cli.sparkline import History, levels_for
from perfkit.core.monitor_record import (
    ClockState,
    Event,
    EventKind,
    Gap,
    GapCause,
    Quantity,
    Record,
    Sample,
    Session,
)
from perfkit_probes.responder import Responder, ResponderConfig
from tests.probes.monitor.bench import DrivenClock, active, header_at, heard, records_in, sample_at
from tests.probes.radio.devices import hilink_bench

ROOT = Path(__file__).parents[3]
FAST = ["--interval", "1s", "--max-bytes-per-hour", "1000000"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def port() -> Iterator[int]:
    with Responder(ResponderConfig(port=0)) as responder:
        yield responder.port


def records_of(path: Path) -> list[Record]:
    return records_in(path.read_bytes())[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "f"], "nothing to watch: --to HOST"),
        (["--to", "h"], "the record needs a file: --out FILE, or --campaign DIR"),
        (["--to", "h", "--out", "f", "--interval", "1s"], "would use 801600 bytes per hour, and the cap is 120000"),
        (["--to", "h", "--out", "f", "--interval", "0.5s"], "is too short; at least 1s"),
        (["--to", "h", "--out", "f", "--interval", "soon"], "'soon' is no duration"),
        (["--ocpp-port", "70000", "--out", "f"], "'70000' is no TCP port"),
        (["--ocpp-port", "9000", "--bandwidth-every", "1h", "--out", "f"], "--bandwidth-every needs a far end"),
        (["--to", "h", "--bandwidth-every", "59s", "--out", "f"], "--bandwidth-every 59s is too short"),
        (["--ocpp-port", "9000", "--campaign", "nowhere"], "nowhere does not exist"),
        (["--ocpp-port", "9000", "--max-bytes-per-hour", "-7", "--out", "f"], "'-7' is no number of bytes"),
        (["--ocpp-port", "9000", "--max-bytes-per-hour", "0", "--out", "f"], "'0' is no number of bytes"),
        pytest.param(["--device", "modem", "--out", "f"], '"modem" is no device', marks=POSIX),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused_before_anything_is_sent(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["monitor", *words]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_session_from_header_to_end_with_its_price_stated_first(
    port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "link.jsonl"
    words = ["--to", f"127.0.0.1:{port}", "--out", str(path), *FAST, "--duration", "1.5s", "--label", "octt"]
    assert main(["monitor", *words]) == 0
    first, *rest = records_of(path)
    assert isinstance(first, Session)
    assert (first.label, first.target, first.interval_s) == ("octt", f"127.0.0.1:{port}", 1.0)
    assert (first.planned_bytes_per_hour, first.max_bytes_per_hour) == (801_600, 1_000_000)
    assert first.reasons["signal"] == "no radio device was named (--dongle)"
    samples = [one for one in rest if isinstance(one, Sample)]
    assert [one.number for one in samples] == list(range(len(samples)))
    assert any(one.latency is not None for one in samples)
    last = rest[-1]
    assert isinstance(last, Event)
    assert (last.kind, last.detail) == (EventKind.SESSION_END, "its 1.5 s are over")
    told = capsys.readouterr()
    assert told.err.startswith("perfkit: at most 801.6 kB per hour are planned (IP bytes, both directions); the cap is")
    assert f"{len(samples)} samples; latency 100.0 % of " in told.err
    assert " ms active, " in told.out


def test_a_campaign_keeps_the_records_of_each_end_and_quiet_prints_no_samples(
    port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--to", f"127.0.0.1:{port}", "--campaign", str(tmp_path), "--quiet", "--duration", "0.1s"]
    for _ in range(2):
        assert main(["monitor", *words, "--label", "at the station"]) == 0
    assert capsys.readouterr().out == ""
    (path,) = (tmp_path / "network").iterdir()
    assert path.name == "monitor-at-the-station.jsonl"
    assert [type(one) for one in records_of(path) if not isinstance(one, Sample)] == [Session, Event] * 2


def test_what_could_never_be_measured_is_said_by_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Responder(ResponderConfig(port=0)) as responder:
        closed = responder.port
    path = tmp_path / "link.jsonl"
    words = ["--to", f"127.0.0.1:{closed}", "--out", str(path), "--duration", "0.1s"]
    assert main(["monitor", *words]) == 4
    kinds = [one.kind for one in records_of(path) if isinstance(one, Event)]
    assert kinds == [EventKind.RESPONDER_AWAY, EventKind.SESSION_END]
    (gap,) = [one for one in records_of(path) if isinstance(one, Gap)]
    assert (gap.quantity, gap.cause) == (Quantity.LATENCY, GapCause.RESPONDER_AWAY)
    assert "latency never measured (1 look)" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="the counters of interfaces are Linux")
@pytest.mark.parametrize(("interface", "code", "said"), [("lo", 0, "1 sample\n"), ("absent0", 4, "1 sample\n")])
def test_an_interface_alone_is_watched_for_its_counters(
    interface: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "link.jsonl"
    assert main(["monitor", "--interface", interface, "--out", str(path), "--duration", "0.1s"]) == code
    (sample,) = [one for one in records_of(path) if isinstance(one, Sample)]
    assert (sample.interface is not None, "interface" in sample.reasons) == (code == 0, code == 4)
    assert capsys.readouterr().err.endswith(said)


def test_a_dongle_is_named_in_the_header_and_one_that_is_away_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "link.jsonl"
    with hilink_bench(rssi_dbm=-84) as bench:
        uri = bench.uri
        assert main(["monitor", "--device", uri, "--out", str(path), "--duration", "0.1s"]) == 0
        assert "RSSI -84 dBm LTE Emulated (threshold not met)" in capsys.readouterr().out
    assert main(["monitor", "--device", uri, "--out", str(path), "--duration", "0.1s"]) == 4
    assert "is the dongle plugged in?; it is waited for" in capsys.readouterr().err
    sessions = [one for one in records_of(path) if isinstance(one, Session)]
    assert sessions[0].device is not None
    assert sessions[0].device.model == "E3372"
    assert (sessions[1].device, sessions[1].reasons["device"]) == (None, "it did not answer when the session began")


@POSIX
@pytest.mark.parametrize(
    ("number", "detail"), [(signal.SIGTERM, "terminated (SIGTERM)"), (signal.SIGINT, "interrupted (Ctrl-C)")]
)
def test_a_signal_ends_the_session_properly(number: signal.Signals, detail: str, port: int, tmp_path: Path) -> None:
    path = tmp_path / "link.jsonl"
    command = [sys.executable, "-m", "perfkit", "monitor", "--to", f"127.0.0.1:{port}", "--out", str(path)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment
    ) as process:
        assert process.stdout is not None
        assert b" ms active" in process.stdout.readline()
        process.send_signal(number)
        assert process.wait(30) == 0
    last = records_of(path)[-1]
    assert isinstance(last, Event)
    assert (last.kind, last.detail) == (EventKind.SESSION_END, detail)


NOW = DrivenClock().now()


def test_a_sample_in_one_line() -> None:
    bad = sample_at(NOW, 0, latency=active(1210.4), signal=heard(-84.0, rat="LTE", operator="Lab\x1b Mobile"))
    assert sample_text(bad) == (
        "2026-06-08T05:00:00Z, latency 1210.4 ms active (threshold not met), "
        "RSSI -84 dBm LTE Lab\\x1b Mobile (threshold not met), 0.0 kB"
    )
    missing = sample_at(NOW, 0, reasons={"latency": "no answer", "signal": "unplugged"})
    assert sample_text(missing) == (
        "2026-06-08T05:00:00Z, latency not measured (no answer), signal not measured (unplugged), 0.0 kB"
    )
    hidden = sample_at(NOW, 0, signal=heard(None, reason="this firmware hides it"))
    assert "no RSSI (this firmware hides it)" in sample_text(hidden)


def test_an_event_and_a_gap_in_one_line() -> None:
    step = Event(NOW.time, 0.0, EventKind.CLOCK_STEP, "the wall clock was set back by 0.740 s", -0.74)
    assert event_text(step) == "05:00:00Z clock step: the wall clock was set back by 0.740 s"
    gap = Gap(NOW.time, 0.0, Quantity.ALL, GapCause.SUSPENDED, "suspended", NOW.time, NOW.time, 61.0, 0)
    assert event_text(gap) == "05:00:00Z gap of 61 s without everything: suspended"


def page_of(view: LiveView, *, width: int = 130) -> str:
    console = Console(record=True, width=width, file=open(os.devnull, "w"))  # noqa: SIM115 - closed below
    with console.file:
        console.print(view._page())
    return console.export_text()


def test_the_live_view_shows_the_last_minutes_beside_the_thresholds() -> None:
    clock, view = DrivenClock(), LiveView(Path("link.jsonl"))
    header = header_at(clock.now(), label="station", target="octt.lab:9310", interface="eth1")
    view._session, view._latency, view._rssi = header, History(10.0, 60), History(10.0, 60)
    for number, value_ms in enumerate([60.0, 70.0, 1200.0]):
        view.sample(sample_at(clock.now(), number, latency=active(value_ms), signal=heard(-70.0 - 10 * number)))
        clock.sleep(10)
    view.sample(sample_at(DrivenClock(monotonic_ns=1_025_000_000_000).now(), 3, signal=heard(-60.0)))
    view.event(Event(clock.now().time, 0.0, EventKind.DEVICE_AWAY, "unplugged"))
    page = page_of(view)
    lines = [line.rstrip() for line in page.splitlines()]
    assert lines[0] == "monitor  station: octt.lab:9310 through eth1"
    bars = levels_for(sys.stdout.encoding)
    low, high, middle = bars[0], bars[-1], bars[4]
    assert lines[1].startswith(f"latency  {low}{low}{high}  1200.0 ms active (threshold not met); 66.7 % of 3")
    assert "at most 1000 ms, last 10 min" in lines[2]
    assert lines[3].startswith(f"RSSI     {high}{middle}{low}  RSSI -60 dBm; 75.0 % of 4 in specification")
    assert "link.jsonl, 4 samples" in page
    assert "05:00:30Z device away: unplugged" in page


def test_a_narrow_terminal_shows_the_newest_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    clock, view = DrivenClock(), LiveView(Path("link.jsonl"))
    with view.following(header_at(clock.now())):
        for number in range(70):
            view.sample(sample_at(clock.now(), number, latency=active(1200.0 if number == 69 else 60.0)))
            clock.sleep(10)
        line, *_, caption = page_of(view, width=60).splitlines()[1:5]
    bars = levels_for(sys.stdout.encoding)
    assert line == "latency  " + 50 * bars[0] + bars[-1]
    assert caption.strip() == "at most 1000 ms, last 8 min"


def test_a_round_trip_on_one_host_is_shown_with_its_digits() -> None:
    moment = DrivenClock().now()
    assert latency_text(sample_at(moment, 0, latency=active(0.018))) == "0.018 ms active"
    assert latency_text(sample_at(moment, 0, latency=active(61.25))) == "61.2 ms active"


def test_what_is_known_of_the_clock_in_words() -> None:
    held = ClockState(synchronized=True, offset_ms=0.4, max_error_ms=14.2, source="chrony")
    assert clock_text(held) == "synchronized, +0.400 ms (chrony)"
    assert clock_text(ClockState(synchronized=False, source="adjtimex")) == "not synchronized (adjtimex)"
    assert clock_text(ClockState(reason="not told here")) == "not told here"
    assert clock_text(None) == "not told"


def test_a_column_shows_its_worst_value_and_time_without_one_is_a_hole() -> None:
    history = History(10.0, 5)
    for at_s, value in [(0, 10.0), (3, 90.0), (6, 20.0), (12, None), (21, 50.0)]:
        history.add(at_s, value, is_missed=value == 90.0)
    assert history.marks("_-#") == [("#", True), (" ", False), ("_", False)]
    history.add(10_000, 10.0, is_missed=False)
    assert [mark for mark, _ in history.marks("_-#")] == [" ", " ", " ", " ", "_"]


def test_a_terminal_without_block_characters_gets_plain_ones() -> None:
    assert levels_for("utf-8")[-1] == "█"
    assert levels_for("ascii") == levels_for(None) == levels_for("no-such") == "_.-=+*#@"
