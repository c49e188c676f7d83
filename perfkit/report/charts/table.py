"""The charts, by kind; a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from perfkit.report.charts import ecdf, network, per_action, sequence, timeline
from perfkit.report.charts.base import Prepare
from perfkit.report.content.model import ChartKind

CHARTS: Mapping[ChartKind, Prepare] = {
    ChartKind.ECDF: ecdf.prepare,
    ChartKind.PER_ACTION: per_action.prepare,
    ChartKind.TIMELINE: lambda data, _: timeline.prepare(data),
    ChartKind.NETWORK: lambda data, _: network.prepare(data),
    ChartKind.SEQUENCE: sequence.prepare,
}
