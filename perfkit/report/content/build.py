"""The content of a report from its inputs: all sections come together, get their numbers and lose their secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from perfkit.core.analysis_record import AnalysisDocument, ToolInfo
from perfkit.core.version import VERSION
from perfkit.report.content.blocks import cell, fact, stated
from perfkit.report.content.campaign import campaign_section, deviations_section
from perfkit.report.content.checklist import checklist_section
from perfkit.report.content.configuration import configuration_section
from perfkit.report.content.coverage import coverage_section
from perfkit.report.content.dates import day_text, logged_days
from perfkit.report.content.evidence import evidence_of
from perfkit.report.content.finish import finished, shared_folder
from perfkit.report.content.identification import report_id
from perfkit.report.content.item import dut_name, item_section, parties_section, party
from perfkit.report.content.method import conformity_section, method_section, uncertainty_section
from perfkit.report.content.model import SCHEMA, DocumentInfo, Fact, Notice, ReportContent, Section, Tone
from perfkit.report.content.network import gates_section
from perfkit.report.content.observations import observations_section, raw_lines_section
from perfkit.report.content.overview import analogy_notice, results_section, unmeasured_notice
from perfkit.report.content.parameters import ParameterSections
from perfkit.report.content.rows import TracedRow, traced_rows
from perfkit.report.content.traceability import opinions_section, traceability_section, validity_section
from perfkit.report.inputs import Read, ReportInputs

PERFORMANCE_TITLE = "Test report: OCPP performance measurement"
NETWORK_TITLE = "Test report: network of an OCPP test set-up"


def build_content(inputs: ReportInputs) -> ReportContent:
    """Everything that the report says."""
    identification = report_id(inputs)
    documents = tuple(_documents(inputs))
    rows = _rows(inputs)
    main = _numbered(_main_sections(inputs, documents, rows), str)
    numbers = {section.key: section.number for section in main}
    annexes = _numbered(_annexes(inputs, rows, numbers, identification), lambda number: chr(ord("A") + number - 1))
    lab = inputs.lab
    document = inputs.analysis.document if inputs.analysis is not None else None
    title = lab.report.title or (NETWORK_TITLE if document is None else PERFORMANCE_TITLE)
    content = ReportContent(
        schema=SCHEMA,
        tool=ToolInfo("perfkit", VERSION),
        language="en",
        id=identification,
        title=title,
        subtitle=dut_name(document) if document is not None else "network",
        issued=inputs.issued.isoformat(timespec="seconds"),
        amendment=inputs.amendment,
        laboratory=party(lab.laboratory.name, lab.laboratory.address, lab.laboratory.contact),
        customer=party(lab.customer.name, lab.customer.address, lab.customer.contact),
        logo=inputs.logo,
        head=tuple(_head(inputs, identification, document)),
        notices=tuple(_notices(inputs, document)),
        sections=(*main, *annexes),
        evidence=tuple(evidence_of(row, document, inputs.raw_lines) for row in rows.values()) if document else (),
        documents=documents,
        page_header=f"{lab.laboratory.name or 'Test report'} · {identification}",
        page_footer=f"{title} · {identification}",
        end_mark=f"End of report {identification}",
    )
    return finished(content, shared_folder(document) if document is not None else "")


def _rows(inputs: ReportInputs) -> dict[int, TracedRow]:
    if inputs.analysis is None:
        return {}
    return traced_rows(inputs.analysis.document, inputs.samples.document if inputs.samples is not None else None)


def _documents(inputs: ReportInputs) -> Iterator[DocumentInfo]:
    reads: list[tuple[Read[Any] | None, str]] = [
        (inputs.analysis, "perfkit.analysis/1"),
        (inputs.samples, "samples of perfkit analyze (CSV)"),
        *((read, "perfkit.network/1") for read in inputs.network),
        (inputs.coverage, "perfkit.coverage/1"),
    ]
    for read, schema in reads:
        if read is not None:
            yield DocumentInfo(read.id, str(read.path), schema, hashlib.sha256(read.content).hexdigest())
    if inputs.lab_document is not None:
        yield inputs.lab_document
    if inputs.analysis is None:
        return
    document = inputs.analysis.document
    if document.pics is not None:
        yield DocumentInfo("pics", document.pics.path, "perfkit.pics/1", document.pics.sha256)
    for number, monitor in enumerate(document.network.monitors if document.network is not None else (), 1):
        yield DocumentInfo(f"monitor-{number}", monitor.path, "perfkit.monitor/1", monitor.sha256)


def _head(inputs: ReportInputs, identification: str, document: AnalysisDocument | None) -> Iterator[Fact]:
    lab = inputs.lab
    yield fact("Report", identification)
    if inputs.amendment is not None:
        yield fact("Amends", f"{inputs.amendment.amends}: {inputs.amendment.reason}")
    yield fact("Date of issue", day_text(inputs.issued))
    days = (lab.test.tested_from, lab.test.tested_to)
    by_lab = " to ".join(dict.fromkeys(day for day in days if day))
    logged = logged_days(document) if document is not None else None
    yield fact("Dates of testing", cell(by_lab) if by_lab else stated(logged and f"{logged} (by the logs)"))
    if document is not None:
        firmware = f", software {document.dut.firmware}" if document.dut.firmware else ""
        serial = f", serial number {document.dut.serial}" if document.dut.serial else ""
        yield fact("Item under test", f"{dut_name(document)}{serial}{firmware}")
    yield fact("Laboratory", stated(lab.laboratory.name), *(cell(line) for line in lab.laboratory.address))
    yield fact("Customer", stated(lab.customer.name), *(cell(line) for line in lab.customer.address))


def _notices(inputs: ReportInputs, document: AnalysisDocument | None) -> Iterator[Notice]:
    amendment = inputs.amendment
    if amendment is not None:
        sentence = f"This report amends and replaces report {amendment.amends}. Reason: {amendment.reason}"
        yield Notice("Amended report", (sentence,), Tone.CAUTION)
    if document is not None:
        yield from (notice for notice in (unmeasured_notice(document), analogy_notice(document)) if notice is not None)


def _main_sections(
    inputs: ReportInputs, documents: tuple[DocumentInfo, ...], rows: dict[int, TracedRow]
) -> Iterator[Section | None]:
    read, lab = inputs.analysis, inputs.lab
    if read is not None:
        yield results_section(read, inputs.decision_rule)
    yield parties_section(lab)
    if read is not None:
        yield item_section(inputs, read.document)
        yield method_section(read.document, inputs.pics, lab)
    yield gates_section(inputs)
    if read is not None:
        details = tuple(ParameterSections(inputs, read.document, rows).sections(read.id))
        yield Section("details", "", "Results in detail", (), details)
        yield campaign_section(inputs, read)
        yield coverage_section(inputs.coverage)
        yield configuration_section(read.document)
        yield uncertainty_section(read, lab)
        yield conformity_section(read, inputs.decision_rule, lab)
        yield deviations_section(inputs, read.document)
    yield traceability_section(inputs, documents)
    yield opinions_section(lab.opinions)
    yield validity_section(lab)


def _annexes(
    inputs: ReportInputs, rows: dict[int, TracedRow], numbers: dict[str, str], identification: str
) -> Iterator[Section | None]:
    yield checklist_section(inputs, inputs.decision_rule, numbers, identification)
    if inputs.analysis is not None:
        yield observations_section(inputs, inputs.analysis.document, rows)
        yield raw_lines_section(inputs, inputs.analysis.document, rows)


def _numbered(sections: Iterable[Section | None], label: Callable[[int], str]) -> tuple[Section, ...]:
    there = [section for section in sections if section is not None]
    return tuple(_with_number(section, label(number)) for number, section in enumerate(there, 1))


def _with_number(section: Section, number: str) -> Section:
    inner = tuple(_with_number(part, f"{number}.{index}") for index, part in enumerate(section.sections, 1))
    return msgspec.structs.replace(section, number=number, sections=inner)
