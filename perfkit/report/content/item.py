"""Who measured for whom, and what was tested: each property as the vendor states it beside what the logs show."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.configuration_record import IdentityInfo
from perfkit.core.lab.model import Lab, Recorder
from perfkit.core.pics.model import Pics
from perfkit.report.content.blocks import (
    NOT_STATED_BY_LABORATORY,
    NOT_STATED_BY_VENDOR,
    cell,
    columns,
    fact,
    facts,
    paragraph,
    stated,
)
from perfkit.report.content.dates import logged_days
from perfkit.report.content.model import Block, Cell, Fact, Notice, Party, Section, Table, Tone
from perfkit.report.inputs import ReportInputs
from perfkit.report.wording import NOTHING

ROLES = {"charging_station": "charging station", "csms": "CSMS"}
_ROLE_SOURCES = {"pics": "PICS", "option": "option of the analysis", "logs": "logs"}
_RECORDERS = {
    Recorder.LABORATORY: "the laboratory",
    Recorder.VENDOR: "the vendor; the results rest on data that the customer supplied",
    Recorder.OTHER: "a third party",
}
_IDENTITY = (("vendor", "Vendor"), ("model", "Type / model"), ("serial", "Serial number"))
_FIRMWARE = ("firmware", "OCPP software version")
STATED_DISCLAIMER = (
    "The column “stated by the vendor” and the stated values of the performance parameters were supplied by the "
    "customer (PICS). They were not established by the laboratory, which is not responsible for them; where they are "
    "wrong, comparisons with them are as well."
)


def dut_name(document: AnalysisDocument) -> str:
    """Vendor and model in one line."""
    dut = document.dut
    return " ".join(part for part in (dut.vendor, dut.model) if part) or "the device under test"


def party(name: str | None, address: tuple[str, ...], contacts: tuple[str, ...]) -> Party | None:
    """The laboratory or customer; None when nothing is known."""
    return Party(name or NOT_STATED_BY_LABORATORY, address, contacts) if name or address or contacts else None


def parties_section(lab: Lab) -> Section:
    """Laboratory and customer, place and people; what is missing is said."""
    return Section("laboratory", "", "Laboratory and customer", (facts(_laboratory(lab)), facts(_customer(lab))))


def _laboratory(lab: Lab) -> Iterator[Fact]:
    own = lab.laboratory
    yield Fact("Laboratory", _lines(own.name, own.address, own.contact))
    yield Fact("Accreditation", (stated(own.accreditation),))
    yield Fact("Place of the tests", (stated(lab.test.place),))
    people = tuple(cell(_person(person.name, person.role, authorises=person.authorises)) for person in own.people)
    yield Fact("Persons", people or (stated(None),))
    yield Fact("Test cases run and logs recorded by", (_recorder(lab.test.logs_recorded_by),))
    yield Fact("Network measured by", (_recorder(lab.test.network_measured_by),))


def _customer(lab: Lab) -> Iterator[Fact]:
    yield Fact("Customer", _lines(lab.customer.name, lab.customer.address, lab.customer.contact))


def _lines(name: str | None, address: tuple[str, ...], contacts: tuple[str, ...]) -> tuple[Cell, ...]:
    return (stated(name), *(cell(line) for line in (*address, *contacts)))


def _person(name: str, role: str | None, *, authorises: bool) -> str:
    return ", ".join(part for part in (name, role, "authorises this report" if authorises else None) if part)


def _recorder(recorder: Recorder | None) -> Cell:
    return stated(None if recorder is None else _RECORDERS[recorder])


def item_section(inputs: ReportInputs, document: AnalysisDocument) -> Section:
    """What was tested, when, in which state."""
    lab = inputs.lab
    blocks: list[Block] = [
        Table(
            key="item",
            caption="Device under test (DUT)",
            columns=columns("Property", "Stated by the vendor", "Seen in the logs"),
            rows=tuple(_item_rows(document, inputs.pics)),
        ),
        paragraph(STATED_DISCLAIMER, Tone.MUTED),
        facts(
            [
                fact("Condition of the item", stated(lab.test.condition)),
                fact("Received", stated(lab.test.received)),
                fact("Conditions that may influence the results", stated(lab.test.environment)),
                fact("Tested, by the logs", cell(logged_days(document) or "the logs hold no date")),
                fact("Tested, by the laboratory", stated(_stated_days(lab))),
            ]
        ),
    ]
    blocks += _contradictions(document.identity)
    return Section("item", "", "Item under test", tuple(blocks))


def _stated_days(lab: Lab) -> str | None:
    days = [day for day in (lab.test.tested_from, lab.test.tested_to) if day]
    return " to ".join(dict.fromkeys(days)) or None


def _item_rows(document: AnalysisDocument, pics: Pics | None) -> Iterator[tuple[Cell, ...]]:
    dut = document.dut
    seen = _seen(document.identity)
    for field, label in (*_IDENTITY, _FIRMWARE):
        yield cell(label), stated(getattr(dut, field), NOT_STATED_BY_VENDOR), cell(seen.get(field, NOTHING))
    by_pics = dut.type_source == "pics"
    role = ROLES.get(dut.type or "", dut.type or NOTHING)
    source = "" if by_pics or dut.type is None else f" (by the {_ROLE_SOURCES.get(dut.type_source or '', 'logs')})"
    nothing = cell(NOTHING, Tone.MUTED)
    yield (
        cell("Kind of device"),
        cell(role) if by_pics else stated(None, NOT_STATED_BY_VENDOR),
        nothing if by_pics else cell(f"{role}{source}"),
    )
    yield cell("OCPP version"), nothing, cell(", ".join(document.dut.ocpp_versions) or NOTHING)
    technology = stated(dut.communication_technology, NOT_STATED_BY_VENDOR)
    yield cell("Communication technology measured"), technology, nothing
    times = document.payload_times
    seen_times = f"{times.with_fraction:,} of {times.count:,} time stamps have a fraction" if times.count else NOTHING
    yield (
        cell("Milliseconds in OCPP messages"),
        stated(_yes_no(dut.milliseconds), NOT_STATED_BY_VENDOR),
        cell(seen_times),
    )
    if pics is not None:
        for label, text in _only_stated(pics):
            yield cell(label), stated(text, NOT_STATED_BY_VENDOR), nothing


def _only_stated(pics: Pics) -> Iterator[tuple[str, str | None]]:
    """Properties of Appendix A that only the PICS tells."""
    dut = pics.dut
    yield "Product subtype", dut.product_subtype.value.replace("_", " ")
    yield "Connectors", None if dut.connectors is None else str(dut.connectors)
    yield "Sockets", None if dut.sockets is None else dut.sockets.value
    yield "Fixed cable", _yes_no(dut.fixed_cable)
    yield (
        "RFID readers",
        None if dut.rfid_readers is None else dut.rfid_readers.value.replace("_", " ").replace("evse", "EVSE"),
    )


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _seen(identity: IdentityInfo) -> dict[str, str]:
    """What the DUT said of itself in BootNotification, by property."""
    found: dict[str, str] = {}
    for field, _ in (*_IDENTITY, _FIRMWARE):
        values = dict.fromkeys(getattr(seen, field) for seen in identity.seen if not seen.in_firmware_test)
        texts = [value for value in values if value]
        if texts:
            found[field] = "; ".join(texts)
    return found


def _contradictions(identity: IdentityInfo) -> Iterator[Block]:
    sentences = [
        f"{entry.field}: the vendor states {entry.stated}, the logs show {', '.join(entry.seen)}."
        for entry in identity.comparisons
        if entry.agrees is False
    ]
    sentences += [
        f"{change.field} changed from {change.before} to {change.after} ({change.place.file}:{change.place.line}): "
        f"{change.explanation}"
        for change in identity.changes
    ]
    if sentences:
        yield Notice("The logs and the PICS, or the logs among themselves, differ", tuple(sentences), Tone.CAUTION)
