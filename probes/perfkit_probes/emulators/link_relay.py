"""A link of known rate, delay, jitter, loss and queue as a relay on loopback, for UDP and TCP; needs no privileges.

It listens on one port number for both and carries everything to a target. TCP ends here and starts anew, so the
kernel's round trips (TCP_INFO) and connection set-up do not see the link; datagrams, trains and WebSocket messages do.
Timing is that of an event loop: some milliseconds per round trip, more on a busy machine; `worst_late_s` says how much.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import cast

from perfkit.core.errors import DeviceError
from perfkit_probes.emulators.link_shaper import LinkSetting, Shaper

# Payload of one TCP segment, and the headers in front of it and of a datagram (IPv4), as they would be on a real link.
_SEGMENT, _TCP_HEADERS, _UDP_HEADERS = 1448, 52, 28
_BIND_ATTEMPTS = 20
_START_TIMEOUT_S = 10.0
# A lost segment comes again after the least retransmission timeout (Linux) and one more round trip.
_RETRANSMISSION_S = 0.2

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class RelaySetting:
    """Both directions of the link, and whether it drops all UDP, as some firewalls do."""

    up: LinkSetting
    down: LinkSetting
    udp_blocked: bool = False
    seed: int = 1


class _Clients(asyncio.DatagramProtocol):
    """The side that faces the clients: one socket towards the target for each client address."""

    def __init__(self, relay: LinkRelay) -> None:
        self._relay = relay
        self._onward: dict[Address, asyncio.DatagramTransport] = {}
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Python 3.11's own transport does not derive from DatagramTransport, so no isinstance here.
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Send a client's datagram up the link."""
        if not self._relay.setting.udp_blocked:
            self._relay.spawn(self._up(data, addr))

    async def _up(self, data: bytes, client: Address) -> None:
        due_s = self._relay.up.admit(self._relay.now_s(), len(data) + _UDP_HEADERS)
        if due_s is None:
            return
        onward = self._onward.get(client)
        if onward is None:
            loop = asyncio.get_running_loop()
            onward, _ = await loop.create_datagram_endpoint(
                lambda: _Target(self._relay, self, client), remote_addr=self._relay.target
            )
            self._onward[client] = onward
        self._relay.at(due_s, onward.sendto, data)

    def down(self, data: bytes, client: Address) -> None:
        """Send a datagram of the target down the link."""
        due_s = self._relay.down.admit(self._relay.now_s(), len(data) + _UDP_HEADERS)
        if due_s is not None and self.transport is not None:
            self._relay.at(due_s, self.transport.sendto, data, client)

    def close(self) -> None:
        """Close every socket."""
        for transport in (self.transport, *self._onward.values()):
            if transport is not None:
                transport.close()


class _Target(asyncio.DatagramProtocol):
    """The side that faces the target, for one client."""

    def __init__(self, relay: LinkRelay, clients: _Clients, client: Address) -> None:
        self._relay, self._clients, self._client = relay, clients, client

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Pass an answer on."""
        self._clients.down(data, self._client)


class LinkRelay:
    """A running relay; use it as a context manager, `port` is where to connect to."""

    def __init__(self, setting: RelaySetting, target: Address, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Take the link and where it leads; nothing is opened before the context is entered."""
        self.setting = setting
        self.target = target
        self.up = Shaper(setting.up, setting.seed)
        self.down = Shaper(setting.down, setting.seed + 1)
        self.host = host
        self.port = port
        self.worst_late_s = 0.0
        """By how much the latest packet so far was handed over too late."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="link-relay", daemon=True)

    def now_s(self) -> float:
        """The event loop's time."""
        return asyncio.get_running_loop().time()

    def at(self, due_s: float, call: Callable[..., object], *values: object) -> None:
        """Call something at a time of the event loop; a connection that has gone by then is no error."""
        asyncio.get_running_loop().call_at(due_s, self._hand_over, due_s, call, *values)

    def _hand_over(self, due_s: float, call: Callable[..., object], *values: object) -> None:
        self.worst_late_s = max(self.worst_late_s, self.now_s() - due_s)
        with contextlib.suppress(OSError, RuntimeError):
            call(*values)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run a coroutine beside the others."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def __enter__(self) -> LinkRelay:
        """Listen, in a thread of its own.

        Raises:
            DeviceError: The address cannot be used.
        """
        self._thread.start()
        self._ready.wait(_START_TIMEOUT_S)
        if self._error is not None:
            raise DeviceError(
                f"cannot listen on {self.host} port {self.port}: {self._error.strerror or self._error}"
            ) from self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and close everything."""
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_TIMEOUT_S)

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the relay has ended, at most `timeout_s` seconds."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listener, datagrams = self._bind()
        self.port = listener.getsockname()[1]
        server = await asyncio.start_server(self._connection, sock=listener, limit=_SEGMENT)
        _, clients = await self._loop.create_datagram_endpoint(lambda: _Clients(self), sock=datagrams)
        self._ready.set()
        await self._stop.wait()
        server.close()
        clients.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _bind(self) -> tuple[socket.socket, socket.socket]:
        """A TCP and a UDP socket on one port number."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        for attempt in range(_BIND_ATTEMPTS):
            listener = socket.socket(family, socket.SOCK_STREAM)
            datagrams = socket.socket(family, socket.SOCK_DGRAM)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((self.host, self.port))
                datagrams.bind((self.host, listener.getsockname()[1]))
            except OSError:
                listener.close()
                datagrams.close()
                if self.port or attempt == _BIND_ATTEMPTS - 1:
                    raise
                continue
            return listener, datagrams
        raise OSError("no port is free for TCP and UDP alike")

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TCP connection: a new one to the target, and both directions between them."""
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target, limit=_SEGMENT)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        self.spawn(self._carry(reader, far_writer, self.up))
        self.spawn(self._carry(far_reader, writer, self.down))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shaper: Shaper) -> None:
        """Carry one direction in segments; a full queue makes the sender wait, as TCP's window would."""
        last_s = 0.0
        with contextlib.suppress(OSError):
            while data := await reader.read(_SEGMENT):
                size = len(data) + _TCP_HEADERS
                while shaper.backlog_bytes(self.now_s()) + size > max(shaper.setting.queue_bytes, size):
                    await asyncio.sleep(size / shaper.setting.rate_bytes_s)
                extra_s = _RETRANSMISSION_S + 2 * shaper.setting.delay_s if shaper.is_lost() else 0.0
                last_s = max(last_s, shaper.deliver(self.now_s(), size) + extra_s)
                self.at(last_s, writer.write, data)
        self.at(max(last_s, self.now_s()), writer.close)
