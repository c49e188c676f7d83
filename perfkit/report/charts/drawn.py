"""The charts of a report as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import chart_data
from perfkit.report.charts.glyphs import lent_fonts
from perfkit.report.charts.style import to_svg
from perfkit.report.charts.table import CHARTS
from perfkit.report.content.model import Chart, ReportContent, Section
from perfkit.report.inputs import ReportInputs


def drawn_charts(content: ReportContent, inputs: ReportInputs) -> dict[str, str]:
    """An `<svg>` element for each chart of the report, by its key; ids in it begin with the key.

    Raises:
        UsageError: matplotlib is not installed.
        InputError: a record of the monitor cannot be read.
    """
    data = chart_data(inputs)
    drawn = {}
    with lent_fonts(inputs.fonts):
        for chart in _charts(content.sections):
            drawing = CHARTS[chart.kind](data, chart.parameter)
            if not isinstance(drawing, Absence):
                drawn[chart.key] = to_svg(drawing.draw(), chart.key)
    return drawn


def _charts(sections: Iterable[Section]) -> Iterator[Chart]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Chart))
        yield from _charts(section.sections)
