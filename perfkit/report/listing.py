"""Lists of lines, one per line of text: skipped lines and excluded requests."""

from __future__ import annotations

from typing import Protocol

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.sample import RowKind
from perfkit.report.printable import printable
from perfkit.report.samples import SampleRow
from perfkit.report.wording import percent


class UnreadLine(Protocol):
    """A line that could not be read: its number, why, and its text."""

    @property
    def line(self) -> int:
        """Number from 1."""

    @property
    def reason(self) -> str:
        """Why."""

    @property
    def text(self) -> str:
        """Its beginning."""


def skipped_line(file: str, line: UnreadLine) -> str:
    """`file:line: reason: text`."""
    return printable(f"{file}:{line.line}: {line.reason}: {line.text}")


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
