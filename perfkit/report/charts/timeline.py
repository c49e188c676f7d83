"""The campaign over time: test cases with their verdicts, prompts, values and outliers, and the state of the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument, RunInfo
from perfkit.core.network_record import Verdict
from perfkit.core.sample import RowKind
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData, log_time
from perfkit.report.charts.glyphs import shortened
from perfkit.report.charts.link_series import Look
from perfkit.report.charts.panes import Pane, numbers, panes, time_axis
from perfkit.report.charts.quantile import quantile
from perfkit.report.charts.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SKY,
    VERMILION,
    house_style,
    new_figure,
    seconds_axis,
)
from perfkit.report.printable import printable
from perfkit.report.sample_rows import SampleRecord
from perfkit.report.wording import counted, seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_IDLE = timedelta(minutes=90)
_MOST_PANES = 12
_MOST_ROWS = 5
_MOST_NAMES = 16
"""Test cases of a pane that are named; of more, none is."""
_MOST_MARKED = 8
"""Outliers of a pane that are named, the largest ones."""
_FULL_ROW = 10
"""Runs that fill the width."""
_LEAST_SHARE = 0.2
_LEFT, _RIGHT, _BETWEEN = 0.115, 0.96, 0.03
_TOP_INCH, _ROW_INCH, _PLOT_INCH, _BELOW_INCH = 0.25, 1.85, 0.92, 0.55
_MOST_DOTS = 1500
_LEAST_WIDTH = 0.006
"""Share of a pane that a run takes at least, so that its verdict shows."""
_FENCE_FROM = 8
"""From so many observations of a combination on, far-out values are told (Tukey 1977: above Q3 + 3 (Q3 - Q1))."""
_LANES = {"test cases": -0.12, "prompts": -0.26, "link": -0.40}


@dataclass(frozen=True, slots=True)
class TimelineRun:
    """A run with its times on the log's own clock."""

    info: RunInfo
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class TimelineValue:
    """A value at the time of its request, on the log's own clock."""

    row: SampleRecord
    time: datetime
    value_s: float
    is_outlier: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart of the campaign; `looks` are on the log's own clock, None without a record of the link."""

    document: AnalysisDocument
    runs: tuple[TimelineRun, ...]
    values: tuple[TimelineValue, ...]
    looks: tuple[Look, ...] | None
    clock_note: str

    @property
    def caption(self) -> str:
        """What is shown, with n."""
        prompts = sum(len(run.info.prompt_times) for run in self.runs)
        return (
            f"The campaign on the log's own clock: {counted(len(self.runs), 'run')} of test cases, "
            f"{counted(prompts, 'prompt')}, n = {len(self.values):,} values. {_OUTLIER}{self._left_out}"
            f"{self.clock_note}"
        )

    @property
    def _left_out(self) -> str:
        usual = [value for value in self.values if not value.is_outlier]
        panes = (pane for row in self._rows() for pane, _ in row)
        if all(sum(pane.holds(value.time) for value in usual) <= _MOST_DOTS for pane in panes):
            return ""
        return f" Of a stretch with more than {_MOST_DOTS:,} values that are no outliers, a part is drawn."

    @property
    def description(self) -> str:
        """When, how much, and the largest outliers."""
        outliers = sorted((value for value in self.values if value.is_outlier), key=lambda value: -value.value_s)
        named = [f"{_test_case(value)} {seconds(value.value_s, unit=True)}" for value in outliers[:_MOST_MARKED]]
        first, last = self.runs[0].start, max(run.end for run in self.runs)
        between = f"from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
        text = f"Values over time {between}; {counted(len(outliers), 'outlier')}"
        return f"{text}: {', '.join(named)}." if named else f"{text}."

    def draw(self) -> Figure:
        """One panel per stretch of activity; short ones stand beside each other."""
        rows = self._rows()
        with house_style():
            height_inch = _TOP_INCH + _ROW_INCH * len(rows)
            figure = new_figure(height_inch, layout=None)
            for number, row in enumerate(rows):
                bottom = 1 - (_TOP_INCH + _ROW_INCH * (number + 1) - _BELOW_INCH) / height_inch
                unit = (_RIGHT - _LEFT - _BETWEEN * (len(row) - 1)) / sum(share for _, share in row)
                left = _LEFT
                for pane, share in row:
                    width = share * unit
                    axes = figure.add_axes((left, bottom, width, _PLOT_INCH / height_inch))
                    self._draw_pane(axes, pane, is_first=left == _LEFT, most_ticks=max(2, round(10 * width)))
                    left += width + _BETWEEN
            _legend(figure, self)
        return figure

    def _rows(self) -> list[list[tuple[Pane, float]]]:
        """The panes with the share of the width that each takes, line by line; at most `_MOST_ROWS`."""
        moments = [moment for run in self.runs for moment in (run.start, run.end)]
        for most in range(_MOST_PANES, 0, -1):
            chosen = panes(moments, idle=_IDLE, most=most)
            counts = [sum(pane.holds(run.start) for run in self.runs) for pane in chosen]
            rows: list[list[tuple[Pane, float]]] = []
            for pane, count in zip(chosen, counts, strict=True):
                share = min(1.0, max(_LEAST_SHARE, count / _FULL_ROW))
                if rows and sum(taken for _, taken in rows[-1]) + share <= 1:
                    rows[-1].append((pane, share))
                else:
                    rows.append([(pane, share)])
            if len(rows) <= _MOST_ROWS:
                break
        return rows

    def _draw_pane(self, axes: Axes, pane: Pane, *, is_first: bool, most_ticks: int) -> None:
        values = [value for value in self.values if pane.holds(value.time)]
        runs = [run for run in self.runs if pane.holds(run.start)]
        axes.set_yscale("log")
        axes.set_ylim(*self._limits())
        _draw_values(axes, values, pane)
        _draw_runs(axes, runs, pane)
        if len(runs) <= _MOST_NAMES:
            _name_runs(axes, runs, pane)
        if self.looks is not None:
            _draw_link(axes, [look for look in self.looks if pane.holds(look.time)])
        lanes = [name for name in _LANES if name != "link" or self.looks is not None]
        time_axis(axes, pane, most_ticks=most_ticks)
        axes.tick_params(axis="x", pad=2 + 9.5 * len(lanes), length=0)
        seconds_axis(axes, "y")
        axes.set_title(f"{pane.day}\n{counted(len(runs), 'run')}, n = {len(values):,}", pad=4)
        if is_first:
            axes.set_ylabel("time / s")
            for name in lanes:
                axes.text(-0.01, _LANES[name], name, transform=axes.transAxes, ha="right", va="center", fontsize=6.8)
        else:
            axes.tick_params(axis="y", labelleft=False)

    def _limits(self) -> tuple[float, float]:
        positive = [value.value_s for value in self.values if value.value_s > 0]
        return (min(positive) / 1.5, max(positive) * 5) if positive else (0.1, 10.0)


_OUTLIER = (
    "Outlier: above the stated value, or above the third quartile of its combination by three interquartile ranges."
)


def _draw_values(axes: Axes, values: Sequence[TimelineValue], pane: Pane) -> None:
    usual = [value for value in values if not value.is_outlier][:: -(-len(values) // _MOST_DOTS) or 1]
    outliers = [value for value in values if value.is_outlier]
    axes.plot(
        *(numbers([value.time for value in usual]), [value.value_s for value in usual]),
        linestyle="", marker="o", markersize=2.4, color=BLUE, zorder=3,
    )  # fmt: skip
    axes.plot(
        *(numbers([value.time for value in outliers]), [value.value_s for value in outliers]),
        linestyle="", marker="D", markersize=4.5, color=VERMILION, markerfacecolor="white", zorder=4,
    )  # fmt: skip
    for value in _named(outliers, pane):
        is_late = value.time > pane.start + (pane.end - pane.start) * 0.75
        axes.annotate(
            f"{seconds(value.value_s)} s, row {value.row.number}",
            (numbers([value.time])[0], value.value_s),
            xytext=(-5 if is_late else 5, 0),
            textcoords="offset points",
            ha="right" if is_late else "left",
            va="center",
            fontsize=6.5,
            color=VERMILION,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6},
        )


def _named(outliers: Sequence[TimelineValue], pane: Pane) -> list[TimelineValue]:
    """The largest outliers whose labels do not lie on each other."""
    named: list[TimelineValue] = []
    for value in sorted(outliers, key=lambda value: (-value.value_s, value.time)):
        if len(named) < _MOST_MARKED and not any(_labels_touch(value, other, pane) for other in named):
            named.append(value)
    return named


def _labels_touch(one: TimelineValue, other: TimelineValue, pane: Pane) -> bool:
    apart_s = abs((one.time - other.time).total_seconds())
    return apart_s < 0.16 * pane.seconds and 1 / 1.35 < one.value_s / other.value_s < 1.35


def _draw_runs(axes: Axes, runs: Sequence[TimelineRun], pane: Pane) -> None:
    """The lane of the runs, their verdicts as colour and hatch, and their prompts."""
    least = (pane.end - pane.start) * _LEAST_WIDTH
    across = axes.get_xaxis_transform()
    for passed in (True, False):
        chosen = [run for run in runs if (run.info.verdict in ("PASS", None)) is passed]
        begins = numbers([run.start for run in chosen])
        ends = numbers([max(run.end, run.start + least) for run in chosen])
        axes.broken_barh(
            [(begin, end - begin) for begin, end in zip(begins, ends, strict=True)],
            (_LANES["test cases"] - 0.045, 0.09), transform=across, clip_on=False, linewidth=0.8,
            facecolor=SKY if passed else "white", edgecolor=BLUE if passed else VERMILION,
            hatch=None if passed else "xxxx",
        )  # fmt: skip
    times = [log_time(text) for run in runs for text in run.info.prompt_times]
    prompts = numbers([time for time in times if time is not None])
    axes.plot(
        *(prompts, [_LANES["prompts"]] * len(prompts)), transform=across, clip_on=False,
        linestyle="", marker="v", markersize=3.6, color=ORANGE, markeredgecolor=BLACK, markeredgewidth=0.4,
    )  # fmt: skip


def _name_runs(axes: Axes, runs: Sequence[TimelineRun], pane: Pane) -> None:
    """Names of the test cases at the top, apart from each other."""
    least = pane.seconds * 0.030
    place = float("-inf")
    for run in runs:
        offset = max((run.start - pane.start).total_seconds(), place + least)
        place = offset
        (x,) = numbers([pane.start + timedelta(seconds=offset)])
        name = shortened((run.info.test_case or "?").removesuffix("_CS").removesuffix("_CSMS"), 12)
        axes.text(
            x,
            0.98,
            name,
            transform=axes.get_xaxis_transform(),
            rotation=90,
            fontsize=6,
            color=GREY,
            va="top",
            ha="center",
        )
        (begin,) = numbers([run.start])
        axes.axvline(begin, color=PALE, linewidth=0.7, zorder=1)


def _draw_link(axes: Axes, looks: Sequence[Look]) -> None:
    """The lane of the link: dots where it met its thresholds, crosses where it missed one."""
    marks = {
        Verdict.MET: (".", 2.5, GREEN),
        Verdict.NOT_MET: ("X", 4.5, VERMILION),
        Verdict.NOT_MEASURED: ("|", 4.0, GREY),
    }
    for verdict, (marker, size, colour) in marks.items():
        places = numbers([look.time for look in looks if look.verdict is verdict])
        axes.plot(
            *(places, [_LANES["link"]] * len(places)), transform=axes.get_xaxis_transform(), clip_on=False,
            linestyle="", marker=marker, markersize=size, color=colour,
        )  # fmt: skip


def _legend(figure: Figure, chart: Timeline) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def mark(marker: str, colour: str, label: str, **more: object) -> Line2D:
        return Line2D([], [], color=colour, marker=marker, linestyle="", markersize=4, label=label, **more)  # type: ignore[arg-type]

    handles: list[Line2D | Patch] = [
        mark("o", BLUE, "value"),
        mark("D", VERMILION, "outlier", markerfacecolor="white"),
        Patch(facecolor=SKY, edgecolor=BLUE, label="run"),
    ]
    if any(run.info.verdict not in ("PASS", None) for run in chart.runs):
        handles.append(Patch(facecolor="white", edgecolor=VERMILION, hatch="xxxx", label="verdict not PASS"))
    handles.append(mark("v", ORANGE, "prompt", markeredgecolor=BLACK, markeredgewidth=0.4))
    if chart.looks is not None:
        handles += [mark(".", GREEN, "link met"), mark("X", VERMILION, "link not met"), mark("|", GREY, "link unknown")]
    figure.legend(
        handles=handles, loc="outside upper left", ncols=8, columnspacing=1.0, handletextpad=0.4, borderaxespad=0
    )


def _test_case(value: TimelineValue) -> str:
    return printable(value.row.test_case or "unnamed test case")


def prepare(data: ChartData) -> Timeline | Absence:
    """The campaign over time."""
    document = data.document
    runs = [
        TimelineRun(run, start, end)
        for run in (document.runs if document else [])
        if (start := log_time(run.start)) is not None and (end := log_time(run.end)) is not None
    ]
    if document is None or not runs:
        return Absence("No run with time stamps was analysed, so there is no timeline.")
    runs.sort(key=lambda run: run.start)
    offset, note = _log_clock(data)
    looks = None if offset is None or data.link is None else tuple(_shifted(look, offset) for look in data.link.looks)
    return Timeline(document, tuple(runs), tuple(_values(data)), looks, note)


def _log_clock(data: ChartData) -> tuple[timedelta | None, str]:
    """The log's clock minus UTC, as the analysis found it, and a sentence about it; None without evidence."""
    if data.link is None:
        return None, ""
    join = data.document.network if data.document else None
    clocks = [clock for clock in (join.clocks if join else []) if clock.utc_offset_s is not None]
    if not clocks:
        return None, " The link is not drawn: nothing tells how the log's clock and UTC belong together."
    usual = max(clocks, key=lambda clock: clock.runs)
    offset_s = (usual.utc_offset_s or 0.0) + (usual.host_offset_s or 0.0)
    others = sum(clock.runs for clock in clocks if clock is not usual and clock.utc_offset_s != usual.utc_offset_s)
    exception = f" ({counted(others, 'run')} with another offset)" if others else ""
    return timedelta(seconds=offset_s), f" The log's clock is UTC{f' {offset_s:+g} s' if offset_s else ''}{exception}."


def _shifted(look: Look, offset: timedelta) -> Look:
    return Look(look.time.astimezone(UTC).replace(tzinfo=None) + offset, look.verdict)


def _values(data: ChartData) -> list[TimelineValue]:
    """Every value that has a time, in the order of time."""
    fences = _fences(data)
    stated = {parameter.key: parameter.stated_s for parameter in (data.document.parameters if data.document else [])}
    found = []
    for row in data.samples:
        time = log_time(row.time)
        if row.kind is RowKind.OBSERVATION and row.value_s is not None and time is not None:
            fence = fences.get((row.parameter, row.combination), float("inf"))
            limit = stated.get(row.parameter)
            is_outlier = row.value_s > fence or (limit is not None and row.value_s > limit and row.in_headline)
            found.append(TimelineValue(row, time, row.value_s, is_outlier))
    return sorted(found, key=lambda value: (value.time, value.row.number))


def _fences(data: ChartData) -> dict[tuple[str, str], float]:
    """The far-out fence of each combination with enough values."""
    values: dict[tuple[str, str], list[float]] = {}
    for row in data.samples:
        if row.kind is RowKind.OBSERVATION and row.value_s is not None:
            values.setdefault((row.parameter, row.combination), []).append(row.value_s)
    fences = {}
    for key, mine in values.items():
        if len(mine) >= _FENCE_FROM:
            mine.sort()
            low, high = quantile(mine, 0.25), quantile(mine, 0.75)
            fences[key] = high + 3 * (high - low)
    return fences
