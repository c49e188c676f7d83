"""The signal of emulated dongles that go and come back."""

from __future__ import annotations

import pytest

from perfkit.core.errors import UsageError
from perfkit.core.monitor_record import EventKind, GapCause, Signal
from perfkit_probes.monitor.radio_link import RadioLink
from perfkit_probes.monitor.sources.signal import SignalSource
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.radio.base import RadioDevice
from tests.probes.radio.devices import BENCHES, Bench, at_bench, hilink_bench


def source_of(bench: Bench, target: Target | None = None) -> tuple[SignalSource, RadioLink]:
    radio = RadioLink(bench.open_device, target)
    return SignalSource(radio, 10.0), radio


def path_of(radio: RadioLink) -> LinkPath | None:
    return radio.path


@pytest.mark.parametrize("kind", list(BENCHES))
def test_the_reading_of_a_driver_with_its_source(kind: str) -> None:
    with BENCHES[kind](rssi_dbm=-81) as bench:
        source, radio = source_of(bench)
        value = source.read().value
        source.close()
        assert isinstance(value, Signal)
        assert (value.rssi_dbm, value.technology) == (-81.0, "4g")
        assert value.source in {"device/signal", "+CSQ", "^HCSQ"}
        assert (value.operator, value.rsrp_dbm) == ("Emulated", -108.0)
        assert radio.identity is not None


def test_a_dongle_that_is_pulled_and_put_back() -> None:
    with hilink_bench(rssi_dbm=-70) as bench:
        source, radio = source_of(bench, Target("127.0.0.1"))
        assert isinstance(source.read().value, Signal)
        assert path_of(radio) == LinkPath()
        bench.radio.unplug()
        away = source.read()
        assert away.cause is GapCause.DEVICE_AWAY
        assert away.reason is not None
        assert path_of(radio) is None
        bench.radio.plug_in()
        while (back := source.read()).value is None:  # it registers anew
            assert back.cause is GapCause.DEVICE_AWAY
        assert path_of(radio) == LinkPath()
        assert back.events == ()
        source.close()


def test_another_dongle_in_the_same_place_is_said() -> None:
    with hilink_bench() as first, at_bench() as second:
        benches = [first, second]

        def opened() -> RadioDevice:
            return benches[0].open_device()

        source = SignalSource(RadioLink(opened, None), 10.0)
        assert source.read().events == ()
        first.radio.unplug()
        assert source.read().value is None
        del benches[0]
        ((kind, detail),) = source.read().events
        source.close()
    assert kind is EventKind.DEVICE_BACK
    assert detail.startswith("another device than before: E3372")


def test_a_stick_without_a_known_interface_asks_for_its_name() -> None:
    with at_bench() as bench:
        radio = RadioLink(bench.open_device, Target("192.0.2.1"))
        with pytest.raises(UsageError, match="name it with --interface"):
            radio.open()
        named = RadioLink(bench.open_device, Target("192.0.2.1"), interface="wwan0")
        named.open()
        assert named.path == LinkPath(interface="wwan0")
        named.close()
