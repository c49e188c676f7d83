"""How far a log's clock is ahead of UTC, from the tool's own messages: stamp of the log minus the time in the payload.

A stamp s and a payload time p of one message: the message was made up to MADE_BEFORE_NS before the stamp, p is cut or
rounded to what it resolves, s is cut to what the log resolves. So the offset lies between s - p - MADE_BEFORE_NS -
resolution of p and s - p + resolution of s + half the resolution of p. A payload time that may be older than its
message (a transaction sent late) bounds it from above only.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

QUARTER_NS = 900 * 10**9
MADE_BEFORE_NS = 500_000_000
"""Longest time between the making of a message and its stamp; OCTT takes 2 to 40 ms."""
SLIP_NS = 60 * 10**9
"""Messages that disagree by less still tell the zone; by how much they do becomes the tolerance."""
KEPT = 1000
"""Lower bounds of one stretch by payload times that may be older than their message; at times twice as many."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.,](?P<fraction>\d+))?(?:[Zz]|[+-]\d\d:?\d\d)\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ToolTime(NamedTuple):
    """The stamp of a message of the tool, what the log resolves, and its line."""

    stamp_ns: int
    resolution_ns: int
    line: int


class Offset(NamedTuple):
    """Log clock minus UTC, and how far it may be off."""

    offset_ns: int
    tolerance_ns: int


class Evidence(msgspec.Struct):
    """What the messages of a stretch say; `line` is the first of them. Bounds in nanoseconds, None: none yet.

    `older` are the lower bounds by payload times that may be older than their message.
    """

    line: int = 0
    low_ns: int | None = None
    high_ns: int | None = None
    older: list[int] = []

    def add(self, at: ToolTime, text: str, *, is_now: bool) -> None:
        """Take in a payload time; one without zone, or that cannot be read, says nothing."""
        read = payload_utc_ns(text)
        if read is None:
            return
        payload_ns, resolution_ns = read
        difference_ns = at.stamp_ns - payload_ns
        low_ns = difference_ns - resolution_ns - MADE_BEFORE_NS
        high_ns = difference_ns + at.resolution_ns + resolution_ns // 2
        self.line = self.line or at.line
        self.high_ns = high_ns if self.high_ns is None else min(self.high_ns, high_ns)
        if is_now:
            self.low_ns = low_ns if self.low_ns is None else max(self.low_ns, low_ns)
        else:
            self.older.append(low_ns)
            if len(self.older) > 2 * KEPT:  # one above the upper bound is of no use any more, the nearest below it are
                self.older = sorted(low for low in self.older if low <= self.high_ns)[-KEPT:]

    @property
    def is_contradictory(self) -> bool:
        """Whether the messages disagree by more than a slip of one of them."""
        return self.low_ns is not None and self.high_ns is not None and self.low_ns - self.high_ns > SLIP_NS

    def offset(self) -> Offset | None:
        """The offset: the whole quarter hour that fits the messages, else what they say; None where they say nothing.

        Times that may be old are believed only where they give a quarter hour: an old one by itself gives any offset.
        """
        if self.high_ns is None or self.is_contradictory:
            return None
        high_ns = self.high_ns
        is_exact = self.low_ns is not None
        low_ns = self.low_ns if self.low_ns is not None else max(low for low in self.older if low <= high_ns)
        quarter_ns = round((low_ns + high_ns) / 2 / QUARTER_NS) * QUARTER_NS
        misfit_ns = max(abs(quarter_ns - high_ns), abs(quarter_ns - low_ns))
        if low_ns <= quarter_ns <= high_ns:
            return Offset(quarter_ns, 0)
        if not is_exact:
            return None
        if low_ns > high_ns and misfit_ns <= SLIP_NS:
            return Offset(quarter_ns, misfit_ns)
        return Offset((low_ns + high_ns) // 2, abs(high_ns - low_ns) // 2)


def payload_utc_ns(text: str) -> tuple[int, int] | None:
    """A payload's time in nanoseconds since 1970 and its resolution; None without a zone, or if it cannot be read.

    Examples:
        >>> payload_utc_ns("1970-01-01T00:00:01Z"), payload_utc_ns("1970-01-01T02:00:00.250+02:00")
        ((1000000000, 1000000000), (250000000, 1000000))
        >>> payload_utc_ns("2026-06-08T05:21:40")
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().upper().replace(",", "."))
    except ValueError:
        return None
    since = moment - _EPOCH
    digits = min(len(match["fraction"] or ""), 6)
    exact_ns = (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000
    return exact_ns, 10 ** (9 - digits)
