"""Rows as they come: counted into histograms, numbered, and handed on once the run's verdict is known.

Memory depends on the number of distinct values, codes and combinations, not on the number of rows, unless somebody asks
for the rows themselves (`keep`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit_analyzers.histogram import Histogram
from perfkit_analyzers.rows import STAY, RowRef, Shift

# Python 3.11 calls a function to look up a member of an enumeration; these are asked for with every row.
_CENSORED: Final = RowKind.CENSORED
_EXCLUSION: Final = RowKind.EXCLUSION


_FAR_NS: Final = 2_000_000_000_000_000_000  # 63 years, beyond every value


class Part:
    """What is known of the rows of one (parameter, combination) that share one fate in the headline.

    Nanoseconds: the values, those net of the tool's own nested answers, and those counted from the
    request where the value is not. `largest_ns` and `smallest_ns` are the extremes known so far, which may come from
    runs before: `largest` and `smallest` are None where no row went beyond. Parts go from process to process.
    """

    __slots__ = (
        *("largest_ns", "smallest_ns", "censored", "flags", "from_request", "largest", "longest_wait"),
        *("net", "smallest", "values"),
    )

    def __init__(self, known: Part | None = None) -> None:
        """No rows yet; rows within the extremes of `known` will not be named."""
        self.largest_ns: int = -_FAR_NS if known is None else known.largest_ns
        self.smallest_ns: int = _FAR_NS if known is None else known.smallest_ns
        self.values = Histogram()
        self.net = Histogram()
        self.from_request = Histogram()
        self.flags: dict[Flag, int] = {}
        self.largest: RowRef | None = None
        self.smallest: RowRef | None = None
        self.longest_wait: RowRef | None = None
        self.censored = 0

    def __reduce__(self) -> tuple[Callable[..., Part], tuple[object, ...]]:
        """How pickle takes it apart: a compiled class must say so itself."""
        histograms = (self.values, self.net, self.from_request, self.flags)
        extremes = (self.largest, self.smallest, self.longest_wait)
        return _part, (histograms, extremes, (self.largest_ns, self.smallest_ns), self.censored)

    def add(self, number: int, row: Row) -> None:
        """Take in an observation or a censored observation."""
        value = row.value_ns
        if value is None:
            return
        for flag in row.flags:
            self.flags[flag] = self.flags.get(flag, 0) + 1
        if row.kind is _CENSORED:
            self.censored += 1
            if self.longest_wait is None or value > _value(self.longest_wait):
                self.longest_wait = RowRef(number, row)
            return
        self.values.add(value)
        net_ns, from_request_ns = row.net_ns, row.from_request_ns
        if net_ns is not None:
            self.net.add(net_ns)
        if from_request_ns is not None:
            self.from_request.add(from_request_ns)
        if value > self.largest_ns:
            self.largest, self.largest_ns = RowRef(number, row), value
        if value < self.smallest_ns:
            self.smallest, self.smallest_ns = RowRef(number, row), value

    def count(self, value_ns: int, flags: tuple[Flag, ...]) -> bool:
        """Count a value that is all there is to a row; False, and nothing is done, where the row itself is wanted."""
        if not self.smallest_ns <= value_ns <= self.largest_ns:
            return False
        self.values.add(value_ns)
        for flag in flags:
            self.flags[flag] = self.flags.get(flag, 0) + 1
        return True

    def merge(self, other: Part, shift: Shift = STAY) -> None:
        """Take in another part."""
        self.values.merge(other.values)
        self.net.merge(other.net)
        self.from_request.merge(other.from_request)
        for flag, times in other.flags.items():
            self.flags[flag] = self.flags.get(flag, 0) + times
        self.censored += other.censored
        self.largest = _extreme(self.largest, other.largest, shift, larger=True)
        self.smallest = _extreme(self.smallest, other.smallest, shift, larger=False)
        self.longest_wait = _extreme(self.longest_wait, other.longest_wait, shift, larger=True)
        self.largest_ns = max(self.largest_ns, other.largest_ns)
        self.smallest_ns = min(self.smallest_ns, other.smallest_ns)


def _part(
    histograms: tuple[Histogram, Histogram, Histogram, dict[Flag, int]],
    extremes: tuple[RowRef | None, RowRef | None, RowRef | None],
    bounds_ns: tuple[int, int],
    censored: int,
) -> Part:
    part = Part()
    part.values, part.net, part.from_request, part.flags = histograms
    part.largest, part.smallest, part.longest_wait = extremes
    part.largest_ns, part.smallest_ns = bounds_ns
    part.censored = censored
    return part


def _value(ref: RowRef) -> int:
    return ref.row.value_ns or 0


def _extreme(mine: RowRef | None, theirs: RowRef | None, shift: Shift, *, larger: bool) -> RowRef | None:
    """The more extreme of two; the earlier of equals."""
    if theirs is None:
        return mine
    if mine is None or (_value(theirs) > _value(mine) if larger else _value(theirs) < _value(mine)):
        return shift.ref(theirs)
    return mine


class Total:
    """Rows of one (parameter, combination, separate) over all runs that count, and the files of the extremes."""

    __slots__ = ("largest_file", "longest_wait_file", "part", "resolution_ns")

    def __init__(
        self, part: Part | None = None, largest_file: str = "", longest_wait_file: str = "", resolution_ns: int = 0
    ) -> None:
        """No rows yet, unless they are given."""
        self.part = Part() if part is None else part
        self.largest_file = largest_file
        self.longest_wait_file = longest_wait_file
        self.resolution_ns = resolution_ns

    def __reduce__(self) -> tuple[Callable[..., Total], tuple[object, ...]]:
        """How pickle takes it apart."""
        return Total, (self.part, self.largest_file, self.longest_wait_file, self.resolution_ns)

    def add(self, part: Part, file: str, resolution_ns: int) -> None:
        """Take in the part of one run."""
        self._take(part, file, file, resolution_ns, STAY)

    def merge(self, other: Total, shift: Shift = STAY) -> None:
        """Take in another total."""
        self._take(other.part, other.largest_file, other.longest_wait_file, other.resolution_ns, shift)

    def _take(self, part: Part, largest_file: str, longest_wait_file: str, resolution_ns: int, shift: Shift) -> None:
        largest, longest_wait = self.part.largest, self.part.longest_wait
        self.part.merge(part, shift)
        if self.part.largest is not largest:
            self.largest_file = largest_file
        if self.part.longest_wait is not longest_wait:
            self.longest_wait_file = longest_wait_file
        self.resolution_ns = max(self.resolution_ns, resolution_ns)


class Excluded:
    """How often one reason excluded, and the first `EXCLUSIONS_LISTED` of the rows."""

    __slots__ = ("count", "rows")

    def __init__(self) -> None:
        """None yet."""
        self.count = 0
        self.rows: list[RowRef] = []

    def add(self, ref: RowRef) -> None:
        """Take in an exclusion."""
        self.count += 1
        if len(self.rows) < EXCLUSIONS_LISTED:
            self.rows.append(ref)


EXCLUSIONS_LISTED: Final = 1000
"""Excluded rows listed per run, parameter and reason; all of them are counted, and `--samples` writes all."""

PartKey = tuple[str, str, bool]
"""(parameter, combination, separate row)."""


class RunLedger:
    """The rows of one run, in the order in which they were decided."""

    def __init__(self, first_number: int, *, keep: bool, known: dict[PartKey, Total] | None = None) -> None:
        """Number rows from `first_number`; keep them only if asked.

        `known` is what the runs before added up to: rows within their extremes need not be named again.
        """
        self.first_number = self.next_number = first_number
        self.tool_times = Histogram()
        self.parts: dict[PartKey, Part] = {}
        self.exclusions: dict[tuple[str, Reason], Excluded] = {}
        self.kept: list[RowRef] = []
        self._keep = keep
        self._known = {} if known is None else known

    def add(self, row: Row) -> None:
        """Take in a row."""
        number = self.next_number
        self.next_number += 1
        if row.kind is _EXCLUSION and row.reason is not None:
            self.exclusions.setdefault((row.parameter, row.reason), Excluded()).add(RowRef(number, row))
        else:
            self.part((row.parameter, row.combination, row.separate)).add(number, row)
        if self._keep:
            self.kept.append(RowRef(number, row))

    def count(self, part: Part, value_ns: int, flags: tuple[Flag, ...]) -> bool:
        """Take in an observation of a value and flags alone; False, and nothing is done, where its row is wanted.

        `part` is that of the row, which is asked for once (`part`) and not with every value.
        """
        if self._keep or not part.count(value_ns, flags):
            return False
        self.next_number += 1
        return True

    def part(self, key: PartKey) -> Part:
        """The part of a key, made for the row that is added or counted next."""
        part = self.parts.get(key)
        if part is None:
            total = self._known.get(key)
            part = self.parts[key] = Part() if total is None else Part(total.part)
        return part

    def discard(self) -> None:
        """Forget everything: the run is left out as a whole."""
        self.parts.clear()
        self.exclusions.clear()
        self.kept.clear()
        self.tool_times.clear()
        self.next_number = self.first_number
