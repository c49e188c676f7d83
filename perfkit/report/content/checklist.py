"""Annex: the lines of ISO/IEC 17025:2017 that concern a report, each with where it is met or that it is not stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from perfkit.core.decision_rule import DecisionRule
from perfkit.report.content.blocks import NOT_STATED_BY_LABORATORY, cell, columns, paragraph
from perfkit.report.content.dates import logged_days
from perfkit.report.content.model import Cell, Section, Table, Tone
from perfkit.report.inputs import ReportInputs
from perfkit.report.wording import counted


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement, in own words; `value` is what the report says, None: the laboratory did not state it."""

    clause: str
    requirement: str
    section: str
    value: str | None


def checklist_section(inputs: ReportInputs, rule: DecisionRule, numbers: Mapping[str, str], report_id: str) -> Section:
    """The table; `numbers` are the section numbers by key."""
    lines = [*_identification(inputs, report_id), *_circumstances(inputs), *_statements(inputs, rule)]
    table = Table(
        key="checklist",
        caption="ISO/IEC 17025:2017, lines that concern this report",
        columns=columns("Clause", "Requirement", "In this report", "Section"),
        rows=tuple(_row(line, numbers) for line in lines),
    )
    note = (
        "The list says where this document carries what the standard asks a report to carry. It does not say that a "
        "laboratory is accredited, or that what it states is right."
    )
    return Section("checklist", "", "ISO/IEC 17025 checklist", (paragraph(note, Tone.MUTED), table))


def _row(line: Line, numbers: Mapping[str, str]) -> tuple[Cell, ...]:
    value = cell(NOT_STATED_BY_LABORATORY, Tone.CAUTION) if line.value is None else cell(line.value)
    return cell(line.clause), cell(line.requirement), value, cell(numbers.get(line.section, "first page"))


def _joined(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None


def _identification(inputs: ReportInputs, report_id: str) -> list[Line]:
    lab = inputs.lab
    own, test = lab.laboratory, lab.test
    dut = inputs.analysis.document.dut if inputs.analysis is not None else None
    item = _joined(dut.vendor, dut.model, dut.serial, dut.firmware) if dut is not None else None
    customer = lab.customer
    return [
        Line("7.8.2.1 a", "title", "", "on the first page"),
        Line("7.8.2.1 b", "name of the laboratory", "laboratory", own.name),
        Line("7.8.2.1 b", "address of the laboratory", "laboratory", _joined(*own.address)),
        Line("7.8.2.1 c", "place of the tests", "laboratory", test.place),
        Line("7.8.2.1 d", "identification on every page, end recognisable", "", f"{report_id}, page x of y, end mark"),
        Line("7.8.2.1 e", "name of the customer", "laboratory", customer.name),
        Line("7.8.2.1 e", "contact of the customer", "laboratory", _joined(*customer.address, *customer.contact)),
        Line("7.8.2.1 f", "method", "method", "document, edition, clauses, version of perfkit, switches"),
        Line("7.8.2.1 g", "item identified", "item", item or "not stated by the vendor"),
        Line("7.8.2.1 g", "condition of the item", "item", test.condition),
        Line("7.8.2.1 h", "date of receipt", "item", test.received),
        Line("7.8.2.1 i", "dates of testing", "item", _dates(inputs)),
        Line("7.8.2.1 j", "date of issue", "", inputs.issued.date().isoformat()),
    ]


def _dates(inputs: ReportInputs) -> str | None:
    test = inputs.lab.test
    stated = _joined(test.tested_from, test.tested_to)
    logged = logged_days(inputs.analysis.document) if inputs.analysis is not None else None
    return _joined(stated and f"stated {stated}", logged and f"in the logs {logged}")


def _circumstances(inputs: ReportInputs) -> list[Line]:
    test = inputs.lab.test
    authorising = [person for person in inputs.lab.laboratory.people if person.authorises]
    equipment = [read.document.device for read in inputs.network if read.document.device is not None]
    named = [*(device.model for device in equipment), *(entry.name for entry in test.equipment)]
    return [
        Line("7.8.2.1 k", "sampling plan", "method", test.sampling),
        Line("7.8.2.1 l", "results relate only to the items tested", "validity", "stated"),
        Line("7.8.2.1 m", "results with units", "results", "seconds, with n, median, p95, maximum and U"),
        Line("7.8.2.1 n", "additions, deviations, exclusions", "deviations", _deviations(inputs)),
        Line("7.8.2.1 o", "persons who authorise", "validity", _joined(*(person.name for person in authorising))),
        Line("7.8.2.1 p", "who recorded the logs", "laboratory", test.logs_recorded_by),
        Line("7.8.2.1 p", "who measured the network", "laboratory", _who_measured(inputs)),
        Line("7.8.2.1", "no reproduction in part without approval", "validity", "stated"),
        Line("7.8.2.2", "data of the customer marked, disclaimer", "item", "own column, disclaimer below it"),
        Line("7.8.3.1 a", "test conditions", "network", _joined(_network(inputs), test.environment)),
        Line("6.4", "equipment", "traceability", _joined(*named)),
        Line("6.5", "traceability", "uncertainty", test.clock_traceability),
    ]


def _network(inputs: ReportInputs) -> str:
    if not inputs.network:
        return "network not measured"
    gates = ", ".join(f"{read.document.gate}" for read in inputs.network).replace("_", " ")
    return f"{counted(len(inputs.network), 'measurement')} of the network, gate {gates}"


def _who_measured(inputs: ReportInputs) -> str | None:
    return inputs.lab.test.network_measured_by if inputs.network or inputs.monitor else "network not measured"


def _deviations(inputs: ReportInputs) -> str:
    return "; ".join([*(text.removesuffix(".") for text in inputs.lab.test.deviations), "those that the method found"])


def _statements(inputs: ReportInputs, rule: DecisionRule) -> list[Line]:
    lab = inputs.lab
    agreed = lab.decision_rule.agreed if lab.decision_rule.rule is rule else None
    made = "none made" if rule is DecisionRule.NONE else f"rule {rule}"
    amendment = inputs.amendment
    changed = "first issue" if amendment is None else f"amends {amendment.amends}: {amendment.reason}"
    lines = [
        Line("7.8.3.1 b, 7.8.6", "statement of conformity, decision rule", "conformity", made),
        Line("7.8.3.1 c", "measurement uncertainty", "uncertainty", "budget, U with k = 2"),
        Line(
            "7.8.7", "opinions by authorised staff, apart", "opinions", "marked" if lab.opinions else "none expressed"
        ),
        Line("7.8.8", "amendments identified, with reason", "", changed),
        Line("7.5", "technical records", "traceability", "digests of all inputs, file and line of each observation"),
        Line("7.11", "software", "method", "version of perfkit"),
    ]
    if rule is not DecisionRule.NONE:
        lines.insert(1, Line("7.1.3", "decision rule agreed with the customer", "conformity", agreed))
    return lines
