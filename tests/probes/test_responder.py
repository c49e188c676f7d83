from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from perfkit.core.errors import ProbeError, UsageError
from perfkit_probes.budget import Budget
from perfkit_probes.control import NONCE_HEADER, PATH, SUBPROTOCOL
from perfkit_probes.latency import LatencyPlan
from perfkit_probes.link import LinkPlan, measure_link
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.responder import Responder, ResponderConfig, is_loopback
from perfkit_probes.responder_session import Caps, Session
from perfkit_probes.responder_udp import cookie_for
from perfkit_probes.wire import Datagram, Kind, decode
from tests.probes.links import FakeClock, session_to

NONCE = "0123456789abcdef"
_PATIENCE_S, _MOMENT_S = 20.0, 0.15


@pytest.fixture
def responder() -> Iterator[Responder]:
    with Responder(ResponderConfig(port=0)) as running:
        yield running


@pytest.fixture
def udp(responder: Responder) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", responder.port))
        yield sock


@contextlib.contextmanager
def raw(port: int, nonce: str = NONCE) -> Iterator[ClientConnection]:
    with connect(
        f"ws://127.0.0.1:{port}{PATH}",
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        additional_headers={NONCE_HEADER: nonce},
        compression=None,
        proxy=None,
        close_timeout=1,
    ) as connection:
        yield connection


def answers(sock: socket.socket, expected: int = 0) -> list[bytes]:
    """Every datagram that comes: as long as it takes for the expected ones, a moment for more."""
    found: list[bytes] = []
    try:
        while True:
            sock.settimeout(_PATIENCE_S if len(found) < expected else _MOMENT_S)
            found.append(sock.recv(65_536))
    except TimeoutError:
        return found


def token_of(connection: ClientConnection) -> bytes:
    welcome = json.loads(connection.recv(_PATIENCE_S))
    assert (welcome["type"], welcome["nonce"]) == ("welcome", NONCE)
    return bytes.fromhex(welcome["token"])


def cookie_of(udp: socket.socket, token: bytes) -> bytes:
    udp.send(Datagram(Kind.OPEN, token, 0).encode(56))
    udp.settimeout(_PATIENCE_S)
    reply = decode(udp.recv(2000))
    assert reply is not None
    assert reply.kind is Kind.COOKIE
    return reply.credential


def test_a_train_is_never_sent_to_somebody_without_the_cookie(responder: Responder, udp: socket.socket) -> None:
    with raw(responder.port) as connection:
        token = token_of(connection)
        for credential in (bytes(8), token, b"\xff" * 8):
            udp.send(Datagram(Kind.TRAIN, credential, 0, 0, 400).encode(1200))
            udp.send(Datagram(Kind.ECHO, credential, 0).encode(56))
        assert answers(udp) == []


def test_an_open_is_answered_with_no_more_than_it_brought(responder: Responder, udp: socket.socket) -> None:
    with raw(responder.port) as connection:
        token = token_of(connection)
        udp.send(Datagram(Kind.OPEN, token, 0).encode())
        assert [len(data) for data in answers(udp, 1)] == [32]
        udp.send(Datagram(Kind.OPEN, b"unknown!", 0).encode(1200))
        udp.send(b"pk")
        assert answers(udp) == []


def test_a_cookie_is_bound_to_the_address_that_got_it(responder: Responder, udp: socket.socket) -> None:
    with raw(responder.port) as connection:
        cookie = cookie_of(udp, token_of(connection))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
            thief.sendto(Datagram(Kind.TRAIN, cookie, 0, 0, 5).encode(1200), ("127.0.0.1", responder.port))
            assert answers(thief) == []
        udp.send(Datagram(Kind.TRAIN, cookie, 0, 0, 5).encode(1200))
        assert [len(data) for data in answers(udp, 5)] == [1200] * 5


def test_an_address_that_asked_for_a_cookie_but_never_got_it_earns_nothing(
    responder: Responder, udp: socket.socket
) -> None:
    """Who forges a sender's address can ask in its name, but the cookie goes to that address."""
    with raw(responder.port) as connection:
        token = token_of(connection)
        cookie_of(udp, token)
        for guess in (token, bytes(8), b"guessed!"):
            udp.send(Datagram(Kind.TRAIN, guess, 0, 0, 5).encode(1200))
            udp.send(Datagram(Kind.ECHO, guess, 0).encode(56))
        assert answers(udp) == []


def test_a_train_is_answered_once_per_round_and_never_beyond_its_limit(
    responder: Responder, udp: socket.socket
) -> None:
    with raw(responder.port) as connection:
        cookie = cookie_of(udp, token_of(connection))
        for index in range(3):
            udp.send(Datagram(Kind.TRAIN, cookie, index, 4, 3).encode(100))
        assert len(answers(udp, 3)) == 3
        udp.send(Datagram(Kind.TRAIN, cookie, 0, 5, 513).encode(100))
        assert answers(udp) == []


def test_the_cookie_dies_with_the_session(responder: Responder, udp: socket.socket) -> None:
    with raw(responder.port) as connection:
        cookie = cookie_of(udp, token_of(connection))
    for _ in range(50):
        udp.send(Datagram(Kind.ECHO, cookie, 0).encode(56))
        if not answers(udp):
            return
    pytest.fail("the responder still answers a session that has ended")


def test_an_echo_comes_back_in_its_own_size_with_both_stamps(responder: Responder, udp: socket.socket) -> None:
    with raw(responder.port) as connection:
        cookie = cookie_of(udp, token_of(connection))
        udp.send(Datagram(Kind.ECHO, cookie, 7).encode(500))
        data = udp.recv(2000)
        reply = decode(data)
    assert reply is not None
    assert (reply.kind, reply.sequence, len(data)) == (Kind.ECHO_REPLY, 7, 500)
    assert 0 < reply.first <= reply.second


def test_two_addresses_have_two_cookies() -> None:
    assert cookie_for(b"s", ("10.0.0.1", 1)) != cookie_for(b"s", ("10.0.0.1", 2))
    assert cookie_for(b"s", ("10.0.0.1", 1)) != cookie_for(b"t", ("10.0.0.1", 1))


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "[]",
        '{"type": "format_disk"}',
        '{"type": "stream_down", "messages": 1000000000, "message_bytes": 16384}',
        '{"type": "stream_down", "messages": true, "message_bytes": 100}',
        '{"type": "pace", "transport": "udp", "cookie": "00", "interval_us": 100000, "payload_bytes": 500, "packets": 9}',
        '{"type": "pace", "transport": "websocket", "interval_us": 1, "payload_bytes": 500, "packets": 9}',
        '{"type": "train_report", "round": 0, "packets": 100000}',
    ],
)
def test_a_client_that_breaks_the_protocol_is_sent_away(responder: Responder, message: str) -> None:
    with raw(responder.port) as connection:
        token_of(connection)
        connection.send(message)
        with pytest.raises(ConnectionClosed, match="1008"):
            connection.recv(_PATIENCE_S)
    with session_to(responder.port) as session:
        assert session.udp is not None


def test_a_client_without_a_nonce_is_sent_away(responder: Responder) -> None:
    with (
        raw(responder.port, nonce="short") as connection,
        pytest.raises(ConnectionClosed, match=r"1008.*Perfkit-Nonce"),
    ):
        connection.recv(_PATIENCE_S)


def test_other_paths_are_not_found(responder: Responder) -> None:
    with pytest.raises(InvalidStatus, match="404"), connect(f"ws://127.0.0.1:{responder.port}/", proxy=None):
        pass


def test_a_huge_message_is_refused(responder: Responder) -> None:
    with raw(responder.port) as connection:
        token_of(connection)
        connection.send("x" * 100_000)
        with pytest.raises(ConnectionClosed, match="1009"):
            connection.recv(_PATIENCE_S)


def test_more_sessions_than_the_cap_wait_outside() -> None:
    config = ResponderConfig(port=0, caps=Caps(max_sessions=1))
    with Responder(config) as running, session_to(running.port):
        with pytest.raises(ProbeError, match="all sessions of this responder are in use"), session_to(running.port):
            pass
        assert running.sessions.served == 1


def test_the_bytes_of_a_session_are_capped() -> None:
    config = ResponderConfig(port=0, caps=Caps(max_bytes=10_000))
    with Responder(config) as running, raw(running.port) as connection:
        token_of(connection)
        connection.send('{"type": "stream_down", "messages": 20, "message_bytes": 1000}')
        assert sum(len(connection.recv(_PATIENCE_S)) for _ in range(10)) == 10_000
        with pytest.raises(ConnectionClosed, match="bytes are used up"):
            connection.recv(_PATIENCE_S)


def test_the_rate_and_the_time_of_a_session_are_capped() -> None:
    clock = FakeClock()
    session = Session(Caps(max_bytes_s=1000, max_bytes=100_000, max_seconds=60.0), clock)
    assert session.may_send(1000)
    assert not session.may_send(1)
    clock.sleep(0.5)
    assert session.may_send(500)
    assert not session.may_send(1)
    clock.sleep(100)
    assert session.remaining_s < 0
    assert not session.may_send(1)


def test_both_ends_must_know_the_key() -> None:
    with Responder(ResponderConfig(port=0, key="secret")) as running:
        with session_to(running.port, key="secret") as session:
            assert session.udp is not None
        with pytest.raises(ProbeError, match="key is missing or wrong"), session_to(running.port, key="guess"):
            pass
        with pytest.raises(ProbeError, match="'challenge' where 'welcome' was due"), session_to(running.port):
            pass


def test_a_port_in_use_is_said_so(responder: Responder) -> None:
    other = Responder(ResponderConfig(port=responder.port))
    with pytest.raises(ProbeError, match=f"cannot listen on 127.0.0.1 port {responder.port}.*--listen"):
        other.start()


def test_a_name_is_no_address_to_listen_on() -> None:
    with pytest.raises(UsageError, match=r"'octt\.lab' is not an address to listen on"):
        Responder(ResponderConfig(host="octt.lab")).start()


@pytest.mark.parametrize(("host", "inside"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("::", False)])
def test_what_is_loopback(host: str, *, inside: bool) -> None:
    assert is_loopback(host) is inside


def test_an_ipv6_only_responder_is_measured() -> None:

    try:
        running = Responder(ResponderConfig(host="::1", port=0))
        running.start()
    except ProbeError:
        pytest.skip("no IPv6 on loopback here")
    try:
        plan = LinkPlan(Budget(100_000, 30.0), LatencyPlan(count=3), require=None, capacity=None, goodput=None)
        found = measure_link(Target("::1", running.port), LinkPath(), plan)
    finally:
        running.close()
    assert found.address == "::1"
    assert found.latency is not None
    assert (found.latency.idle.count, found.latency.idle.packet_bytes) == (3, 84)
    assert found.reasons == dict.fromkeys(("require", "capacity", "goodput"), "left out by the plan")


def test_closing_ends_every_thread() -> None:
    before = set(threading.enumerate())
    with Responder(ResponderConfig(port=0)) as running, session_to(running.port):
        pass
    left = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("responder")]
    assert left == []
