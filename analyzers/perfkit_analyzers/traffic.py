"""Every message and every exchange of the inputs, with the run they belong to: for looking around in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from perfkit_analyzers.exchange import Exchange, Pairing
from perfkit_analyzers.inputs.files import open_inputs
from perfkit_analyzers.message import (
    LogEvent,
    Narration,
    NarrationKind,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.ocpp_message import MessageType, OcppMessage
from perfkit_analyzers.readers.table import open_log


class Seen(msgspec.Struct, frozen=True):
    """A message, or an exchange when it ends, in a run; `run` counts from 0 as the runs of the result document do."""

    file: str
    run: int
    test_case: str | None
    what: OcppMessage | Exchange


def read_traffic(paths: Sequence[str]) -> Iterator[Seen]:
    """Messages in file order, each exchange after the message or line that ends it. One pass, flat memory.

    Raises:
        InputError: an input cannot be read.
    """
    run = 0
    for file in open_inputs(paths):
        with file.open() as stream:
            opened = open_log(stream, file.name)
            if opened is not None:
                walk = _Walk(file.name, run)
                yield from walk.follow(opened.reader)
                run = walk.run


class _Walk:
    """One file: pairing starts anew in each run."""

    def __init__(self, file: str, run: int) -> None:
        self.run = run
        self._file = file
        self._test_case: str | None = None
        self._pairing: Pairing | None = None
        self._last_ns = 0

    def follow(self, events: Iterable[LogEvent]) -> Iterator[Seen]:
        """What the events amount to."""
        for event in events:
            if isinstance(event, OcppMessage):
                yield from self._message(event)
            elif isinstance(event, Narration):
                yield from self._ended(self._narration(event))
            elif isinstance(event, TestCaseStarted):
                self._test_case, self._pairing = event.test_case, Pairing()
            elif isinstance(event, TestCaseEnded) and self._pairing is not None:
                yield from self._ended(self._pairing.finish(event.stamp_ns or self._last_ns, event.last_stamp_line))
                self.run += 1
                self._test_case, self._pairing = None, None

    def _message(self, message: OcppMessage) -> Iterator[Seen]:
        self._last_ns = message.stamp_ns
        if self._pairing is None:  # a log without any header
            self._pairing = Pairing()
        yield Seen(self._file, self.run, self._test_case, message)
        if message.type is MessageType.CALL:
            self._pairing.call(message)
        elif message.type in {MessageType.CALLRESULT, MessageType.CALLERROR}:
            opened = self._pairing.answer(message)
            if opened is not None:
                yield from self._ended([self._pairing.answered(opened, message)])
                yield from self._ended(self._pairing.retransmissions(opened) if opened.older is not None else ())

    def _narration(self, narration: Narration) -> Iterable[Exchange]:
        pairing = self._pairing
        if pairing is None:
            return ()
        self._last_ns = narration.stamp_ns or self._last_ns
        if narration.kind is NarrationKind.CLOCK_STEP:
            pairing.clock_stepped()
        elif narration.kind is NarrationKind.DISCONNECTED:
            return pairing.disconnected(self._last_ns, narration.line)
        elif narration.kind is NarrationKind.CONNECTED:
            return pairing.connected(self._last_ns, narration.line)
        return ()

    def _ended(self, exchanges: Iterable[Exchange]) -> Iterator[Seen]:
        for exchange in exchanges:
            yield Seen(self._file, self.run, self._test_case, exchange)
