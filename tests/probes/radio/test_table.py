"""Opening by address, and finding what is plugged in."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.errors import DeviceError, UsageError
from perfkit_probes.emulators.radio import Fault
from perfkit_probes.radio import table
from perfkit_probes.radio.table import Finding, detect, gateway_of, huawei_interfaces, only_uri, open_device
from tests.probes.radio.devices import at_bench, hilink_bench


@pytest.mark.parametrize("uri", ["", "192.168.8.1", "usb:1", "serial://", "http://", "tcp://x"])
def test_address_of_no_known_form(uri: str) -> None:
    with pytest.raises(UsageError, match=r"is no device; it is auto, http://ADDRESS or serial://PORT"):
        open_device(uri)


def test_wrong_port_comes_first_and_the_right_one_is_found() -> None:
    with at_bench(Fault.MUTE) as diagnostics, at_bench() as right:
        ports = [one.uri.removeprefix("serial://") for one in (diagnostics, right)]
        findings = detect(ports=ports, interfaces=[], addresses=())

    assert [finding.uri for finding in findings] == [None, right.uri]
    assert "answers no AT command; it may be another port" in findings[0].detail
    assert findings[1].detail == "E3372, firmware 21.200.07.00.00"
    assert only_uri(findings) == right.uri


def test_usual_addresses_are_asked_in_order_until_one_answers() -> None:
    with hilink_bench() as bench:
        address = bench.uri.removeprefix("http://")
        findings = detect(ports=[], interfaces=[], addresses=("127.0.0.1:9", address, "127.0.0.1:10"))

    assert [finding.uri for finding in findings] == [None, bench.uri]
    assert "connection refused" in findings[0].detail


def test_addresses_are_not_asked_when_a_port_has_answered() -> None:
    with at_bench() as bench:
        findings = detect(ports=[bench.uri.removeprefix("serial://")], interfaces=[], addresses=("127.0.0.1:9",))

    assert [finding.place for finding in findings] == [f"serial port {bench.uri.removeprefix('serial://')}"]


def test_two_dongles_ask_for_a_choice() -> None:
    findings = [
        Finding("a", "", "http://192.168.8.1?interface=eth1"),
        Finding("b", "", "http://192.168.8.1?interface=eth2"),
    ]

    with pytest.raises(DeviceError, match=r"2 dongles answer; choose one with --device: .*=eth1, .*=eth2"):
        only_uri(findings)


def test_nothing_plugged_in_says_what_to_plug_in_and_how_to_try_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "detect", lambda: [Finding("http://192.168.8.1", "does not answer")])

    with pytest.raises(
        DeviceError, match=r"plug a Huawei E3372h with a SIM card .*`perfkit emulate dongle` lets you try"
    ):
        open_device("auto")


def test_interfaces_are_told_by_driver_and_vendor_not_by_mac(tmp_path: Path) -> None:
    for name, driver, vendor in [
        ("eth0", "e1000e", None),
        ("eth1", "cdc_ether", "12d1"),
        ("eth2", "cdc_ether", "0bda"),
    ]:
        usb = tmp_path / "usb" / name
        (usb / "interface").mkdir(parents=True)
        if vendor is not None:
            (usb / "idVendor").write_text(f"{vendor}\n")
        drivers = tmp_path / "drivers" / driver
        drivers.mkdir(parents=True, exist_ok=True)
        (usb / "interface" / "driver").symlink_to(drivers)
        (tmp_path / "net" / name).mkdir(parents=True)
        (tmp_path / "net" / name / "device").symlink_to(usb / "interface")

    assert huawei_interfaces(tmp_path / "net") == [("eth1", "192.168.8.1")]


def test_gateway_is_read_from_the_routing_table(tmp_path: Path) -> None:
    routes = tmp_path / "route"
    routes.write_text(
        "Iface\tDestination\tGateway\tFlags\n"
        "eth0\t00000000\t0100000A\t0003\n"
        "eth1\t0008A8C0\t00000000\t0001\n"
        "eth1\t00000000\t0108A8C0\t0003\n"
    )

    assert gateway_of("eth1", routes) == "192.168.8.1"
    assert gateway_of("eth2", routes) is None
    assert gateway_of("eth1", tmp_path / "missing") is None
