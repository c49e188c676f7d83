"""What answers need not be a responder, nor mean well: a clear sentence each, and nothing hangs."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

import perfkit_probes.capacity as capacity_module
import perfkit_probes.session as session_module
from perfkit.core.errors import ProbeError
from perfkit_probes.capacity import measure_capacity
from perfkit_probes.control import NONCE_HEADER, SUBPROTOCOL
from perfkit_probes.goodput import measure_goodput
from perfkit_probes.latency import LatencyPlan, measure_latency
from perfkit_probes.path import LinkPath
from perfkit_probes.require import RequirePlan, measure_require
from perfkit_probes.wire import Datagram, Kind, decode
from tests.probes.links import session_to

Behaviour = Callable[[ServerConnection], None]


@pytest.fixture(autouse=True)
def without_udp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of these responders have no UDP side: do not wait long for it."""
    monkeypatch.setattr(session_module, "_OPEN_MIN_WAIT_S", 0.05)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For those that stay silent; the others may take as long as a busy machine needs."""
    monkeypatch.setattr(session_module, "_CONNECT_TIMEOUT_S", 0.4)


@pytest.fixture
def with_udp(monkeypatch: pytest.MonkeyPatch) -> None:
    """For those that answer datagrams, however busy the machine is."""
    monkeypatch.setattr(session_module, "_OPEN_MIN_WAIT_S", 5.0)


@contextlib.contextmanager
def websocket(behaviour: Behaviour) -> Iterator[int]:
    """A WebSocket server that does what it is told."""

    def handler(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed, OSError, TimeoutError):
            behaviour(connection)

    with serve(handler, "127.0.0.1", 0, subprotocols=[Subprotocol(SUBPROTOCOL)], close_timeout=0.2) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join(5)


@contextlib.contextmanager
def tcp(answer: bytes, *, endless: bool = False) -> Iterator[int]:
    """A TCP server that sends bytes to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            with contextlib.suppress(OSError):
                peer, _ = server.accept()
                with peer:
                    peer.recv(4096)
                    peer.sendall(answer)
                    while endless:
                        peer.sendall(answer)
                    peer.settimeout(5)
                    peer.recv(4096)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield server.getsockname()[1]
    thread.join(6)


def welcome(connection: ServerConnection, **changes: object) -> None:
    nonce = connection.request.headers[NONCE_HEADER] if connection.request else ""
    message = {
        "type": "welcome",
        "nonce": nonce,
        "proof": "",
        "token": "00" * 8,
        "max_bytes": 1_000_000,
        "max_seconds": 60,
    }
    connection.send(json.dumps({**message, **changes}))


def wait(connection: ServerConnection) -> None:
    connection.recv(10)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with (
        pytest.raises(ProbeError, match=rf"nothing answers at 127\.0\.0\.1:{port}.*perfkit responder"),
        session_to(port),
    ):
        pass


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"
ELSEWHERE = b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.2:1/\r\nContent-Length: 0\r\n\r\n"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: http://192.168.8.1/\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (PAGE, "answers HTTP 200 instead of opening the WebSocket.*captive page"),
        (REDIRECT, "redirects to another place.*captive page"),
        (ELSEWHERE, "redirects to another place"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak WebSocket"),
        (b"\x00\xff" * 500, "does not speak WebSocket"),
    ],
)
def test_other_services_are_recognised(answer: bytes, match: str) -> None:
    with tcp(answer) as port, pytest.raises(ProbeError, match=match), session_to(port):
        pass


@pytest.mark.usefixtures("impatient")
def test_a_service_that_waits_for_the_client_is_recognised() -> None:
    with tcp(b"") as port, pytest.raises(ProbeError, match="does not speak WebSocket"), session_to(port):
        pass


@pytest.mark.parametrize("answer", [b"x" * 10_000, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000])
def test_an_endless_answer_ends(answer: bytes) -> None:
    with tcp(answer, endless=True) as port, pytest.raises(ProbeError, match="WebSocket"), session_to(port):
        pass


@pytest.mark.usefixtures("impatient")
def test_silence_after_the_upgrade_ends() -> None:
    with (
        websocket(wait) as port,
        pytest.raises(ProbeError, match=r"did not send 'welcome' within 0\.4 s"),
        session_to(port),
    ):
        pass


def test_an_echo_server_has_not_our_nonce() -> None:
    def echo(connection: ServerConnection) -> None:
        welcome(connection, nonce="f" * 32)
        wait(connection)

    with websocket(echo) as port, pytest.raises(ProbeError, match="repeats another nonce"), session_to(port):
        pass


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("hello", "not JSON"),
        ("[" * 40_000, "not JSON"),
        ("[1]", "JSON without a type"),
        ('{"type": "login"}', "'login' where 'welcome' was due"),
        ("x" * 200_000, "is gone|broke the WebSocket protocol"),
    ],
)
def test_garbage_instead_of_the_welcome(text: str, match: str) -> None:
    def garbage(connection: ServerConnection) -> None:
        connection.send(text)
        wait(connection)

    with websocket(garbage) as port, pytest.raises(ProbeError, match=match), session_to(port):
        pass


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"token": "zz"}, "not hexadecimal"),
        ({"token": 7}, "token is 7, expected a text"),
        ({"nonce": None}, "nonce is None, expected a text"),
        ({"max_bytes": -1}, "max_bytes is -1, expected an integer"),
        ({"max_bytes": 1e300}, "expected an integer"),
        ({"nonce": "x" * 10_000}, "expected a text"),
    ],
)
def test_a_welcome_with_wrong_values(changes: dict[str, object], match: str) -> None:
    def lie(connection: ServerConnection) -> None:
        welcome(connection, **changes)
        wait(connection)

    with websocket(lie) as port, pytest.raises(ProbeError, match=match), session_to(port):
        pass


def test_a_flood_of_messages_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_MAX_STRAYS", 200)

    def flood(connection: ServerConnection) -> None:
        while True:
            connection.send(b"x" * 100)

    with websocket(flood) as port, pytest.raises(ProbeError, match="sends without end"), session_to(port):
        pass


def answering(kind: str, reply: dict[str, object]) -> Behaviour:
    """A responder that is right until `kind` is asked for."""

    def behave(connection: ServerConnection) -> None:
        welcome(connection)
        while True:
            data = connection.recv(10)
            if isinstance(data, str) and json.loads(data)["type"] == kind:
                connection.send(json.dumps(reply))

    return behave


@pytest.mark.parametrize(
    ("reply", "match"),
    [
        ({"type": "more", "messages": 10_000, "segments": 16}, "asks for more than the .* bytes that were agreed"),
        ({"type": "more", "messages": -1, "segments": 1}, "messages is -1"),
        ({"type": "stream", "batches": [1] * 2000, "total_bytes": [], "stamps_us": []}, "not a list of at most"),
        (
            {"type": "stream", "batches": [1], "total_bytes": [], "stamps_us": [], "asked_us": []},
            "columns of different length",
        ),
        ({"type": "stream", "batches": ["x"], "total_bytes": [1], "stamps_us": [1], "asked_us": [1]}, "not an integer"),
    ],
)
def test_a_receiver_of_the_stream_that_lies(reply: dict[str, object], match: str) -> None:
    def behave(connection: ServerConnection) -> None:
        welcome(connection)
        while True:
            asked = json.loads(connection.recv(10))
            if asked["type"] == "stream_down":
                for _ in range(asked["messages"]):
                    connection.send(bytes(asked["message_bytes"]))
                connection.send('{"type": "batch_sent", "rtt_us": null, "retransmissions": null}')
            else:
                connection.send(json.dumps(reply))

    with websocket(behave) as port, session_to(port) as session, pytest.raises(ProbeError, match=match):
        measure_goodput(session)


def test_a_paced_stream_of_garbage_over_the_websocket() -> None:
    def behave(connection: ServerConnection) -> None:
        welcome(connection)
        connection.recv(10)
        connection.send(b"garbage" * 20)
        wait(connection)

    with websocket(behave) as port, session_to(port) as session, pytest.raises(ProbeError, match="something else"):
        measure_require(session, RequirePlan(min_seconds=1.0, max_seconds=2.0))


def test_a_responder_that_stays_silent_during_the_test_gives_no_verdict() -> None:
    behaviour = answering("pace_stop", {"type": "paced", "sent": 0, "received": 0})
    with websocket(behaviour) as port, session_to(port) as session:
        found = measure_require(session, RequirePlan(min_seconds=1.0, max_seconds=2.0))
    assert found.verdict.value == "undecided"
    assert found.up.reason == "only 0 packets arrived"
    assert found.latency.median_ms is None


@contextlib.contextmanager
def lying_udp(answer: Callable[[Datagram], Datagram | None]) -> Iterator[int]:
    """A right WebSocket with a UDP side that answers as told."""
    with websocket(answering("never", {})) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", port))
        sock.settimeout(0.1)
        ended = threading.Event()

        def run() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError):
                    data, client = sock.recvfrom(2000)
                    datagram = decode(data)
                    reply = answer(datagram) if datagram is not None else None
                    sock.sendto(b"noise", client)
                    if reply is not None:
                        sock.sendto(reply.encode(len(data)), client)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield port
        ended.set()
        thread.join(5)


def reply_with(first_ns: int, second_ns: int) -> Callable[[Datagram], Datagram | None]:
    def answer(datagram: Datagram) -> Datagram | None:
        if datagram.kind is Kind.OPEN:
            return Datagram(Kind.COOKIE, b"cookie!!", 0)
        return Datagram(Kind.ECHO_REPLY, b"cookie!!", datagram.sequence, first_ns, second_ns)

    return answer


@pytest.mark.usefixtures("with_udp")
@pytest.mark.parametrize(("first_ns", "second_ns"), [(0, 3_600_000_000_000), (5_000, 1_000)])
def test_an_echo_that_was_held_longer_than_it_took_is_a_lie(first_ns: int, second_ns: int) -> None:
    with (
        lying_udp(reply_with(first_ns, second_ns)) as port,
        session_to(port) as session,
        pytest.raises(ProbeError, match="claims to have held a packet"),
    ):
        measure_latency(session, LinkPath(), LatencyPlan(count=3, icmp_count=0))


@pytest.mark.usefixtures("with_udp")
def test_noise_between_the_echoes_is_passed_over() -> None:
    with lying_udp(reply_with(1_000, 1_000)) as port, session_to(port) as session:
        found = measure_latency(session, LinkPath(), LatencyPlan(count=3, icmp_count=0))
    assert (found.idle.count, found.idle.loss) == (3, 0.0)


@pytest.mark.usefixtures("with_udp")
def test_a_train_that_is_never_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_cookies(datagram: Datagram) -> Datagram | None:
        return Datagram(Kind.COOKIE, b"cookie!!", 0) if datagram.kind is Kind.OPEN else None

    monkeypatch.setattr(capacity_module, "_FIRST_PACKET_S", 0.2)
    monkeypatch.setattr(capacity_module, "_REPORT_TIMEOUT_S", 0.3)
    with (
        lying_udp(only_cookies) as port,
        session_to(port) as session,
        pytest.raises(ProbeError, match="did not send 'train' within"),
    ):
        measure_capacity(session)
