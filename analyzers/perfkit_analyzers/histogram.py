"""How often each duration came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

COUNTED_AT_ONCE: Final = 4096
"""Values that wait until they are counted: many at a time cost a fifth of what each alone would."""


class Histogram:
    """Counts of whole numbers (durations in nanoseconds). Histograms go from process to process."""

    __slots__ = ("_counts", "_waiting")

    def __init__(self, counts: dict[int, int] | None = None) -> None:
        """Empty, unless counts are given."""
        self._counts: Counter[int] | None = None if counts is None else Counter(counts)
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
        self._waiting.append(value)
        if len(self._waiting) >= COUNTED_AT_ONCE:
            self.counts()

    def merge(self, other: Histogram) -> None:
        """Take in another histogram."""
        if other._counts is not None:
            self.counts().update(other._counts)
        self._waiting += other._waiting
        if len(self._waiting) >= COUNTED_AT_ONCE:
            self.counts()

    def counts(self) -> Counter[int]:
        """How often each value came; not to be changed."""
        if self._counts is None:  # made when it is needed: most histograms of a run are merged before
            self._counts = Counter()
        if self._waiting:
            self._counts.update(self._waiting)
            self._waiting.clear()
        return self._counts

    def clear(self) -> None:
        """Forget everything."""
        self._counts = None
        self._waiting.clear()
