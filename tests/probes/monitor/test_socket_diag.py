"""Messages built by hand from the kernel's headers, and the kernel itself on a real WebSocket."""

from __future__ import annotations

import socket
import struct
import sys
import threading

import pytest
from websockets.sync.client import connect
from websockets.sync.server import serve

from perfkit.core.monitor_record import EventKind, GapCause, Latency
from perfkit_probes.monitor.socket_diag import established, is_supported, parse_message, split_messages
from perfkit_probes.monitor.sources.connections import ConnectionSource

PORTS = frozenset({9000})
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="inet_diag is Linux's")


def tcp_info() -> bytes:
    data = bytearray(232)
    for offset, form, value in [
        (16, "=I", 1448),
        (56, "=I", 250),
        (68, "=I", 48_300),
        (72, "=I", 6_100),
        (100, "=I", 3),
        (120, "=Q", 4_321),
        (128, "=Q", 5_000),
        (136, "=I", 10),
        (140, "=I", 20),
        (148, "=I", 41_000),
        (160, "=Q", 48_000),
        (200, "=Q", 7_000),
    ]:
        struct.pack_into(form, data, offset, value)
    return bytes(data)


def message(family: int, local: tuple[str, int], remote: tuple[str, int], *attributes: tuple[int, bytes]) -> bytes:
    head = struct.pack("=BBBB", family, 1, 0, 0)
    ports = struct.pack("!HH", local[1], remote[1])
    addresses = b"".join(socket.inet_pton(family, address).ljust(16, b"\0") for address, _ in (local, remote))
    identity = struct.pack("=III", 0, 0x11223344, 0x55667788)
    rest = struct.pack("=IIIII", 0, 0, 0, 1000, 4711)
    tail = b""
    for kind, data in attributes:
        tail += struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)
    return head + ports + addresses + identity + rest + tail


def test_a_message_gives_addresses_cookie_and_figures() -> None:
    payload = message(socket.AF_INET, ("192.0.2.1", 9000), ("198.51.100.7", 40112), (8, b"\1\2\3"), (2, tcp_info()))
    found = parse_message(payload, PORTS)
    assert found is not None
    assert found.name == "192.0.2.1:9000 - 198.51.100.7:40112"
    assert found.cookie == 0x5566778811223344
    assert (found.info.rtt_ms, found.info.rttvar_ms, found.info.min_rtt_ms) == (48.3, 6.1, 41.0)
    assert (found.info.retransmissions, found.info.acknowledged_bytes, found.info.last_ack_s) == (3, 4321, 0.25)
    assert (found.info.segments_sent, found.info.delivery_bytes_s) == (10, 48_000)
    assert found.info.ip_bytes_sent == 7_000 + 10 * 52


def test_the_port_may_be_at_either_end_and_ipv6_may_hold_ipv4() -> None:
    payload = message(socket.AF_INET6, ("::ffff:192.0.2.1", 40112), ("2001:db8::7", 9000), (2, tcp_info()))
    found = parse_message(payload, PORTS)
    assert found is not None
    assert found.name == "192.0.2.1:40112 - [2001:db8::7]:9000"
    assert found.info.ip_bytes_sent == 7_000 + 10 * 72


@pytest.mark.parametrize(
    "payload",
    [
        message(socket.AF_INET, ("192.0.2.1", 9001), ("198.51.100.7", 40112), (2, tcp_info())),
        message(socket.AF_INET, ("192.0.2.1", 9000), ("198.51.100.7", 40112), (8, b"\1")),
        message(socket.AF_INET, ("192.0.2.1", 9000), ("198.51.100.7", 40112), (2, tcp_info()))[:71],
        message(socket.AF_INET, ("192.0.2.1", 9000), ("198.51.100.7", 40112)) + b"\0\0\2\0",
    ],
    ids=["other port", "no figures", "cut", "attribute of no length"],
)
def test_what_is_not_asked_for_or_not_whole_is_passed_over(payload: bytes) -> None:
    assert parse_message(payload, PORTS) is None


def test_a_datagram_holds_several_messages_and_a_cut_one_ends_it() -> None:
    one = struct.pack("=IHHII", 16 + 5, 20, 2, 1, 0) + b"abcde" + b"\0" * 3
    two = struct.pack("=IHHII", 16 + 4, 3, 2, 1, 0) + b"done"
    assert list(split_messages(one + two)) == [(20, b"abcde"), (3, b"done")]
    assert list(split_messages(one + two[:-1])) == [(20, b"abcde")]
    assert list(split_messages(struct.pack("=IHHII", 0, 20, 2, 1, 0))) == []


def latency_of(source: ConnectionSource) -> Latency | None:
    return source.latency


@LINUX
def test_the_kernel_tells_of_a_real_websocket_and_of_what_is_acknowledged_on_it() -> None:
    assert is_supported()
    try:
        established(frozenset())
    except OSError as error:
        pytest.skip(f"this sandbox does not let one ask: {error}")
    heard = threading.Event()

    def answer(connection: object) -> None:
        for text in connection:  # type: ignore[attr-defined]
            connection.send(text)  # type: ignore[attr-defined]
            heard.set()

    with serve(answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.socket.getsockname()[1]
        source = ConnectionSource([port])
        assert source.read().cause is GapCause.NO_TRAFFIC
        with connect(f"ws://127.0.0.1:{port}/", compression=None) as client:
            opened = source.read()
            assert isinstance(opened.value, list)
            assert len(opened.value) == 2  # both ends are on this host
            assert [kind for kind, _ in opened.events] == [EventKind.CONNECTION_OPENED] * 2
            while source.read().is_news:  # until the acknowledgement of the handshake has come
                pass
            assert latency_of(source) is None
            client.send("x" * 600)
            assert client.recv() == "x" * 600
            busy = source.read()
            assert busy.is_news
            assert source.latency is not None
            assert 0 < source.latency.value_ms < 60_000
            assert source.latency.packet_bytes is not None
            near = [one for one in established(frozenset({port})) if one.remote[1] == port]
            assert [one.info.ip_bytes_sent for one in near] >= [652]
        server.shutdown()
        thread.join()
    closed = source.read()
    assert [kind for kind, _ in closed.events] == [EventKind.CONNECTION_CLOSED] * 2
