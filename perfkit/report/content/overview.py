"""The results at a glance: one line per performance parameter."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult
from perfkit.core.decision_rule import Conformity, DecisionRule, statement
from perfkit.core.uncertainty import Comparison
from perfkit.report.content.blocks import cell, columns, paragraph
from perfkit.report.content.model import Block, Cell, Notice, Section, Table, Tone
from perfkit.report.content.quote import Quote, replace_text
from perfkit.report.inputs import Read
from perfkit.report.wording import NOTHING, counted, measured_text, stated_text

OFFICIAL_BASIS = "OCPP 1.6"
_COMPARISON_TONES = {
    Comparison.WITHIN_UNCERTAIN: Tone.CAUTION,
    Comparison.ABOVE_UNCERTAIN: Tone.CAUTION,
    Comparison.ABOVE: Tone.CAUTION,
    Comparison.NOT_STATED: Tone.MUTED,
}
CONFORMITY_TONES = {
    Conformity.PASS: Tone.GOOD,
    Conformity.CONDITIONAL_PASS: Tone.CAUTION,
    Conformity.CONDITIONAL_FAIL: Tone.CAUTION,
    Conformity.FAIL: Tone.ALARM,
}
_HEADINGS = ("Parameter", ">Stated by the vendor", ">Measured", ">U (s)", ">n", ">Median (s)", ">p95 (s)", ">Max (s)")
STATED_NOTE = (
    "“Stated by the vendor” is the customer's own statement in the PICS; the laboratory did not establish it. "
    "The measured value is rounded up to the decimals of the stated one. U is the expanded uncertainty (k = 2, about "
    "95 %), n the number of observations, p95 the 95th percentile (nearest rank)."
)
COMPARISON_NOTE = "The comparison is information, not a statement of conformity."


def results_section(read: Read[AnalysisDocument], rule: DecisionRule) -> Section:
    """The table of all parameters, and what was not measured."""
    document = read.document
    quote = Quote(read.id, "", document)
    rows = tuple(
        _row(quote.child("parameters", index), parameter, document=document, rule=rule)
        for index, parameter in enumerate(document.parameters)
    )
    heading = "Comparison (information)" if rule is DecisionRule.NONE else "Comparison; statement of conformity"
    table = Table(
        key="results",
        caption="Performance parameters of Appendix A.4",
        columns=columns(*_HEADINGS, heading),
        rows=rows,
        note=f"{STATED_NOTE} {COMPARISON_NOTE}" if rule is DecisionRule.NONE else STATED_NOTE,
        wide=True,
    )
    blocks: list[Block] = [table, paragraph(closing(document)), *_still_to_measure(document)]
    return Section("results", "", "Results", tuple(blocks))


def _row(
    quote: Quote, parameter: ParameterResult, *, document: AnalysisDocument, rule: DecisionRule
) -> tuple[Cell, ...]:
    if not parameter.applicable:
        nothing = cell(NOTHING, Tone.MUTED)
        reason = f": {parameter.reason}" if parameter.reason else ""
        return (cell(parameter.name, Tone.MUTED), *[nothing] * 7, cell(f"not applicable{reason}", Tone.MUTED))
    return (
        cell(parameter.name),
        stated_cell(quote, parameter),
        measured_cell(quote, parameter, document=document),
        quote.seconds_up("uncertainty_s"),
        quote.count("count"),
        quote.seconds("median_s"),
        quote.seconds("p95_s"),
        quote.seconds("max_s"),
        _remark(parameter, rule),
    )


def _still_to_measure(document: AnalysisDocument) -> Iterator[Table]:
    """Combinations without a value, also of parameters that are measured, and what to run for them."""
    if not document.still_to_measure:
        return
    names = {parameter.key: parameter.name for parameter in document.parameters}
    yield Table(
        key="still-to-measure",
        caption="Not measured, and the test cases to run",
        columns=columns("Parameter", "Combination", "Test cases to run"),
        rows=tuple(
            (
                cell(names.get(entry.parameter, entry.parameter)),
                cell(entry.combination, Tone.ALARM),
                cell(", ".join(entry.test_cases) or NOTHING),
            )
            for entry in document.still_to_measure
        ),
        note=None if document.basis == OFFICIAL_BASIS else "The test cases are those of OCPP 1.6.",
    )


def stated_cell(quote: Quote, parameter: ParameterResult) -> Cell:
    """The stated value as the vendor wrote it."""
    return replace_text(quote.seconds("stated_s"), stated_text(parameter))


def measured_cell(quote: Quote, parameter: ParameterResult, *, document: AnalysisDocument) -> Cell:
    """The headline as printed beside the stated value, linked to its lines; red where nothing was measured."""
    if parameter.outcome is not Outcome.MEASURED:
        return cell("not measured", Tone.ALARM)
    place = parameter.measured_at
    evidence = f"row-{place.row}" if place is not None else None
    return replace_text(quote.seconds("measured_s", evidence=evidence), measured_text(parameter, document))


def _remark(parameter: ParameterResult, rule: DecisionRule) -> Cell:
    if parameter.outcome is Outcome.NOT_MEASURED:
        return cell(f"not measured: {parameter.reason or 'no value'}", Tone.ALARM)
    if parameter.comparison is None:
        return cell("not compared: a wait without an answer tells nothing below the stated value", Tone.MUTED)
    single = " (single observation)" if parameter.count == 1 and not parameter.measured_is_lower_bound else ""
    text = f"{parameter.comparison}{single}"
    made = statement(parameter.comparison, rule)
    if made is not None:
        return cell(f"{made} ({text})", CONFORMITY_TONES[made])  # "Pass: ..." reads like a password
    return cell(text, _COMPARISON_TONES.get(parameter.comparison, Tone.PLAIN))


def closing(document: AnalysisDocument) -> str:
    """Whether all that applies was measured, the only acceptance criterion of the test procedure (8.1.3)."""
    applicable = [parameter for parameter in document.parameters if parameter.applicable]
    measured = sum(parameter.outcome is Outcome.MEASURED for parameter in applicable)
    if not applicable:
        return "Incomplete: nothing tells whether the DUT is a charging station or a CSMS."
    if document.complete:
        return f"Complete: all {counted(len(applicable), 'applicable parameter')} were measured (criterion of 8.1.3)."
    return (
        f"Incomplete: {measured} of {counted(len(applicable), 'applicable parameter')} measured (criterion of 8.1.3)."
    )


def unmeasured_notice(document: AnalysisDocument) -> Notice | None:
    """What has no value and the test cases that would give one; None when all is measured."""
    missing = [parameter for parameter in document.parameters if parameter.outcome is Outcome.NOT_MEASURED]
    if not missing:
        return None
    sentences = [_missing(parameter, document) for parameter in missing]
    return Notice("Not measured", tuple(sentences), Tone.ALARM)


def _missing(parameter: ParameterResult, document: AnalysisDocument) -> str:
    entries = [entry for entry in document.still_to_measure if entry.parameter == parameter.key]
    cases = list(dict.fromkeys(case for entry in entries for case in entry.test_cases))
    run = f" Test cases to run: {', '.join(cases)}." if cases else ""
    return f"{parameter.name}: {parameter.reason or 'no value'}.{run}"


def analogy_notice(document: AnalysisDocument) -> Notice | None:
    """That no figure is official where the protocol is not OCPP 1.6; None where they are."""
    if document.basis == OFFICIAL_BASIS:
        return None
    sentence = "By analogy with OCPP 1.6: no official performance parameters exist for this version of OCPP."
    return Notice("Not official parameters", (sentence,), Tone.CAUTION)
