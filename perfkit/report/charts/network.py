"""The link: latency, RSSI and bandwidth with their limits, over time or per measurement of the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from perfkit.core.network_record import NetworkDocument, TechnologyResult, Thresholds, Verdict
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.glyphs import shortened
from perfkit.report.charts.link_series import LinkSeries, Point
from perfkit.report.charts.panes import Pane, numbers, panes, time_axis
from perfkit.report.charts.style import BLACK, BLUE, GREEN, GREY, SKY, VERMILION, house_style, new_figure, seconds_axis
from perfkit.report.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_IDLE = timedelta(minutes=90)
_MOST_PANES = 6
_MOST_POINTS = 600
"""Points of a pane that are drawn one by one; of more, the least and the largest of each stretch."""
_WIDE = 20.0


@dataclass(frozen=True, slots=True)
class Quantity:
    """One row of the chart. `limit` is the threshold, an upper one if `is_upper`; `gate` are single measurements."""

    name: str
    unit: str
    limit: float
    is_upper: bool
    series: tuple[tuple[str, tuple[Point, ...]], ...]
    gate: tuple[tuple[str, Point], ...]

    @property
    def count(self) -> int:
        """Number of values."""
        return sum(len(points) for _, points in self.series) + len(self.gate)

    @property
    def missed(self) -> int:
        """Values that miss the limit."""
        points = [point for _, points in self.series for point in points] + [point for _, point in self.gate]
        return sum(point.verdict is Verdict.NOT_MET for point in points)

    @property
    def limit_text(self) -> str:
        """The limit in words."""
        return f"limit {'≤' if self.is_upper else '≥'} {self.limit:g} {self.unit}"

    def sentence(self) -> str:
        """What was measured of it, in words."""
        values = [point.value for _, points in self.series for point in points] + [p.value for _, p in self.gate]
        return (
            f"{self.name}: n {len(values):,}, from {min(values):g} to {max(values):g} {self.unit}, "
            f"{self.limit_text}, {counted(self.missed, 'value misses', 'values miss')} it"
        )


@dataclass(frozen=True, slots=True)
class LinkChart:
    """The chart of the link; `link` is None where only the gate was measured."""

    quantities: tuple[Quantity, ...]
    link: LinkSeries | None

    @property
    def caption(self) -> str:
        """The quantities with their n."""
        parts = ", ".join(f"{quantity.name} (n = {quantity.count:,})" for quantity in self.quantities)
        return f"The link {'over time, UTC' if self.link else 'as measured for the gate'}: {parts}"

    @property
    def description(self) -> str:
        """Range, limit and misses of each quantity, and the gaps."""
        gaps = f" {counted(len(self.link.gaps), 'gap')} without measurement." if self.link and self.link.gaps else ""
        return ". ".join(quantity.sentence() for quantity in self.quantities) + "." + gaps

    def draw(self) -> Figure:
        """One row per quantity; one column per stretch of time, or one for all measurements of the gate."""
        with house_style():
            figure = new_figure(0.75 + 1.35 * len(self.quantities))
            if self.link is None:
                self._draw_gate(figure)
            else:
                self._draw_over_time(figure, self.link)
            _legend(figure, self)
        return figure

    def _draw_gate(self, figure: Figure) -> None:
        rows = figure.subplots(len(self.quantities), 1, sharex=True, squeeze=False)
        names = list(dict.fromkeys(name for quantity in self.quantities for name, _ in quantity.gate))
        for axes, quantity in zip(rows[:, 0], self.quantities, strict=True):
            for name, point in quantity.gate:
                _scatter(axes, [float(names.index(name))], [point], marker="s")
            _row(axes, quantity)
            axes.set_xlim(-0.6, len(names) - 0.4)
        rows[-1, 0].set_xticks(range(len(names)), [shortened(name, 22) for name in names])

    def _draw_over_time(self, figure: Figure, link: LinkSeries) -> None:
        columns = self._panes(link)
        total = sum(pane.seconds for pane in columns)
        ratios = [max(pane.seconds / total, 0.12) for pane in columns]
        grid = figure.subplots(
            *(len(self.quantities), len(columns)), sharey="row", sharex="col", squeeze=False, width_ratios=ratios
        )
        for row, quantity in enumerate(self.quantities):
            for axes, pane in zip(grid[row], columns, strict=True):
                _draw_pane(axes, quantity, pane, link)
            _row(grid[row, 0], quantity)
        for column, (pane, ratio) in enumerate(zip(columns, ratios, strict=True)):
            time_axis(grid[-1, column], pane, most_ticks=max(1, round(11 * ratio / sum(ratios))))
            grid[0, column].set_title(pane.day if len(columns) < 4 else f"{pane.start:%m-%d}")
        grid[-1, 0].set_xlabel(f"time of day, UTC (first day {columns[0].start:%Y-%m-%d})", loc="left")

    def _panes(self, link: LinkSeries) -> list[Pane]:
        points = [point for quantity in self.quantities for _, points in quantity.series for point in points]
        gate = [point for quantity in self.quantities for _, point in quantity.gate]
        moments = [point.time for point in points + gate]
        moments += [edge for gap in link.gaps for edge in (gap.start, gap.end)]
        return panes(moments, idle=_IDLE, most=_MOST_PANES)


def _draw_pane(axes: Axes, quantity: Quantity, pane: Pane, link: LinkSeries) -> None:
    for gap in link.gaps:
        if pane.holds(gap.start) or pane.holds(gap.end):
            axes.axvspan(*numbers([gap.start, gap.end]), facecolor="white", edgecolor=GREY, hatch="////", linewidth=0)
    for number, (_, points) in enumerate(quantity.series):
        inside = thinned([point for point in points if pane.holds(point.time)], _MOST_POINTS)
        _line(axes, inside, link, style="-" if number == 0 else ":")
        _scatter(axes, numbers([point.time for point in inside]), inside, marker="o" if number == 0 else "^")
    gate = [point for _, point in quantity.gate if pane.holds(point.time)]
    _scatter(axes, numbers([point.time for point in gate]), gate, marker="s")
    axes.axhline(quantity.limit, color=BLACK, linestyle="--", linewidth=1.0)


def _line(axes: Axes, points: Sequence[Point], link: LinkSeries, *, style: str) -> None:
    """The connecting line, interrupted where nothing was measured."""
    piece: list[Point] = []
    unknown = [*link.gaps, *link.pauses]
    for point in points:
        if piece and any(piece[-1].time <= stretch.start and stretch.end <= point.time for stretch in unknown):
            _segment(axes, piece, style)
            piece = []
        piece.append(point)
    _segment(axes, piece, style)


def _segment(axes: Axes, points: Sequence[Point], style: str) -> None:
    times = numbers([point.time for point in points])
    axes.plot(times, [point.value for point in points], color=SKY, linewidth=0.8, linestyle=style, zorder=2)


def _scatter(axes: Axes, places: Sequence[float], points: Sequence[Point], *, marker: str) -> None:
    """Values that meet the limit as dots, those that miss it as crosses, undecided ones hollow."""
    looks = {
        Verdict.MET: (marker, 2.0 if marker == "o" else 4.5, GREEN if marker == "s" else BLUE),
        Verdict.NOT_MET: ("X", 5.0, VERMILION),
    }
    for verdict in (Verdict.MET, Verdict.NOT_MET, None):
        chosen = [
            (place, point.value)
            for place, point in zip(places, points, strict=True)
            if (point.verdict if point.verdict in looks else None) is verdict
        ]
        symbol, size, colour = looks.get(verdict or Verdict.NOT_MEASURED, (marker, 3.5, GREY))
        face = colour if verdict is not None else "white"
        axes.plot(
            *([place for place, _ in chosen], [value for _, value in chosen]),
            linestyle="", marker=symbol, markersize=size, color=colour, markerfacecolor=face,
            zorder=4 if verdict is Verdict.NOT_MET else 3,
        )  # fmt: skip


def _row(axes: Axes, quantity: Quantity) -> None:
    """Name, unit, n, limit and scale of a row, on its first axes."""
    axes.set_ylabel(f"{quantity.name} / {quantity.unit}\n(n = {quantity.count:,})")
    axes.axhline(quantity.limit, color=BLACK, linestyle="--", linewidth=1.0)
    values = [point.value for _, points in quantity.series for point in points] + [p.value for _, p in quantity.gate]
    shown = [*values, quantity.limit]
    if min(shown) > 0 and max(shown) > _WIDE * min(shown):
        axes.set_yscale("log")
        axes.set_ylim(min(shown) / 1.6, max(shown) * 1.9)
        seconds_axis(axes, "y")
    else:
        room = max(1.0, 0.12 * (max(shown) - min(shown)))
        axes.set_ylim(min(shown) - room, max(shown) + room)
    axes.annotate(
        *(quantity.limit_text, (0, quantity.limit)), xycoords=("axes fraction", "data"), xytext=(3, 2),
        textcoords="offset points", fontsize=6.8, va="bottom",
    )  # fmt: skip


def _legend(figure: Figure, chart: LinkChart) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Line2D | Patch] = []
    has_series = any(points for quantity in chart.quantities for _, points in quantity.series)
    if has_series:
        handles.append(Line2D([], [], color=SKY, marker="o", markersize=3, markerfacecolor=BLUE, label="sample"))
    if any(len(quantity.series) > 1 for quantity in chart.quantities):
        handles.append(Line2D([], [], color=SKY, linestyle=":", marker="^", markerfacecolor=BLUE, label="downlink"))
    if any(quantity.gate for quantity in chart.quantities):
        handles.append(Line2D([], [], color=GREEN, linestyle="", marker="s", markersize=4.5, label="gate measurement"))
    handles += [
        Line2D([], [], color=VERMILION, linestyle="", marker="X", markersize=5, label="misses the limit"),
        Line2D([], [], color=BLACK, linestyle="--", linewidth=1.0, label="limit"),
    ]
    if chart.link and chart.link.gaps:
        handles.append(Patch(facecolor="white", edgecolor=GREY, hatch="////", label="not measured"))
    figure.legend(handles=handles, loc="outside upper left", ncols=6, columnspacing=1.2, borderaxespad=0)


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """At most about `most` points: of each stretch the least and the largest value, in the order of time."""
    if len(points) <= most:
        return list(points)
    stretch = -(-2 * len(points) // most)
    kept: list[Point] = []
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        ends = {min(part, key=lambda point: point.value), max(part, key=lambda point: point.value)}
        kept += sorted(ends, key=lambda point: point.time)
    return kept


def prepare(data: ChartData) -> LinkChart | Absence:
    """The link of the campaign."""
    documents, link = data.network, data.link
    if link is None and not documents:
        return Absence("No measurement of the network is at hand, so there is no chart of the link.")
    thresholds = link.thresholds if link else documents[-1].thresholds
    quantities = tuple(quantity for quantity in _quantities(thresholds, link, documents) if quantity.count)
    if not quantities:
        return Absence("The network measurements hold no value, so there is no chart of the link.")
    has_series = any(points for quantity in quantities for _, points in quantity.series)
    return LinkChart(quantities, link if has_series else None)


def _quantities(
    thresholds: Thresholds, link: LinkSeries | None, documents: Sequence[NetworkDocument]
) -> Iterator[Quantity]:
    gates = [_gate_points(document, result) for document in documents for result in document.technologies]
    latency, rssi = [gate["latency"] for gate in gates], [gate["rssi"] for gate in gates]
    series = {
        "latency": (("latency", tuple(link.latency_ms)),) if link else (),
        "rssi": (("RSSI", tuple(link.rssi_dbm)),) if link else (),
        "bandwidth": (("uplink", tuple(link.up_kB_s)), ("downlink", tuple(link.down_kB_s))) if link else (),
    }
    yield Quantity("latency", "ms", thresholds.latency_ms, True, series["latency"], _known(latency))
    yield Quantity("RSSI", "dBm", thresholds.rssi_dbm, False, series["rssi"], _known(rssi))
    rates = [gate[direction] for gate in gates for direction in ("up", "down")]
    yield Quantity("bandwidth", "kB/s", thresholds.bandwidth_kB_s, False, series["bandwidth"], _known(rates))


def _known(points: Sequence[tuple[str, Point] | None]) -> tuple[tuple[str, Point], ...]:
    return tuple(point for point in points if point is not None)


def _gate_points(document: NetworkDocument, result: TechnologyResult) -> dict[str, tuple[str, Point] | None]:
    """What one measurement of the gate says, by quantity."""
    label = result.label or document.label
    name = f"{result.technology} {label}" if label else result.technology
    time = datetime.fromisoformat(result.started)

    def point(
        value: float | None, verdict: Verdict, bound: str | None = None, kind: str = ""
    ) -> tuple[str, Point] | None:
        return None if value is None else (f"{name}{kind}", Point(time, value, verdict, bound))

    verdicts, require = result.verdicts, result.bandwidth.require if result.bandwidth else None
    return {
        "latency": point(result.latency.median_ms if result.latency else None, verdicts.latency),
        "rssi": point(
            *((result.rssi.value_dbm, verdicts.rssi, result.rssi.bound) if result.rssi else (None, verdicts.rssi))
        ),
        "up": point(require.up_detail.delivered_kB_s if require else None, verdicts.bandwidth),
        "down": point(require.down_detail.delivered_kB_s if require else None, verdicts.bandwidth),
    }
