from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit_probes import doctor
from perfkit_probes.doctor import State, link_checks
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.radio import table
from perfkit_probes.radio.base import LinkState, Registration, SimState, Technology
from perfkit_probes.radio.switching.journal import Journal, JournalEntry
from perfkit_probes.radio.table import Finding
from tests.probes.radio.devices import BENCHES, Bench, hilink_bench


@pytest.fixture(autouse=True)
def state_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "perfkit"


@pytest.fixture(params=list(BENCHES))
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with BENCHES[request.param](rssi_dbm=-81) as one:
        yield one


def test_status_says_what_is_there(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dongle", "status", "--device", bench.uri]) == 0

    text = capsys.readouterr().out
    for part in ("E3372 (CL2E3372HM", "ready (ICCID 89*", "home, Emulated", "4G LTE", "-81 dBm from", "2G, 3G, 4G"):
        assert part in text
    assert "860000000000" not in text


def test_status_as_json(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dongle", "status", "--device", bench.uri, "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "perfkit.dongle-status/1"
    assert (document["signal"]["rssi_dbm"], document["link"]["technology"]) == (-81, "4g")
    assert document["settings"] == dict(
        zip(
            ("NetworkMode", "NetworkBand", "LTEBand")
            if bench.kind == "hilink"
            else ("acqorder", "band", "roam", "srvdomain", "lteband"),
            bench.settings(),
            strict=True,
        )
    )
    assert document["left_by_killed_run"] is None


def test_status_says_why_there_is_no_rssi(capsys: pytest.CaptureFixture[str]) -> None:
    with hilink_bench(hide_signal=True) as bench:
        assert main(["dongle", "status", "--device", bench.uri]) == 0

    assert "RSSI          not measured: this firmware hides the RSSI" in capsys.readouterr().out


def test_status_records_raw_answers(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"

    assert main(["dongle", "status", "--device", bench.uri, "--record-raw", str(path)]) == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) > 5


def test_killed_run_is_shown_and_restored(bench: Bench, state_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = bench.settings()
    with bench.open_device() as device:
        saved, identity = device.mode_settings(), device.identity()
        Journal(state_home).save(
            JournalEntry(bench.uri, identity.key, identity.model, saved, "2026-01-02T12:00:00+00:00", 2**22 + 1)
        )
        device.set_technology(Technology.G2)

    assert main(["dongle", "status", "--device", bench.uri]) == 0
    assert "`perfkit dongle restore` puts back" in capsys.readouterr().out
    assert main(["dongle", "restore"]) == 0
    assert f"restored {saved}" in capsys.readouterr().out
    assert (bench.settings(), Journal(state_home).entries()) == (before, [])
    assert main(["dongle", "restore"]) == 0
    assert "nothing to restore" in capsys.readouterr().out


def test_no_dongle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(table, "detect", lambda: [Finding("http://192.168.8.1", "does not answer")])

    assert main(["dongle", "status"]) == 3
    error = capsys.readouterr().err
    assert "plug a Huawei E3372h with a SIM card into a USB port" in error
    assert error.count("\n") == 1
    assert main(["dongle", "detect"]) == 3
    text = capsys.readouterr().out
    assert "http://192.168.8.1: does not answer" in text
    assert "`perfkit emulate dongle` lets you try without one" in text


def test_detect_names_the_option(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("http://192.168.8.1", "E3372, firmware 22", "http://192.168.8.1")
    monkeypatch.setattr(table, "detect", lambda: [finding])

    assert main(["dongle", "detect"]) == 0
    assert "use it with --device http://192.168.8.1" in capsys.readouterr().out
    assert main(["dongle", "detect", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["findings"] == [
        {"place": "http://192.168.8.1", "detail": "E3372, firmware 22", "uri": "http://192.168.8.1"}
    ]


def test_doctor_of_a_working_dongle(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--device", bench.uri, "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    states = {check["name"]: check["state"] for check in document["checks"]}
    assert document["schema"] == "perfkit.doctor/1"
    assert {
        name: states[name] for name in ("dongle", "SIM", "registration", "data connection", "mode")
    } == dict.fromkeys(("dongle", "SIM", "registration", "data connection", "mode"), "ok")
    assert "clock" in states


@pytest.mark.parametrize(
    ("fault", "line", "advice"),
    [
        (Fault.NO_SIM, "missing  SIM: absent", "put a SIM card without PIN into the dongle"),
        (Fault.DATA_OFF, "missing  data switch: off", "switch mobile data on in the dongle's page"),
    ],
)
def test_doctor_says_what_is_missing_and_how_to_mend_it(
    fault: Fault, line: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with hilink_bench(fault) as bench:
        assert main(["doctor", "--device", bench.uri]) == 3

    text = capsys.readouterr().out
    assert line in text
    assert f"-> {advice}" in text


def test_doctor_without_a_dongle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "detect", lambda: [Finding("http://192.168.8.1", "does not answer")])

    assert main(["doctor"]) == 3
    assert "missing  dongle: none answers (http://192.168.8.1: does not answer)" in capsys.readouterr().out


def test_doctor_names_the_killed_run(state_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hilink_bench() as bench:
        with bench.open_device() as device:
            saved, key = device.mode_settings(), device.identity().key
        Journal(state_home).save(JournalEntry(bench.uri, key, "E3372", saved, "2026-01-02T12:00:00+00:00", 1))
        main(["doctor", "--device", bench.uri])

    assert "warning  journal: a run of 2026-01-02T12:00:00+00:00 did not put back" in capsys.readouterr().out


def test_unknown_sim_is_not_called_missing() -> None:
    checks = link_checks(LinkState(True, Registration.HOME, sim=SimState.UNKNOWN))

    assert checks[0].state is State.UNKNOWN


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform != "linux", reason="signals and pseudo-terminals as on Linux")
@pytest.mark.parametrize(
    ("words", "number", "exit_code"),
    [
        (["--speed", "100", "--show-signal"], signal.SIGINT, 130),
        (["--kind", "at", "--speed", "100"], signal.SIGTERM, 0),
    ],
)
def test_emulator_answers_until_it_is_stopped(words: list[str], number: signal.Signals, exit_code: int) -> None:
    script = "import sys; from perfkit.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", script, "emulate", "dongle", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as emulator:
        assert emulator.stdout is not None
        first, second = emulator.stdout.readline(), emulator.stdout.readline()
        uri = first.split()[3]
        status = main(["dongle", "status", "--device", uri])
        emulator.send_signal(number)
        emulator.wait(timeout=100)

    assert second == f"  perfkit dongle status --device {uri}\n"
    assert (status, emulator.returncode) == (0, exit_code)
    assert not os.path.lexists(uri.removeprefix("serial://"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--fault", "fire"], '"fire" is no fault of the emulator; known are no-sim,'),
        (["--speed", "0"], "--speed 0 is out of range; it is above 0 and at most 1000"),
        (["--profile", "x"], '"x" is no profile; known are h153, h153-old, h320, no-endpoint-token'),
        (["--kind", "at", "--profile", "x"], '"x" is no firmware; known are e3372, h320'),
        (["--port", "serial"], "--port serial is no TCP port"),
    ],
)
def test_emulator_refuses_what_it_cannot_do(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["emulate", "dongle", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_emulator_lists_its_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulate", "dongle", "--fault", "help"]) == 0
    assert capsys.readouterr().out.splitlines() == [fault.value for fault in Fault]
