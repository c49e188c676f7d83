"""Which rows are shown with their raw lines, most telling first, and where their lines are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.sample_rows import SampleRecord

ROWS_WITH_LINES = 500
"""A report of 5,000 observations with all their lines would be too large to mail; the others keep file and line."""


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A row of the result and its lines; what only samples.csv tells is None or empty without it."""

    number: int
    parameter: str
    combination: str
    file: str
    request_line: int
    from_line: int | None
    to_line: int | None
    kind: RowKind | None = None
    value_s: float | None = None
    from_request_s: float | None = None
    net_s: float | None = None
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()
    test_case: str | None = None
    verdict: str | None = None
    time: str | None = None

    @property
    def evidence(self) -> str:
        """The id of its evidence."""
        return f"row-{self.number}"

    @property
    def ends(self) -> dict[str, int]:
        """Its lines by what they are: request, start, end; each line once."""
        named = {"request": self.request_line, "start": self.from_line, "end": self.to_line}
        if self.reason is not None and self.kind is RowKind.EXCLUSION:
            named["decided by"] = named.pop("end")
        lines: dict[str, int] = {}
        for label, line in named.items():
            if line is not None and line not in lines.values():
                lines[label] = line
        return lines


def traced_rows(document: AnalysisDocument, samples: tuple[SampleRecord, ...] | None) -> dict[int, TracedRow]:
    """Rows to be shown with their lines, by number, most telling first; at most ROWS_WITH_LINES.

    With the rows of samples.csv: the headline, what median, p95, minimum and the combinations' maxima come from,
    exclusions, unanswered requests and flagged values, then the others. Without: what the result itself names.
    """
    if samples is None:
        return _cut(_of_document(document))
    known = {sample.number: sample for sample in samples}
    numbers = [*_named(document), *_of_statistics(document, samples), *_remarkable(samples), *known]
    return _cut(_of_sample(known[number]) for number in numbers if number in known)


def headline_rows(document: AnalysisDocument) -> dict[str, int]:
    """The row behind the headline, by parameter."""
    return {
        parameter.key: parameter.measured_at.row
        for parameter in document.parameters
        if parameter.outcome is Outcome.MEASURED and parameter.measured_at is not None
    }


def statistic_rows(parameter: ParameterResult, samples: tuple[SampleRecord, ...] | None) -> dict[str, int]:
    """The row that each of min_s, median_s (the lower of two), p95_s and max_s comes from; empty without the rows."""
    values = sorted(
        (sample.value_s, sample.number)
        for sample in samples or ()
        if sample.parameter == parameter.key
        and sample.in_headline
        and sample.kind is RowKind.OBSERVATION
        and sample.value_s is not None
    )
    if not values:
        return {}
    found = {"min_s": values[0][1], "median_s": values[(len(values) - 1) // 2][1]}
    first_with = dict(reversed(values))
    found |= {
        name: first_with[value] for name in ("p95_s", "max_s") if (value := getattr(parameter, name)) in first_with
    }
    return found


def _cut(rows: Iterator[TracedRow]) -> dict[int, TracedRow]:
    found: dict[int, TracedRow] = {}
    for row in rows:
        found.setdefault(row.number, row)
        if len(found) == ROWS_WITH_LINES:
            break
    return found


def _named(document: AnalysisDocument) -> Iterator[int]:
    """Rows that the result names: headlines, then the maxima of the combinations."""
    yield from headline_rows(document).values()
    for parameter in document.parameters:
        yield from (part.max_at.row for part in parameter.combinations if part.max_at is not None)


def _of_statistics(document: AnalysisDocument, samples: tuple[SampleRecord, ...]) -> Iterator[int]:
    for parameter in document.parameters:
        yield from statistic_rows(parameter, samples).values()


def _remarkable(samples: tuple[SampleRecord, ...]) -> Iterator[int]:
    yield from (sample.number for sample in samples if sample.kind is not RowKind.OBSERVATION)
    yield from (sample.number for sample in samples if sample.flags)


def _of_sample(sample: SampleRecord) -> TracedRow:
    return TracedRow(
        number=sample.number,
        parameter=sample.parameter,
        combination=sample.combination,
        file=sample.file,
        request_line=sample.request_line,
        from_line=sample.from_line,
        to_line=sample.to_line,
        kind=sample.kind,
        value_s=sample.value_s,
        from_request_s=sample.from_request_s,
        net_s=sample.net_s,
        reason=sample.reason,
        flags=sample.flags,
        test_case=sample.test_case,
        verdict=sample.verdict,
        time=sample.time,
    )


def _of_document(document: AnalysisDocument) -> Iterator[TracedRow]:
    for parameter in document.parameters:
        place, name = parameter.measured_at, parameter.headline or ""
        if place is not None:
            yield TracedRow(
                place.row, parameter.key, name, place.file, place.request_line, place.from_line, place.to_line
            )
    for parameter in document.parameters:
        for part in parameter.combinations:
            place = part.max_at
            if place is not None:
                lines = (place.request_line, place.from_line, place.to_line)
                yield TracedRow(place.row, parameter.key, part.name, place.file, *lines, value_s=part.max_s)
    for parameter in document.parameters:
        for group in parameter.exclusions:
            for out in group.rows:
                yield TracedRow(
                    out.row,
                    parameter.key,
                    out.combination,
                    out.file,
                    out.request_line,
                    None,
                    out.to_line,
                    kind=RowKind.EXCLUSION,
                    reason=group.reason,
                )
