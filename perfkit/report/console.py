"""The result document as the text that a lab engineer reads; rich is imported when something is rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult, StillToMeasure
from perfkit.core.uncertainty import Comparison
from perfkit.report.console_blocks import bullets, facts, heading, indented, plain_table, text
from perfkit.report.console_inputs import input_blocks
from perfkit.report.console_link import link_blocks
from perfkit.report.console_page import page
from perfkit.report.console_parameter import parameter_blocks
from perfkit.report.link_wording import headline_round_trip
from perfkit.report.wording import NOTHING, counted, measured_text, stated_text

if TYPE_CHECKING:
    from rich.console import RenderableType

TEST_CASES_SHOWN = 8
_STYLES = {
    Comparison.WITHIN: "green",
    Comparison.WITHIN_UNCERTAIN: "yellow",
    Comparison.ABOVE_UNCERTAIN: "yellow",
    Comparison.ABOVE: "red",
    Comparison.NOT_STATED: "",
}
OFFICIAL_BASIS = "OCPP 1.6"
_ANALOGY = "BY ANALOGY with OCPP 1.6: none of these figures is an official performance parameter"


_STILL_OPEN = "Still to be measured (Appendix C of the test procedure has no test cases for OCPP 2.x)"
_ROLES = {"charging_station": "charging station", "csms": "CSMS"}


def render(document: AnalysisDocument, *, width: int, colour: bool, full: bool = False) -> str:
    """The result as text of at most `width` columns; without `colour` it holds no escape sequence.

    `full` shows every combination, test case, run and input; else the longest lists are cut and say so.
    """
    return page(_blocks(document, full=full), width=width, colour=colour)


def _blocks(document: AnalysisDocument, *, full: bool) -> Iterable[RenderableType]:
    yield text(_title(document), "bold")
    if document.basis != OFFICIAL_BASIS:
        yield text(_ANALOGY, "bold yellow")
    yield ""
    yield _overview(document)
    if any(parameter.stated_s is not None for parameter in document.parameters):
        yield text("The comparison is information, not a verdict; measured values are rounded up.", "dim")
    if document.network is not None:
        yield text("Round trip: measured beside the value; contained in it and not subtracted.", "dim")
    yield from _policy(document)
    yield from link_blocks(document, full=full)
    for parameter in document.parameters:
        if parameter.applicable:
            yield from parameter_blocks(parameter, document, full=full)
    yield from _still_to_measure(document, full=full)
    if document.warnings:
        yield heading("Warnings")
        yield bullets(document.warnings)
    yield from input_blocks(document, full=full)
    yield ""
    yield text(_closing(document), "bold")
    yield from _hints(document)


def _title(document: AnalysisDocument) -> str:
    """Who was measured, in one sentence."""
    dut = document.dut
    name = " ".join(part for part in (dut.vendor, dut.model) if part) or "the device under test"
    firmware = f" (firmware {dut.firmware})" if dut.firmware else ""
    facts = [
        "role unknown" if dut.type is None else f"{_ROLES.get(dut.type, dut.type)} by {_source(dut.type_source)}",
        f"OCPP {', '.join(dut.ocpp_versions)}" if dut.ocpp_versions else "",
        dut.communication_technology or "",
    ]
    return f"Performance of {name}{firmware}: {', '.join(fact for fact in facts if fact)}"


def _source(source: str | None) -> str:
    return {"pics": "the PICS", "option": "--role", "logs": "the logs"}.get(source or "", "an unknown source")


def _overview(document: AnalysisDocument) -> RenderableType:
    is_watched = document.network is not None
    beside = [">Round trip"] if is_watched else []
    table = plain_table("Parameter", ">Measured", *beside, ">Stated", ">n", "Comparison")
    for parameter in document.parameters:
        style = "" if parameter.applicable else "dim"
        table.add_row(
            text(parameter.name, style),
            text(measured_text(parameter, document), style or "bold"),
            *([text(headline_round_trip(parameter.link), style)] if is_watched else []),
            text(stated_text(parameter), style),
            text(str(parameter.count) if parameter.applicable else NOTHING, style),
            text(*_remark(parameter)),
        )
    return table


def _remark(parameter: ParameterResult) -> tuple[str, str]:
    """The comparison, or why there is none, and its colour."""
    if parameter.outcome is Outcome.NOT_APPLICABLE:
        return f"not applicable: {parameter.reason}" if parameter.reason else "not applicable", "dim"
    if parameter.outcome is Outcome.NOT_MEASURED:
        return parameter.reason or NOTHING, "yellow"
    if parameter.comparison is None:
        return NOTHING, ""
    single = " (single observation)" if parameter.count == 1 and not parameter.measured_is_lower_bound else ""
    return f"{parameter.comparison}{single}", _STYLES[parameter.comparison]


def _policy(document: AnalysisDocument) -> Iterable[RenderableType]:
    if document.policy.differences:
        yield heading("Policy that differs from the default")
        yield bullets(
            f"{switch.switch}: {switch.value} (default {switch.default})" for switch in document.policy.differences
        )


def _still_to_measure(document: AnalysisDocument, *, full: bool) -> Iterable[RenderableType]:
    """Per parameter, the combinations without a value beside the test cases that would produce one."""
    if not document.still_to_measure:
        return
    names = {parameter.key: parameter.name for parameter in document.parameters}
    by_parameter: dict[str, list[StillToMeasure]] = {}
    for entry in document.still_to_measure:
        by_parameter.setdefault(entry.parameter, []).append(entry)
    is_official = document.basis == OFFICIAL_BASIS
    yield heading("Still to be measured, and the test cases that would produce it" if is_official else _STILL_OPEN)
    for key, entries in by_parameter.items():
        yield indented(text(names.get(key, key)))
        yield indented(facts((entry.combination, _test_cases(entry, full=full)) for entry in entries))


def _test_cases(entry: StillToMeasure, *, full: bool) -> str:
    shown = entry.test_cases if full else entry.test_cases[:TEST_CASES_SHOWN]
    rest = len(entry.test_cases) - len(shown)
    return ", ".join(shown) + (f" ... and {rest} more" if rest else "")


def _closing(document: AnalysisDocument) -> str:
    applicable = [parameter for parameter in document.parameters if parameter.applicable]
    measured = [parameter for parameter in applicable if parameter.outcome is Outcome.MEASURED]
    if document.complete:
        return f"Complete: {counted(len(applicable), 'applicable parameter')}, all measured."
    if not applicable:
        return "Incomplete: nothing tells whether the DUT is a charging station or a CSMS; use --role or --pics."
    return f"Incomplete: {len(measured)} of {counted(len(applicable), 'applicable parameter')} measured."


def _hints(document: AnalysisDocument) -> Iterable[RenderableType]:
    rows = [parameter.measured_at.row for parameter in document.parameters if parameter.measured_at]
    if rows:
        yield text(
            f"--explain {rows[0]} shows the lines and rules behind row {rows[0]}; --samples FILE.csv writes all rows."
        )
