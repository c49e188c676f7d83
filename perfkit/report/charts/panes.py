"""Time axes of a campaign: stretches of activity beside (or below) each other, without the idle hours in between."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STEPS_S = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200),
    *(86_400 * days for days in (1, 2, 7, 14, 28, 84)),
)
_LEAST = timedelta(seconds=20)
"""Shortest stretch that is drawn; a shorter one gets room on both sides."""


@dataclass(frozen=True, slots=True)
class Pane:
    """A stretch of time with activity. Without a known day its date is 1970-01-01."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is inside."""
        return self.start <= moment <= self.end

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return (self.end - self.start).total_seconds()

    @property
    def day(self) -> str:
        """Its day or days, or that none is known."""
        if self.start.year < 1971:
            return "no date in the log"
        first, last = f"{self.start:%Y-%m-%d}", f"{self.end:%m-%d}"
        return first if first.endswith(last) else f"{first}/{last}"  # ISO 8601, 5.5


def panes(moments: Iterable[datetime], *, idle: timedelta, most: int) -> list[Pane]:
    """The stretches between idle times of at least `idle`, at most `most`: then only the longest idle times part them.

    Examples:
        >>> hours = [datetime(2026, 6, 8, hour) for hour in (5, 6, 20, 21)]
        >>> [f"{pane.start:%H:%M} to {pane.end:%H:%M}" for pane in panes(hours, idle=timedelta(hours=2), most=3)]
        ['04:58 to 06:01', '19:58 to 21:01']
    """
    ordered = sorted(moments)
    if not ordered:
        return []
    pauses = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    longest = sorted((pause for pause in pauses if pause >= idle), reverse=True)[: most - 1]
    cut = longest[-1] if longest else None
    starts, ends = [ordered[0]], []
    for earlier, later, pause in zip(ordered, ordered[1:], pauses, strict=False):
        if cut is not None and pause >= cut and len(starts) < most:
            ends.append(earlier)
            starts.append(later)
    ends.append(ordered[-1])
    return [_padded(start, end) for start, end in zip(starts, ends, strict=True)]


def _padded(start: datetime, end: datetime) -> Pane:
    room = max((end - start) * 0.02, (_LEAST - (end - start)) / 2, timedelta(seconds=1))
    return Pane(start - room, end + room)


def time_axis(axes: Axes, pane: Pane, *, most_ticks: int) -> None:
    """Clock times on the x axis, in the zone of the data."""
    ticks = time_ticks(pane, most_ticks)
    form = "%H:%M:%S" if pane.seconds < 600 else "%H:%M" if pane.seconds < 86_400 * 2 else "%d %b"
    axes.set_xlim(*numbers([pane.start, pane.end]))
    axes.set_xticks(numbers(ticks), [tick.strftime(form) for tick in ticks])


def time_ticks(pane: Pane, most: int) -> list[datetime]:
    """Round times inside a pane, at most `most`.

    Examples:
        >>> day = Pane(datetime(2026, 6, 8, 5, 18), datetime(2026, 6, 8, 8, 23))
        >>> [tick.hour for tick in time_ticks(day, 5)]
        [6, 7, 8]
    """
    midnight = pane.start.replace(hour=0, minute=0, second=0, microsecond=0)
    first_s, last_s = (pane.start - midnight).total_seconds(), (pane.end - midnight).total_seconds()
    numbers_of = ((step, range(math.ceil(first_s / step), math.floor(last_s / step) + 1)) for step in _STEPS_S)
    step_s, chosen = next(((step, numbers) for step, numbers in numbers_of if len(numbers) <= most), (1, range(0)))
    return [midnight + timedelta(seconds=number * step_s) for number in chosen]


def numbers(moments: Sequence[datetime]) -> list[float]:
    """Moments as matplotlib's days."""
    from matplotlib.dates import date2num

    return [float(number) for number in date2num(list(moments))]  # type: ignore[no-untyped-call]
