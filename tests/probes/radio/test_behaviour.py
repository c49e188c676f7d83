"""What every driver must do, tried on both kinds of emulated dongle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfkit.core.errors import DeviceError
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.radio.base import Bound, ModeSettings, RadioDevice, Registration, SimState, Technology
from tests.probes.radio.devices import BENCHES, CLOCK, Bench

KINDS = list(BENCHES)


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with BENCHES[request.param]() as one:
        yield one


def wait_for(device: RadioDevice, technology: Technology) -> None:
    for _ in range(200):
        link = device.link_state()
        if link.is_ready and link.technology is technology:
            return
        CLOCK.sleep(1)
    pytest.fail(f"{technology} was never reached: {link}")


def test_identity_is_masked_and_stable(bench: Bench) -> None:
    with bench.open_device() as device:
        first, second = device.identity(), device.identity()

    assert first == second
    assert (first.model, first.driver) == ("E3372", bench.kind)
    assert first.imei_masked is not None
    assert first.imei_masked.startswith("86*")
    assert first.imsi_masked is not None
    assert "00101000000" not in str(first)


def test_connected_device(bench: Bench) -> None:
    with bench.open_device() as device:
        link = device.link_state()

    assert (link.connected, link.registration, link.technology) == (True, Registration.HOME, Technology.G4)
    assert (link.sim, link.operator, link.rat) == (SimState.READY, "Emulated", "LTE")
    assert link.wan_address is not None
    assert link.wan_address.startswith("10.115.")


def test_uri_opens_the_device(bench: Bench) -> None:
    with bench.open_device() as device:
        assert device.uri == bench.uri


def test_rssi_is_read_within_the_emulated_noise(bench: Bench) -> None:
    with bench.open_device() as device:
        one = device.signal()

    assert one.rssi_dbm is not None
    assert -71 <= one.rssi_dbm <= -67
    assert (one.technology, one.bound, one.rsrq_db, one.sinr_db) == (Technology.G4, None, -10, 12)
    # 50 resource blocks in the emulator: RSSI = RSRP + 10 + 17
    assert one.rsrp_dbm == one.rssi_dbm - 27


def test_all_three_technologies_are_offered(bench: Bench) -> None:
    with bench.open_device() as device:
        assert device.modes() == (Technology.G2, Technology.G3, Technology.G4)


def test_technologies_change_one_after_the_other_and_settings_return(bench: Bench) -> None:
    before = bench.settings()
    with bench.open_device() as device:
        saved = device.mode_settings()
        for technology in Technology:
            device.set_technology(technology)
            assert bench.settings()[1:] == before[1:]  # bands and the rest untouched
            assert bench.settings()[0] in {"01", "02", "03"}
            wait_for(device, technology)
            reading = device.signal()
            assert reading.technology is technology
        device.restore_settings(saved)

    assert bench.settings() == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["01", "0302"])
def test_locked_dongle_stays_locked(kind: str, mode: str) -> None:
    name = "network_mode" if kind == "hilink" else "acquisition_order"
    with BENCHES[kind](lte_band="80000", **{name: mode}) as bench, bench.open_device() as device:
        saved = device.mode_settings()
        device.set_technology(Technology.G3)
        assert bench.settings()[-1] == "80000"
        device.restore_settings(saved)

        assert (bench.settings()[0], bench.settings()[-1]) == (mode, "80000")


def test_nothing_is_written_when_nothing_differs(bench: Bench) -> None:
    with bench.open_device() as device:
        device.restore_settings(device.mode_settings())
        link = device.link_state()

    assert link.connected  # a write would have dropped the link


@pytest.mark.parametrize(("kind", "option"), [("hilink", "network_mode"), ("at", "acquisition_order")])
def test_technology_that_is_set_already_is_not_written(kind: str, option: str) -> None:
    with BENCHES[kind](**{option: "03"}) as bench, bench.open_device() as device:
        wait_for(device, Technology.G4)
        device.set_technology(Technology.G4)
        link = device.link_state()

    assert link.connected  # a write would have dropped the link


@pytest.mark.parametrize("kind", KINDS)
def test_restore_that_does_not_take_is_an_error(kind: str) -> None:
    with BENCHES[kind]() as bench, bench.open_device() as device:
        impossible = device.mode_settings()
        last = impossible.values[-1][0]
        with pytest.raises(DeviceError, match=r"refuses"):
            device.restore_settings(impossible.replaced(last, "no mask"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rssi_dbm", "csq"), [(-81, 16), (-82, 15)])
def test_rssi_on_both_sides_of_the_threshold(kind: str, rssi_dbm: int, csq: int) -> None:
    with BENCHES[kind](rssi_dbm=rssi_dbm) as bench, bench.open_device() as device:
        one = device.signal()

    assert one.rssi_dbm == rssi_dbm
    assert one.csq == (csq if kind == "at" else None)


@pytest.mark.parametrize(
    ("kind", "fault", "dbm", "bound"),
    [
        ("hilink", Fault.SATURATED, -51, Bound.AT_LEAST),
        ("at", Fault.SATURATED, -25, Bound.AT_LEAST),
        ("hilink", Fault.FLOOR, None, None),  # nothing else is filled: unknown
        ("at", Fault.FLOOR, -120, Bound.AT_MOST),
    ],
)
def test_ends_of_the_scale(kind: str, fault: Fault, dbm: float | None, bound: Bound | None) -> None:
    with BENCHES[kind](fault) as bench, bench.open_device() as device:
        one = device.signal()

    assert (one.rssi_dbm, one.bound) == (dbm, bound)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("fault", "sim"), [(Fault.NO_SIM, SimState.ABSENT), (Fault.PIN, SimState.PIN_REQUIRED)])
def test_sim_that_cannot_be_used(kind: str, fault: Fault, sim: SimState) -> None:
    with BENCHES[kind](fault) as bench, bench.open_device() as device:
        link, one = device.link_state(), device.signal()

    assert (link.connected, link.sim, link.technology) == (False, sim, None)
    assert one.rssi_dbm is None
    assert one.reason is not None
    assert "no service" in one.reason


def test_signal_while_searching_is_not_measured(bench: Bench) -> None:
    bench.radio.coverage = frozenset()
    bench.radio.allow((Technology.G2,))
    bench.radio.sleep(2)
    with bench.open_device() as device:
        one, link = device.signal(), device.link_state()

    assert (one.rssi_dbm, one.csq, one.technology) == (None, None, None)
    assert (link.registration, link.connected) == (Registration.SEARCHING, False)


def test_pulled_dongle_is_one_sentence(bench: Bench) -> None:
    with bench.open_device() as device:
        device.link_state()
        bench.radio.unplug()
        CLOCK.sleep(20)  # until the emulator has noticed
        with pytest.raises(DeviceError) as caught:
            device.link_state()

    assert "\n" not in str(caught.value)
    assert "pulled" in str(caught.value) or "plugged in" in str(caught.value)


def test_replugged_dongle_can_be_opened_again_with_its_settings(bench: Bench) -> None:
    with bench.open_device() as device:
        device.set_technology(Technology.G3)
    settings = bench.settings()
    bench.radio.unplug()
    CLOCK.sleep(20)
    bench.radio.plug_in()
    CLOCK.sleep(20)
    with bench.open_device() as device:
        read = device.mode_settings()

    assert tuple(text for _, text in read.values) == settings


def test_close_twice(bench: Bench) -> None:
    device = bench.open_device()
    device.link_state()
    device.close()
    device.close()


def test_settings_of_the_two_drivers_do_not_compare_equal() -> None:
    assert ModeSettings("at", (("band", "1"),)) != ModeSettings("hilink", (("band", "1"),))


def test_counters_only_where_the_device_counts(bench: Bench) -> None:
    bench.radio.carry(up_bytes=1200, down_bytes=3400)
    with bench.open_device() as device:
        counters = device.traffic_counters()

    if bench.kind == "at":
        assert counters is None
    else:
        assert counters is not None
        assert (counters.up_bytes, counters.down_bytes) == (1200, 3400)
