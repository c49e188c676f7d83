"""A public speed test beside the gate, never as the gate: speedtest-cli, bound to the interface, with its faults named.

Known errors of speedtest-cli 2.1.3, which its figures carry here too:

* Its "ping" is half the mean duration of three HTTP requests with their TCP connections: far too high on slow links.
* Its rates are all bytes over wall time. Downloads on slow links come out too low (slow start and blocked reads count),
  uploads too high (bytes count when they are handed to the socket, not when they arrive).
* It chooses its own volume (half a megabyte on GPRS, more than 100 MB on LTE) and takes about a minute.
* It needs speedtest.net for its configuration even with a Mini server of one's own.
"""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from perfkit.core.errors import ProbeError, UsageError
from perfkit_probes.path import LinkPath

LABEL = "public reference (speedtest-cli), not used for the gate"
_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class PublicReference:
    """What speedtest-cli reports, converted: kB/s of HTTP payload by its own count, ms by its own definition."""

    label: str
    server: str
    latency_ms: float | None
    down_kB_s: float | None  # noqa: N815 - kB is the unit's symbol
    up_kB_s: float | None  # noqa: N815
    down_bytes: int
    up_bytes: int


@dataclass(frozen=True, slots=True)
class ReferencePlan:
    """Which server to use (id from speedtest.net, or the URL of a Mini server), and whether the link is metered."""

    server_id: int | None = None
    mini_url: str | None = None
    is_metered: bool = True
    is_forced: bool = False


def measure_public_reference(path: LinkPath, plan: ReferencePlan) -> PublicReference:
    """The figures of speedtest-cli over `path`.

    Raises:
        UsageError: The link is metered and the test was not forced.
        ProbeError: speedtest-cli is not installed, or its servers cannot be reached.
    """
    if plan.is_metered and not plan.is_forced:
        raise UsageError(
            "speedtest-cli chooses its own volume, up to 100 MB, and this link is metered; add --force to spend that"
        )
    speedtest = _library()
    with _bound_sockets(path):
        try:
            return _run(speedtest, path, plan)
        except speedtest.exception as error:
            raise ProbeError(f"speedtest-cli says: {str(error) or type(error).__name__}; {LABEL}") from error
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise ProbeError(f"speedtest-cli broke off ({type(error).__name__}: {error}); {LABEL}") from error


@dataclass(frozen=True, slots=True)
class _Library:
    """The two names of speedtest-cli that are used."""

    make: object
    exception: type[Exception]


def _library() -> _Library:
    try:
        # It puts files of its own on the descriptors of stdout and stderr, and closes these when it is unloaded;
        # streams without a descriptor it leaves alone.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import speedtest
    except ImportError as error:
        raise ProbeError("speedtest-cli is not installed; `pip install perfkit[speedtest]` adds it") from error
    return _Library(speedtest.Speedtest, speedtest.SpeedtestException)


def _run(library: _Library, path: LinkPath, plan: ReferencePlan) -> PublicReference:
    test = library.make(timeout=_TIMEOUT_S, secure=True, source_address=path.source)  # type: ignore[operator]
    if plan.mini_url is not None:
        test.get_best_server(test.set_mini_server(plan.mini_url))
    else:
        test.get_servers([plan.server_id] if plan.server_id is not None else [])
        test.get_best_server()
    test.download()
    test.upload(pre_allocate=False)
    found = test.results.dict()
    server = found.get("server") or {}
    return PublicReference(
        label=LABEL,
        server=str(server.get("host") or server.get("url") or "unknown"),
        latency_ms=_number(found.get("ping")),
        down_kB_s=_kilobytes(found.get("download")),
        up_kB_s=_kilobytes(found.get("upload")),
        down_bytes=int(found.get("bytes_received") or 0),
        up_bytes=int(found.get("bytes_sent") or 0),
    )


def _number(value: object) -> float | None:
    """A positive number, None for anything else: 0 stands for "not measured"."""
    return float(value) if isinstance(value, int | float) and 0 < value < 600_000_000_000 else None


def _kilobytes(bits_s: object) -> float | None:
    number = _number(bits_s)
    return None if number is None else number / 8000


@contextlib.contextmanager
def _bound_sockets(path: LinkPath) -> Iterator[None]:
    """Tie every TCP socket made meanwhile to the interface; speedtest-cli itself can only bind an address."""
    if path.interface is None:
        yield
        return
    before = socket.create_connection

    def through_interface(
        address: tuple[str, int],
        timeout: float | None = None,
        source_address: tuple[str, int] | None = None,  # noqa: ARG001 - the interface decides
        **_: object,
    ) -> socket.socket:
        reasons: list[OSError] = []
        for family, kind, protocol, _name, where in socket.getaddrinfo(*address[:2], type=socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                path.bind(sock)
                if isinstance(timeout, int | float):
                    sock.settimeout(timeout)
                sock.connect(where)
            except OSError as error:
                sock.close()
                reasons.append(error)
                continue
            return sock
        raise reasons[-1] if reasons else OSError(f"{address[0]} has no address")

    socket.create_connection = through_interface  # type: ignore[assignment]
    try:
        yield
    finally:
        socket.create_connection = before
