"""`perfkit responder`: the far end of `perfkit network`, beside OCTT or the CSMS, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys

from perfkit.core.errors import UsageError

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import of typing
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from perfkit_probes.responder import Responder

KEY_VARIABLE = "PERFKIT_RESPONDER_KEY"
_LOOK_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--listen",
        metavar="ADDR:PORT",
        default="127.0.0.1",
        help="address and port for TCP and UDP; 0.0.0.0 or [::] for all interfaces (default: 127.0.0.1:9310)",
    )
    parser.add_argument(
        "--key", metavar="TEXT", help=f"clients must know this key; {KEY_VARIABLE} in the environment does the same"
    )
    parser.add_argument("--max-rate", type=float, metavar="KB_S", default=25_000.0, help="kB/s per session (25000)")
    parser.add_argument("--max-bytes", type=int, metavar="N", default=50_000_000, help="bytes per session (50000000)")
    parser.add_argument("--max-seconds", type=float, metavar="N", default=300.0, help="seconds per session (300)")
    parser.add_argument("--max-sessions", type=int, metavar="N", default=4, help="sessions at once (4)")


def run(arguments: argparse.Namespace) -> int:
    """Answer until Ctrl-C or SIGTERM."""
    from perfkit_probes.path import parse_target
    from perfkit_probes.responder import Responder, ResponderConfig, is_loopback
    from perfkit_probes.responder_session import Caps

    limits = (arguments.max_rate, arguments.max_bytes, arguments.max_seconds, arguments.max_sessions)
    if min(limits) <= 0:
        raise UsageError("--max-rate, --max-bytes, --max-seconds and --max-sessions must be above 0")
    where = parse_target(arguments.listen)
    key = arguments.key or os.environ.get(KEY_VARIABLE) or None
    caps = Caps(int(arguments.max_rate * 1000), arguments.max_bytes, arguments.max_seconds, arguments.max_sessions)
    if key is None and not is_loopback(where.host):
        print("warning: everybody who reaches this port may use it; --key TEXT keeps others out", file=sys.stderr)
    with Responder(ResponderConfig(where.host, where.port, key, caps)) as responder, _ended_by_signals():
        _announce(responder, where.host)
        _wait(responder)
    print(f"responder ended; sessions served: {responder.sessions.served}")
    return 0


def _announce(responder: Responder, host: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(f"responder listens on {shown}:{responder.port}, TCP and UDP (Ctrl-C ends it); on the test host:", flush=True)
    print(f"  perfkit network --to {shown}:{responder.port}", flush=True)


def _wait(responder: Responder) -> None:
    """For ever, in short pieces: a signal that comes just before a wait is seen only at its end."""
    while True:
        responder.wait(_LOOK_S)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End the block by Ctrl-C or SIGTERM; both are the ordinary end of a responder, not an error."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
