"""Exchanges that tell of the DUT itself: who it is and how it is configured.

They are kept as they came and decoded when everything is read: that costs the reading next to nothing, and what one
message means often depends on a later one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from perfkit_analyzers.exchange import Exchange

_READS: Final = frozenset({"GetConfiguration", "GetVariables", "NotifyReport"})
NOTED_ACTIONS: Final = _READS | {"BootNotification", "ChangeConfiguration", "SetVariables"}


class Noted:
    """An answered exchange of one of `NOTED_ACTIONS`, with both payloads as the log has them.

    `times` counts it together with repetitions of the same content since the last change or boot. `error_code` is that
    of a CALLERROR, None for a CALLRESULT.
    """

    __slots__ = ("action", "answer", "answer_line", "error_code", "request", "request_line", "times")

    def __init__(  # noqa: PLR0913, PLR0917 - the fields of a value
        self,
        action: str,
        request_line: int,
        answer_line: int,
        request: bytes,
        answer: bytes,
        error_code: str | None = None,
        times: int = 1,
    ) -> None:
        """Noted once."""
        self.action: Final = action
        self.request_line = request_line
        self.answer_line = answer_line
        self.request = request
        self.answer = answer
        self.error_code: Final = error_code
        self.times = times

    def __reduce__(self) -> tuple[Callable[..., Noted], tuple[object, ...]]:
        """How pickle takes it apart: a compiled class must say so itself."""
        lines = (self.request_line, self.answer_line)
        return Noted, (self.action, *lines, self.request, self.answer, self.error_code, self.times)


class NotedExchanges:
    """What was noted of one run, in order."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.items: list[Noted] = []
        self._reads: dict[tuple[bytes, bytes], Noted] = {}
        self._latest_read: Noted | None = None

    def add(self, exchange: Exchange) -> None:
        """Note an answered exchange of one of `NOTED_ACTIONS`."""
        call, answer = exchange.call, exchange.answer
        if answer is None or call.action is None:
            return
        request, answered = call.payload, answer.payload
        latest = self._latest_read
        if call.action not in _READS:
            self._reads.clear()
            self._latest_read = None
        elif latest is not None and latest.answer == answered and latest.request == request:
            latest.times += 1  # found without the hash of a long payload
            return
        elif (known := self._reads.get((request, answered))) is not None:
            known.times += 1
            self._latest_read = known
            return
        code = answer.error_code or "CALLERROR" if exchange.is_error else None
        noted = Noted(call.action, call.line, answer.line, request, answered, code)
        self._reads[request, answered] = noted
        if call.action in _READS:
            self._latest_read = noted
        self.items.append(noted)


class PayloadTimesSeen:
    """Time stamps that a station wrote into its messages; `first_without` is the line of the first without fraction."""

    __slots__ = ("count", "first_without", "with_fraction")

    def __init__(self, count: int = 0, with_fraction: int = 0, first_without: int | None = None) -> None:
        """None yet, unless they are given."""
        self.count = count
        self.with_fraction = with_fraction
        self.first_without = first_without

    def __reduce__(self) -> tuple[Callable[..., PayloadTimesSeen], tuple[object, ...]]:
        """How pickle takes it apart."""
        return PayloadTimesSeen, (self.count, self.with_fraction, self.first_without)

    def see(self, text: str, line: int) -> None:
        """Count one."""
        self.count += 1
        if "." in text:
            self.with_fraction += 1
        elif self.first_without is None:
            self.first_without = line


def shift(noted: list[Noted], times: PayloadTimesSeen, lines: int) -> None:
    """Move the line numbers of a run whose part of the file is joined to what comes before it."""
    for item in noted:
        item.request_line += lines
        item.answer_line += lines
    if times.first_without is not None:
        times.first_without += lines
