"""The raw lines behind figures, and how a value follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.sample import RowKind
from perfkit.report.content.model import Cell, Evidence, Fact, RawLine
from perfkit.report.content.rows import TracedRow
from perfkit.report.rules import rules_of
from perfkit.report.wording import seconds

LINE_CHARACTERS = 2000
"""What is shown of a line; OCTT logs a whole message in one."""


def evidence_of(row: TracedRow, document: AnalysisDocument, raw_lines: Mapping[str, Mapping[int, str]]) -> Evidence:
    """The lines of a row as far as they are at hand, with the value and the rules that were applied."""
    lines = raw_lines.get(row.file, {})
    return Evidence(
        id=row.evidence,
        row=row.number,
        title=f"Row {row.number}: {row.combination}, {_fate(row)}",
        file=row.file,
        facts=tuple(_facts(row, document)),
        lines=tuple(RawLine(number, label, _cut(lines.get(number))) for label, number in row.ends.items()),
    )


def _cut(line: str | None) -> str | None:
    if line is None or len(line) <= LINE_CHARACTERS:
        return line
    return f"{line[:LINE_CHARACTERS]} … ({len(line) - LINE_CHARACTERS:,} more characters)"


def _fate(row: TracedRow) -> str:
    if row.kind is RowKind.EXCLUSION:
        return f"excluded as {row.reason}"
    if row.kind is RowKind.CENSORED:
        return f"no answer for {seconds(row.value_s, unit=True)}"
    return seconds(row.value_s, unit=True) if row.value_s is not None else "value in the result"


def _facts(row: TracedRow, document: AnalysisDocument) -> Iterator[Fact]:
    if row.test_case is not None:
        verdict = f", verdict {row.verdict}" if row.verdict else ""
        yield _fact("Test case", f"{row.test_case}{verdict}")
    if row.time is not None:
        yield _fact("Request logged at", row.time)
    if row.value_s is not None:
        relation = "at least " if row.kind is RowKind.CENSORED else ""
        yield _fact("Interval", f"{relation}{seconds(row.value_s, unit=True)}{_between(row)}")
    if row.from_request_s is not None and row.from_request_s != row.value_s:
        yield _fact("From the request", f"{seconds(row.from_request_s, unit=True)} (information)")
    if row.net_s is not None and row.net_s != row.value_s:
        yield _fact("Net", f"{seconds(row.net_s, unit=True)} without the tool's own answers in between (information)")
    for flag in row.flags:
        yield _fact("Flag", f"{flag} ({flag.rule}): {flag.sentence}")
    if row.reason is not None:
        yield _fact("Reason", f"{row.reason} ({row.reason.rule}): {row.reason.sentence}")
    rules = ", ".join(dict.fromkeys(rule for rule, _ in rules_of(row.parameter, document.policy.values)))
    yield _fact("Rules of the method", rules)


def _between(row: TracedRow) -> str:
    start = row.from_line or row.request_line
    return "" if row.to_line is None else f", from line {start} to line {row.to_line}"


def _fact(label: str, text: str) -> Fact:
    return Fact(label, (Cell(text),))
