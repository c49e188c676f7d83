"""The method and what differs from its default, the uncertainty budget, and conformity by a chosen rule."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult
from perfkit.core.decision_rule import DecisionRule, statement
from perfkit.core.lab.model import Lab
from perfkit.core.pics.model import Pics
from perfkit.report.content.blocks import NOT_STATED_BY_LABORATORY, cell, columns, fact, facts, paragraph, stated
from perfkit.report.content.model import Block, Cell, Notice, Section, Table, Tone
from perfkit.report.content.overview import CONFORMITY_TONES, measured_cell, stated_cell
from perfkit.report.content.quote import Quote
from perfkit.report.inputs import Read
from perfkit.report.wording import NOTHING

PROCEDURE = "OCPP 1.6 Test Procedure & Test Plans"
CLAUSES = "chapter 8, Appendix A.4"
_MEASURES = (
    "Intervals are exact differences of two time stamps of the log of the OCPP Compliance Testing Tool, one clock. "
    "The measured value is the maximum of the observations unless a switch says otherwise. Times from a request on "
    "contain the network round trip, which is not subtracted; a triggered function that is measured from the DUT's "
    "answer on contains only the difference of two delays of one direction. Support for milliseconds in OCPP messages "
    "(PICS) concerns the time stamps in payloads only, not these intervals."
)
_BUDGET = (
    "U = k·√Σu² with k = 2 (about 95 %). The network round trip is part of what is measured and not an uncertainty; "
    "its jitter is a term where it was stated."
)
_RULES = {
    DecisionRule.SIMPLE: "simple acceptance (ILAC-G8:09/2019, 4.2.1): pass where the measured value x ≤ the stated "
    "value TL; guard band w = 0. At the limit the probability of a false acceptance is up to 50 %.",
    DecisionRule.GUARDED: "binary statement with guard band (ILAC-G8:09/2019, 4.2.2): pass where x ≤ TL − U, guard "
    "band w = U (k = 2). The probability of a false acceptance is at most 2.5 %.",
    DecisionRule.NON_BINARY: "non-binary statement with guard band (ILAC-G8:09/2019, 4.2.3), w = U (k = 2): pass where "
    "x ≤ TL − U, conditional pass where TL − U < x ≤ TL, conditional fail where TL < x ≤ TL + U, else fail. The "
    "probability that a pass or a fail is false is at most 2.5 %, of a conditional statement up to 50 %.",
}


def method_section(document: AnalysisDocument, pics: Pics | None, lab: Lab) -> Section:
    """Document, edition, clause, program, and the switches."""
    procedure = pics.document.id if pics is not None else None
    edition = pics.document.edition if pics is not None else None
    blocks: list[Block] = [
        facts(
            [
                fact("Test procedure", procedure or PROCEDURE),
                fact("Edition", stated(edition, "V1.2.0 (the edition that perfkit implements)")),
                fact("Clauses", CLAUSES),
                fact("Basis", document.basis),
                fact("Evaluated with", f"{document.tool.name} {document.tool.version}, {document.method}"),
                fact("Test tool", *(_builds(document) or [stated(None)])),
                fact("Sampling plan", stated(lab.test.sampling)),
            ]
        ),
        paragraph(_MEASURES),
        _switches(document),
    ]
    return Section("method", "", "Method", tuple(blocks))


def _builds(document: AnalysisDocument) -> list[Cell]:
    """What the headers of the logs tell of the tool."""
    builds = dict.fromkeys(run.build for run in document.runs if run.build and run.left_out is None)
    configurations = dict.fromkeys(run.configuration for run in document.runs if run.configuration and not run.left_out)
    cells = [cell(f"OCPP Compliance Testing Tool, build {build}") for build in builds]
    return cells + [cell(f"configuration {configuration}") for configuration in configurations]


def _switches(document: AnalysisDocument) -> Block:
    if not document.policy.differences:
        return paragraph("Switches of the method: all at their default.")
    return Table(
        key="switches",
        caption="Switches of the method that differ from the default",
        columns=columns("Switch", "Value", "Default"),
        rows=tuple(
            (cell(switch.switch), cell(switch.value, Tone.CAUTION), cell(switch.default))
            for switch in document.policy.differences
        ),
    )


def uncertainty_section(read: Read[AnalysisDocument], lab: Lab) -> Section:
    """The terms of U per parameter, and the traceability of time."""
    quote = Quote(read.id, "", read.document)
    rows = tuple(
        row
        for index, parameter in enumerate(read.document.parameters)
        if parameter.outcome is Outcome.MEASURED
        for row in _budget_rows(quote.child("parameters", index), parameter)
    )
    traceability = lab.test.clock_traceability or (
        f"{NOT_STATED_BY_LABORATORY}: the clock of the test host is to be regarded as not calibrated. Both stamps of "
        "an interval are taken by it, so that its offset cancels; a deviation of its rate by 50 ppm would be 0.5 ms "
        "in 10 s."
    )
    budget = Table(
        key="uncertainty",
        caption="Uncertainty budget",
        columns=columns("Parameter", "Term", "Source", ">Standard uncertainty u (s)"),
        rows=rows,
        note=_BUDGET,
    )
    blocks: list[Block] = [
        budget if rows else paragraph("No parameter was measured, so there is no uncertainty budget.", Tone.MUTED),
        facts([fact("Traceability of time", traceability)]),
        paragraph(
            "The maximum of n observations is no bound for the next one: with 95 % confidence it covers at least the "
            "fraction p of all, where 1 − pⁿ = 0.95 (distribution-free). p stands with each parameter as coverage."
        ),
    ]
    return Section("uncertainty", "", "Measurement uncertainty", tuple(blocks))


def _budget_rows(quote: Quote, parameter: ParameterResult) -> Iterator[tuple[Cell, ...]]:
    for index, term in enumerate(parameter.uncertainty_terms):
        u = quote.child("uncertainty_terms", index).number("u_s", "s", "{:.4f}".format)
        yield cell(parameter.name), cell(term.name), cell(term.source), u
    total = quote.number("uncertainty_s", "s", "{:.4f}".format)
    yield cell(parameter.name), cell("expanded uncertainty U"), cell("k = 2"), total


def conformity_section(read: Read[AnalysisDocument], rule: DecisionRule, lab: Lab) -> Section:
    """Statements of conformity by the chosen rule, or that none is made."""
    if rule is DecisionRule.NONE:
        text = (
            "No statement of conformity is made: the test procedure sets no limits for these parameters (8.1.2), and "
            "no decision rule was chosen. The comparison with the values stated by the vendor is information."
        )
        return Section("conformity", "", "Statement of conformity", (paragraph(text),))
    document = read.document
    quote = Quote(read.id, "", document)
    rows = tuple(
        _statement_row(quote.child("parameters", index), parameter, document=document, rule=rule)
        for index, parameter in enumerate(document.parameters)
        if parameter.applicable
    )
    agreed = lab.decision_rule.agreed if lab.decision_rule.rule is rule else None
    blocks: list[Block] = [
        facts([fact("Decision rule", _RULES[rule]), fact("Agreed with the customer", stated(agreed))]),
        Table(
            key="conformity",
            caption="Statements of conformity",
            columns=columns("Parameter", ">Result x", ">Specification TL", ">U (s)", "Statement"),
            rows=rows,
            note="The specification is the value stated by the vendor in the PICS; the result is the measured value, "
            "compared unrounded. The statements relate to these results only.",
        ),
    ]
    if lab.decision_rule.rule is not rule:
        sentence = f"The rule was chosen for this report; the laboratory file states {lab.decision_rule.rule}."
        blocks.append(Notice("Rule not in the laboratory file", (sentence,), Tone.CAUTION))
    return Section("conformity", "", "Statement of conformity", tuple(blocks))


def _statement_row(
    quote: Quote, parameter: ParameterResult, *, document: AnalysisDocument, rule: DecisionRule
) -> tuple[Cell, ...]:
    made = statement(parameter.comparison, rule)
    return (
        cell(parameter.name),
        measured_cell(quote, parameter, document=document),
        stated_cell(quote, parameter),
        quote.seconds_up("uncertainty_s"),
        cell(f"no statement: {_why_none(parameter)}", Tone.MUTED)
        if made is None
        else cell(made, CONFORMITY_TONES[made]),
    )


def _why_none(parameter: ParameterResult) -> str:
    if parameter.outcome is not Outcome.MEASURED:
        return "not measured"
    if parameter.stated_s is None:
        return "the vendor states no value"
    return f"a wait without an answer of {parameter.headline or NOTHING} tells nothing below the stated value"
