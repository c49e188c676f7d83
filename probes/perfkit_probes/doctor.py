"""What perfkit finds on this machine for measuring a link: the dongle, the clock, the abilities of the kernel."""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.base import LinkState, SimState
from perfkit_probes.radio.switching.journal import Journal
from perfkit_probes.radio.table import (
    NOTHING_FOUND,
    Finding,
    detect,
    driver_hint,
    open_device,
    port_holders_of,
)

_SO_TIMESTAMPING, _SOFTWARE_STAMPS = 37, 0x10 | 0x8
_TCP_INFO = 11
_TIME_ERROR = 5  # of adjtimex(2): the clock is not synchronized
_TIMEX_BYTES = 512  # struct timex has 208; room for what a newer kernel adds


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` says how to mend it, None where nothing is to be mended."""

    name: str
    state: State
    detail: str
    advice: str | None = None


def examine(uri: str = "auto") -> list[Check]:
    """Return all checks: dongle first, then clock and kernel."""
    return [*_dongle_checks(uri), clock_check(), *kernel_checks()]


def _dongle_checks(uri: str) -> list[Check]:
    findings = detect() if uri == "auto" else [Finding(uri, "named by the user", uri)]
    uris = [finding.uri for finding in findings if finding.uri is not None]
    if not uris:
        looked = "; ".join(f"{finding.place}: {finding.detail}" for finding in findings)
        return [Check("dongle", State.MISSING, f"none answers ({looked})", f"{NOTHING_FOUND}. {driver_hint()}")]
    checks: list[Check] = []
    for one in dict.fromkeys(uris):
        checks += _device_checks(one)
    if len(set(uris)) > 1:
        advice = f"name one with --device: {', '.join(dict.fromkeys(uris))}"
        checks.insert(0, Check("dongle", State.WARNING, f"{len(set(uris))} dongles answer", advice))
    return checks


def _device_checks(uri: str) -> list[Check]:
    checks = []
    holders = port_holders_of(uri)
    if holders:
        advice = "stop it for the test; for ModemManager: mmcli -m any --inhibit"
        checks.append(Check("port", State.WARNING, f"{uri} is held by {', '.join(holders)}", advice))
    try:
        with open_device(uri) as device:
            identity = device.identity()
            link = device.link_state()
            mode = device.mode_settings()
    except DeviceError as error:
        return [*checks, Check("dongle", State.MISSING, str(error), driver_hint())]
    checks.append(Check("dongle", State.OK, f"{identity.model}, firmware {identity.firmware or 'not told'}, at {uri}"))
    checks += link_checks(link)
    checks.append(Check("mode", State.OK, str(mode)))
    left = Journal().load(identity.key)
    if left is not None:
        detail = f"a run of {left.started} did not put back {left.settings}"
        checks.append(Check("journal", State.WARNING, detail, "run `perfkit dongle restore`"))
    return checks


def link_checks(link: LinkState) -> list[Check]:
    """Return the checks of SIM, registration, connection and data switch."""
    sim_is_fine = link.sim in (SimState.READY, SimState.UNKNOWN)
    sim = Check(
        "SIM",
        State.OK if link.sim is SimState.READY else State.UNKNOWN if sim_is_fine else State.MISSING,
        link.sim.value,
        None if sim_is_fine else "put a SIM card without PIN into the dongle",
    )
    registered = link.registration.is_registered
    where = f"{link.registration.value}, {link.operator or 'no operator'}, {link.rat or 'no technology'}"
    registration = Check(
        "registration",
        State.OK if registered else State.MISSING,
        where,
        None if registered else "check antenna, place and contract of the SIM card",
    )
    connection = Check(
        "data connection",
        State.OK if link.connected else State.MISSING,
        link.connection or "not told",
        None if link.connected else "check the APN in the dongle's page",
    )
    checks = [sim, registration, connection]
    if link.data_switch is False:
        checks.append(Check("data switch", State.MISSING, "off", "switch mobile data on in the dongle's page"))
    return checks


def clock_check() -> Check:
    """Return whether the kernel holds its clock for synchronized (Linux adjtimex; elsewhere unknown)."""
    name = "clock"
    if sys.platform != "linux":
        return Check(name, State.UNKNOWN, "this system does not tell whether NTP holds its clock")
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None).adjtimex(timex)
    if state < 0:
        return Check(name, State.UNKNOWN, "the kernel does not tell whether its clock is synchronized")
    if state == _TIME_ERROR:
        advice = "start an NTP client (timedatectl set-ntp true) before results of several hosts are compared"
        return Check(name, State.WARNING, "not synchronized by NTP", advice)
    return Check(name, State.OK, "synchronized")


def kernel_checks() -> list[Check]:
    """Return which of the abilities that the probes use this system grants to this user."""
    if sys.platform != "linux":
        return [Check("kernel", State.UNKNOWN, "packets are stamped by perfkit itself on this system")]
    return [
        _ability(
            "SO_BINDTODEVICE",
            _bind_to_loopback,
            "use Linux 5.7 or newer, or run with CAP_NET_RAW; else the source address chooses the path",
        ),
        _ability("SO_TIMESTAMPING", _stamp, "without it perfkit stamps packets itself, some 50 microseconds later"),
        _ability("TCP_INFO", _read_tcp_info, "without it the round trips of TCP are not shown"),
        _ability(
            "ping sockets",
            _open_ping_socket,
            'permit them: sysctl net.ipv4.ping_group_range="0 2147483647"; else ICMP latency is left out',
        ),
    ]


def _ability(name: str, attempt: Callable[[], None], advice: str) -> Check:
    try:
        attempt()
    except OSError as error:
        return Check(name, State.WARNING, f"not available ({(error.strerror or str(error)).lower()})", advice)
    return Check(name, State.OK, "available")


def _bind_to_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")


def _stamp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, _SOFTWARE_STAMPS)


def _read_tcp_info() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 104)


def _open_ping_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
