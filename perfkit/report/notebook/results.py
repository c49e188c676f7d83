"""Finished results for notebooks: `from perfkit.api import read_results`. Nothing is computed, only read and shown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.document_text import plain_document
from perfkit.core.errors import InputError
from perfkit.core.network_record import NetworkDocument
from perfkit.core.sample import RowKind
from perfkit.report import frames
from perfkit.report.charts.base import Absence, Drawing
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.link_series import link_series
from perfkit.report.charts.style import to_svg
from perfkit.report.charts.table import CHARTS
from perfkit.report.content.model import ChartKind
from perfkit.report.sample_rows import SampleRecord, read_sample_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

PathLike = str | os.PathLike[str]
Document = TypeVar("Document", bound=msgspec.Struct)

NETWORK_TYPES: frames.Types = {
    "file": "text",
    "technology": "text",
    "label": "text",
    "operator": "text",
    "started": "text",
    "gate": "text",
    "latency_median_ms": "number",
    "latency_p95_ms": "number",
    "latency_max_ms": "number",
    "rssi_dbm": "number",
    "delivered_up_kB_s": "number",
    "delivered_down_kB_s": "number",
    "reasons": "text",
}


def read_results(
    result: PathLike | None = None,
    samples: PathLike | None = None,
    *,
    network: Sequence[PathLike] = (),
    monitor: Sequence[PathLike] = (),
) -> Results:
    """What `perfkit analyze --out DIR`, `perfkit network --json` and `perfkit monitor` wrote.

    `samples` None: samples.csv beside the result, where there is one. Without `result` only the network is shown.

    Raises:
        InputError: a file cannot be read or is not what it should be.
    """
    document = None if result is None else _document(Path(result), AnalysisDocument)
    beside = Path(result).with_name("samples.csv") if result is not None else None
    path = Path(samples) if samples is not None else beside
    rows: tuple[SampleRecord, ...] = ()
    if path is not None and (samples is not None or path.is_file()):
        rows = read_sample_rows(_content(path), str(path))
    networks = tuple((os.fspath(name), _document(Path(name), NetworkDocument)) for name in network)
    return Results(document, rows, networks, tuple(Path(name) for name in monitor))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None


def _document(path: Path, kind: type[Document]) -> Document:
    try:
        return msgspec.convert(plain_document(_content(path)), kind)
    except (ValueError, msgspec.ValidationError) as error:
        raise InputError(f"{path} is not a result document of perfkit: {error}") from None


@dataclass(frozen=True)
class Shown:
    """A chart as a notebook shows it: SVG with its caption; `figure` is anew the matplotlib figure."""

    key: str
    drawing: Drawing

    @property
    def figure(self) -> Figure:
        """To change, or to save in another format."""
        return self.drawing.draw()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        text = f"{self.drawing.caption}. {self.drawing.description}"
        return {"image/svg+xml": to_svg(self.drawing.draw(), self.key), "text/plain": text}


@dataclass(frozen=True)
class Nothing:
    """Said in place of a chart that has nothing to show."""

    sentence: str

    def __repr__(self) -> str:
        """The sentence."""
        return self.sentence


class Results:
    """The results as tables and charts; columns are described in docs/api.md. A table is made when it is asked for."""

    def __init__(
        self,
        document: AnalysisDocument | None,
        rows: tuple[SampleRecord, ...],
        networks: tuple[tuple[str, NetworkDocument], ...],
        monitor: tuple[Path, ...],
    ) -> None:
        self.document = document
        self._rows = rows
        self._networks = networks
        self._monitor = monitor

    @cached_property
    def parameters(self) -> DataFrame:
        """One row per performance parameter; empty without a result."""
        if self.document is None:
            return frames.frame((), frames.PARAMETER_TYPES)
        return frames.parameters_frame(self.document)

    @cached_property
    def measured(self) -> list[str]:
        """Keys of the parameters that have a value, in the order of Appendix A.4."""
        parameters = self.document.parameters if self.document else []
        return [parameter.key for parameter in parameters if parameter.measured_s is not None]

    @cached_property
    def combinations(self) -> DataFrame:
        """One row per parameter and combination; empty without a result."""
        if self.document is None:
            return frames.frame((), frames.COMBINATION_TYPES)
        return frames.combinations_frame(self.document)

    @cached_property
    def runs(self) -> DataFrame:
        """One row per run of a test case; empty without a result."""
        return frames.frame((), frames.RUN_TYPES) if self.document is None else frames.runs_frame(self.document)

    @cached_property
    def observations(self) -> DataFrame:
        """One row per value in seconds, as in samples.csv."""
        return self._table(exclusions=False)

    @cached_property
    def exclusions(self) -> DataFrame:
        """One row per excluded request with its reason, as in samples.csv."""
        return self._table(exclusions=True)

    def _table(self, *, exclusions: bool) -> DataFrame:
        names = [name for name in frames.SAMPLE_TYPES if name in SampleRecord.__struct_fields__]
        rows = ([_plain(getattr(row, name)) for name in names] for row in self._rows if _is_excluded(row) is exclusions)
        return frames.frame(rows, {name: frames.SAMPLE_TYPES[name] for name in names})

    @cached_property
    def network(self) -> DataFrame:
        """One row per technology of each measurement of the link, in the order of time."""
        rows = (_network_row(name, document) for name, document in self._networks)
        return frames.frame((row for part in rows for row in part), NETWORK_TYPES)

    @cached_property
    def _chart_data(self) -> ChartData:
        return ChartData(
            document=self.document,
            samples=self._rows,
            network=tuple(document for _, document in self._networks),
            link=link_series(self._monitor),
        )

    def chart(self, kind: str, parameter: str | None = None) -> Shown | Nothing:
        """A chart: "ecdf" and "per_action" of a parameter, "timeline" and "network" of the campaign.

        Raises:
            ValueError: there is no such kind.
        """
        drawing = CHARTS[ChartKind(kind)](self._chart_data, parameter)
        if isinstance(drawing, Absence):
            return Nothing(drawing.sentence)
        return Shown(f"{kind}-{parameter}" if parameter else kind, drawing)


def _is_excluded(row: SampleRecord) -> bool:
    return row.kind is RowKind.EXCLUSION


def _plain(value: object) -> object:
    """Codes as their text, several flags separated by spaces."""
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or None
    return str(value) if isinstance(value, str) else value


def _network_row(name: str, document: NetworkDocument) -> list[list[object]]:
    rows: list[list[object]] = []
    for result in document.technologies:
        latency = result.latency
        require = result.bandwidth.require if result.bandwidth else None
        reasons = (result.reason, result.reasons.bandwidth, result.reasons.latency, result.reasons.rssi)
        rows.append(
            [
                *(name, result.technology, result.label or document.label, result.operator, result.started),
                result.gate.value,
                *((latency.median_ms, latency.p95_ms, latency.max_ms) if latency else (None, None, None)),
                result.rssi.value_dbm if result.rssi else None,
                require.up_detail.delivered_kB_s if require else None,
                require.down_detail.delivered_kB_s if require else None,
                "; ".join(reason for reason in reasons if reason) or None,
            ]
        )
    return rows
