"""Lists of lines, one per line of text: skipped lines and excluded requests."""

from __future__ import annotations

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.sample import RowKind
from perfkit.report.printable import printable
from perfkit.report.samples import SampleRow
from perfkit.report.wording import percent


def skipped_lines(document: AnalysisDocument) -> list[str]:
    """`file:line: reason: text` of the skipped lines that the document lists, and how many more there are."""
    skipped = document.skipped
    lines = [printable(f"{line.file}:{line.line}: {line.reason}: {line.text}") for line in skipped.lines]
    if skipped.count > len(skipped.lines):
        lines.append(f"... and {skipped.count - len(skipped.lines)} more")
    return lines


def too_many_skipped(document: AnalysisDocument) -> str:
    """The sentence that says why there are no figures."""
    skipped = document.skipped
    candidates = skipped.count + sum(info.messages for info in document.inputs)
    return (
        f"{skipped.count} of {candidates} lines that should be messages could not be read ({percent(skipped.share)}, "
        f"allowed are {percent(skipped.threshold)}), so no figures are given"
    )


def excluded_line(sample: SampleRow) -> str | None:
    """`file:request-end: REASON parameter combination: explanation (row n)`; None for a row that is not excluded."""
    row = sample.row
    if row.kind is not RowKind.EXCLUSION or row.reason is None:
        return None
    end = "" if row.to_line is None else f"-{row.to_line}"
    return printable(
        f"{sample.file}:{row.request_line}{end}: {row.reason} {row.parameter} {row.combination}: "
        f"{row.reason.sentence} (row {sample.number})"
    )
