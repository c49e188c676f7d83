"""HTTP with one host and nobody else, within limits of time and size; imported only when a device is opened.

No timeout of a library covers a body or a header that drips: a watchdog closes the socket at the deadline. Bodies are
read up to a limit, redirects followed on the device only, proxies of the environment not used.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests  # noqa: TID253 - this module is itself imported only when a device is opened
from requests.adapters import HTTPAdapter  # noqa: TID253 - as above
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.base import RawRecorder


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one request may take. 45 s for an answer is what the device's own web page allows a mode change."""

    connect_s: float = 5.0
    read_s: float = 45.0
    total_s: float = 60.0
    body_bytes: int = 262_144  # the longest answers known are lists of a few kilobytes
    busy_s: float = 45.0
    busy_pause_s: float = 3.0


def _watched_pool(sockets: list[socket.socket]) -> type[HTTPConnectionPool]:
    """Return a pool class that keeps the socket in use in `sockets`, so that a watchdog can close it."""

    class WatchedConnection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            if self.sock is not None:
                sockets[:] = [self.sock]

    class WatchedPool(HTTPConnectionPool):
        ConnectionCls = WatchedConnection

    return WatchedPool


def interface_options(interface: str | None) -> list[tuple[int, int, int | bytes]]:
    """Return the socket options that keep traffic on one interface; raises DeviceError where there is none.

    Linux SO_BINDTODEVICE (unprivileged since 5.7), macOS IP_BOUND_IF (25), Windows IP_UNICAST_IF (31, index in
    network order).
    """
    options: list[tuple[int, int, int | bytes]] = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    if interface is None:
        return options
    try:
        index = socket.if_nametoindex(interface)
    except OSError as error:
        message = f'there is no network interface "{interface}"; `perfkit dongle detect` lists those with a dongle'
        raise DeviceError(message) from error
    if sys.platform == "linux":
        options.append((socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0"))
    elif sys.platform == "darwin":
        options.append((socket.IPPROTO_IP, 25, index))
    else:
        options.append((socket.IPPROTO_IP, 31, socket.htonl(index)))
    return options


class _ReadBody:
    """A raw response whose body has been read: the body comes from memory, the rest from the original."""

    def __init__(self, raw: Any, body: bytes) -> None:
        self._raw = raw
        self._body = body

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, *_args: object, **_kwargs: object) -> Iterator[bytes]:
        yield self._body


class DeviceAdapter(HTTPAdapter):
    """Sends one request to the device and to nobody else, within the limits, and shows the answer to the recorder."""

    def __init__(self, url: str, limits: HttpLimits, *, interface: str | None, recorder: RawRecorder | None) -> None:
        self._address = urlsplit(url).netloc
        self._url = url
        self._limits = limits
        self._options = interface_options(interface)
        self._recorder = recorder
        self._sockets: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make connections that keep to the interface and can be closed by the watchdog."""
        super().init_poolmanager(*args, socket_options=self._options, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _watched_pool(self._sockets)}

    def send(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Return the response with its body read; raises DeviceError for everything that keeps it from being read."""
        target = urlsplit(request.url)
        if target.scheme != "http" or target.netloc != self._address:
            where = printable(request.url)
            raise DeviceError(f"{self._url} sends perfkit on to {where}, which is not the dongle; not followed")
        expired = threading.Event()
        watchdog = threading.Timer(self._limits.total_s, self._expire, args=(expired,))
        watchdog.daemon = True
        watchdog.start()
        what = f"{request.method} {target.path}"
        try:
            response = super().send(
                request, stream=True, timeout=(self._limits.connect_s, self._limits.read_s), proxies={}
            )
            body = self._read_body(response.raw, what)
        except DeviceError:
            raise
        except (requests.RequestException, HTTPError, OSError) as error:
            raise DeviceError(self._why(error, what, expired=expired.is_set())) from error
        finally:
            watchdog.cancel()
        if expired.is_set():
            raise DeviceError(self._why(None, what, expired=True))
        if self._recorder is not None:
            self._recorder.record(what, body.decode("utf-8", "replace"))
        response.raw = _ReadBody(response.raw, body)
        return response

    def _expire(self, expired: threading.Event) -> None:
        expired.set()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _read_body(self, raw: Any, what: str) -> bytes:
        body = bytearray()
        for piece in raw.stream(16_384, decode_content=True):
            body += piece
            if len(body) > self._limits.body_bytes:
                raw.close()
                limit = self._limits.body_bytes
                raise DeviceError(
                    f"{self._url} answers {what} with more than {limit} bytes, which no dongle does; stopped reading"
                )
        if b"<!ENTITY" in body:
            raise DeviceError(f"{self._url} answers {what} with XML entity definitions, which no dongle sends; refused")
        return bytes(body)

    def _why(self, error: Exception | None, what: str, *, expired: bool) -> str:
        if expired:
            return f"{self._url} did not finish its answer to {what} within {self._limits.total_s:g} s"
        if isinstance(error, requests.ConnectTimeout):
            limit_s = self._limits.connect_s
            return f"{self._url} did not accept a connection within {limit_s:g} s; is the dongle plugged in?"
        if isinstance(error, requests.Timeout) or "timed out" in str(error):
            return f"{self._url} did not answer {what} within {self._limits.read_s:g} s"
        if isinstance(error, requests.ConnectionError):
            return f"{self._url} cannot be reached ({_root(error)}); is the dongle plugged in?"
        return f"{self._url} broke off its answer to {what} ({_root(error)})"


def printable(text: str) -> str:
    """Return at most 120 characters of a text from the device, on one line and without control characters."""
    return "".join(one if one.isprintable() else "?" for one in " ".join(text.split()))[:120]


def _root(error: BaseException | None) -> str:
    """Return the innermost reason of a chain of exceptions, in the words of the system where it has any."""
    while error is not None and (error.__cause__ or error.__context__) is not None:
        error = error.__cause__ or error.__context__
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return printable(str(error)) or type(error).__name__
