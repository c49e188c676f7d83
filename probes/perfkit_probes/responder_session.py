"""The sessions of a responder: their credentials, what each may draw, what it has received."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfkit_probes.clock import Clock
from perfkit_probes.pacing import PacedSender, ReceivedLog
from perfkit_probes.wire import CREDENTIAL_BYTES

if TYPE_CHECKING:
    pass

WHO = "the client"
_HELLO_TIMEOUT_S = 30.0
_MAX_STEP_S = 30.0
MAX_TRAIN_PACKETS = 512
MAX_PACKET_BYTES = 1500
_MAX_POINTS = 4096


@dataclass(frozen=True, slots=True)
class Caps:
    """What one session may draw from the responder, and how many sessions it serves at once.

    The rate holds over a second: a train leaves in one burst and then waits for its share.
    """

    max_bytes_s: int = 25_000_000
    max_bytes: int = 50_000_000
    max_seconds: float = 300.0
    max_sessions: int = 4


class Session:
    """The credentials of one client and what it has drawn so far."""

    def __init__(self, caps: Caps, clock: Clock) -> None:
        """Draw the token."""
        self.token = secrets.token_bytes(CREDENTIAL_BYTES)
        self.secret = secrets.token_bytes(32)
        self.caps = caps
        self._clock = clock
        self.started_ns = clock.monotonic_ns()
        self.sent_bytes = 0
        self._credit = float(caps.max_bytes_s)
        self._credit_ns = self.started_ns
        self._lock = threading.Lock()
        self.received = ReceivedLog()
        self.trains: dict[int, dict[int, int]] = {}
        self.answered_rounds: set[int] = set()
        self.pace: PacedSender | None = None

    @property
    def remaining_s(self) -> float:
        """Seconds that the session may still last."""
        return self.caps.max_seconds - (self._clock.monotonic_ns() - self.started_ns) / 1e9

    def may_send(self, size_bytes: int) -> bool:
        """Whether the caps allow `size_bytes` now; if so they are booked."""
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            earned = (now_ns - self._credit_ns) / 1e9 * self.caps.max_bytes_s
            self._credit, self._credit_ns = min(self._credit + earned, float(self.caps.max_bytes_s)), now_ns
            over = self.sent_bytes + size_bytes > self.caps.max_bytes or size_bytes > self._credit
            if over or self.remaining_s <= 0:
                return False
            self._credit -= size_bytes
            self.sent_bytes += size_bytes
            return True

    def stop_pacing(self) -> int:
        """End a paced stream; returns the packets it sent."""
        pace, self.pace = self.pace, None
        return pace.stop() if pace is not None else 0


class Sessions:
    """The sessions that are open, by token."""

    def __init__(self, caps: Caps, clock: Clock) -> None:
        """Start without sessions."""
        self.caps = caps
        self._clock = clock
        self._open: dict[bytes, Session] = {}
        self._lock = threading.Lock()
        self.served = 0

    def create(self) -> Session | None:
        """A new session, None when as many are open as the caps allow."""
        with self._lock:
            if len(self._open) >= self.caps.max_sessions:
                return None
            session = Session(self.caps, self._clock)
            self._open[session.token] = session
            self.served += 1
            return session

    def find(self, token: bytes) -> Session | None:
        """The session of `token`."""
        with self._lock:
            return self._open.get(token)

    def end(self, session: Session) -> None:
        """Forget a session and stop what it has running."""
        with self._lock:
            self._open.pop(session.token, None)
        session.stop_pacing()

    def close(self) -> None:
        """Forget every session."""
        for session in list(self._open.values()):
            self.end(session)
