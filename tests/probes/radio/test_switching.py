"""Changing the technology, and putting it back on every way out."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from perfkit.core.errors import DeviceError
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.radio.base import LinkState, ModeSettings, RadioDevice, Registration, SimState, Technology
from perfkit_probes.radio.switching.guard import (
    ModeGuard,
    Outcome,
    SwitchLimits,
    SwitchResult,
    restore_from_journal,
    sim_problem,
)
from perfkit_probes.radio.switching.journal import Journal, JournalEntry, is_running, state_folder
from tests.probes.radio.devices import BENCHES, CLOCK, Bench, hilink_bench

KINDS = list(BENCHES)


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with BENCHES[request.param]() as one:
        yield one


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state")


def guard_of(
    bench: Bench, journal: Journal, limits: SwitchLimits | None = None, tell: Callable[[str], None] | None = None
) -> ModeGuard:
    chosen = limits or SwitchLimits(deadline_s=600, restore_s=600)
    return ModeGuard(bench.open_device, journal=journal, clock=CLOCK, limits=chosen, tell=tell)


def test_all_three_technologies_one_after_the_other(bench: Bench, journal: Journal) -> None:
    before = bench.settings()
    with guard_of(bench, journal) as guard:
        results = [guard.switch(technology, traffic=lambda: None) for technology in Technology]
        assert len(journal.entries()) == 1

    assert [(one.technology, one.outcome, one.reason) for one in results] == [
        (technology, Outcome.REGISTERED, None) for technology in Technology
    ]
    assert [one.link.technology for one in results if one.link is not None] == list(Technology)
    assert guard.restored is True
    assert bench.settings() == before
    assert journal.entries() == []


def test_settings_are_on_disk_before_the_first_write(bench: Bench, journal: Journal) -> None:
    before = bench.settings()
    with guard_of(bench, journal) as guard:
        entry = journal.entries()[0]
        assert bench.settings() == before
        assert tuple(text for _, text in entry.settings.values) == before
        assert (entry.uri, entry.pid) == (bench.uri, os.getpid())
        assert guard.saved == entry.settings


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "technology", "outcome", "reason"),
    [
        (Fault.NO_2G, Technology.G2, Outcome.NO_SERVICE, "no service in 2G: not registered within 150 s"),
        (Fault.SLOW_SWITCH, Technology.G3, Outcome.NO_SERVICE, "no service in 3G: not registered within 150 s"),
        (Fault.NO_SIM, Technology.G3, Outcome.ERROR, "there is no SIM card in the dongle; put one in"),
        (
            Fault.PIN,
            Technology.G3,
            Outcome.ERROR,
            "the SIM card asks for its PIN; enter it in the dongle's page or switch the PIN off in a telephone",
        ),
    ],
)
def test_what_cannot_be_reached_has_its_outcome(
    kind: str, fault: Fault, technology: Technology, outcome: Outcome, reason: str, journal: Journal
) -> None:
    with BENCHES[kind](fault) as bench:
        before = bench.settings()
        with guard_of(bench, journal, SwitchLimits()) as guard:
            result = guard.switch(technology)

        assert (result.outcome, result.reason) == (outcome, reason)
        assert bench.settings() == before


def test_no_service_goes_on_with_the_next_technology(journal: Journal) -> None:
    with hilink_bench(Fault.NO_2G) as bench, guard_of(bench, journal, SwitchLimits(deadline_s=150)) as guard:
        outcomes = [guard.switch(technology).outcome for technology in Technology]

    assert outcomes == [Outcome.NO_SERVICE, Outcome.REGISTERED, Outcome.REGISTERED]


def test_data_switch_that_is_off_is_said(journal: Journal) -> None:
    with hilink_bench(Fault.DATA_OFF) as bench, guard_of(bench, journal) as guard:
        result = guard.switch(Technology.G4)

    assert (result.outcome, result.reason) == (
        Outcome.ERROR,
        "mobile data is switched off in the dongle; switch it on in its page",
    )


def test_captive_page_of_the_dongle_is_no_traffic(journal: Journal) -> None:
    def fetch(address: str) -> str | None:
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request("GET", "/", headers={"Host": "target.example"})
        answer = connection.getresponse()
        connection.close()
        return f"captive page {answer.headers['Location']}" if answer.status == 307 else None

    with (
        hilink_bench(Fault.NO_TRAFFIC) as bench,
        guard_of(bench, journal, SwitchLimits(deadline_s=90)) as guard,
    ):
        address = urlsplit(bench.uri).netloc
        result = guard.switch(Technology.G4, traffic=lambda: fetch(address))

    assert result.outcome is Outcome.ERROR
    assert result.reason == (
        f"registered in 4G, but no traffic flows within 90 s: captive page {bench.uri}/html/index.html"
    )


def test_traffic_is_asked_again_until_it_flows(bench: Bench, journal: Journal) -> None:
    answers: list[str | None] = ["not yet", "not yet", None]
    with guard_of(bench, journal) as guard:
        result = guard.switch(Technology.G3, traffic=lambda: answers.pop(0))

    assert (result.outcome, answers) == (Outcome.REGISTERED, [])


def test_technology_the_device_lacks_is_no_service(bench: Bench, journal: Journal) -> None:
    class Without2G:
        def __init__(self, device: RadioDevice) -> None:
            self._device = device

        def __getattr__(self, name: str) -> object:
            return getattr(self._device, name)

        def modes(self) -> tuple[Technology, ...]:
            return (Technology.G3, Technology.G4)

    before = bench.settings()
    with ModeGuard(lambda: Without2G(bench.open_device()), journal=journal, clock=CLOCK) as guard:  # type: ignore[arg-type, return-value]
        result = guard.switch(Technology.G2)
        assert bench.settings() == before

    assert (result.outcome, result.reason) == (Outcome.NO_SERVICE, "the device only offers 3G, 4G")


@pytest.mark.parametrize("kind", KINDS)
def test_dongle_pulled_during_3g_and_put_back(kind: str, journal: Journal) -> None:
    with BENCHES[kind](Fault.UNPLUG_3G) as bench:
        before = bench.settings()
        with guard_of(bench, journal) as guard:
            results = [guard.switch(technology) for technology in (Technology.G3, Technology.G4)]

        assert [one.outcome for one in results] == [Outcome.REGISTERED, Outcome.REGISTERED]
        assert (guard.restored, bench.settings()) == (True, before)


def test_dongle_pulled_for_good_is_healed_later(bench: Bench, journal: Journal) -> None:
    before = bench.settings()
    limits = SwitchLimits(deadline_s=150, reopen_s=6, restore_s=12)
    told: list[str] = []
    results: list[SwitchResult] = []
    guard = guard_of(bench, journal, limits, told.append)

    def run() -> None:
        with guard:
            guard.switch(Technology.G3)
            bench.radio.unplug()
            CLOCK.sleep(10)
            results.append(guard.switch(Technology.G2))

    with pytest.raises(DeviceError, match=r"run `perfkit dongle restore`") as caught:
        run()

    assert [one.outcome for one in results] == [Outcome.ERROR]
    assert guard.restored is False
    assert str(journal.path(journal.entries()[0].key)) in str(caught.value)
    assert any("trying again" in line for line in told)
    bench.radio.plug_in()
    CLOCK.sleep(20)
    assert bench.settings() != before
    lines = restore_from_journal(lambda _uri: bench.open_device(), journal=journal)
    assert len(lines) == 1
    assert (bench.settings(), journal.entries()) == (before, [])


@pytest.mark.parametrize("error", [ValueError("a defect"), KeyboardInterrupt(), SystemExit(143)], ids=repr)
def test_every_exception_restores_and_goes_on(bench: Bench, journal: Journal, error: BaseException) -> None:
    before = bench.settings()
    guard = guard_of(bench, journal)

    def run() -> None:
        with guard:
            guard.switch(Technology.G2)
            assert bench.settings() != before
            raise error

    with pytest.raises(type(error)):
        run()

    assert (guard.restored, bench.settings(), journal.entries()) == (True, before, [])


def test_restore_that_is_refused_is_tried_again_and_said_in_the_end(journal: Journal) -> None:
    told: list[str] = []

    def run(bench: Bench) -> None:
        with guard_of(bench, journal, SwitchLimits(deadline_s=600, restore_s=200), told.append) as guard:
            guard.switch(Technology.G3)

    sentence = r"was not put back to NetworkMode 00.*error 100004: busy.*dongle restore"
    with hilink_bench(Fault.BUSY_RESTORE) as bench:
        with pytest.raises(DeviceError, match=sentence):
            run(bench)

        assert bench.settings()[0] == "02"
    assert any("trying again" in line for line in told)
    assert len(journal.entries()) == 1


def test_killed_run_is_not_taken_for_the_original_state(bench: Bench, journal: Journal) -> None:
    before = bench.settings()
    with bench.open_device() as device:  # a run that was killed after its first change
        saved, key = device.mode_settings(), device.identity().key
        journal.save(JournalEntry(bench.uri, key, "E3372", saved, "2026-01-02T12:00:00+00:00", 2**22 + 1))
        device.set_technology(Technology.G2)
    told: list[str] = []
    with guard_of(bench, journal, tell=told.append) as guard:
        assert guard.saved == saved

    assert (bench.settings(), journal.entries()) == (before, [])
    assert "a run of 2026-01-02T12:00:00+00:00 was killed" in told[0]


def test_second_run_on_the_same_dongle_is_refused(bench: Bench, journal: Journal) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as other:
        with bench.open_device() as device:
            saved, key = device.mode_settings(), device.identity().key
        journal.save(JournalEntry(bench.uri, key, "E3372", saved, "2026-01-02T12:00:00+00:00", other.pid))
        with pytest.raises(DeviceError, match=rf"another perfkit \(process {other.pid}\) is using this E3372"):
            guard_of(bench, journal).__enter__()
        with pytest.raises(DeviceError, match=r"will restore it itself"):
            restore_from_journal(lambda _uri: bench.open_device(), journal=journal)
        other.communicate(b"")

    assert len(journal.entries()) == 1


def test_dongle_is_not_changed_when_its_settings_cannot_be_saved(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    before = bench.settings()

    with pytest.raises(DeviceError, match=r"cannot be saved in .*, so the dongle was not changed"):
        guard_of(bench, Journal(tmp_path / "file")).__enter__()

    assert bench.settings() == before


def test_another_dongle_at_the_address_is_not_written_to(journal: Journal) -> None:
    limits = SwitchLimits(restore_s=6)

    def run(one: Bench, other: Bench) -> None:
        with ModeGuard(one.open_device, journal=journal, clock=CLOCK, limits=limits) as guard:
            guard.switch(Technology.G3)
            guard._open_again = other.open_device
            guard._drop()

    with hilink_bench() as first, hilink_bench(imei="860000000000099", network_mode="03") as second:
        with pytest.raises(DeviceError, match=r"another dongle answers at .*; plug the E3372 back in"):
            run(first, second)

        assert second.settings()[0] == "03"
        with pytest.raises(DeviceError, match=r"is not the one that was changed on"):
            restore_from_journal(lambda _uri: second.open_device(), journal=journal)
        assert restore_from_journal(lambda _uri: first.open_device(), journal=journal)
        assert first.settings()[0] == "00"


def test_guard_leaves_the_signal_handlers_as_they_were(bench: Bench, journal: Journal) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with guard_of(bench, journal):
        assert signal.getsignal(signal.SIGTERM) != before[1]

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_signal_during_the_restore_is_held_back(bench: Bench, journal: Journal) -> None:
    before = bench.settings()
    told: list[str] = []
    guard = guard_of(bench, journal, tell=told.append)
    restore = guard._restore

    def interrupted_restore() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        restore()

    def run() -> None:
        with guard:
            guard.switch(Technology.G3)

    guard._restore = interrupted_restore  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run()

    assert (guard.restored, bench.settings()) == (True, before)
    assert any("putting the dongle back" in line for line in told)


class Finalized:
    """Stands for what libraries finalize during a request: a signal comes meanwhile."""

    def __init__(self, number: signal.Signals) -> None:
        self._number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self._number)


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)], ids=["INT", "TERM"]
)
@pytest.mark.parametrize("last", [False, True], ids=["during the block", "at its end"])
def test_signal_that_python_dropped_ends_the_block(
    bench: Bench,
    journal: Journal,
    number: signal.Signals,
    raised: type[BaseException],
    last: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", lambda args: dropped.append(args.exc_type))
    before = bench.settings()
    went_on: list[str] = []

    def run() -> None:
        with guard_of(bench, journal) as guard:
            guard.switch(Technology.G3)
            Finalized(number)
            went_on.append("behind the signal")
            if not last:
                guard.switch(Technology.G2)
                went_on.append("switched")

    with pytest.raises(raised):
        run()

    assert (dropped, went_on) == ([raised], ["behind the signal"])
    assert (bench.settings(), journal.entries()) == (before, [])


def test_terminal_that_is_gone_does_not_keep_the_dongle_from_being_put_back(journal: Journal) -> None:
    def broken_terminal(_line: str) -> None:
        raise BrokenPipeError("nobody reads")

    with hilink_bench() as bench:
        before = bench.settings()
        limits = SwitchLimits(deadline_s=600, restore_s=600)
        with guard_of(bench, journal, limits, broken_terminal) as guard:
            guard.switch(Technology.G3)
            bench.radio.unplug(for_s=40)
            CLOCK.sleep(1)

        assert (guard.restored, bench.settings()) == (True, before)


def test_another_dongle_is_not_switched_when_the_first_is_lost(journal: Journal) -> None:
    limits = SwitchLimits(reopen_s=6)
    with hilink_bench() as first, hilink_bench(imei="860000000000099", network_mode="03") as second:
        with guard_of(first, journal, limits) as guard:
            guard._open_again, first_again = second.open_device, guard._open_again
            guard._drop()
            result = guard.switch(Technology.G3)
            guard._open_again = first_again

        assert (result.outcome, second.settings()[0]) == (Outcome.ERROR, "03")
        assert (result.reason or "").startswith("another dongle answers at")


def test_progress_says_how_long_and_what(journal: Journal) -> None:
    seen: list[str] = []
    with hilink_bench(Fault.NO_2G) as bench, guard_of(bench, journal, SwitchLimits(restore_s=600)) as guard:
        guard.switch(Technology.G2, progress=seen.append)

    assert seen[0] == "0 s of 150 s: not answering"
    assert seen[-1].endswith(("disconnected (902)", "no connection: poor signal (905)"))


def test_nothing_to_restore(journal: Journal) -> None:
    assert restore_from_journal(lambda _uri: pytest.fail("no device is needed"), journal=journal) == []


def test_journal_survives_reading_and_ignores_what_is_none(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    settings = ModeSettings("hilink", (("NetworkMode", "00"), ("LTEBand", "080000")))
    entry = JournalEntry.now("http://192.0.2.1", "abc", "E3372", settings)
    journal.save(entry)
    for name, text in {"x": "", "y": "[]", "z": json.dumps({"schema": "other"})}.items():
        journal.path(name).write_text(text)

    assert journal.entries() == [entry]
    assert list(tmp_path.glob("*.tmp")) == []
    journal.remove("abc")
    journal.remove("abc")
    assert journal.load("abc") is None


def test_state_folder_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path / "perfkit"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert state_folder() == tmp_path / ".local" / "state" / "perfkit"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert state_folder() == tmp_path / "Library" / "Application Support" / "perfkit"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert state_folder() == tmp_path / "Local" / "perfkit"


def test_own_process_and_none_do_not_count_as_running() -> None:
    assert not is_running(os.getpid())
    assert not is_running(2**22 + 1)  # above the largest process number of Linux


@pytest.mark.parametrize("sim", [SimState.READY, SimState.UNKNOWN])
def test_usable_sim_is_no_problem(sim: SimState) -> None:
    assert sim_problem(LinkState(False, Registration.SEARCHING, sim=sim)) is None


@pytest.mark.parametrize(("sim", "word"), [(SimState.PUK_REQUIRED, "PUK"), (SimState.INVALID, "not accepted")])
def test_unusable_sim_is_named(sim: SimState, word: str) -> None:
    assert word in (sim_problem(LinkState(False, Registration.NONE, sim=sim)) or "")
