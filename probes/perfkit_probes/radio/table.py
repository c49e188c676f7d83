"""The table of device families: opening a device by its address, and finding out what is plugged in.

Serial ports come first, then network interfaces of a Huawei USB device, then the addresses such dongles usually have.
Drivers and their libraries are imported when a device of their kind is looked at.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from perfkit.core.errors import DeviceError, UsageError
from perfkit_probes.radio.base import Clock, RadioDevice, RawRecorder

if TYPE_CHECKING:
    from perfkit_probes.radio.recording import RawRecording

HUAWEI_USB_VENDORS = (0x12D1, 0x3566)
USUAL_ADDRESSES = ("192.168.8.1", "192.168.1.1", "hi.link")
_PROBE_TIMEOUT_S = 3.0
_DRIVERS = ("cdc_ether", "rndis_host", "cdc_ncm", "huawei_cdc_ncm")
NOTHING_FOUND = (
    "no dongle answers: plug a Huawei E3372h with a SIM card into a USB port and wait half a minute, then try again; "
    "`perfkit dongle detect` shows what was looked at, and `perfkit emulate dongle` lets you try without one"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that was looked at. `uri` is None where no device answered; `detail` says what came back."""

    place: str
    detail: str
    uri: str | None = None


def open_device(
    uri: str,
    *,
    clock: Clock | None = None,
    recorder: RawRecorder | None = None,
) -> RadioDevice:
    """Return the device at `http://192.168.8.1`, `serial:///dev/ttyUSB0`, `serial://COM5`, or `auto`.

    `http://192.168.8.1?interface=eth1` keeps to one network interface, which tells two dongles with one address apart;
    `http://user:password@192.168.8.1` logs in.

    Raises:
        DeviceError: nothing there, or several devices with `auto`.
        UsageError: an address of no known form.
    """
    if uri == "auto":
        return open_device(only_uri(detect()), clock=clock, recorder=recorder)
    scheme, _, rest = uri.partition("://")
    if scheme == "http" and rest:
        from perfkit_probes.radio.hilink.device import HilinkDevice

        interface = parse_qs(urlsplit(uri).query).get("interface", [None])[0]
        return HilinkDevice(uri, interface=interface, clock=clock, recorder=recorder)
    if scheme == "serial" and rest:
        from perfkit_probes.radio.at_modem.device import AtDevice
        from perfkit_probes.radio.at_modem.transport import SerialTransport

        return AtDevice(SerialTransport(rest), clock=clock, recorder=recorder)
    raise UsageError(
        f'"{uri}" is no device; it is auto, http://ADDRESS or serial://PORT, e.g. http://192.168.8.1,'
        " serial:///dev/ttyUSB0, serial://COM5"
    )


def open_recording(path: Path) -> RawRecording:
    """Return a file that takes the raw answers of a device, masked; for the `recorder` of `open_device`."""
    from perfkit_probes.radio.recording import RawRecording

    return RawRecording(path)


def only_uri(findings: list[Finding]) -> str:
    """Return the address of the one device that answered; raises DeviceError for none or several."""
    uris = list(dict.fromkeys(finding.uri for finding in findings if finding.uri is not None))
    if not uris:
        raise DeviceError(NOTHING_FOUND)
    if len(uris) > 1:
        raise DeviceError(f"{len(uris)} dongles answer; choose one with --device: {', '.join(uris)}")
    return uris[0]


def detect(
    *,
    ports: list[str] | None = None,
    interfaces: list[tuple[str, str]] | None = None,
    addresses: tuple[str, ...] = USUAL_ADDRESSES,
) -> list[Finding]:
    """Return what was looked at, in order, and what answered.

    Arguments left out are found out: serial ports of Huawei USB devices, pairs of interface and gateway of Huawei
    network adapters, and the usual addresses, which are asked only when nothing else has answered.
    """
    findings = [_ask_port(port) for port in (serial_ports() if ports is None else ports)]
    pairs = huawei_interfaces() if interfaces is None else interfaces
    findings += [_ask_address(gateway, interface=interface) for interface, gateway in pairs]
    if not any(finding.uri for finding in findings):
        for address in addresses:
            findings.append(_ask_address(address))
            if findings[-1].uri is not None:
                break
    return findings


def serial_ports() -> list[str]:
    """Return the serial ports of Huawei USB devices, in the order of their names."""
    from serial.tools.list_ports import comports

    ports = [port.device for port in comports() if port.vid in HUAWEI_USB_VENDORS]
    return sorted(ports, key=lambda name: (len(name), name))


def huawei_interfaces(root: Path = Path("/sys/class/net")) -> list[tuple[str, str]]:
    """Return (interface, gateway) of each Huawei USB network adapter; [] where the system does not tell (not Linux).

    Driver and USB vendor count, not the MAC address: all these dongles have the same one. A dongle's DHCP server is
    its gateway; without a route to read it from, the usual address is asked through that interface.
    """
    found = []
    for folder in sorted(root.glob("*")):
        driver = folder / "device" / "driver"
        if (
            driver.exists()
            and driver.resolve().name in _DRIVERS
            and _usb_vendor(folder / "device") in HUAWEI_USB_VENDORS
        ):
            found.append((folder.name, gateway_of(folder.name) or USUAL_ADDRESSES[0]))
    return found


def _usb_vendor(device: Path) -> int | None:
    for folder in (device.resolve(), *device.resolve().parents):
        with suppress(OSError, ValueError):
            return int((folder / "idVendor").read_text(), 16)
    return None


def gateway_of(interface: str, routes: Path = Path("/proc/net/route")) -> str | None:
    """Return the IPv4 gateway reached through an interface, None where the routing table names none."""
    with suppress(OSError):
        for line in routes.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[0] == interface and fields[1] == "00000000" and fields[2] != "00000000":
                return socket.inet_ntoa(bytes.fromhex(fields[2])[::-1])
    return None


def _ask_port(port: str) -> Finding:
    from perfkit_probes.radio.at_modem.device import AtDevice
    from perfkit_probes.radio.at_modem.transport import SerialTransport

    place = f"serial port {port}"
    try:
        with AtDevice(SerialTransport(port)) as device:
            identity = device.identity()
    except DeviceError as error:
        return Finding(place, str(error))
    if "E33" not in identity.model.upper():
        return Finding(place, f"answers AT, but is a {identity.model}, which perfkit does not know")
    return Finding(place, f"{identity.model}, firmware {identity.firmware}", f"serial://{port}")


def _ask_address(address: str, *, interface: str | None = None) -> Finding:
    from perfkit_probes.radio.hilink.device import HilinkDevice
    from perfkit_probes.radio.hilink.transport import HttpLimits

    place = f"http://{address}" + (f" through {interface}" if interface else "")
    limits = HttpLimits(_PROBE_TIMEOUT_S, _PROBE_TIMEOUT_S, 3 * _PROBE_TIMEOUT_S)
    device = HilinkDevice(f"http://{address}", interface=interface, limits=limits)
    try:
        with device:
            identity = device.identity()
    except DeviceError as error:
        return Finding(place, str(error))
    return Finding(place, f"{identity.model}, firmware {identity.firmware or 'not told'}", device.uri)


def driver_hint() -> str:
    """Return what to look at when a dongle is plugged in and nothing is found, for this operating system."""
    if sys.platform == "win32":
        return (
            "Windows: the device manager should show a network adapter (Remote NDIS, HiLink firmware) or a port named "
            "HUAWEI Mobile Connect - 3G PC UI Interface (stick firmware)"
        )
    if sys.platform == "darwin":
        return "macOS: `networksetup -listallhardwareports` should show a new adapter (HiLink firmware only)"
    return (
        "Linux: `lsusb` should show 12d1:14dc or 12d1:14db (HiLink) or 12d1:1506 (stick); 12d1:1f01 means that the "
        "dongle is still a disk drive: install usb-modeswitch"
    )


def port_holders_of(uri: str) -> list[str]:
    """Return the programs that hold the serial port of a device, [] for other devices or where nobody does."""
    if not uri.startswith("serial://"):
        return []
    from perfkit_probes.radio.at_modem.transport import port_holders

    return port_holders(uri.removeprefix("serial://"))
