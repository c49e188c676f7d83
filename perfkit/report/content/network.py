"""Test conditions: the network gate, measured before and after, with every value beside its threshold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfkit.core.network_record import (
    Bandwidth,
    Gate,
    Latency,
    NetworkDocument,
    Outcome,
    TechnologyResult,
    Verdict,
)
from perfkit.report.charts.data import chart_data
from perfkit.report.content.blocks import cell, columns, fact, facts, paragraph
from perfkit.report.content.charts import chart_of
from perfkit.report.content.dates import instant, utc_text
from perfkit.report.content.link import link_section
from perfkit.report.content.model import Block, Cell, ChartKind, Fact, Notice, Section, Table, Tone
from perfkit.report.content.quote import Quote, worded
from perfkit.report.inputs import Read, ReportInputs
from perfkit.report.network_wording import (
    GATES,
    NOTHING,
    VERDICTS,
    bytes_text,
    kilobytes_s,
    milliseconds,
    readings_text,
)

_TONES = {
    Verdict.MET: Tone.GOOD,
    Verdict.NOT_MET: Tone.ALARM,
    Verdict.NOT_MEASURED: Tone.CAUTION,
    Verdict.NOT_APPLICABLE: Tone.MUTED,
}
_GATE_TONES = {Gate.MET: Tone.GOOD, Gate.NOT_MET: Tone.ALARM, Gate.INCOMPLETE: Tone.CAUTION}
NOT_MEASURED = (
    "No document of `perfkit network` was given: bandwidth, latency and signal strength of the link (8.2.2) are not "
    "part of this report."
)
UNITS = "kB is 1000 bytes. Each value is judged with its own uncertainty neglected (simple acceptance)."


def gates_section(inputs: ReportInputs) -> Section:
    """All measurements in the order of time; an earlier one whose gate was not met stays in the report."""
    ordered = sorted(inputs.network, key=lambda read: instant(read.document.started))
    blocks: list[Block] = [_overview(ordered)] if ordered else [paragraph(NOT_MEASURED, Tone.CAUTION)]
    missed = missed_gates(ordered)
    if missed:
        blocks.append(Notice("Gates that were not met", tuple(missed), Tone.CAUTION))
    blocks += chart_of(chart_data(inputs), ChartKind.NETWORK)
    sections = [_measurement(number, read) for number, read in enumerate(ordered, 1)]
    during = link_section(inputs.analysis)
    if during is not None:
        sections.append(during)
    return Section("network", "", "Network of the test set-up", tuple(blocks), tuple(sections))


def _overview(reads: list[Read[NetworkDocument]]) -> Table:
    rows = tuple(
        (
            cell(f"{number}"),
            cell(utc_text(read.document.started)),
            cell(_link(read.document)),
            cell(", ".join(_name(one) for one in read.document.technologies) or NOTHING),
            cell(GATES[read.document.gate], _GATE_TONES[read.document.gate]),
        )
        for number, read in enumerate(reads, 1)
    )
    return Table(
        key="gates",
        caption="Measurements of the network (test procedure 6.2, 8.2.2)",
        columns=columns("No.", "Started", "Link", "Technologies", "Gate"),
        rows=rows,
        note=UNITS,
    )


def missed_gates(reads: Iterable[Read[NetworkDocument]]) -> list[str]:
    """A sentence for each measurement whose gate was not met, and when it was repeated."""
    ordered = sorted((read.document for read in reads), key=lambda document: instant(document.started))
    sentences = []
    for index, document in enumerate(ordered):
        if document.gate is Gate.MET:
            continue
        later = [after.started for after in ordered[index:] if after.gate is Gate.MET]
        repeated = f"repeated on {utc_text(later[0])}: met" if later else "not repeated with the gate met"
        sentences.append(f"{utc_text(document.started)}: gate {GATES[document.gate]}; {repeated}.")
    return sentences


def _link(document: NetworkDocument) -> str:
    through = document.device.model if document.device is not None else document.interface or "link"
    label = f" ({document.label})" if document.label else ""
    return f"{through} to {document.target or 'nothing (signal only)'}{label}"


def _name(one: TechnologyResult) -> str:
    name = one.technology.upper() if one.technology != "wired" else "wired"
    network = ", ".join(part for part in (one.operator, one.rat, one.label) if part)
    return f"{name} ({network})" if network else name


def _measurement(number: int, read: Read[NetworkDocument]) -> Section:
    document = read.document
    quote = Quote(read.id, "", document)
    blocks: list[Block] = [facts(_origin(document))]
    for index, one in enumerate(document.technologies):
        blocks += _technology(number, quote.child("technologies", index), one, document)
    if document.notes:
        blocks.append(Notice("Notes of the measurement", tuple(document.notes), Tone.PLAIN))
    return Section(f"network-{number}", "", f"Measurement {number}: {utc_text(document.started)}", tuple(blocks))


def _origin(document: NetworkDocument) -> Iterator[Fact]:
    yield fact("Measured on", f"{document.host}, {document.seconds:.0f} s, perfkit {document.tool.version}")
    device = document.device
    if device is not None:
        numbers = [f"IMEI {device.imei}" if device.imei else "", f"ICCID {device.iccid}" if device.iccid else ""]
        parts = [device.model, f"firmware {device.firmware}" if device.firmware else "firmware not told", *numbers]
        yield fact("Radio device", ", ".join(part for part in parts if part))
    for name, value in document.settings.items():
        yield fact(f"Found with {name}", value)
    if document.restored is not None:
        yield fact("Restored", "yes, read back and compared" if document.restored else f"no: {document.restore_reason}")
    for part in document.merged:
        yield fact(
            f"End {part.label}", f"{part.path}, {utc_text(part.started)} on {part.host}, gate {GATES[part.gate]}"
        )


def _technology(number: int, quote: Quote, one: TechnologyResult, document: NetworkDocument) -> Iterator[Block]:
    if one.outcome is not Outcome.MEASURED:
        kind = "no service" if one.outcome is Outcome.NO_SERVICE else "error"
        yield paragraph(f"{_name(one)}: {kind}: {one.reason}", Tone.CAUTION)
    if one.outcome is Outcome.NO_SERVICE:
        return
    yield Table(
        key=f"gate-{number}-{quote.pointer.rpartition('/')[2]}",
        caption=f"{_name(one)}, started {utc_text(one.started)}",
        columns=columns("Quantity", ">Required", ">Measured", "Verdict", "Remark"),
        rows=tuple(_gate_rows(quote, one, document)),
    )
    information = list(_information(quote, one))
    if information:
        yield facts(information)
    if one.advice:
        yield Notice("What helps", tuple(one.advice), Tone.PLAIN)


def _gate_rows(quote: Quote, one: TechnologyResult, document: NetworkDocument) -> Iterator[tuple[Cell, ...]]:
    limits = document.thresholds
    nothing = cell(NOTHING, Tone.MUTED)
    require = one.bandwidth.require if one.bandwidth is not None else None
    verdict = cell(VERDICTS[one.verdicts.bandwidth], _TONES[one.verdicts.bandwidth])
    required = cell(f"≥ {limits.bandwidth_kB_s:g} kB/s")
    for name, label in (("up_detail", "Bandwidth up"), ("down_detail", "Bandwidth down")):
        measured = nothing
        if require is not None:
            part = quote.child("bandwidth").child("require").child(name)
            measured = part.number("delivered_kB_s", "kB/s", kilobytes_s)
        yield cell(label), required, measured, verdict, cell(one.reasons.bandwidth or "")
    latency = quote.child("latency").number("median_ms", "ms", milliseconds) if one.latency is not None else nothing
    yield _row(f"Latency (median, {limits.latency_packet_bytes} bytes)", f"≤ {limits.latency_ms:g} ms", latency, one)
    rssi = nothing
    if one.rssi is not None:
        bound = f"{one.rssi.bound} " if one.rssi.bound else ""
        rssi = quote.child("rssi").number("value_dbm", "dBm", lambda value: f"{bound}{value:g} dBm")
    yield _row("RSSI (median)", f"≥ {limits.rssi_dbm:g} dBm (CSQ {limits.rssi_csq})", rssi, one)


def _row(label: str, required: str, measured: Cell, one: TechnologyResult) -> tuple[Cell, ...]:
    key = label.split(" ", 1)[0].lower()
    verdict: Verdict = getattr(one.verdicts, key)
    reason: str | None = getattr(one.reasons, key)
    return cell(label), cell(required), measured, cell(VERDICTS[verdict], _TONES[verdict]), cell(reason or "")


def _information(quote: Quote, one: TechnologyResult) -> Iterator[Fact]:
    """What stands beside the gate."""
    if one.rssi is not None and one.rssi.value_dbm is not None:
        yield fact("Signal (information)", readings_text(one.rssi))
    if one.latency is not None:
        yield from _latency(quote.child("latency"), one.latency)
    if one.bandwidth is not None:
        yield from _rates(quote.child("bandwidth"), one.bandwidth)
    yield Fact("Data used", (quote.number("bytes_used", "B", lambda size_bytes: bytes_text(int(size_bytes))),))
    if one.cost is not None:
        yield fact("Path", one.cost.path)


def _latency(quote: Quote, latency: Latency) -> Iterator[Fact]:
    if latency.median_ms is not None:
        beside = [
            worded(quote.number(name, "ms", milliseconds), f"{label} {{}}".format)
            for name, label in (("p95_ms", "p95"), ("max_ms", "maximum"), ("jitter_ms", "jitter"))
            if getattr(latency, name) is not None
        ]
        yield fact("Latency, idle link", *beside, worded(quote.count("count"), "{} round trips".format))
        yield fact("Latency by", f"{latency.method}, {latency.packet_bytes}-byte IP packets")
    rows = (
        ("cold", "Latency, first packet"),
        ("at_required_load", "Latency at the required load"),
        ("under_saturation", "Latency under saturation"),
    )
    for name, label in rows:
        part = quote.child(name)
        if getattr(part.source, "median_ms") is not None:  # noqa: B009 - of one of several structs
            yield fact(label, part.number("median_ms", "ms", milliseconds))


def _rates(quote: Quote, bandwidth: Bandwidth) -> Iterator[Fact]:
    require = bandwidth.require
    if require is not None:
        how = f"{require.transport}, {require.packet_bytes}-byte IP packets, {require.seconds:.1f} s"
        yield fact("Bandwidth by", f"payload paced at {require.kB_s:g} kB/s in both directions; {how}")
    for name, label in (("capacity", "Capacity (information)"), ("goodput", "Goodput (information)")):
        cells = [
            worded(quote.number(f"{name}_{direction}_kB_s", "kB/s", kilobytes_s), f"{direction} {{}}".format)
            for direction in ("up", "down")
            if getattr(bandwidth, f"{name}_{direction}_kB_s") is not None
        ]
        if cells:
            yield fact(label, *cells)
