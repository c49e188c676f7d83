"""The coverage of a campaign as text: exit criteria first, then the matrix, then what needs a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from perfkit.core.configuration_record import Severity
from perfkit.core.coverage_record import CaseState, CoverageDocument, CoveredCase, ExitCriterion
from perfkit.core.plan_record import Applicability
from perfkit.report.console_blocks import bullets, facts, heading, indented, plain_table, text
from perfkit.report.console_page import page
from perfkit.report.coverage_words import change_sentence, other_run, resets_text, unmet_condition, verdicts_in_order
from perfkit.report.plan_console import title
from perfkit.report.wording import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

STYLES = {
    CaseState.PASSED: "green",
    CaseState.FAILED: "bold red",
    CaseState.INCONCLUSIVE: "red",
    CaseState.NO_VERDICT: "red",
    CaseState.TO_REPEAT: "magenta",
    CaseState.MISSING: "yellow",
    CaseState.UNDECIDED: "yellow",
    CaseState.OPTIONAL_NOT_RUN: "dim",
    CaseState.NOT_APPLICABLE: "dim",
    CaseState.NOT_APPLICABLE_RUN: "cyan",
}
_CELL_COLUMNS = 12
_QUIET = frozenset({CaseState.NOT_APPLICABLE, CaseState.OPTIONAL_NOT_RUN, CaseState.MISSING, CaseState.UNDECIDED})
_SEVERITIES = {Severity.FAULT: ("fault", "red"), Severity.NOTE: ("note", "")}


def render(document: CoverageDocument, *, width: int, colour: bool, full: bool = False) -> str:
    """The coverage as text of at most `width` columns; without `colour` it holds no escape sequence.

    `full` lists every test case with its runs; else those that need a look.
    """
    return page(_blocks(document, width=width, full=full), width=width, colour=colour)


def _blocks(document: CoverageDocument, *, width: int, full: bool) -> Iterable[RenderableType]:
    yield text(f"Coverage of {title(document.dut, document.dut_type, document.certificates)}", "bold")
    yield from _alarms(document)
    for criterion in document.criteria:
        yield from _criterion(criterion)
    yield heading("Test cases of Appendix C")
    yield from _matrix(document, width=width)
    yield facts(_legend(document))
    yield from _cases(document, full=full)
    yield from _unknown(document)
    yield from _changes(document)
    yield from _findings(document)
    yield heading("Read")
    yield facts(_read(document))
    yield ""
    yield text(_closing(document), "bold")


def _alarms(document: CoverageDocument) -> Iterable[RenderableType]:
    for change in document.changes:
        if change.full_retest:
            yield text(change_sentence(change), "bold red")


def _criterion(criterion: ExitCriterion) -> Iterable[RenderableType]:
    """Met or not, with what remains grouped by reason."""
    word, style = ("met", "bold green") if criterion.met else ("NOT MET", "bold red")
    yield heading(f"Exit criterion {criterion.clause}: {criterion.text}")
    yield indented(text(f"{word}: {criterion.done} of {criterion.needed}", style))
    by_reason: dict[str, list[str]] = {}
    for remaining in criterion.remaining:
        by_reason.setdefault(remaining.reason, []).append(remaining.item)
    if by_reason:
        yield facts((f"{len(items)} {reason}", ", ".join(items)) for reason, items in by_reason.items())


def _matrix(document: CoverageDocument, *, width: int) -> Iterable[RenderableType]:
    """Symbol and id of each test case, block by block."""
    from rich.table import Table

    per_row = max(1, (width - 4) // (_CELL_COLUMNS + 1))
    for block, found in groupby(document.cases, key=lambda case: case.planned.block):
        cases = list(found)
        yield indented(text(f"{block}: {_passed(cases)}", "underline"))
        grid = Table.grid(padding=(0, 1, 0, 0))
        for _ in range(per_row):
            grid.add_column(min_width=_CELL_COLUMNS - 1, no_wrap=True)
        for start in range(0, len(cases), per_row):
            grid.add_row(*(_cell(case) for case in cases[start : start + per_row]))
        yield indented(grid)


def _passed(cases: list[CoveredCase]) -> str:
    """How many passed of those that apply or may apply."""
    wanted = [case for case in cases if case.planned.applicability is not Applicability.DOES_NOT_APPLY]
    passed = sum(case.state is CaseState.PASSED for case in wanted)
    return f"{passed} of {len(wanted)} passed" if wanted else "does not apply"


def _cell(case: CoveredCase) -> RenderableType:
    return text(f"{case.state.symbol} {case.planned.test_case}", STYLES[case.state])


def _legend(document: CoverageDocument) -> Iterator[tuple[str, str]]:
    for state in CaseState:
        count = document.counts.get(state.value, 0)
        if count:
            yield f"{state.symbol} {state.value}", str(count)


def _cases(document: CoverageDocument, *, full: bool) -> Iterable[RenderableType]:
    shown = [case for case in document.cases if full or _needs_a_look(case)]
    if not shown:
        return
    yield heading("Every test case" if full else "Test cases that need a look")
    table = plain_table("Test case", "", "State", "Runs in order", "Note")
    for case in shown:
        table.add_row(
            text(case.planned.test_case),
            text(case.planned.requirement.value),
            text(case.state.value, STYLES[case.state]),
            text(verdicts_in_order(case)),
            text(_note(case)),
        )
    yield indented(table)


def _needs_a_look(case: CoveredCase) -> bool:
    return case.state not in {CaseState.PASSED, *_QUIET} or (case.note is not None and bool(case.runs))


def _note(case: CoveredCase) -> str:
    parts = [case.note, unmet_condition(case)]
    if case.runs and case.state is not CaseState.PASSED:
        parts.append(f"Last: {case.runs[-1].place.file}:{case.runs[-1].place.line}")
    return " ".join(part for part in parts if part)


def _unknown(document: CoverageDocument) -> Iterable[RenderableType]:
    if document.unknown_runs:
        yield heading("Runs of other test cases")
        yield facts(map(other_run, document.unknown_runs))


def _changes(document: CoverageDocument) -> Iterable[RenderableType]:
    if document.changes:
        yield heading("Changes in the course of the campaign")
        yield bullets(map(change_sentence, document.changes))


def _findings(document: CoverageDocument) -> Iterable[RenderableType]:
    if document.findings:
        yield heading("Findings")
        table = plain_table("", "Finding", "Clause")
        for finding in document.findings:
            word, style = _SEVERITIES[finding.severity]
            where = f" ({finding.place.file}:{finding.place.line})" if finding.place else ""
            table.add_row(text(word, style), text(f"{finding.message}{where}"), text(finding.clause))
        yield indented(table)


def _read(document: CoverageDocument) -> Iterator[tuple[str, str]]:
    other = f", {counted(document.other_runs, 'run')} of another role or left out" if document.other_runs else ""
    order = "by time" if document.in_time_order else "in the order of the files"
    yield "runs", f"{document.runs} {order}{other}"
    seen = document.identity.seen
    if seen:
        last = seen[-1]
        said = " ".join(part for part in (last.vendor, last.model, last.serial, last.firmware) if part)
        yield "DUT", f"{said} (by BootNotification)"
    if document.resets.logged:
        yield "000_RESET", resets_text(document.resets)
    if document.pics is not None:
        yield "PICS", document.pics


def _closing(document: CoverageDocument) -> str:
    if document.complete:
        return "Complete: every exit criterion is met."
    missed = [criterion for criterion in document.criteria if not criterion.met]
    remaining = sum(len(criterion.remaining) for criterion in missed)
    return f"Not complete: {remaining} to do for {' and '.join(criterion.clause for criterion in missed)}."
