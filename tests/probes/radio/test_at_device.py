"""The pitfalls of sticks, each with its exact outcome."""

from __future__ import annotations

import sys

import pytest

from perfkit.core.errors import DeviceError, UsageError
from perfkit_probes.emulators.at import AtEmulator
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.radio.at_modem.device import AtDevice
from perfkit_probes.radio.at_modem.transport import SerialTransport, port_holders
from perfkit_probes.radio.base import RefusedError, SignalSource, Technology
from tests.probes.radio.devices import CLOCK, at_bench

EVENTS = (Fault.URC_BEFORE_ECHO, Fault.URC_BEFORE_ANSWER, Fault.URC_BEFORE_OK, Fault.CHUNKS, Fault.URC_STORM)


@pytest.mark.parametrize("firmware", ["e3372", "h320"])
def test_storm_of_events_in_every_place_changes_nothing(firmware: str) -> None:
    with at_bench(*EVENTS, firmware=firmware) as bench:
        before = bench.settings()
        with bench.open_device() as device:
            assert device.identity().model.startswith("E3372")
            saved = device.mode_settings()
            for technology in Technology:
                device.set_technology(technology)
            device.restore_settings(saved)
            link = device.link_state()

        assert link.sim.value == "ready"
        assert bench.settings() == before


def test_csq_and_hcsq_disagree_on_3g_and_both_are_kept() -> None:
    with at_bench(Fault.NO_4G, firmware="h320", rssi_dbm=-77) as bench, bench.open_device() as device:
        one = device.signal()

    # RSCP -86 dBm gives CSQ 13 (-87 dBm), the RSSI is -77 dBm
    assert (one.technology, one.rssi_dbm, one.source) == (Technology.G3, -77, SignalSource.HCSQ)
    assert (one.csq, one.hcsq, one.rscp_dbm, one.ecio_db) == (13, 44, -86, -9)


def test_csq_serves_when_hcsq_is_refused() -> None:
    with at_bench(Fault.HCSQ_ERROR, rssi_dbm=-81) as bench, bench.open_device() as device:
        one = device.signal()

    assert (one.rssi_dbm, one.source, one.csq, one.hcsq) == (-81, SignalSource.CSQ, 16, None)


def test_mute_csq_of_a_starting_sim_is_asked_again() -> None:
    with at_bench(Fault.CSQ_MUTE, Fault.HCSQ_ERROR, rssi_dbm=-81) as bench, bench.open_device() as device:
        one = device.signal()

    assert one.csq == 16


def test_mode_that_is_not_told_is_not_changed() -> None:
    with at_bench(Fault.NO_SYSCFGEX) as bench, bench.open_device() as device:
        before = bench.settings()
        with pytest.raises(
            DeviceError, match=r"does not tell its mode \(COMMAND NOT SUPPORT\), so perfkit does not change it"
        ):
            device.set_technology(Technology.G3)

        assert bench.settings() == before


def test_refused_write_names_command_and_error() -> None:
    with (
        at_bench(Fault.CME_50) as bench,
        bench.open_device() as device,
        pytest.raises(RefusedError, match=r'AT\^SYSCFGEX="02",3FFFFFFF,1,2,7F+,, with \+CME ERROR: 50'),
    ):
        device.set_technology(Technology.G3)


def test_port_that_is_not_there() -> None:
    with pytest.raises(DeviceError, match=r"there is no serial port .*ttyNONE0; is the dongle plugged in\?"):
        SerialTransport("/dev/ttyNONE0")


def test_port_that_another_program_holds() -> None:
    with (
        at_bench() as bench,
        bench.open_device(),
        pytest.raises(DeviceError, match=r"ttyUSB0 cannot be opened|is held by"),
    ):
        bench.open_device()


def test_holder_of_a_port_is_named() -> None:
    import subprocess

    with at_bench() as bench:
        port = bench.uri.removeprefix("serial://")
        script = f"import sys; file = open({port!r}, 'rb'); print('open', flush=True); sys.stdin.read()"
        command = [sys.executable, "-c", script]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"open\n"
            holders = port_holders(port)
            holder.communicate(b"")

    assert len(holders) == 1
    assert str(holder.pid) in holders[0]


def test_events_are_switched_on_again_when_the_port_is_given_back() -> None:
    with AtEmulator() as emulator:
        with AtDevice(SerialTransport(str(emulator.port)), clock=CLOCK):
            assert emulator.reports_events is False
        assert emulator.reports_events is True


def test_windows_is_told_about_the_other_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(UsageError, match=r"needs pseudo-terminals, which Windows does not have; use --kind hilink"):
        AtEmulator()
