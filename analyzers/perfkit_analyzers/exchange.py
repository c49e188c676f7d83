"""Pairing of CALLs with their answers (docs/method.md 3)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.sample import Flag
from perfkit_analyzers.message import Direction, MessageType, OcppMessage


class Ending(StrEnum):
    """How a CALL ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"  # until the end of the run
    DISCONNECTED = "disconnected"  # the connection was lost first
    RETRANSMITTED = "retransmitted"  # a later CALL with the same id and content took the answer


class Exchange(msgspec.Struct, frozen=True, gc=False):
    """One CALL and how it ended.

    `answer` is None unless ANSWERED. `end_ns` and `end_line` are the answer's, else where the wait ended (None if the log
    has no line after it). `clock_step`: the log's clock was stepped in between. `handshake`: the connection was down when
    the CALL was sent and came up before the answer.
    """

    call: OcppMessage
    answer: OcppMessage | None
    ending: Ending
    end_ns: int
    end_line: int | None
    flags: tuple[Flag, ...] = ()
    clock_step: bool = False
    handshake: bool = False

    @property
    def is_error(self) -> bool:
        """True when the answer is a CALLERROR."""
        return self.answer is not None and self.answer.type is not MessageType.CALLRESULT


class _Open:
    """A CALL that waits for its answer."""

    __slots__ = ("call", "clock_steps", "duplicate", "handshake", "overlap")

    def __init__(self, call: OcppMessage, clock_steps: int, *, overlap: bool, duplicate: bool) -> None:
        self.call = call
        self.clock_steps = clock_steps
        self.overlap = overlap
        self.duplicate = duplicate
        self.handshake = False

    def flags(self) -> tuple[Flag, ...]:
        if not (self.overlap or self.duplicate):
            return ()
        named = ((Flag.PROTO_OVERLAP, self.overlap), (Flag.DUP_ID, self.duplicate))
        return tuple(flag for flag, set_ in named if set_)


_Key = tuple[str | None, str]


class Pairing:
    """The open CALLs of one run. Memory grows only with CALLs that are never answered."""

    def __init__(self) -> None:
        """Start with a connection that is up and nothing pending."""
        self._open: dict[Direction, dict[_Key, list[_Open]]] = {direction: {} for direction in Direction}
        self._clock_steps = 0
        self._connected = True

    def call(self, message: OcppMessage) -> None:
        """Take in a CALL."""
        pending = self._open[message.direction]
        key = (message.station, message.message_id)
        same_id = pending.get(key)
        opened = _Open(message, self._clock_steps, overlap=bool(pending), duplicate=same_id is not None)
        if same_id is None:
            pending[key] = [opened]
        else:
            for earlier in same_id:
                earlier.duplicate = True
            same_id.append(opened)

    def answer(self, message: OcppMessage) -> tuple[Exchange, ...]:
        """Exchanges that a CALLRESULT or CALLERROR ends: the newest open CALL with its id, and retransmissions of it.

        Empty for an orphan.
        """
        sender = Direction.IN if message.direction is Direction.OUT else Direction.OUT
        if message.direction is Direction.UNKNOWN:
            sender = Direction.UNKNOWN
        pending = self._open[sender]
        key = (message.station, message.message_id)
        same_id = pending.get(key)
        if same_id is None:
            return ()
        newest = same_id.pop()
        answered = self._close(newest, Ending.ANSWERED, message.stamp_ns, message.line, answer=message)
        if not same_id:
            del pending[key]
            return (answered,)
        return (answered, *self._retransmissions(same_id, newest.call, pending, key))

    def _retransmissions(
        self, same_id: list[_Open], newest: OcppMessage, pending: dict[_Key, list[_Open]], key: _Key
    ) -> list[Exchange]:
        """End the older CALLs of identical content; the others were never answered and stay open."""
        repeated = [o for o in same_id if o.call.action == newest.action and o.call.payload == newest.payload]
        kept = [o for o in same_id if o not in repeated]
        if kept:
            pending[key] = kept
        else:
            del pending[key]
        return [self._close(o, Ending.RETRANSMITTED, newest.stamp_ns, newest.line) for o in repeated]

    def clock_stepped(self) -> None:
        """Note that the log's clock was stepped here."""
        self._clock_steps += 1

    def disconnected(self, stamp_ns: int, line: int) -> list[Exchange]:
        """Exchanges that the loss of the connection ends."""
        self._connected = False
        return self._end_all(Ending.DISCONNECTED, stamp_ns, line)

    def connected(self, stamp_ns: int, line: int) -> list[Exchange]:
        """Exchanges that a new connection ends: all open ones, unless they were sent while it was down."""
        if self._connected:
            return self._end_all(Ending.DISCONNECTED, stamp_ns, line)
        self._connected = True
        for opened in self._all_open():
            opened.handshake = True
        return []

    def finish(self, stamp_ns: int) -> list[Exchange]:
        """Exchanges that are still open when the run ends."""
        return self._end_all(Ending.UNANSWERED, stamp_ns, None)

    def _all_open(self) -> list[_Open]:
        return [o for pending in self._open.values() for same_id in pending.values() for o in same_id]

    def _end_all(self, ending: Ending, stamp_ns: int, line: int | None) -> list[Exchange]:
        ended = [self._close(opened, ending, stamp_ns, line) for opened in self._all_open()]
        for pending in self._open.values():
            pending.clear()
        return sorted(ended, key=lambda exchange: exchange.call.line)

    def _close(
        self, opened: _Open, ending: Ending, end_ns: int, end_line: int | None, *, answer: OcppMessage | None = None
    ) -> Exchange:
        return Exchange(
            opened.call,
            answer,
            ending,
            end_ns,
            end_line,
            opened.flags(),
            opened.clock_steps != self._clock_steps,
            opened.handshake,
        )
