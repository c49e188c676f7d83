"""Tables of a result as pandas DataFrames (extra `frames`); pandas is imported when a table is made.

Types: durations are float seconds (NaN: none), line numbers and counts nullable integers, texts nullable strings, times
`datetime64[ns]` without zone, on the log's own clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument, Combination, ParameterResult
from perfkit.core.errors import UsageError
from perfkit.core.link_state import LinkStatus
from perfkit.report.samples import COLUMNS, LINK_COLUMNS, encodable

if TYPE_CHECKING:
    from types import ModuleType

    from pandas import DataFrame

Types = Mapping[str, str]
"""Column name: one of text, integer, number, boolean, time."""

_DTYPES = {"text": "string", "integer": "Int64", "number": "float64", "boolean": "boolean", "time": "datetime64[ns]"}
_OF_ARROW = {"string": "text", "int64": "integer", "float64": "number", "bool": "boolean"}

SAMPLE_COLUMNS = (*COLUMNS, *LINK_COLUMNS)
SAMPLE_TYPES: Types = {column.name: _OF_ARROW[column.arrow] for column in SAMPLE_COLUMNS}

PARAMETER_TYPES: Types = {
    "key": "text",
    "name": "text",
    "applicable": "boolean",
    "outcome": "text",
    "reason": "text",
    "stated_s": "number",
    "measured_s": "number",
    "measured_is_lower_bound": "boolean",
    "headline": "text",
    "comparison": "text",
    "count": "integer",
    "min_s": "number",
    "median_s": "number",
    "mean_s": "number",
    "p95_s": "number",
    "max_s": "number",
    "coverage": "number",
    "uncertainty_s": "number",
    "resolution_s": "number",
    "unanswered": "integer",
    "longest_wait_s": "number",
    "set_aside": "integer",
    "net_median_s": "number",
    "net_max_s": "number",
    "from_request_median_s": "number",
    "from_request_max_s": "number",
    "measured_file": "text",
    "measured_line": "integer",
    "measured_row": "integer",
    "link_share_in_specification": "number",
    "link_not_met": "integer",
    "link_uncertain": "integer",
    "link_latency_median_ms": "number",
    "link_latency_max_ms": "number",
    "link_latency_at_headline_ms": "number",
    "link_rssi_min_dbm": "number",
}

COMBINATION_TYPES: Types = {
    "parameter": "text",
    "name": "text",
    "in_headline": "boolean",
    "count": "integer",
    "unanswered": "integer",
    "min_s": "number",
    "median_s": "number",
    "mean_s": "number",
    "p95_s": "number",
    "max_s": "number",
    "net_median_s": "number",
    "net_max_s": "number",
    "from_request_median_s": "number",
    "from_request_max_s": "number",
}

RUN_TYPES: Types = {
    "file": "text",
    "first_line": "integer",
    "last_line": "integer",
    "test_case": "text",
    "title": "text",
    "verdict": "text",
    "role": "text",
    "left_out": "text",
    "ocpp_version": "text",
    "build": "text",
    "start": "text",
    "end": "text",
    "resolution_s": "number",
    "messages": "integer",
    "prompts": "integer",
    "clock_steps": "integer",
}

SKIPPED_TYPES: Types = {"file": "text", "line": "integer", "reason": "text", "text": "text"}


def load_pandas() -> ModuleType:
    """The library.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise UsageError("DataFrames need the extra `frames`: pip install 'perfkit[frames]'") from None
    return pandas


def frame(rows: Iterable[Sequence[object]], types: Types) -> DataFrame:
    """A table of rows whose values are in the order of `types`; empty columns keep their type."""
    columns: dict[str, list[object]] = {name: [] for name in types}
    lists = list(columns.values())
    for row in rows:
        for values, value in zip(lists, row, strict=True):
            values.append(value)
    for name, kind in types.items():
        if kind == "text":
            columns[name] = [encodable(value) if isinstance(value, str) else value for value in columns[name]]
    pandas = load_pandas()
    series = {name: pandas.Series(columns[name], dtype=_DTYPES[kind]) for name, kind in types.items()}
    table: DataFrame = pandas.DataFrame(series)
    return table


def _of_attributes(things: Iterable[object], types: Types) -> DataFrame:
    return frame(([_plain(getattr(thing, name)) for name in types] for thing in things), types)


def _plain(value: object) -> object:
    """Enumerations as their text."""
    return str(value) if isinstance(value, str) else value


def parameters_frame(document: AnalysisDocument) -> DataFrame:
    """One row per parameter, also those that do not apply."""
    rows = ({**_scalars(parameter), **_measured_at(parameter), **_link(parameter)} for parameter in document.parameters)
    return frame(([row[name] for name in PARAMETER_TYPES] for row in rows), PARAMETER_TYPES)


def combinations_frame(document: AnalysisDocument) -> DataFrame:
    """One row per combination of each parameter."""
    rows = (
        {**_scalars(combination), "parameter": parameter.key}
        for parameter in document.parameters
        for combination in parameter.combinations
    )
    return frame(([row[name] for name in COMBINATION_TYPES] for row in rows), COMBINATION_TYPES)


def _scalars(result: ParameterResult | Combination) -> dict[str, object]:
    """The fields, enumerations as text, and what stands beside the value as columns of its own."""
    values = {name: _plain(getattr(result, name)) for name in result.__struct_fields__}
    for name, beside in (("net", result.net), ("from_request", result.from_request)):
        values[f"{name}_median_s"] = beside.median_s if beside else None
        values[f"{name}_max_s"] = beside.max_s if beside else None
    return values


def _measured_at(parameter: ParameterResult) -> dict[str, object]:
    place = parameter.measured_at
    return {
        "measured_file": place.file if place else None,
        "measured_line": place.request_line if place else None,
        "measured_row": place.row if place else None,
    }


def _link(parameter: ParameterResult) -> dict[str, object]:
    """The link beside the values; None everywhere where no record of it was given."""
    link = parameter.link
    return {
        "link_share_in_specification": link.share_in_specification if link else None,
        "link_not_met": link.statuses.get(LinkStatus.NOT_MET, 0) if link else None,
        "link_uncertain": link.statuses.get(LinkStatus.UNCERTAIN, 0) if link else None,
        "link_latency_median_ms": link.latency_median_ms if link else None,
        "link_latency_max_ms": link.latency_max_ms.value if link and link.latency_max_ms else None,
        "link_latency_at_headline_ms": link.latency_at_headline_ms if link else None,
        "link_rssi_min_dbm": link.rssi_min_dbm.value if link and link.rssi_min_dbm else None,
    }


def runs_frame(document: AnalysisDocument) -> DataFrame:
    """One row per run, in the order of reading; its index is the column `run` of messages and exchanges."""
    return _of_attributes(document.runs, RUN_TYPES)


def skipped_frame(document: AnalysisDocument) -> DataFrame:
    """One row per skipped line, the first thousand."""
    return _of_attributes(document.skipped.lines, SKIPPED_TYPES)
