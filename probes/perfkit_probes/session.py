"""The near end of the link probes: a proven connection to the responder, with every byte counted."""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfkit.core.errors import ProbeError
from perfkit_probes import control
from perfkit_probes.budget import Meter
from perfkit_probes.clock import Clock, SystemClock
from perfkit_probes.control import Message
from perfkit_probes.path import Endpoint, LinkPath, Target
from perfkit_probes.stamps import Received, StampedSocket
from perfkit_probes.tcp_info import TcpInfo, read_tcp_info
from perfkit_probes.wire import Datagram, Kind, decode, udp_header_bytes

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_CONNECT_TIMEOUT_S = 15.0
REQUEST_TIMEOUT_S = 20.0
_OPEN_ATTEMPTS = 4
_OPEN_MIN_WAIT_S = 0.4
# Messages of another kind that may arrive before the wanted one (the tail of a stream); more is an attack.
_MAX_STRAYS = 20_000
# Without TCP_INFO: headers of IP, TCP and WebSocket around a message, and the acknowledgement that comes back.
_MESSAGE_OVERHEAD, _ACKNOWLEDGEMENT = 60, 52


class LinkSession:
    """A session with a responder; made by `open_session`.

    `udp` is None when UDP does not reach the responder, `udp_reason` then says how that was found. `tcp_connect` is the
    kernel's view of the connection right after its handshake, before any other packet (None without TCP_INFO).
    """

    def __init__(self, connection: ClientConnection, endpoint: Endpoint, meter: Meter, clock: Clock) -> None:
        """Take a connected WebSocket."""
        self.endpoint = endpoint
        self.meter = meter
        self.clock = clock
        self.tcp_connect: TcpInfo | None = None
        self.udp: StampedSocket | None = None
        self.udp_reason: str | None = None
        self.upgrade_s = 1.0
        self.cookie = b""
        self.caps_bytes = 0
        self.rounds = 0
        self._connection = connection
        self._counted = (0, 0)

    @property
    def header_bytes(self) -> int:
        """IP and UDP header of a datagram on this session's address family."""
        return udp_header_bytes(self.endpoint[0])

    @property
    def who(self) -> str:
        """The responder, for messages."""
        address, port = self.endpoint[1][:2]
        return f"the responder at {address} port {port}"

    # --- UDP -----------------------------------------------------------------------------------------------------

    def send_datagram(self, datagram: Datagram, ip_bytes: int) -> tuple[int, int]:
        """Send a datagram as an IP packet of `ip_bytes`; returns its user-space stamp and number."""
        if self.udp is None:
            raise ProbeError(f"UDP does not reach {self.who}: {self.udp_reason}")
        if self._connection.close_code is not None:
            # Datagrams would go on leaving, and cost, for nobody.
            raise ProbeError(f"{self.who} is gone: {self._connection.close_reason or 'the connection broke'}")
        data = datagram.encode(ip_bytes - self.header_bytes)
        self.meter.count_sent(len(data) + self.header_bytes)
        return self.udp.send(data)

    def receive_datagram(self, timeout_s: float) -> tuple[Datagram, Received] | None:
        """The next datagram of the protocol, None when none came within `timeout_s`; strangers only count."""
        if self.udp is None:
            return None
        deadline_ns = self.clock.monotonic_ns() + int(timeout_s * 1e9)
        while True:
            received = self.udp.receive((deadline_ns - self.clock.monotonic_ns()) / 1e9)
            if received is None:
                return None
            self.meter.count_received(len(received.data) + self.header_bytes)
            datagram = decode(received.data)
            if datagram is not None:
                return datagram, received
            if self.clock.monotonic_ns() >= deadline_ns:
                return None

    # --- WebSocket -----------------------------------------------------------------------------------------------

    def send(self, data: str | bytes) -> None:
        """Send one message.

        Raises:
            ProbeError: The connection is gone.
        """
        with self._our_errors():
            self._connection.send(data)
        if not self._has_tcp_info:
            self.meter.count_sent(len(data) + _MESSAGE_OVERHEAD)
            self.meter.count_received(_ACKNOWLEDGEMENT)

    def receive(self, timeout_s: float) -> str | bytes | None:
        """The next message, None when none came within `timeout_s`.

        Raises:
            ProbeError: The connection is gone.
        """
        with self._our_errors(), contextlib.suppress(TimeoutError):
            data = self._connection.recv(max(0.0, timeout_s))
            if not self._has_tcp_info:
                self.meter.count_received(len(data) + _MESSAGE_OVERHEAD)
                self.meter.count_sent(_ACKNOWLEDGEMENT)
            return data
        return None

    def expect(self, kind: str, timeout_s: float = REQUEST_TIMEOUT_S) -> Message:
        """The next control message, which must be of `kind`; the tail of a stream before it is passed over.

        Raises:
            ProbeError: None came in time, another kind came, or the connection is gone.
        """
        deadline_ns = self.clock.monotonic_ns() + int(timeout_s * 1e9)
        for _ in range(_MAX_STRAYS):
            data = self.receive((deadline_ns - self.clock.monotonic_ns()) / 1e9)
            if data is None:
                raise ProbeError(f"{self.who} did not send {kind!r} within {timeout_s:g} s; is the link still up?")
            if isinstance(data, bytes):
                continue
            message = control.decode(data, self.who)
            if message["type"] == kind:
                return message
            raise ProbeError(f"{self.who} sent {str(message['type'])[:40]!r} where {kind!r} was due")
        raise ProbeError(f"{self.who} sends without end instead of {kind!r}")

    def ping(self, payload: bytes, timeout_s: float) -> float | None:
        """Round trip of a WebSocket ping in ms by the program's clock, None when no pong came in time.

        Raises:
            ProbeError: The connection is gone.
        """
        with self._our_errors():
            before_ns = self.clock.monotonic_ns()
            pong = self._connection.ping(payload)
            answered = pong.wait(timeout_s)
            after_ns = self.clock.monotonic_ns()
        return (after_ns - before_ns) / 1e6 if answered else None

    def tcp_info(self) -> TcpInfo | None:
        """The kernel's view of the WebSocket's connection now."""
        return read_tcp_info(self._connection.socket)

    @property
    def _has_tcp_info(self) -> bool:
        return self.tcp_connect is not None and self.tcp_connect.ip_bytes_sent is not None

    def acknowledge(self) -> None:
        """Send the acknowledgement that the kernel holds back, lest it slips between the packets of a train (Linux)."""
        if hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def account(self) -> None:
        """Book what the WebSocket's connection has used since the last call (exact where TCP_INFO tells)."""
        info = self.tcp_info()
        if info is None or info.ip_bytes_sent is None or info.ip_bytes_received is None:
            return
        sent, received = self._counted
        self.meter.count_sent(info.ip_bytes_sent - sent)
        self.meter.count_received(info.ip_bytes_received - received)
        self._counted = (info.ip_bytes_sent, info.ip_bytes_received)

    @contextlib.contextmanager
    def _our_errors(self) -> Iterator[None]:
        from websockets.exceptions import ConnectionClosed, WebSocketException

        try:
            yield
        except ConnectionClosed as error:
            why = error.rcvd.reason if error.rcvd and error.rcvd.reason else "the connection broke"
            raise ProbeError(f"{self.who} is gone: {why}") from error
        except WebSocketException as error:
            raise ProbeError(f"{self.who} broke the WebSocket protocol: {error}") from error

    def close(self) -> None:
        """End the session; the responder is told."""
        if self.udp is not None:
            self.udp.close()
        with contextlib.suppress(OSError):
            self.account()
        self._connection.close()


@contextlib.contextmanager
def open_session(
    target: Target, path: LinkPath, *, meter: Meter, key: str | None = None, clock: Clock | None = None
) -> Iterator[LinkSession]:
    """A session with the responder at `target`, reached through `path`; closed at the end.

    Raises:
        ProbeError: Nothing answers there, or what answers is not the responder.
    """
    used = clock or SystemClock()
    sock, endpoint = _connect(target, path)
    tcp_connect = read_tcp_info(sock)
    nonce = secrets.token_hex(16)
    before_ns = used.monotonic_ns()
    with contextlib.ExitStack() as stack:
        session = LinkSession(_upgrade(stack, sock, target, nonce), endpoint, meter, used)
        stack.callback(session.close)
        session.tcp_connect = tcp_connect
        session.upgrade_s = (used.monotonic_ns() - before_ns) / 1e9
        token = _shake_hands(session, key, nonce)
        _open_udp(session, path, token)
        session.account()
        yield session


def _connect(target: Target, path: LinkPath) -> tuple[socket.socket, Endpoint]:
    """A TCP connection to the first of the target's addresses that accepts one."""
    reasons = []
    for family, address in path.resolve(target):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            path.bind(sock)
            sock.settimeout(_CONNECT_TIMEOUT_S)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except ProbeError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            reasons.append(f"{address[0]}: {error.strerror or 'no answer'}")
            continue
        return sock, (family, address)
    raise ProbeError(
        f"nothing answers at {target} ({'; '.join(reasons)}); is `perfkit responder --listen` running there, "
        "and does its firewall let the port through?"
    )


def _upgrade(stack: contextlib.ExitStack, sock: socket.socket, target: Target, nonce: str) -> ClientConnection:
    """The WebSocket on a connected socket, closed by `stack`."""
    from websockets.exceptions import InvalidStatus, InvalidURI, WebSocketException
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    try:
        opening = connect(
            f"ws://{target}{control.PATH}",
            sock=sock,
            subprotocols=[Subprotocol(control.SUBPROTOCOL)],
            compression=None,
            proxy=None,
            user_agent_header="perfkit",
            additional_headers={control.NONCE_HEADER: nonce},
            open_timeout=_CONNECT_TIMEOUT_S,
            close_timeout=3,
            ping_interval=None,
            max_size=control.MAX_MESSAGE_BYTES,
        )
        return stack.enter_context(opening)
    except InvalidStatus as error:
        sock.close()
        raise ProbeError(
            f"{target} answers HTTP {error.response.status_code} instead of opening the WebSocket: a web page, "
            "perhaps the dongle's own or the operator's captive page, or another service; is this the right address?"
        ) from error
    # AssertionError: websockets trips over itself when a peer hangs up in the middle of its own answer.
    except (WebSocketException, OSError, EOFError, ValueError, AssertionError) as error:
        sock.close()
        if isinstance(error, InvalidURI) or "redirect" in str(error):
            raise ProbeError(
                f"{target} redirects to another place instead of opening the WebSocket ({error}): perhaps the "
                "operator's captive page; is this the right address?"
            ) from error
        raise ProbeError(
            f"{target} accepts connections but does not speak WebSocket ({error}); is this the responder's port?"
        ) from error


def _shake_hands(session: LinkSession, key: str | None, nonce: str) -> bytes:
    """The session's token, once the far end has proven to be a responder that hears us."""
    challenge = ""
    if key is not None:
        challenge = control.text(session.expect("challenge", _CONNECT_TIMEOUT_S), "challenge")
        session.send(control.encode("hello", proof=control.proof(key, "client", challenge, nonce)))
    welcome = session.expect("welcome", _CONNECT_TIMEOUT_S)
    if not control.is_equal(control.text(welcome, "nonce"), nonce):
        raise ProbeError(f"{session.who} repeats another nonce than ours: something between us answers in its place")
    if key is not None:
        expected = control.proof(key, "responder", challenge, nonce)
        if not control.is_equal(control.text(welcome, "proof"), expected):
            raise ProbeError(f"{session.who} does not know the key; start it with the same --key")
    session.caps_bytes = control.whole(welcome, "max_bytes", low=0, high=1 << 40)
    try:
        return bytes.fromhex(control.text(welcome, "token"))[:8].ljust(8, b"\0")
    except ValueError as error:
        raise ProbeError(f"{session.who} sent a token that is not hexadecimal") from error


def _open_udp(session: LinkSession, path: LinkPath, token: bytes) -> None:
    """Prove our UDP address to the responder; leaves `session.udp` None when nothing comes back."""
    family, address = session.endpoint
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        path.bind(sock)
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    session.udp = StampedSocket(sock, session.clock)
    for attempt in range(_OPEN_ATTEMPTS):
        session.send_datagram(Datagram(Kind.OPEN, token, attempt), 84)
        answer = session.receive_datagram(max(_OPEN_MIN_WAIT_S, 2 * session.upgrade_s))
        if answer is not None and answer[0].kind is Kind.COOKIE:
            session.cookie = answer[0].credential
            return
    session.udp.close()
    session.udp = None
    session.udp_reason = f"none of {_OPEN_ATTEMPTS} datagrams was answered: UDP is blocked on the way"
