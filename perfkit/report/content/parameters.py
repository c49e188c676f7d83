"""One subsection per applicable performance parameter: statistics, combinations, exclusions, flags, raw lines."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument, Combination, Outcome, ParameterResult
from perfkit.report.charts.data import chart_data
from perfkit.report.content.blocks import cell, columns, facts, paragraph
from perfkit.report.content.charts import parameter_charts
from perfkit.report.content.model import (
    Block,
    Cell,
    EvidenceList,
    Fact,
    Notice,
    Section,
    Table,
    Tone,
)
from perfkit.report.content.overview import measured_cell, stated_cell
from perfkit.report.content.quote import Quote, replace_text, worded
from perfkit.report.content.rows import TracedRow, headline_rows, statistic_rows
from perfkit.report.inputs import ReportInputs
from perfkit.report.network_wording import milliseconds
from perfkit.report.wording import NOTHING, counted, place_text

_STATISTICS = {"max": "maximum", "p95": "95th percentile", "median": "median"}
_BESIDE = (
    ("net", "Net", "without the tool's own answers in between; information"),
    ("from_request", "From the request", "counted from the request; information"),
)


class ParameterSections:
    """Writes the subsections; `rows` are those whose raw lines the report holds."""

    def __init__(self, inputs: ReportInputs, document: AnalysisDocument, rows: dict[int, TracedRow]) -> None:
        self._document = document
        self._rows = rows
        self._samples = inputs.samples.document if inputs.samples is not None else None
        self._charts = chart_data(inputs)
        self._shown: set[int] = set()

    def sections(self, document_id: str) -> Iterator[Section]:
        """The subsections in the order of the result."""
        root = Quote(document_id, "", self._document)
        for index, parameter in enumerate(self._document.parameters):
            if parameter.applicable:
                quote = root.child("parameters", index)
                blocks = tuple(self._blocks(quote, parameter))
                yield Section(f"parameter-{parameter.key}", "", parameter.name, blocks)

    def _blocks(self, quote: Quote, parameter: ParameterResult) -> Iterator[Block]:
        yield paragraph(f"{parameter.definition} ({parameter.clause})")
        if parameter.outcome is Outcome.NOT_MEASURED:
            yield Notice("Not measured", (f"{parameter.reason or 'no value'}.",), Tone.ALARM)
        yield facts(self._facts(quote, parameter))
        yield from parameter_charts(self._charts, parameter.key)
        if parameter.combinations:
            yield _combinations(quote, parameter, self._rows)
        yield from _codes(quote, parameter)
        row = headline_rows(self._document).get(parameter.key)
        if row in self._rows and row not in self._shown:
            self._shown.add(row)
            yield EvidenceList("The observation behind the measured value", (self._rows[row].evidence,))

    def _facts(self, quote: Quote, parameter: ParameterResult) -> Iterator[Fact]:
        statistic = _STATISTICS[self._document.policy.values["aggregate"]]
        yield Fact("Stated by the vendor", (stated_cell(quote, parameter),))
        measured = measured_cell(quote, parameter, document=self._document)
        if parameter.outcome is Outcome.MEASURED and not parameter.measured_is_lower_bound:
            measured = worded(measured, lambda text: f"{text} ({statistic})")
        yield Fact("Measured", (measured,))
        if parameter.uncertainty_s is not None:
            yield Fact("Expanded uncertainty", (worded(quote.seconds_up("uncertainty_s"), "{} s (k = 2)".format),))
        link = parameter.link
        if link is not None and link.latency_at_headline_ms is not None:
            round_trip = quote.child("link").number("latency_at_headline_ms", "ms", milliseconds)
            sentence = "{} (beside the measured value; never subtracted)".format
            yield Fact("Network round trip", (worded(round_trip, sentence),))
        yield from self._sample(quote, parameter)
        if parameter.unanswered:
            wait = worded(quote.seconds("longest_wait_s"), "longest wait {} s".format)
            count = replace_text(quote.count("unanswered"), counted(parameter.unanswered, "request"))
            yield Fact("Without an answer", (count, wait))
        if parameter.set_aside:
            text = f"{counted(parameter.set_aside, 'value')} of runs without verdict PASS, outside of these figures"
            yield Fact("Set aside", (replace_text(quote.count("set_aside"), text),))

    def _sample(self, quote: Quote, parameter: ParameterResult) -> Iterator[Fact]:
        """The distribution, and how far the maximum speaks for others."""
        if parameter.measured_at is not None:
            yield Fact("Measured at", (cell(place_text(parameter.measured_at)),))
        if not parameter.count:
            return
        yield Fact("Observations (n)", (quote.count("count"),))
        if parameter.count == 1:
            yield Fact("Distribution", (cell("single observation: nothing is known of how much the time varies"),))
            return
        rows = statistic_rows(parameter, self._samples)
        named = (("min_s", "Minimum"), ("median_s", "Median"), ("p95_s", "95th percentile"), ("max_s", "Maximum"))
        for name, label in named:
            row = self._rows.get(rows.get(name, -1))
            quoted = quote.seconds(name, evidence=row.evidence if row is not None else None)
            yield Fact(label, (worded(quoted, "{} s".format),))
        yield Fact("Mean", (worded(quote.seconds("mean_s"), "{} s".format),))
        if parameter.coverage is not None:
            sentence = "the maximum covers at least {} of all with 95 % confidence".format
            yield Fact("Coverage", (worded(quote.share("coverage"), sentence),))
        for name, label, meaning in _BESIDE:
            if getattr(parameter, name) is not None:
                beside = quote.child(name)
                largest = worded(beside.seconds("max_s"), f"maximum {{}} s ({meaning})".format)
                yield Fact(label, (largest, worded(beside.seconds("median_s"), "median {} s".format)))


def _combinations(quote: Quote, parameter: ParameterResult, rows: dict[int, TracedRow]) -> Table:
    """Every combination, the largest values of the headline first."""
    ordered = sorted(
        enumerate(parameter.combinations), key=lambda pair: (not pair[1].in_headline, -(pair[1].max_s or 0.0))
    )
    return Table(
        key=f"combinations-{parameter.key}",
        caption=f"{parameter.name} by combination",
        columns=columns(
            "Combination", ">n", ">No answer", ">Min (s)", ">Median (s)", ">p95 (s)", ">Max (s)", "Maximum at"
        ),
        rows=tuple(_combination(quote.child("combinations", index), part, rows) for index, part in ordered),
        note="Rows that are not in the headline are shown apart by the method.",
        wide=True,
    )


def _combination(quote: Quote, part: Combination, rows: dict[int, TracedRow]) -> tuple[Cell, ...]:
    apart = "" if part.in_headline else " (not in the headline)"
    place = part.max_at
    evidence = f"row-{place.row}" if place is not None and place.row in rows else None
    return (
        cell(f"{part.name}{apart}"),
        quote.count("count"),
        quote.count("unanswered"),
        quote.seconds("min_s"),
        quote.seconds("median_s"),
        quote.seconds("p95_s"),
        quote.seconds("max_s", evidence=evidence),
        cell(NOTHING if place is None else place_text(place), Tone.MUTED),
    )


def _codes(quote: Quote, parameter: ParameterResult) -> Iterator[Block]:
    """What was excluded and what was flagged, and why."""
    if parameter.exclusions:
        yield Table(
            key=f"exclusions-{parameter.key}",
            caption=f"{parameter.name}: excluded requests",
            columns=columns("Reason", "Rule", ">n", "Explanation"),
            rows=tuple(
                (
                    cell(group.reason),
                    cell(group.rule),
                    quote.child("exclusions", index).count("count"),
                    cell(group.explanation),
                )
                for index, group in enumerate(parameter.exclusions)
            ),
        )
    if parameter.flags:
        yield Table(
            key=f"flags-{parameter.key}",
            caption=f"{parameter.name}: values that carry a flag",
            columns=columns("Flag", "Rule", ">n", "Explanation"),
            rows=tuple(
                (
                    cell(entry.flag),
                    cell(entry.rule),
                    quote.child("flags", index).count("count"),
                    cell(entry.explanation),
                )
                for index, entry in enumerate(parameter.flags)
            ),
        )
