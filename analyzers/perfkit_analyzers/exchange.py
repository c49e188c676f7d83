"""Pairing of CALLs with their answers (docs/method.md 3)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from perfkit.core.sample import Flag
from perfkit_analyzers.dialects.facts import Fact
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage, canonical


class Ending(StrEnum):
    """How a CALL ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"  # until the end of the run
    DISCONNECTED = "disconnected"  # the connection was lost first
    RETRANSMITTED = "retransmitted"  # a later CALL with the same id and content took the answer


# Python 3.11 calls a function to look up a member of an enumeration; these are asked for with every exchange.
_CALLRESULT: Final = MessageType.CALLRESULT
_IN: Final = Direction.IN
_OUT: Final = Direction.OUT
_ANSWERED: Final = Ending.ANSWERED
_FLAGS: Final = {
    (False, False): (),
    (True, False): (Flag.PROTO_OVERLAP,),
    (False, True): (Flag.DUP_ID,),
    (True, True): (Flag.PROTO_OVERLAP, Flag.DUP_ID),
}


class Exchange:
    """One CALL and how it ended.

    `answer` is None unless ANSWERED. `end_ns` and `end_line` are the answer's, else where the wait ended.
    `clock_step`: the log's clock was stepped in between. `handshake`: the connection was down when the CALL was sent
    and came up before the answer.
    """

    __slots__ = ("answer", "call", "clock_step", "end_line", "end_ns", "ending", "flags", "handshake")

    def __init__(  # noqa: PLR0913, PLR0917 - the fields of a value
        self,
        call: OcppMessage,
        answer: OcppMessage | None,
        ending: Ending,
        end_ns: int,
        end_line: int,
        flags: tuple[Flag, ...] = (),
        clock_step: bool = False,
        handshake: bool = False,
    ) -> None:
        """Remember what happened."""
        self.call: Final = call
        self.answer: Final = answer
        self.ending: Final = ending
        self.end_ns: Final = end_ns
        self.end_line: Final = end_line
        self.flags: Final = flags
        self.clock_step: Final = clock_step
        self.handshake: Final = handshake

    @property
    def is_error(self) -> bool:
        """True when the answer is a CALLERROR."""
        return self.answer is not None and self.answer.type is not _CALLRESULT

    @property
    def is_plain(self) -> bool:
        """True when it was answered by a CALLRESULT and is a value, whatever its flags."""
        if self.answer is None or self.answer.type is not _CALLRESULT or self.end_ns < self.call.stamp_ns:
            return False
        return not (self.clock_step or self.handshake)


class OpenCall:
    """A CALL that waits for its answer.

    `overlap`: another CALL of its sender was open. `duplicate`: another with its id is or was open, `older` among them.
    `handshake`: the connection came up while it waited. `fact` is its meaning, if a rule needs it.
    """

    __slots__ = ("call", "clock_steps", "duplicate", "fact", "handshake", "older", "overlap")

    def __init__(
        self, call: OcppMessage, clock_steps: int, *, overlap: bool = False, older: OpenCall | None = None
    ) -> None:
        """Begin to wait, after `clock_steps` steps of the log's clock."""
        self.call: Final = call
        self.clock_steps: Final = clock_steps
        self.overlap: Final = overlap
        self.older = older
        self.duplicate = older is not None
        self.handshake = False
        self.fact: Fact | None = None

    def flags(self) -> tuple[Flag, ...]:
        """What is odd about it."""
        return _FLAGS[self.overlap, self.duplicate]


_Pending = dict[str, OpenCall]


class Pairing:
    """The open CALLs of one run. Memory grows only with CALLs that are never answered."""

    def __init__(self) -> None:
        """Start with a connection that is up and nothing pending."""
        self._of_dut: _Pending = {}
        self._of_tool: _Pending = {}
        self._pending: dict[Direction, _Pending] = {_IN: self._of_dut, _OUT: self._of_tool, Direction.UNKNOWN: {}}
        self._pending_of: dict[tuple[str, Direction], _Pending] = {}  # where the log names stations: each its own
        self._clock_steps = 0
        self._connected = True

    def call(self, message: OcppMessage) -> OpenCall:
        """Take in a CALL."""
        pending = self._open_calls(message.station, message.direction)
        key = message.message_id
        if not pending:
            opened = pending[key] = OpenCall(message, self._clock_steps)
            return opened
        older = pending.get(key)
        pending[key] = opened = OpenCall(message, self._clock_steps, overlap=True, older=older)
        if older is not None:
            older.duplicate = True
        return opened

    def is_pending(self, message: OcppMessage) -> bool:
        """True when an open CALL of the same sender has the id of this one."""
        pending = self._of_dut if message.direction is _IN else self._pending[message.direction]
        return len(pending) > 0 and message.message_id in pending  # an id is hashed only where one waits

    def answer(self, message: OcppMessage) -> OpenCall | None:
        """The newest open CALL that a CALLRESULT or CALLERROR answers; None for an orphan. It is no longer pending."""
        opposite = _OUT if message.direction is _IN else _IN if message.direction is _OUT else message.direction
        pending = self._open_calls(message.station, opposite)
        key = message.message_id
        opened = pending.pop(key, None)
        if opened is not None and opened.older is not None:
            pending[key] = opened.older
        return opened

    def answered(self, opened: OpenCall, answer: OcppMessage) -> Exchange:
        """The exchange that `answer` ends."""
        return self._close(opened, _ANSWERED, answer.stamp_ns, answer.line, answer)

    def retransmissions(self, newest: OpenCall) -> list[Exchange]:
        """Exchanges of older CALLs with the id and content of one just answered; they are no longer pending.

        Older CALLs with the same id and other content were never answered and stay open.
        """
        call = newest.call
        pending = self._open_calls(call.station, call.direction)
        key = call.message_id
        repeated: list[OpenCall] = []
        kept: list[OpenCall] = []
        for older in _chain(newest.older):
            (repeated if _is_same(older.call, call) else kept).append(older)
        for opened, next_older in zip(kept, [*kept[1:], None], strict=False):
            opened.older = next_older
        if kept:
            pending[key] = kept[0]
        else:
            pending.pop(key, None)
        return [self._close(opened, Ending.RETRANSMITTED, call.stamp_ns, call.line) for opened in repeated]

    def is_stepped(self, opened: OpenCall) -> bool:
        """True when the log's clock was stepped since the CALL."""
        return opened.clock_steps != self._clock_steps

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

    def finish(self, stamp_ns: int, line: int) -> list[Exchange]:
        """Exchanges that are still open when the run ends; without a connection nobody could have answered."""
        return self._end_all(Ending.UNANSWERED if self._connected else Ending.DISCONNECTED, stamp_ns, line)

    def _all_open(self) -> list[OpenCall]:
        return [o for pending in self._all_pending() for newest in pending.values() for o in _chain(newest)]

    def _open_calls(self, station: str | None, direction: Direction) -> _Pending:
        if station is None:
            return (
                self._of_dut if direction is _IN else self._of_tool if direction is _OUT else self._pending[direction]
            )
        return self._pending_of.setdefault((station, direction), {})

    def _all_pending(self) -> Iterator[_Pending]:
        yield from self._pending.values()
        yield from self._pending_of.values()

    def _end_all(self, ending: Ending, stamp_ns: int, line: int) -> list[Exchange]:
        ended = []
        for pending in self._all_pending():
            for newest in pending.values():
                ended += self._end_chain(newest, ending, stamp_ns, line)
            pending.clear()
        return sorted(ended, key=lambda exchange: exchange.call.line)

    def _end_chain(self, newest: OpenCall, ending: Ending, stamp_ns: int, line: int) -> list[Exchange]:
        """The newest of several CALLs with one id waits until the end; an older one with its content was repeated."""
        ended: list[Exchange] = []
        for opened in _chain(newest):
            later = next((e.call for e in ended if _is_same(e.call, opened.call)), None)
            if later is None:
                ended.append(self._close(opened, ending, stamp_ns, line))
            else:
                ended.append(self._close(opened, Ending.RETRANSMITTED, later.stamp_ns, later.line))
        return ended

    def _close(
        self, opened: OpenCall, ending: Ending, end_ns: int, end_line: int, answer: OcppMessage | None = None
    ) -> Exchange:
        clock_step = opened.clock_steps != self._clock_steps
        flags = opened.flags() if opened.overlap or opened.duplicate else ()
        return Exchange(opened.call, answer, ending, end_ns, end_line, flags, clock_step, opened.handshake)


def _chain(newest: OpenCall | None) -> Iterator[OpenCall]:
    """A CALL and the older ones with its id, newest first."""
    while newest is not None:
        yield newest
        newest = newest.older


def _is_same(one: OcppMessage, other: OcppMessage) -> bool:
    return one.action == other.action and canonical(one.payload) == canonical(other.payload)
