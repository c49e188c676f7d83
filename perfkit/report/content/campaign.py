"""The campaign: runs of test cases with verdicts and prompts, and everything that deviates from the method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument, RunInfo
from perfkit.core.lab.model import Lab
from perfkit.report.charts.data import chart_data
from perfkit.report.content.blocks import cell, columns, fact, facts, paragraph, stated
from perfkit.report.content.charts import chart_of
from perfkit.report.content.dates import date_contradictions, logged_days
from perfkit.report.content.model import Block, Bullets, Cell, ChartKind, Fact, Notice, Section, Table, Tone
from perfkit.report.content.network import missed_gates
from perfkit.report.content.quote import Quote, replace_text
from perfkit.report.inputs import Read, ReportInputs
from perfkit.report.wording import NOTHING, counted, percent

_VERDICT_TONES = {"PASS": Tone.GOOD, "FAIL": Tone.ALARM, "INCONC": Tone.CAUTION}
SKIPPED_SHOWN = 20


def campaign_section(inputs: ReportInputs, read: Read[AnalysisDocument]) -> Section:
    """Summary, timeline and the table of runs."""
    blocks: list[Block] = [facts(_summary(read))]
    blocks += chart_of(chart_data(inputs), ChartKind.TIMELINE)
    blocks.append(_runs(read))
    return Section("campaign", "", "Campaign", tuple(blocks))


def _summary(read: Read[AnalysisDocument]) -> Iterator[Fact]:
    document = read.document
    runs = [run for run in document.runs if run.left_out is None]
    verdicts = Counter(run.verdict or "no verdict" for run in runs)
    yield fact("Days", logged_days(document) or "the logs hold no date")
    yield fact("Runs evaluated", f"{len(runs):,} of {len(document.runs):,}")
    yield fact("Verdicts of the tool", ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))
    yield fact("Prompts to the operator", f"{sum(run.prompts for run in runs):,}")
    tool = document.tool_time
    if tool.count:
        quote = Quote(read.id, "/tool_time", tool)
        median, largest = quote.seconds("median_s"), quote.seconds("max_s")
        yield fact(
            "Answers of the tool itself",
            replace_text(quote.count("count"), counted(tool.count, "answer")),
            replace_text(median, f"median {median.text} s"),
            replace_text(largest, f"maximum {largest.text} s"),
        )


def _runs(read: Read[AnalysisDocument]) -> Table:
    quote = Quote(read.id, "", read.document)
    return Table(
        key="runs",
        caption="Runs of test cases in the order of the inputs",
        columns=columns("Test case", "Verdict", "Start", ">Messages", ">Prompts", "File and lines", "Remarks"),
        rows=tuple(_run(quote.child("runs", index), run) for index, run in enumerate(read.document.runs)),
        note="Times are those of the log's own clock. A run that was left out yields no figure; its remark says why.",
        wide=True,
    )


def _run(quote: Quote, run: RunInfo) -> tuple[Cell, ...]:
    verdict = run.verdict or NOTHING
    name = " ".join(part for part in (run.test_case, run.title) if part) or "not named"
    return (
        cell(name, Tone.MUTED if run.left_out else Tone.PLAIN),
        cell(verdict, _VERDICT_TONES.get(verdict, Tone.CAUTION) if not run.left_out else Tone.MUTED),
        cell(run.start.replace("T", " ") if run.start else NOTHING),
        quote.count("messages"),
        quote.count("prompts"),
        cell(f"{run.file}:{run.first_line}-{run.last_line}", Tone.MUTED),
        cell("; ".join(_remarks(run))),
    )


def _remarks(run: RunInfo) -> Iterator[str]:
    if run.left_out:
        yield f"left out: {run.left_out}"
    if run.clock_steps:
        yield f"clock stepped {run.clock_steps} time{'s' if run.clock_steps > 1 else ''}"
    yield from run.notes
    for anomaly in run.anomalies:
        yield f"{anomaly.count} {anomaly.kind}: {anomaly.explanation}"


def deviations_section(inputs: ReportInputs, document: AnalysisDocument) -> Section:
    """Additions, deviations and exclusions (ISO/IEC 17025, 7.8.2.1 n)."""
    lab = inputs.lab
    blocks: list[Block] = [facts([fact("Stated by the laboratory", *_stated(lab))])]
    sentences = [
        f"Switch {switch.switch}: {switch.value} (default {switch.default})." for switch in document.policy.differences
    ]
    sentences += [f"Network measured {missed}" for missed in missed_gates(inputs.network)]
    sentences += list(document.warnings)
    sentences += date_contradictions(document, lab, inputs.issued)
    if sentences:
        blocks.append(Bullets(tuple(sentences)))
    excluded = _excluded(document)
    if excluded:
        blocks.append(
            paragraph("Excluded by rules of the method; every one stands with its parameter and in the annex:")
        )
        blocks.append(Bullets(tuple(excluded)))
    blocks += _skipped(document)
    return Section("deviations", "", "Additions, deviations and exclusions", tuple(blocks))


def _stated(lab: Lab) -> list[Cell]:
    return [cell(text) for text in lab.test.deviations] or [stated(None)]


def _excluded(document: AnalysisDocument) -> list[str]:
    return [
        f"{parameter.name}: {sum(group.count for group in parameter.exclusions):,} excluded "
        f"({', '.join(f'{group.count:,} {group.reason}' for group in parameter.exclusions)})"
        + (f", {parameter.set_aside:,} set aside (verdict)" if parameter.set_aside else "")
        for parameter in document.parameters
        if parameter.exclusions or parameter.set_aside
    ]


def _skipped(document: AnalysisDocument) -> Iterator[Block]:
    skipped = document.skipped
    if not skipped.count:
        return
    share = (
        f"{percent(skipped.share, 2)} of the lines that should be messages, allowed are {percent(skipped.threshold)}"
    )
    yield Notice(
        "Unread lines",
        (f"{counted(skipped.count, 'line')} could not be read ({share}).",),
        Tone.CAUTION,
    )
    shown = skipped.lines[:SKIPPED_SHOWN]
    rest = skipped.count - len(shown)
    yield Table(
        key="skipped",
        caption="Lines that could not be read",
        columns=columns("File", ">Line", "Reason", "Text"),
        rows=tuple(
            (cell(line.file), cell(str(line.line)), cell(line.reason), cell(line.text, Tone.MUTED)) for line in shown
        ),
        note=f"and {counted(rest, 'more line')}" if rest else None,
    )
