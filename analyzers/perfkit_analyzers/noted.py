"""Exchanges that tell of the DUT itself: who it is and how it is configured.

They are kept as they came and decoded when everything is read: that costs the reading next to nothing, and what one
message means often depends on a later one.
"""

from __future__ import annotations

import msgspec

from perfkit_analyzers.exchange import Exchange

_READS = frozenset({"GetConfiguration", "GetVariables", "NotifyReport"})
NOTED_ACTIONS = _READS | {"BootNotification", "ChangeConfiguration", "SetVariables"}


class Noted(msgspec.Struct):
    """An answered exchange of one of `NOTED_ACTIONS`, with both payloads as the log has them.

    `times` counts it together with repetitions of the same content since the last change or boot. `error_code` is that
    of a CALLERROR, None for a CALLRESULT.
    """

    action: str
    request_line: int
    answer_line: int
    request: bytes
    answer: bytes
    error_code: str | None = None
    times: int = 1


class NotedExchanges:
    """What was noted of one run, in order."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.items: list[Noted] = []
        self._reads: dict[tuple[bytes, bytes], Noted] = {}

    def add(self, exchange: Exchange) -> None:
        """Note an answered exchange of one of `NOTED_ACTIONS`."""
        call, answer = exchange.call, exchange.answer
        if answer is None or call.action is None:
            return
        request, answered = bytes(call.payload), bytes(answer.payload)
        if call.action not in _READS:
            self._reads.clear()
        elif (known := self._reads.get((request, answered))) is not None:
            known.times += 1
            return
        code = answer.error_code or "CALLERROR" if exchange.is_error else None
        noted = Noted(call.action, call.line, answer.line, request, answered, code)
        self._reads[request, answered] = noted
        self.items.append(noted)


class PayloadTimesSeen(msgspec.Struct):
    """Time stamps that a station wrote into its messages; `first_without` is the line of the first without fraction."""

    count: int = 0
    with_fraction: int = 0
    first_without: int | None = None

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
