"""The monitor's way to the responder: a path that may be missing, a session that ends, and an allowance."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from perfkit.core.errors import ProbeError
from perfkit.core.monitor_record import GapCause
from perfkit_probes.budget import Budget, Meter
from perfkit_probes.clock import Clock, SystemClock
from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.path import LinkPath, Target, interface_names
from perfkit_probes.session import LinkSession, open_session

# What opening a session costs at most: TCP, WebSocket, the proof of the UDP address, and the end.
OPENING_BYTES = 2_000
# What an attempt costs that nobody answers: a SYN, repeated for as long as it is waited for.
_ATTEMPT_BYTES = 300
_NO_TIME_LIMIT_S = 1e9
# A responder that is away is tried again after so long, then twice as long, and so on up to a minute.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 60.0


class AwayError(Exception):
    """There is no way to the responder at present, or nothing may be spent; `cause` says of which kind."""

    def __init__(self, reason: str, cause: GapCause) -> None:
        super().__init__(reason)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Way:
    """Where the responder is and how it is reached; `path_of` gives None while the device is away."""

    target: Target
    path_of: Callable[[], LinkPath | None]
    key: str | None = None


class ResponderLink:
    """A session with the responder that is kept for as long as it lasts; asked by one thread at a time."""

    def __init__(self, way: Way, allowance: Allowance, clock: Clock | None = None) -> None:
        self._way = way
        self._allowance = allowance
        self._clock = clock or SystemClock()
        self._session: LinkSession | None = None
        self._held = contextlib.ExitStack()
        self._failures = 0
        self._try_again_s = 0.0
        self._last_failure = ""

    @contextlib.contextmanager
    def session(self, needed_bytes: int) -> Iterator[tuple[LinkSession, LinkPath]]:
        """The open session, a new one if need be, for an exchange that may cost `needed_bytes`.

        What the block spends is booked. A ProbeError in it ends the session.

        Raises:
            AwayError: the device or the responder is away, or the allowance of the hour is used up.
        """
        path = self._path()
        opening = OPENING_BYTES if self._session is None else 0
        self._must_have_room(needed_bytes + opening)
        session = self._session or self._opened(path)
        before = session.meter.spent().total_bytes
        try:
            yield session, path
            session.account()
        except (ProbeError, OSError):
            self.close()
            raise
        finally:
            self._book(session.meter.spent().total_bytes - before)

    def _path(self) -> LinkPath:
        path = self._way.path_of()
        if path is None:
            self.close()
            raise AwayError("the dongle does not answer", GapCause.DEVICE_AWAY)
        if path.interface is not None and path.interface not in interface_names():
            self.close()
            raise AwayError(f"there is no interface {path.interface} at present", GapCause.DEVICE_AWAY)
        return path

    def _must_have_room(self, size_bytes: int) -> None:
        if not self._allowance.has_room(size_bytes, self._now_s()):
            most = self._allowance.max_bytes_per_hour
            raise AwayError(f"the cap of {most} bytes per hour is reached", GapCause.CAP_REACHED)

    def _opened(self, path: LinkPath) -> LinkSession:
        if self._now_s() < self._try_again_s:
            raise AwayError(self._last_failure, GapCause.RESPONDER_AWAY)
        meter = Meter(Budget(1 << 40, _NO_TIME_LIMIT_S), self._clock)
        try:
            session = self._held.enter_context(
                open_session(self._way.target, path, meter=meter, key=self._way.key, clock=self._clock)
            )
        except (ProbeError, OSError) as error:
            self._book(max(_ATTEMPT_BYTES, meter.spent().total_bytes))
            self._put_off(str(error))
            raise AwayError(str(error), GapCause.RESPONDER_AWAY) from error
        self._book(meter.spent().total_bytes)
        self._session, self._failures = session, 0
        return session

    def _put_off(self, reason: str) -> None:
        """Leave a responder alone for a while."""
        pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**self._failures)
        self._failures += 1
        self._try_again_s = self._now_s() + pause_s
        self._last_failure = reason

    def _book(self, size_bytes: int) -> None:
        self._allowance.spend(size_bytes, self._now_s())

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / 1e9

    def close(self) -> None:
        """End the session."""
        session, self._session = self._session, None
        if session is None:
            return
        before = session.meter.spent().total_bytes
        with contextlib.suppress(ProbeError, OSError):
            self._held.close()
        self._held = contextlib.ExitStack()
        self._book(session.meter.spent().total_bytes - before)
