"""Response times per action (combination): every observation or its box, n beside each name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import Combination, ParameterResult
from perfkit.core.sample import RowKind
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.glyphs import shortened
from perfkit.report.charts.quantile import quantile
from perfkit.report.charts.style import BLACK, BLUE, GREY, PALE, SKY, VERMILION, house_style, new_figure, seconds_axis
from perfkit.report.printable import printable
from perfkit.report.wording import counted, seconds, stated_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_ROWS = 24
_DOTS = 100
"""Up to so many observations of a row are drawn each; of more, the box and the largest few."""
_LARGEST = 10
_BOX_FROM = 5
"""From so many observations on a box (quartiles) is drawn."""
_NAME_LETTERS = 46


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One combination with its values in ascending order, in seconds."""

    combination: Combination
    values_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PerAction:
    """The chart of one parameter; rows from the largest maximum to the smallest, `left_out` are beyond the page."""

    result: ParameterResult
    rows: tuple[ActionRow, ...]
    left_out: int

    @property
    def caption(self) -> str:
        """Which parameter, n, and what is not shown."""
        count = sum(len(row.values_s) for row in self.rows)
        text = f"{self.result.name} by combination, n = {count:,}"
        if self.left_out:
            shown = len(self.rows)
            text += f"; the {shown} of {shown + self.left_out} combinations with the largest maxima"
        return text

    @property
    def description(self) -> str:
        """Median and maximum of the slowest combinations."""
        slowest = [
            f"{printable(row.combination.name)}: n {len(row.values_s)}, "
            f"median {seconds(row.combination.median_s)}, maximum {seconds(row.combination.max_s, unit=True)}"
            for row in self.rows[:5]
        ]
        beginning = f"One row of dots per combination, {counted(len(self.rows), 'row')}; the slowest: "
        return beginning + "; ".join(slowest) + "."

    def draw(self) -> Figure:
        """Rows from the slowest at the top."""
        with house_style():
            figure = new_figure(0.95 + 0.235 * len(self.rows))
            axes = figure.subplots()
            for height, row in enumerate(self.rows):
                _draw_row(axes, height, row)
            axes.set_yticks(range(len(self.rows)), [_label(row) for row in self.rows])
            axes.set_ylim(len(self.rows) - 0.4, -0.6)
            axes.grid(visible=False, axis="y")
            axes.set_xlim(0, 1.06 * max([row.values_s[-1] for row in self.rows] + [self.result.stated_s or 0.0]) or 1.0)
            axes.set_xlabel("time / s")
            if self.result.stated_s is not None:
                axes.axvline(self.result.stated_s, color=BLACK, linestyle="--", linewidth=1.1, zorder=1)
            seconds_axis(axes)
            _legend(figure, self)
        return figure


def _label(row: ActionRow) -> str:
    apart = "" if row.combination.in_headline else " *"
    return f"{shortened(row.combination.name, _NAME_LETTERS)}{apart}  (n = {len(row.values_s):,})"


def _draw_row(axes: Axes, height: int, row: ActionRow) -> None:
    values = row.values_s
    axes.plot([values[0], values[-1]], [height, height], color=GREY, linewidth=0.8, zorder=2)
    if len(values) >= _BOX_FROM:
        low, high = quantile(values, 0.25), quantile(values, 0.75)
        axes.barh(height, high - low, left=low, height=0.62, color=PALE, edgecolor=GREY, linewidth=0.7, zorder=2)
    median = row.combination.median_s
    if median is not None and len(values) > 1:
        axes.plot([median, median], [height - 0.33, height + 0.33], color=BLACK, linewidth=1.5, zorder=3)
    dots = values[:-1] if len(values) <= _DOTS else values[-_LARGEST:-1]
    offsets = [height + 0.18 * ((index * 7) % 5 - 2) / 2 for index in range(len(dots))]  # apart, and always the same
    face = BLUE if row.combination.in_headline else "white"
    axes.plot(
        *(dots, offsets), linestyle="", marker="o", markersize=2.8, markerfacecolor=face, markeredgecolor=BLUE, zorder=4
    )
    axes.plot(
        *([values[-1]], [height]), linestyle="", marker="D", markersize=4.2, markerfacecolor=VERMILION,
        markeredgecolor=VERMILION, zorder=5,
    )  # fmt: skip


def _legend(figure: Figure, chart: PerAction) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Line2D | Patch] = [
        Line2D([], [], color=BLUE, marker="o", markersize=3, linestyle="", label="observation"),
        Line2D([], [], color=VERMILION, marker="D", markersize=4, linestyle="", label="maximum"),
    ]
    if any(len(row.values_s) > 1 for row in chart.rows):
        handles.append(Line2D([], [], color=BLACK, marker="|", markersize=8, linestyle="", label="median"))
    if any(len(row.values_s) >= _BOX_FROM for row in chart.rows):
        handles.append(Patch(facecolor=PALE, edgecolor=GREY, label=f"quartiles (n ≥ {_BOX_FROM})"))
    if chart.result.stated_s is not None:
        handles.append(Line2D([], [], color=BLACK, linestyle="--", label=f"stated {stated_text(chart.result)}"))
    if any(not row.combination.in_headline for row in chart.rows):
        handles.append(
            Line2D([], [], color=SKY, marker="o", markerfacecolor="white", markeredgecolor=BLUE, markersize=3,
                   linestyle="", label="* outside the headline")
        )  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", ncols=6, columnspacing=1.2, borderaxespad=0)


def prepare(data: ChartData, parameter: str | None) -> PerAction | Absence:
    """The combinations of a parameter, also those outside the headline."""
    result = data.parameter(parameter)
    if result is None:
        return Absence("No performance parameter was analysed, so there are no response times per action.")
    values: dict[tuple[str, bool], list[float]] = {}
    for in_headline in (True, False):
        for row in data.values(parameter, RowKind.OBSERVATION, in_headline=in_headline):
            values.setdefault((row.combination, in_headline), []).append(row.value_s or 0.0)
    rows = [
        ActionRow(combination, tuple(sorted(mine)))
        for combination in result.combinations
        if (mine := values.get((combination.name, combination.in_headline)))
    ]
    if not rows:
        return Absence(
            f"{result.name}: no values per action to show, {result.reason or 'its observations are not at hand'}."
        )
    rows.sort(key=lambda row: (-row.values_s[-1], row.combination.name))
    return PerAction(result, tuple(rows[:_MOST_ROWS]), len(rows) - len(rows[:_MOST_ROWS]))
