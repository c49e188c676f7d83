"""The last values of a quantity as a line of bars, one column for each stretch of time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_BARS = "▁▂▃▄▅▆▇█"
_PLAIN_BARS = "_.-=+*#@"
_MISSING = " "


@dataclass(frozen=True, slots=True)
class _Column:
    number: int
    value: float | None
    is_missed: bool


def levels_for(encoding: str | None) -> str:
    """The bars, from low to high, that a terminal of this encoding can show."""
    try:
        _BARS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_BARS
    return _BARS


class History:
    """The worst value of each of the last `columns` stretches of `seconds`; a stretch without one leaves a hole."""

    def __init__(self, seconds: float, columns: int) -> None:
        self._seconds = seconds
        self._columns: deque[_Column] = deque(maxlen=columns)

    def add(self, monotonic_s: float, value: float | None, *, is_missed: bool, worst_is_low: bool = False) -> None:
        """Take a value, None for one that was due and is not there."""
        number = int(monotonic_s // self._seconds)
        last = self._columns[-1] if self._columns else None
        if last is not None and last.number >= number:
            values = [one for one in (last.value, value) if one is not None]
            worst = (min(values) if worst_is_low else max(values)) if values else None
            self._columns[-1] = _Column(last.number, worst, last.is_missed or is_missed)
            return
        holes = range(last.number + 1, number) if last is not None else range(0)
        for hole in holes[-(self._columns.maxlen or 0) :]:
            self._columns.append(_Column(hole, None, is_missed=False))
        self._columns.append(_Column(number, value, is_missed))

    def marks(self, levels: str) -> list[tuple[str, bool]]:
        """A character for each column, and whether the threshold was missed in it.

        Examples:
            >>> history = History(10.0, 60)
            >>> for at_s, value in [(0, 50.0), (10, 60.0), (30, 120.0)]:
            ...     history.add(at_s, value, is_missed=value > 100)
            >>> "".join(mark for mark, _ in history.marks("_.-=+*#@"))
            '_. @'
        """
        values = [one.value for one in self._columns if one.value is not None]
        low, high = (min(values), max(values)) if values else (0.0, 0.0)
        return [(_mark(one.value, low, high, levels), one.is_missed) for one in self._columns]


def _mark(value: float | None, low: float, high: float, levels: str) -> str:
    if value is None:
        return _MISSING
    if high <= low:
        return levels[0]
    return levels[min(len(levels) - 1, int((value - low) / (high - low) * len(levels)))]
