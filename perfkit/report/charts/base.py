"""What a chart is: prepared without matplotlib, so that its words can be read before (or without) drawing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from perfkit.report.charts.data import ChartData

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Absence:
    """Why there is nothing to draw, as a sentence: it takes the place of an empty plot."""

    sentence: str


class Drawing(Protocol):
    """A chart with data. The figure is drawn anew each time it is asked for."""

    @property
    def caption(self) -> str:
        """What is shown, with n; stands below the chart."""

    @property
    def description(self) -> str:
        """What the chart says to somebody who does not see it (alternative text)."""

    def draw(self) -> Figure:
        """The matplotlib figure."""


class Prepare(Protocol):
    """A chart of one kind, made from the data of a campaign."""

    def __call__(self, data: ChartData, parameter: str | None) -> Drawing | Absence:
        """The chart about the parameter with this key; None: about the campaign."""
