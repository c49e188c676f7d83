"""The plan of a campaign as text: every test case of Appendix C for the DUT, and the values that they yield."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from perfkit.core.plan_record import Applicability, PlanDocument, PlannedCase
from perfkit.report.console_blocks import facts, heading, indented, plain_table, text
from perfkit.report.console_page import page
from perfkit.report.wording import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

WORDS = {
    Applicability.APPLIES: ("yes", ""),
    Applicability.DOES_NOT_APPLY: ("no", "dim"),
    Applicability.UNDECIDED: ("open", "yellow"),
}
DUT_WORDS = {"charging_station": "charging station", "csms": "CSMS"}
SAMPLE_LETTERS = {
    "triggered_function_timeout": "T",
    "authorize_response_time": "A",
    "remote_start_authorization_time": "S",
    "remote_stop_authorization_time": "E",
}
"""Parameters in the narrow column; every test case yields response times, so they have none."""

_LEGEND = (
    "M mandatory, C conditional, O optional. Values: T triggered function, S remote start, E remote stop (end), "
    "A Authorize; response times come from every test case."
)


def render(document: PlanDocument, *, width: int, colour: bool) -> str:
    """The plan as text of at most `width` columns; without `colour` it holds no escape sequence."""
    return page(_blocks(document), width=width, colour=colour)


def title(dut: str | None, dut_type: str, certificates: Iterable[str]) -> str:
    """Who is tested for what."""
    return f"{dut or 'the device under test'}, {DUT_WORDS[dut_type]}: {', '.join(certificates)}"


def _blocks(document: PlanDocument) -> Iterable[RenderableType]:
    yield text(f"Plan for {title(document.dut, document.dut_type, document.certificates)}", "bold")
    yield text(f"Appendix C of {document.procedure}", "dim")
    for block, found in groupby(document.cases, key=lambda case: case.block):
        cases = list(found)
        shared = _shared_condition(cases)
        yield heading(f"{block}{f', if {shared}' if shared else ''}")
        yield indented(_cases(cases, shared))
    yield text(_LEGEND, "dim")
    yield heading("Values of the performance parameters")
    yield indented(_samples(document))
    yield from _extra_runs(document)
    yield heading("In all")
    yield facts(_totals(document))


def _shared_condition(cases: list[PlannedCase]) -> str:
    """The condition that every test case of a block begins with; empty if there is none."""
    shared = min((case.condition or "" for case in cases), key=len)
    return shared if all((case.condition or "").startswith(shared) for case in cases) else ""


def _cases(cases: list[PlannedCase], shared: str) -> RenderableType:
    table = plain_table("Test case", "", "Applies", "Scenario and condition", "Values")
    for case in cases:
        word, style = WORDS[case.applicability]
        letters = sorted({SAMPLE_LETTERS[s.parameter] for s in case.samples if s.parameter in SAMPLE_LETTERS})
        table.add_row(
            text(case.test_case, style),
            text(case.requirement.value, style),
            text(word, style),
            text(case.title, style),
            text(" ".join(letters), style),
        )
        for line in _below(case, shared):
            below = text(line, "yellow" if line.startswith("cannot") else "dim")
            table.add_row("", "", "", indented(below), "")
    return table


def _below(case: PlannedCase, shared: str) -> Iterator[str]:
    """What else is to be said of a test case; the condition of the whole block stands in its heading."""
    own = (case.condition or "").removeprefix(shared).removeprefix(" and ")
    if own.startswith("(") and own.endswith(")") and own.count("(") == 1:
        own = own[1:-1]
    if own:
        yield f"if {own}"
    if case.applicability is Applicability.UNDECIDED:
        yield f"cannot be decided: {', '.join(case.missing_keys)} {_is_not(case.missing_keys)} stated"
    if case.remark is not None:
        yield case.remark


def _is_not(keys: list[str]) -> str:
    return "is not" if len(keys) == 1 else "are not"


def _samples(document: PlanDocument) -> RenderableType:
    table = plain_table("Combination", ">have", ">from the plan", ">missing", "Test cases")
    for row in document.samples:
        every = len(row.test_cases) == sum(case.applicability is Applicability.APPLIES for case in document.cases)
        named = "every test case" if every and row.test_cases else ", ".join(row.test_cases)
        table.add_row(
            text(row.combination),
            text(str(row.have)),
            text(str(row.from_plan)),
            text(str(row.short) if row.short else "-", "yellow" if row.short else ""),
            text(named or "none that applies", "" if named else "yellow"),
        )
    return table


def _extra_runs(document: PlanDocument) -> Iterable[RenderableType]:
    if document.extra_runs:
        yield heading(f"Further runs for {counted(document.wanted_n, 'value')} of each combination")
        yield facts(
            (run.test_case, f"{counted(run.runs, 'further run')}: {', '.join(run.combinations)}")
            for run in document.extra_runs
        )


def _totals(document: PlanDocument) -> Iterator[tuple[str, str]]:
    for applicability in Applicability:
        cases = [case for case in document.cases if case.applicability is applicability]
        letters = Counter(case.requirement.value for case in cases)
        by_letter = ", ".join(f"{letters[letter]} {letter}" for letter in "MCO" if letters[letter])
        yield applicability.value, f"{counted(len(cases), 'test case')}{f' ({by_letter})' if by_letter else ''}"
    if document.missing_keys:
        yield "state in the PICS", ", ".join(document.missing_keys)
    yield "of the other type", counted(document.left_out, "row")
