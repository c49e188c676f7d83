"""What the report was made from, with digests; equipment; what it is valid for; who stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfkit.core.analysis_record import AnalysisDocument, IgnoredInput
from perfkit.core.lab.model import Lab, Opinion
from perfkit.core.network_record import NetworkDocument
from perfkit.report.content.blocks import cell, columns, fact, facts, paragraph, stated
from perfkit.report.content.dates import utc_text
from perfkit.report.content.finish import shared_folder
from perfkit.report.content.model import (
    Block,
    Cell,
    DocumentInfo,
    Fact,
    Section,
    Signature,
    Signatures,
    Table,
    Tone,
)
from perfkit.report.content.quote import Quote
from perfkit.report.inputs import Read, ReportInputs

ITEMS_ONLY = "The results relate only to the items tested."
NO_PARTS = "This report shall not be reproduced except in full without the written approval of the laboratory."
NOT_ACCEPTANCE = (
    "The test laboratory is not responsible for accepting or rejecting an OCPP implementation; it executes the "
    "performance measurement and reports its results (test procedure, 8.1.3)."
)


def traceability_section(inputs: ReportInputs, documents: tuple[DocumentInfo, ...]) -> Section:
    """Equipment, documents and logs."""
    blocks: list[Block] = [
        facts(_equipment(inputs)),
        Table(
            key="documents",
            caption="Documents that this report was made from",
            columns=columns("Id", "File", "Schema", "SHA-256"),
            rows=tuple(
                (cell(info.id), cell(info.path), cell(info.schema), cell(info.sha256, Tone.MUTED)) for info in documents
            ),
            wide=True,
        ),
    ]
    if inputs.analysis is not None:
        blocks += _logs(inputs.analysis)
    return Section("traceability", "", "Equipment, inputs and traceability", tuple(blocks))


def _equipment(inputs: ReportInputs) -> Iterator[Fact]:
    devices = dict.fromkeys(_device(read.document) for read in inputs.network)
    if devices:
        yield fact("Network measured with", *devices)
    own = inputs.lab.test.equipment
    for entry in own:
        yield fact(entry.name, ", ".join(text for text in (entry.identification, entry.calibration) if text) or "-")
    if not own:
        yield fact("Further equipment", stated(None))
    if inputs.analysis is not None:
        made = inputs.analysis.document.provenance
        python = f"Python {made.python}, {made.platform}"
        yield fact("Evaluated", f"{utc_text(made.created)} on {made.host}, {python}")


def _device(document: NetworkDocument) -> str:
    device = document.device
    if device is None:
        return f"no radio device, {document.interface or 'interface not told'} on {document.host}"
    parts = (device.model, device.firmware, f"IMEI {device.imei}" if device.imei else None, f"on {document.host}")
    return ", ".join(part for part in parts if part)


def _logs(read: Read[AnalysisDocument]) -> Iterator[Block]:
    document = read.document
    quote = Quote(read.id, "", document)
    rows: list[tuple[Cell, ...]] = []
    for index, info in enumerate(document.inputs):
        counts = quote.child("inputs", index)
        names = ("lines", "messages", "skipped")
        figures = (counts.count(name) for name in names)
        rows.append((cell(info.path), cell(info.format), *figures, cell(info.sha256, Tone.MUTED)))
    folder = shared_folder(document).rstrip("/!")
    notes = [f"All logs are in {folder}." if folder else "", *_not_counted(document.ignored_inputs)]
    yield Table(
        key="logs",
        caption="Logs",
        columns=columns("File", "Format", ">Lines", ">Messages", ">Skipped", "SHA-256"),
        rows=tuple(rows),
        note=" ".join(note for note in notes if note) or None,
        wide=True,
    )


def _not_counted(ignored: Sequence[IgnoredInput]) -> Iterator[str]:
    """Sentences on the files that do not count."""
    for one in ignored:
        if one.copy_of is not None:
            yield f"{one.path} has the content of {one.copy_of} and is not counted again."
    no_logs = sum(one.copy_of is None for one in ignored)
    if no_logs:
        yield "1 other file is no log and was not read." if no_logs == 1 else f"{no_logs} other files are no logs."


def opinions_section(opinions: tuple[Opinion, ...]) -> Section | None:
    """Opinions, apart from the results; None without one."""
    if not opinions:
        return None
    note = paragraph(
        "Opinions and interpretations are based on the results above and are not part of them.", Tone.MUTED
    )
    items = facts(fact(f"Opinion {number}", entry.text, _author(entry)) for number, entry in enumerate(opinions, 1))
    return Section("opinions", "", "Opinions and interpretations", (note, items))


def _author(opinion: Opinion) -> Cell:
    return cell(f"({opinion.author})", Tone.MUTED) if opinion.author else cell("(author not stated)", Tone.CAUTION)


def validity_section(lab: Lab) -> Section:
    """Fixed statements and the signatures of those who authorise the report."""
    people = tuple(
        Signature(person.name, person.role or "", person.authorises)
        for person in lab.laboratory.people
        if person.authorises
    )
    blocks: list[Block] = [paragraph(text) for text in (ITEMS_ONLY, NO_PARTS, NOT_ACCEPTANCE)]
    if people:
        blocks.append(Signatures(people))
    else:
        blocks.append(facts([fact("Authorised by", stated(None))]))
    return Section("validity", "", "Validity and authorisation", tuple(blocks))
