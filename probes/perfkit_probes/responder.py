"""The far end of the link probes: a WebSocket and a UDP port of one number, with caps, that answers only its clients.

A client first opens the WebSocket and is given a random token there. Over UDP it shows the token and receives a cookie
bound to the address it came from, in a datagram no longer than its own; only with the cookie does the responder send
more than it receives. A forged source address therefore earns nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING

from perfkit.core.errors import ProbeError, UsageError
from perfkit_probes.clock import Clock, SystemClock, prompt_threads
from perfkit_probes.control import DEFAULT_PORT, MAX_MESSAGE_BYTES, PATH, SUBPROTOCOL
from perfkit_probes.responder_dialogue import serve_client
from perfkit_probes.responder_session import Caps, Sessions
from perfkit_probes.responder_udp import DatagramService
from perfkit_probes.stamps import StampedSocket

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import Server, ServerConnection

_BIND_ATTEMPTS = 20
_OPEN_TIMEOUT_S = 30.0
# Connections that may wait in the handshake or hold a session, beyond the sessions themselves.
_EXTRA_CONNECTIONS = 8
# The responder reports through its caller; the library's own log lines would only disturb.
_SILENT = logging.getLogger("perfkit.responder.websockets")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


@dataclass(frozen=True, slots=True)
class ResponderConfig:
    """Where to listen (port 0 takes a free one), the shared key (None: no key needed), and the caps."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    key: str | None = None
    caps: Caps = field(default_factory=Caps)


class Responder:
    """A running responder; use it as a context manager, or `start` and `close`."""

    def __init__(self, config: ResponderConfig | None = None, clock: Clock | None = None) -> None:
        """Take the configuration; nothing is opened before `start`."""
        self.config = config or ResponderConfig()
        self._clock = clock or SystemClock()
        self.sessions = Sessions(self.config.caps, self._clock)
        self._server: Server | None = None
        self._datagrams: DatagramService | None = None
        self._thread: threading.Thread | None = None
        self._connections = threading.BoundedSemaphore(self.config.caps.max_sessions + _EXTRA_CONNECTIONS)
        self._threads = contextlib.ExitStack()
        self.port = self.config.port

    def start(self) -> None:
        """Listen, in threads of its own; `port` is then the number in use.

        Raises:
            ProbeError: The address cannot be used.
        """
        from websockets.sync.server import serve
        from websockets.typing import Subprotocol

        listener, datagrams = self._bind()
        self.port = listener.getsockname()[1]
        self._datagrams = DatagramService(StampedSocket(datagrams, self._clock), self.sessions, self._clock)
        self._server = serve(
            self._client,
            sock=listener,
            compression=None,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            process_request=_refuse_other_paths,
            server_header=None,
            open_timeout=_OPEN_TIMEOUT_S,
            close_timeout=2,
            ping_interval=None,
            max_size=MAX_MESSAGE_BYTES,
            logger=_SILENT,
        )
        self._threads.enter_context(prompt_threads())
        self._datagrams.start()
        self._thread = threading.Thread(target=self._server.serve_forever, name="responder", daemon=True)
        self._thread.start()

    def _bind(self) -> tuple[socket.socket, socket.socket]:
        """A listening TCP socket and a UDP socket on one port number."""
        family = _family(self.config.host)
        for attempt in range(_BIND_ATTEMPTS):
            listener = datagrams = None
            try:
                listener = _bound(family, socket.SOCK_STREAM, (self.config.host, self.config.port))
                datagrams = _bound(family, socket.SOCK_DGRAM, (self.config.host, listener.getsockname()[1]))
                listener.listen()
            except OSError as error:
                for sock in (listener, datagrams):
                    if sock is not None:
                        sock.close()
                if self.config.port == 0 and attempt < _BIND_ATTEMPTS - 1:
                    continue
                raise ProbeError(
                    f"cannot listen on {self.config.host} port {self.config.port} (TCP and UDP): "
                    f"{error.strerror or error}; choose another with --listen ADDR:PORT"
                ) from error
            return listener, datagrams
        raise ProbeError(f"no port of {self.config.host} is free for TCP and UDP alike")

    def _client(self, connection: ServerConnection) -> None:
        if not self._connections.acquire(blocking=False):
            connection.close(1013, "too many connections")
            return
        try:
            serve_client(connection, self.sessions, key=self.config.key, datagrams=self._datagrams, clock=self._clock)
        finally:
            self._connections.release()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the responder is closed, at most `timeout_s` seconds."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def close(self) -> None:
        """Stop listening and end every session."""
        if self._datagrams is not None:
            self._datagrams.close()
        self.sessions.close()
        if self._server is not None:
            self._server.shutdown()
        if self._thread is not None:
            self._thread.join(5)
        self._threads.close()

    def __enter__(self) -> Responder:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def is_loopback(host: str) -> bool:
    """Whether nobody outside this computer can reach a responder on `host`."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _family(host: str) -> socket.AddressFamily:
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise UsageError(
            f"{host!r} is not an address to listen on; give one of this computer's addresses, "
            "0.0.0.0 for all of IPv4, or :: for all of both"
        ) from error
    return socket.AF_INET6 if address.version == 6 else socket.AF_INET


def _bound(family: socket.AddressFamily, kind: socket.SocketKind, address: tuple[str, int]) -> socket.socket:
    sock = socket.socket(family, kind)
    try:
        if kind is socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and address[0] == "::":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock


def _refuse_other_paths(connection: ServerConnection, request: Request) -> Response | None:
    """A plain 404 for everything but the protocol's own path."""
    if request.path == PATH:
        return None
    return connection.respond(HTTPStatus.NOT_FOUND, "perfkit responder: nothing here\n")
