"""Places for charts, with the words of the drawings themselves; there is none where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.table import CHARTS
from perfkit.report.content.model import Chart, ChartKind

_OF_PARAMETER = (ChartKind.ECDF, ChartKind.PER_ACTION, ChartKind.SEQUENCE)


def parameter_charts(data: ChartData, parameter: str) -> Iterator[Chart]:
    """The charts about one performance parameter."""
    for kind in _OF_PARAMETER:
        yield from chart_of(data, kind, parameter)


def chart_of(data: ChartData, kind: ChartKind, parameter: str | None = None) -> Iterator[Chart]:
    """The chart of a kind, if there is something to draw."""
    drawing = CHARTS[kind](data, parameter)
    if not isinstance(drawing, Absence):
        key = f"{kind.value}-{parameter}" if parameter else kind.value
        yield Chart(key.replace("_", "-"), kind, parameter, drawing.caption, drawing.description)
