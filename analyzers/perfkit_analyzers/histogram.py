"""How often each duration came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

COUNTED_AT_ONCE: Final = 4096
"""Values that wait until they are counted: many at a time cost a fifth of what each alone would."""

_SPREAD_BITS: Final = 20


class Histogram:
    """Counts of whole numbers (durations in nanoseconds). Histograms go from process to process.

    Durations are multiples of a million as a rule, and a dictionary of such numbers searches long: their hashes differ
    in the high bits alone. Numbers are therefore counted as `_spread` writes them.
    """

    __slots__ = ("_spread_counts", "_waiting")

    def __init__(self, counts: dict[int, int] | None = None) -> None:
        """Empty, unless counts are given."""
        self._spread_counts: Counter[int] | None = None
        if counts is not None:
            self._spread_counts = Counter({_spread(value): count for value, count in counts.items()})
        self._waiting: list[int] = []

    def __reduce__(self) -> tuple[Callable[..., Histogram], tuple[object, ...]]:
        """How pickle takes it apart: a compiled class must say so itself."""
        return Histogram, (dict(self.counts()),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self.counts() == other.counts()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Histogram({dict(self.counts())})"

    def add(self, value: int) -> None:
        """Count one."""
        self._waiting.append(_spread(value))
        if len(self._waiting) >= COUNTED_AT_ONCE:
            self._count_waiting()

    def merge(self, other: Histogram) -> None:
        """Take in another histogram."""
        if other._spread_counts is not None:
            self._count_waiting().update(other._spread_counts)
        self._waiting += other._waiting
        if len(self._waiting) >= COUNTED_AT_ONCE:
            self._count_waiting()

    def counts(self) -> Counter[int]:
        """How often each value came."""
        return Counter({_restored(number): count for number, count in self._count_waiting().items()})

    def _count_waiting(self) -> Counter[int]:
        counts = self._spread_counts
        if counts is None:  # made when it is needed: most histograms of a run are merged before
            counts = self._spread_counts = Counter()
        if self._waiting:
            counts.update(self._waiting)
            self._waiting.clear()
        return counts

    def clear(self) -> None:
        """Forget everything."""
        self._spread_counts = None
        self._waiting.clear()


def _spread(value: int) -> int:
    """Another number for each number, whose low bits differ where only the high bits of the values do."""
    return value ^ (value >> _SPREAD_BITS) if value > 0 else value


def _restored(spread: int) -> int:
    """The value of which `_spread` made this number."""
    value = spread
    if spread > 0:
        spread >>= _SPREAD_BITS
        while spread:
            value ^= spread
            spread >>= _SPREAD_BITS
    return value
