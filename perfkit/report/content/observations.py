"""Annex: every row behind the results, and the raw lines of those that carry the figures."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.report.content.blocks import cell, columns, paragraph
from perfkit.report.content.model import Block, Cell, EvidenceList, Section, Table, Tone
from perfkit.report.content.quote import Quote
from perfkit.report.content.rows import TracedRow, headline_rows
from perfkit.report.inputs import ReportInputs
from perfkit.report.sample_rows import SampleRecord
from perfkit.report.wording import NOTHING, counted

ROWS_LISTED = 6000
"""Rows of one parameter; a page with many more can hardly be opened, and samples.csv holds all."""
_ABSENT = (
    "samples.csv, the list of all observations, was not at hand when this report was made. "
    "`perfkit analyze --out DIR` writes it beside result.json."
)
_NO_LINES = "The logs were not at hand when this report was made: files and line numbers are given, not the lines."
_FATES = {"observation": "observation", "censored": "no answer", "exclusion": "excluded"}


def observations_section(inputs: ReportInputs, document: AnalysisDocument, rows: dict[int, TracedRow]) -> Section:
    """One table per parameter; on paper only the number of rows."""
    if inputs.samples is None:
        return Section("observations", "", "Observations", (paragraph(_ABSENT, Tone.CAUTION),))
    samples = list(enumerate(inputs.samples.document))
    tables = []
    for parameter in document.parameters:
        own = [(index, sample) for index, sample in samples if sample.parameter == parameter.key]
        if own:
            shown = own[:ROWS_LISTED]
            quoted = (_row(Quote(inputs.samples.id, f"/{index}", sample), sample, rows) for index, sample in shown)
            tables.append(_table(parameter.key, parameter.name, tuple(quoted), count=len(own)))
    paper = f"The {counted(len(samples), 'row')} are in the HTML version of this report and in samples.csv."
    return Section("observations", "", "Observations and excluded requests", tuple(tables), paper=paper)


def _table(key: str, name: str, rows: tuple[tuple[Cell, ...], ...], *, count: int) -> Table:
    rest = count - len(rows)
    return Table(
        key=f"observations-{key}",
        caption=f"{name}: {counted(count, 'row')}",
        columns=columns(
            ">Row", "Combination", ">Value (s)", "Counts as", "Flags", "Test case", "Verdict", "File and lines"
        ),
        rows=rows,
        note=f"and {counted(rest, 'more row')} in samples.csv" if rest else None,
        wide=True,
    )


def _row(quote: Quote, sample: SampleRecord, rows: dict[int, TracedRow]) -> tuple[Cell, ...]:
    evidence = f"row-{sample.number}" if sample.number in rows else None
    lines = f"{sample.request_line}" if sample.to_line is None else f"{sample.request_line}-{sample.to_line}"
    fate = _FATES[sample.kind.value] if sample.reason is None else f"{_FATES[sample.kind.value]}: {sample.reason}"
    return (
        quote.number("number", "1", "{:d}".format, evidence=evidence),
        cell(sample.combination),
        quote.seconds("value_s", evidence=evidence),
        cell(fate if sample.in_headline or sample.reason else f"{fate}, not in the headline"),
        cell(", ".join(sample.flags) or NOTHING, Tone.PLAIN if sample.flags else Tone.MUTED),
        cell(sample.test_case or NOTHING),
        cell(sample.verdict or NOTHING),
        cell(f"{sample.file}:{lines}", Tone.MUTED),
    )


def raw_lines_section(inputs: ReportInputs, document: AnalysisDocument, rows: dict[int, TracedRow]) -> Section | None:
    """The raw lines of every traced row that does not stand with its parameter; None when there is none."""
    shown_above = set(headline_rows(document).values())
    ids = tuple(row.evidence for row in rows.values() if row.number not in shown_above)
    if not ids:
        return None
    return Section(
        "raw-lines",
        "",
        "Raw lines",
        tuple(_raw_blocks(inputs, ids, traced=len(rows))),
        paper=f"The raw lines of {counted(len(ids), 'row')} are in the HTML version of this report.",
    )


def _raw_blocks(inputs: ReportInputs, ids: tuple[str, ...], *, traced: int) -> Iterator[Block]:
    if not inputs.raw_lines:
        yield paragraph(_NO_LINES, Tone.CAUTION)
    if inputs.samples is not None and len(inputs.samples.document) > traced:
        yield paragraph(
            "Rows that figures rest on, exclusions and flagged values come first; for the others file and lines stand "
            "in the annex before this one."
        )
    yield EvidenceList("Raw lines by row", ids)
