"""Authorize requests of the station and how the tool answered them: what is nested in an interval."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from perfkit_analyzers.exchange import Exchange
from perfkit_analyzers.ocpp_message import OcppMessage

REMEMBERED_AUTHORIZATIONS: Final = 1024
"""Requests remembered of a run; an interval in which a station asks more often is not worth its memory."""


class Authorization:
    """An Authorize request; `answered_line`, the tool's `duration_ns` and `accepted` are None until it is answered.

    `repeated`: the station sent it again with the same id before it was answered.
    """

    __slots__ = ("accepted", "answered_line", "asked_line", "duration_ns", "id_tag", "repeated")

    def __init__(self, id_tag: str, asked_line: int) -> None:
        """Asked, and not yet answered."""
        self.id_tag: Final = id_tag
        self.asked_line: Final = asked_line
        self.answered_line: int | None = None
        self.duration_ns: int | None = None
        self.accepted: bool | None = None
        self.repeated = False


class Authorizations:
    """The latest Authorize requests of a run, in the order in which they were asked."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._asked: deque[Authorization] = deque(maxlen=REMEMBERED_AUTHORIZATIONS)
        self._open: dict[str, Authorization] = {}

    def ask(self, id_tag: str, message: OcppMessage) -> None:
        """Note a request."""
        older = self._open.get(message.message_id)
        if older is not None and older.id_tag == id_tag:
            older.repeated = True
        asked = self._open[message.message_id] = Authorization(id_tag, message.line)
        self._asked.append(asked)

    def answer(self, exchange: Exchange, *, accepted: bool) -> None:
        """Note the answer to a request."""
        asked = self._open.pop(exchange.call.message_id, None)
        if asked is not None and asked.asked_line == exchange.call.line:
            asked.answered_line = exchange.end_line
            asked.duration_ns = exchange.end_ns - exchange.call.stamp_ns
            asked.accepted = accepted

    def nested(self, start_line: int, end_line: int, id_tag: str | None = None) -> list[Authorization]:
        """Those asked between two lines, of one identifier if it is given; the latest first."""
        if not self._asked or self._asked[-1].asked_line <= start_line:  # nearly always
            return []
        within = self._asked_since(start_line)
        return [a for a in within if a.asked_line < end_line and id_tag in (None, a.id_tag)]

    def _asked_since(self, line: int) -> Iterator[Authorization]:
        for asked in reversed(self._asked):
            if asked.asked_line <= line:
                return
            yield asked

    def nested_ns(self, start_line: int, end_line: int, id_tag: str | None = None) -> int:
        """The time in ns that the tool took for its answers to those; an answer after `end_line` is none of it."""
        nested = self.nested(start_line, end_line, id_tag)
        return sum(a.duration_ns for a in nested if a.duration_ns is not None and _is_answered(a, end_line))

    def refused(self, start_line: int, end_line: int, id_tag: str | None = None) -> Authorization | None:
        """The first of those that was not accepted before `end_line`; of a repeated one the last counts."""
        for asked in reversed(self.nested(start_line, end_line, id_tag)):
            if not asked.repeated and not (asked.accepted and _is_answered(asked, end_line)):
                return asked
        return None


def _is_answered(asked: Authorization, end_line: int) -> bool:
    return asked.answered_line is not None and asked.answered_line < end_line
