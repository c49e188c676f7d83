"""The empirical distribution of one parameter, with the stated value, the maximum and its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import ParameterResult
from perfkit.core.sample import RowKind
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.style import BLACK, BLUE, GREY, ORANGE, VERMILION, house_style, new_figure, seconds_axis
from perfkit.report.sample_rows import SampleRecord
from perfkit.report.wording import counted, seconds, seconds_up, stated_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKED = 60
"""Up to so many observations each has a marker of its own."""
_STEPS = 1000
"""Steps that are drawn; more would not show at this size."""
_WIDE = 20.0
"""From this ratio of the largest to the median value on, the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Ecdf:
    """The chart of one parameter; `values_s` in ascending order, `bounds_s` are waits without an answer."""

    result: ParameterResult
    values_s: tuple[float, ...]
    bounds_s: tuple[float, ...]

    @property
    def caption(self) -> str:
        """Which parameter, with n."""
        return f"{self.result.name}: empirical distribution, n = {len(self.values_s):,}"

    @property
    def description(self) -> str:
        """The figures that can be read off the chart."""
        result = self.result
        parts = [
            f"Step curve of the share of {counted(len(self.values_s), 'observation')} at or below a time in seconds",
            f"smallest {seconds(result.min_s, unit=True)}",
            f"median {seconds(result.median_s, unit=True)}",
            f"95th percentile {seconds(result.p95_s, unit=True)}",
            f"largest {seconds(result.max_s, unit=True)}",
            f"stated {stated_text(result)}" if result.stated_s is not None else "no value stated",
        ]
        if self.bounds_s:
            parts.append(f"{counted(len(self.bounds_s), 'wait')} without an answer")
        return "; ".join(parts) + "."

    def draw(self) -> Figure:
        """The step curve with its marks."""
        with house_style():
            figure = new_figure(2.5)
            axes = figure.subplots()
            self._curve(axes)
            self._marks(axes)
            axes.set(
                xlabel=f"{self.result.name} / s" if len(self.result.name) < 70 else "time / s",
                ylabel=f"share of observations (n = {len(self.values_s):,})",
                ylim=(0, 1.06),
            )
            axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
            self._scale(axes)
            figure.legend(loc="outside upper left", ncols=4, handlelength=2.4, columnspacing=1.4, borderaxespad=0)
        return figure

    def _curve(self, axes: Axes) -> None:
        steps = cumulated(self.values_s, _STEPS)
        times = [steps[0][0], *(time for time, _ in steps)]
        shares = [0.0, *(share for _, share in steps)]
        axes.plot(times, shares, drawstyle="steps-post", color=BLUE, label="observations")
        if len(self.values_s) <= _MARKED:
            axes.plot(times[1:], shares[1:], linestyle="", marker="o", markersize=3.2, color=BLUE)

    def _marks(self, axes: Axes) -> None:
        result = self.result
        if result.max_s is not None:
            label = f"maximum {seconds(result.max_s, unit=True)}"
            if result.uncertainty_s is not None:
                label += f" ± {seconds_up(result.uncertainty_s)} (U)"
            marks = {"fmt": "D", "markersize": 4.5, "capsize": 3, "elinewidth": 1}
            axes.errorbar([result.max_s], [1.0], xerr=result.uncertainty_s, color=VERMILION, label=label, **marks)  # type: ignore[arg-type]
        if result.stated_s is not None:
            axes.axvline(
                result.stated_s, color=BLACK, linestyle="--", linewidth=1.1, label=f"stated {stated_text(result)}"
            )
        if self.bounds_s:
            label = f"no answer (n = {len(self.bounds_s):,})"
            ones = [1.0] * len(self.bounds_s)
            axes.plot(self.bounds_s, ones, linestyle="", marker=">", markerfacecolor="none", color=ORANGE, label=label)

    def _scale(self, axes: Axes) -> None:
        shown = [*self.values_s, *self.bounds_s, *([self.result.stated_s] if self.result.stated_s else [])]
        least, largest = min(shown), max(shown)
        median = self.values_s[len(self.values_s) // 2]
        if least > 0 and largest > _WIDE * median:
            axes.set_xscale("log")
            axes.set_xlim(least * 0.8, largest * 1.3)
            axes.grid(visible=True, which="minor", axis="x", linewidth=0.3)
        else:
            axes.set_xlim(0, (largest or 1) * 1.08)
        seconds_axis(axes)
        axes.axhline(0.95, color=GREY, linewidth=0.7, linestyle=":")
        axes.text(0.003, 0.885, "95 %", transform=axes.transAxes, fontsize=6.5, color=GREY, va="top")


def cumulated(values: Sequence[float], most: int) -> list[tuple[float, float]]:
    """(value, share at or below) for ascending `values`, at most about `most` steps, first and last among them.

    Examples:
        >>> cumulated((0.1, 0.2, 0.2, 0.4), 10)
        [(0.1, 0.25), (0.2, 0.75), (0.4, 1.0)]
    """
    count = len(values)
    steps = [
        (value, rank / count)
        for rank, value in enumerate(values, 1)
        if rank == count or values[rank] != value  # the last of equal values
    ]
    every = math.ceil(len(steps) / most)
    return [step for index, step in enumerate(steps) if index % every == 0 or index == len(steps) - 1]


def prepare(data: ChartData, parameter: str | None) -> Ecdf | Absence:
    """The distribution of a parameter's headline sample."""
    result = data.parameter(parameter)
    if result is None:
        return Absence("No performance parameter was analysed, so there is no distribution to show.")
    values = _sorted(data.values(parameter, RowKind.OBSERVATION))
    if not values:
        return Absence(
            f"{result.name}: no distribution to show, {result.reason or 'its observations are not at hand'}."
        )
    return Ecdf(result, values, _sorted(data.values(parameter, RowKind.CENSORED)))


def _sorted(rows: Sequence[SampleRecord]) -> tuple[float, ...]:
    return tuple(sorted(row.value_s for row in rows if row.value_s is not None))
