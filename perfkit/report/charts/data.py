"""What charts are drawn from: the result document, the rows of samples.csv, and the link over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult
from perfkit.core.network_record import NetworkDocument
from perfkit.core.sample import RowKind
from perfkit.report.charts.link_series import LinkSeries, link_series
from perfkit.report.inputs import ReportInputs, SequenceMessage
from perfkit.report.sample_rows import SampleRecord

_UNDATED = "1970-01-01T"


@dataclass(frozen=True, slots=True)
class ChartData:
    """Everything that charts show. `link` is None when nothing of the link was recorded over time."""

    document: AnalysisDocument | None = None
    samples: tuple[SampleRecord, ...] = ()
    network: tuple[NetworkDocument, ...] = ()
    link: LinkSeries | None = None
    sequences: Mapping[int, tuple[SequenceMessage, ...]] = field(default_factory=dict)

    def parameter(self, key: str | None) -> ParameterResult | None:
        """The result of the parameter with this key; None when there is none."""
        parameters = self.document.parameters if self.document else []
        return next((parameter for parameter in parameters if parameter.key == key), None)

    def values(self, key: str | None, kind: RowKind, *, in_headline: bool = True) -> list[SampleRecord]:
        """The rows of a kind of one parameter, in the headline or beside it, in the order of samples.csv."""
        return [
            row
            for row in self.samples
            if row.parameter == key and row.kind is kind and row.in_headline is in_headline and row.value_s is not None
        ]


def chart_data(inputs: ReportInputs) -> ChartData:
    """The data of a campaign.

    Raises:
        InputError: a record of the monitor cannot be read.
    """
    return ChartData(
        document=inputs.analysis.document if inputs.analysis else None,
        samples=inputs.samples.document if inputs.samples else (),
        network=tuple(read.document for read in inputs.network),
        link=link_series(inputs.monitor),
        sequences=inputs.sequences,
    )


def log_time(text: str | None) -> datetime | None:
    """A time on the log's own clock; one without a day is on 1970-01-01. None without one, and for what is none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text if "T" in text else _UNDATED + text)
    except ValueError:  # a document that perfkit did not write
        return None
