"""What was read: inputs, runs, oddities, lines that could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument, AnomalyInfo, RunInfo
from perfkit.report.console_blocks import facts, heading, indented, plain_table, text
from perfkit.report.console_configuration import configuration_blocks, dut_facts
from perfkit.report.wording import NOTHING, counted, seconds

if TYPE_CHECKING:
    from rich.console import RenderableType

REASONS_SHOWN = 4


def input_blocks(document: AnalysisDocument, *, full: bool) -> Iterable[RenderableType]:
    """A summary; with `full` also every input and run."""
    yield heading("Read")
    yield facts((*_summary(document), *dut_facts(document)))
    if full:
        yield from configuration_blocks(document.configuration)
        yield heading("Inputs")
        yield indented(_inputs(document))
        yield heading("Runs")
        yield indented(_runs(document))


def _summary(document: AnalysisDocument) -> Iterator[tuple[str, str]]:
    inputs = document.inputs
    formats = Counter(info.format for info in inputs)
    named = ", ".join(f"{count} {name}" for name, count in sorted(formats.items()))
    lines, messages = sum(info.lines for info in inputs), sum(info.messages for info in inputs)
    yield "logs", f"{named}: {counted(lines, 'line')}, {counted(messages, 'message')}"
    left_out = sum(run.left_out is not None for run in document.runs)
    yield "runs", f"{len(document.runs):,}{f', {left_out} left out' if left_out else ''}"
    yield from _oddities(document)
    skipped = document.skipped
    if skipped.count:
        yield "skipped", f"{counted(skipped.count, 'line')} ({_reasons(skipped.reasons)}); --list-skipped shows where"
    else:
        yield "skipped", "no line"
    copies = [ignored for ignored in document.ignored_inputs if ignored.copy_of is not None]
    if no_logs := len(document.ignored_inputs) - len(copies):
        yield "ignored", f"{counted(no_logs, 'file')} that {'is' if no_logs == 1 else 'are'} no log"
    if copies:
        first = f"{copies[0].path} of {copies[0].copy_of}"
        yield "copies", f"{counted(len(copies), 'log')} with the content of another one, counted once (first: {first})"
    if document.tool_time.count:
        tool = document.tool_time
        answered = f"{counted(tool.count, 'answer')} of the tool itself"
        yield "set-up", f"{answered}: median {seconds(tool.median_s)}, max {seconds(tool.max_s, unit=True)}"
    if document.pics is not None:
        yield "PICS", document.pics.path


def _reasons(reasons: Mapping[str, int]) -> str:
    """The commonest reasons with their counts: a reason may name a place in its line, so there may be thousands."""
    commonest = sorted(reasons.items(), key=lambda item: -item[1])
    shown, others = commonest[:REASONS_SHOWN], commonest[REASONS_SHOWN:]
    words = [f"{count} {reason}" for reason, count in shown]
    if others:
        words.append(f"{sum(count for _, count in others)} for {counted(len(others), 'other reason')}")
    return ", ".join(words)


def _oddities(document: AnalysisDocument) -> Iterator[tuple[str, str]]:
    """Anomalies of all runs that count, by kind, with the place of the first."""
    counts: Counter[str] = Counter()
    first: dict[str, tuple[RunInfo, AnomalyInfo]] = {}
    for run in document.runs:
        for anomaly in run.anomalies:
            counts[anomaly.kind] += anomaly.count
            first.setdefault(anomaly.kind, (run, anomaly))
    for kind, count in sorted(counts.items()):
        run, anomaly = first[kind]
        line = f":{anomaly.lines[0]}" if anomaly.lines else ""
        yield "odd", f"{count} {kind}: {anomaly.explanation} (first: {run.file}{line})"


def _inputs(document: AnalysisDocument) -> RenderableType:
    table = plain_table("File", "Format", ">lines", ">messages", ">skipped", "SHA-256")
    for info in document.inputs:
        cells = (info.path, info.format, str(info.lines), str(info.messages), str(info.skipped), info.sha256[:12])
        table.add_row(*map(text, cells))
    for ignored in document.ignored_inputs:
        table.add_row(*map(text, (ignored.path, ignored.reason, NOTHING, NOTHING, NOTHING, NOTHING)))
    return table


def _runs(document: AnalysisDocument) -> RenderableType:
    table = plain_table("Test case", "Verdict", "Start", ">messages", "Where")
    for run in document.runs:
        where = f"{run.file}:{run.first_line}-{run.last_line}"
        notes = [note for note in (f"left out: {run.left_out}" if run.left_out else "", *run.notes) if note]
        table.add_row(
            text(run.test_case or NOTHING),
            text(run.verdict or NOTHING),
            text(run.start or NOTHING),
            text(str(run.messages)),
            text("; ".join((where, *notes))),
        )
    return table
