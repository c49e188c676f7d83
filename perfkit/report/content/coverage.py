"""Which test cases of the plan the logs cover (`perfkit coverage`); states are words, readable without colour."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.configuration_record import Severity
from perfkit.core.coverage_record import CaseState, CoverageDocument, CoveredCase
from perfkit.report.content.blocks import cell, columns, fact, facts
from perfkit.report.content.model import Block, Cell, Notice, Section, Table, Tone
from perfkit.report.coverage_words import change_sentence, other_run, resets_text, unmet_condition, verdicts_in_order
from perfkit.report.inputs import Read
from perfkit.report.wording import NOTHING, counted

_TONES = {
    CaseState.PASSED: Tone.GOOD,
    CaseState.FAILED: Tone.ALARM,
    CaseState.MISSING: Tone.ALARM,
    CaseState.NOT_APPLICABLE: Tone.MUTED,
    CaseState.OPTIONAL_NOT_RUN: Tone.MUTED,
}


def coverage_section(read: Read[CoverageDocument] | None) -> Section | None:
    """Criteria, what remains, and the matrix; None without the document."""
    if read is None:
        return None
    return Section("coverage", "", "Coverage of the test plan", tuple(_blocks(read.document)))


def _blocks(document: CoverageDocument) -> Iterator[Block]:
    counts = "; ".join(f"{count} {state}" for state, count in document.counts.items() if count)
    stated = [
        fact("Procedure", document.procedure),
        fact("Certificates applied for", ", ".join(document.certificates) or "not stated by the vendor"),
        fact("Test cases", counts or NOTHING),
        fact("Runs", f"{document.runs:,}; {document.other_runs:,} of another role or left out"),
    ]
    if document.resets.logged:
        stated.append(fact("000_RESET", resets_text(document.resets)))
    yield facts(stated)
    if document.criteria:
        yield _criteria(document)
    remaining = list(_remaining(document))
    if remaining:
        yield Notice("Still to be done", tuple(remaining), Tone.ALARM)
    yield from _findings(document)
    yield _matrix(document)


def _remaining(document: CoverageDocument) -> Iterator[str]:
    """What is missing for the criteria, by reason."""
    items: dict[str, list[str]] = {}
    for criterion in document.criteria:
        for item in criterion.remaining:
            items.setdefault(item.reason, []).append(item.item)
    for reason, names in items.items():
        yield f"{reason} ({len(names)}): {', '.join(names)}"


def _criteria(document: CoverageDocument) -> Table:
    return Table(
        key="criteria",
        caption="Exit criteria",
        columns=columns("Clause", "Criterion", "State", ">Done", ">Needed"),
        rows=tuple(
            (
                cell(entry.clause),
                cell(entry.text),
                cell("met" if entry.met else "not met", Tone.GOOD if entry.met else Tone.ALARM),
                cell(str(entry.done)),
                cell(str(entry.needed)),
            )
            for entry in document.criteria
        ),
    )


def _findings(document: CoverageDocument) -> Iterator[Block]:
    sentences = [change_sentence(change) for change in document.changes]
    sentences += [
        f"{'Fault: ' if finding.severity is Severity.FAULT else ''}{finding.message} ({finding.clause})"
        for finding in document.findings
    ]
    if sentences:
        yield Notice("Changes and findings", tuple(sentences), Tone.CAUTION)
    if document.unknown_runs:
        others = tuple(", ".join(other_run(run)) for run in document.unknown_runs)
        yield Notice("Runs of other test cases", others, Tone.CAUTION)


def _matrix(document: CoverageDocument) -> Table:
    return Table(
        key="coverage",
        caption=f"Test cases of the plan ({counted(len(document.cases), 'test case')})",
        columns=columns("Test case", "Title", "Required", "State", "Runs in order", "Remark"),
        rows=tuple(_case(case) for case in document.cases),
        wide=True,
    )


def _case(case: CoveredCase) -> tuple[Cell, ...]:
    planned = case.planned
    tone = _TONES.get(case.state, Tone.CAUTION)
    remarks = [case.note, unmet_condition(case), planned.remark]
    return (
        cell(planned.test_case),
        cell(planned.title),
        cell(planned.requirement.name.lower()),
        cell(case.state, tone),
        cell(verdicts_in_order(case)),
        cell(" ".join(remark for remark in remarks if remark)),
    )
