from __future__ import annotations

import socket
import sys

import pytest

from perfkit.core.errors import ProbeError, UsageError
from perfkit_probes.path import (
    InterfaceCounters,
    LinkPath,
    Target,
    parse_counters,
    parse_target,
    prove,
    read_counters,
)

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="binding by device name is Linux's")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("octt.lab", Target("octt.lab", 9310)),
        ("10.0.0.7:80", Target("10.0.0.7", 80)),
        ("[fd00::7]:9400", Target("fd00::7", 9400)),
        ("[fd00::7]", Target("fd00::7", 9310)),
        ("fd00::7", Target("fd00::7", 9310)),
    ],
)
def test_targets(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert parse_target(str(target)) == target


@pytest.mark.parametrize("text", ["", ":9310", "host:0", "host:65536", "host:http", "ws://host/path", "[fd00::7"])
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(UsageError, match="is not HOST, HOST:PORT"):
        parse_target(text)


def test_a_literal_address_needs_no_resolution_even_with_an_interface() -> None:
    assert LinkPath(interface="nowhere0").resolve(Target("127.0.0.1", 80)) == [(socket.AF_INET, ("127.0.0.1", 80))]


def test_an_ipv6_only_target_is_resolved_as_such() -> None:
    assert LinkPath().resolve(Target("::1", 80)) == [(socket.AF_INET6, ("::1", 80, 0, 0))]


def test_a_target_that_the_source_address_cannot_reach() -> None:
    with pytest.raises(ProbeError, match=r"::1 has no address that 127\.0\.0\.1 can reach"):
        LinkPath(source="127.0.0.1").resolve(Target("::1", 80))


def test_a_source_that_is_no_address() -> None:
    with pytest.raises(UsageError, match="'wwan0' is not an IP address"):
        LinkPath(source="wwan0").resolve(Target("::1", 80))


@LINUX
def test_an_interface_that_does_not_exist_is_named_with_those_that_do() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, pytest.raises(ProbeError, match=r"nowhere0.*\blo\b"):
        LinkPath(interface="nowhere0").bind(sock)


@LINUX
def test_a_bound_socket_is_tied_to_the_device() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        LinkPath(interface="lo").bind(sock)
        assert sock.getsockopt(socket.SOL_SOCKET, 25, 16).rstrip(b"\0") == b"lo"


def test_a_source_address_of_somebody_else_is_refused() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(ProbeError, match=r"through 192\.0\.2\.1"),
    ):
        LinkPath(source="192.0.2.1").bind(sock)


TABLE = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1500      10    0    0    0     0          0         0     1500      10    0    0    0     0       0          0
 wwan0:98765432    7000    0    0    0     0          0         0  1234567    5000    0    0    0     0       0          0
"""


def test_counters_of_an_interface() -> None:
    assert parse_counters(TABLE, "wwan0") == InterfaceCounters(98_765_432, 1_234_567)
    assert parse_counters(TABLE, "wwan1") is None
    assert parse_counters("garbage: 1 2", "garbage") is None


@LINUX
def test_loopback_has_counters_here() -> None:
    assert read_counters("lo") is not None


PATH = LinkPath(interface="wwan0")


@pytest.mark.parametrize(
    ("after", "proven"),
    [
        (InterfaceCounters(1_950, 2_950), True),
        (InterfaceCounters(1_000, 3_000), False),
        (InterfaceCounters(2_000, 1_100), False),
        (InterfaceCounters(50_000, 90_000), True),
    ],
)
def test_our_bytes_must_show_up_in_the_counters(after: InterfaceCounters, *, proven: bool) -> None:
    found = prove(PATH, InterfaceCounters(1_000, 1_000), after, sent=2_000, received=1_000)
    assert found.is_proven is proven
    assert ("did not pass" in found.reason) is not proven


def test_without_counters_nothing_is_proven_and_the_reason_is_told() -> None:
    assert prove(PATH, None, None, sent=1, received=1).reason == "this system shows no interface counters"
    assert prove(LinkPath(), None, None, sent=1, received=1).is_proven is None
