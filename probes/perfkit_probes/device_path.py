"""Which interface leads through the radio device: named by the user, known to its driver, or found by its address.

A measurement that leaves by the computer's default route while the dongle is asked for its signal would be worth
nothing, so a device whose interface is not known is refused rather than guessed.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from urllib.parse import urlsplit

from perfkit.core.errors import UsageError
from perfkit_probes.path import LinkPath, Target, interface_names
from perfkit_probes.radio.base import RadioDevice
from perfkit_probes.radio.table import huawei_interfaces

_SIOCGIFADDR = 0x8915


def path_through(device: RadioDevice, target: Target, *, named: str | None = None) -> LinkPath:
    """The path whose packets leave through the device.

    A target or a device on this computer (an emulator) is reached without one.

    Raises:
        UsageError: The interface is not known and has to be named.
    """
    interface = named or device.interface
    if interface is not None:
        return LinkPath(interface=interface)
    if is_loopback(target.host):
        return LinkPath()
    if device.uri.startswith("http://"):
        return _path_to(urlsplit(device.uri).hostname or "")
    adapters = [name for name, _ in huawei_interfaces()]
    if len(adapters) == 1:
        return LinkPath(interface=adapters[0])
    raise UsageError(
        f"the network interface of the stick at {device.uri} is not known; name it with --interface "
        f"(here are {', '.join(interface_names())})"
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself, by its name or address."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _path_to(host: str) -> LinkPath:
    """The interface (Linux) or else the source address from which this computer reaches the device."""
    if is_loopback(host):
        return LinkPath()
    source = source_towards(host)
    if source is None:
        raise UsageError(f"no interface leads to the dongle at {host}; name it with --interface")
    found = [name for name in interface_names() if address_of(name) == source]
    if len(found) > 1:
        raise UsageError(
            f"{' and '.join(found)} both have the address {source}, as two dongles have; say which one with "
            f"--device 'http://{host}?interface={found[0]}'"
        )
    return LinkPath(interface=found[0]) if found else LinkPath(source=source)


def source_towards(host: str) -> str | None:
    """The address of this computer from which packets to `host` leave, None without a route; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((host, 80))
        except OSError:
            return None
        return str(sock.getsockname()[0])


def address_of(interface: str) -> str | None:
    """The IPv4 address of an interface, None where it has none or this system cannot be asked (not Linux)."""
    if sys.platform != "linux":
        return None
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            answer = fcntl.ioctl(sock, _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])
