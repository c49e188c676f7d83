"""The result of `perfkit network` as text for a lab engineer; rich is imported when something is rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfkit.core.network_record import (
    Bandwidth,
    CapacityDetail,
    Gate,
    GoodputDetail,
    LatencyRow,
    NetworkDocument,
    Outcome,
    TechnologyResult,
    Verdict,
)
from perfkit.report.console_blocks import bullets, facts, heading, indented, plain_table, text
from perfkit.report.console_page import page
from perfkit.report.network_wording import (
    GATES,
    NOTHING,
    VERDICTS,
    bytes_text,
    cost_text,
    direction_text,
    kilobytes_s,
    latency_text,
    milliseconds,
    rate_text,
    readings_text,
    reference_text,
    rssi_text,
    sustained_text,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLES = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "bold red",
    Verdict.NOT_MEASURED: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}
_GATE_STYLES = {Gate.MET: "bold green", Gate.NOT_MET: "bold red", Gate.INCOMPLETE: "bold yellow"}
_OUTCOME_STYLES = {Outcome.MEASURED: "", Outcome.NO_SERVICE: "dim", Outcome.ERROR: "yellow"}


def render(document: NetworkDocument, *, width: int, colour: bool) -> str:
    """The result as text of at most `width` columns; without `colour` it holds no escape sequence."""
    return page(_blocks(document), width=width, colour=colour)


def _blocks(document: NetworkDocument) -> Iterable[RenderableType]:
    yield text(_title(document), "bold")
    yield facts(_origin(document))
    for one in document.technologies:
        yield from _technology(one, document)
    if document.notes:
        yield heading("Notes")
        yield bullets(document.notes)
    yield ""
    yield text(f"Gate: {GATES[document.gate]}", _GATE_STYLES[document.gate])


def _title(document: NetworkDocument) -> str:
    through = document.device.model if document.device is not None else document.interface
    way = f" through {through}" if through else ""
    against = f" to {document.target}" if document.target else ", signal only"
    label = f" ({document.label})" if document.label else ""
    return f"Network{way}{against}{label}"


def _origin(document: NetworkDocument) -> Iterable[tuple[str, str]]:
    yield (
        "measured",
        f"{document.started} on {document.host}, {document.seconds:.0f} s, perfkit {document.tool.version}",
    )
    device = document.device
    if device is not None:
        firmware = f"firmware {device.firmware}" if device.firmware else "firmware not told"
        yield "device", f"{device.model}, {firmware}, driver {device.driver}, {device.uri}"
    if document.interface:
        yield "interface", document.interface
    if document.settings:
        yield "found in", ", ".join(f"{name} {value}" for name, value in document.settings.items())
    if document.restored is not None:
        yield "restored", "yes, read back and compared" if document.restored else f"NO: {document.restore_reason}"
    for part in document.merged:
        yield part.label, f"{GATES[part.gate]}; {part.path}, {part.started} on {part.host}"


def _technology(one: TechnologyResult, document: NetworkDocument) -> Iterable[RenderableType]:
    network = ", ".join(part for part in (one.operator, one.rat) if part)
    name = one.technology.upper() if one.technology != "wired" else "Link"
    label = f" [{one.label}]" if one.label else ""
    yield heading(f"{name}{label}{f' ({network})' if network else ''}")
    if one.outcome is not Outcome.MEASURED:
        kind = "no service" if one.outcome is Outcome.NO_SERVICE else "error"
        yield indented(text(f"{kind}: {one.reason}", _OUTCOME_STYLES[one.outcome]))
    if one.outcome is not Outcome.NO_SERVICE:
        yield indented(_gate_table(one, document))
    information = list(_information(one))
    if information:
        yield facts(information)
    if one.advice:
        yield indented(text("What helps:"))
        yield bullets(one.advice)


def _gate_table(one: TechnologyResult, document: NetworkDocument) -> RenderableType:
    """The three thresholds with the values beside them."""
    limits = document.thresholds
    table = plain_table("Threshold", "Required", "Measured", "Verdict")
    require = one.bandwidth.require if one.bandwidth is not None else None
    up = down = NOTHING
    if require is not None:
        up, down = direction_text("up", require.up_detail), direction_text("down", require.down_detail)
    latency = latency_text(one.latency) if one.latency is not None else NOTHING
    rows = [
        ("bandwidth", f">= {limits.bandwidth_kB_s:g} kB/s", f"{up}; {down}" if require else NOTHING),
        ("latency", f"<= {limits.latency_ms:g} ms", latency),
        ("RSSI", f">= {limits.rssi_dbm:g} dBm", rssi_text(one.rssi) if one.rssi is not None else NOTHING),
    ]
    for name, required, measured in rows:
        key = name.lower()
        verdict: Verdict = getattr(one.verdicts, key)
        reason: str | None = getattr(one.reasons, key)
        shown = measured
        if reason is not None and reason != one.reason:  # what ended the pass is said above, once
            is_plain = verdict is Verdict.NOT_MET and key != "bandwidth"  # value and threshold say it already
            shown = reason if measured == NOTHING else measured if is_plain else f"{measured} ({reason})"
        table.add_row(text(name), text(required), text(shown), text(VERDICTS[verdict], _STYLES[verdict]))
    return table


def _information(one: TechnologyResult) -> Iterable[tuple[str, str]]:
    """What stands beside the gate: methods, sizes, other rows, capacity, cost."""
    if one.rssi is not None and one.rssi.value_dbm is not None:
        yield "signal", readings_text(one.rssi)
    if one.latency is not None:
        yield "latency by", f"{one.latency.method}; {one.latency.packet_bytes}-byte IP packets on the idle link"
        yield from _latency_rows(one)
    if one.bandwidth is not None:
        yield from _rates(one.bandwidth)
    if one.cost is not None:
        yield "cost", cost_text(one.cost, one.bytes_used, one.budget)
        yield "path", one.cost.path
    elif one.bytes_used:
        yield "cost", bytes_text(one.bytes_used)
    if one.public_reference is not None:
        yield "reference", reference_text(one.public_reference)


def _latency_rows(one: TechnologyResult) -> Iterable[tuple[str, str]]:
    if one.latency is None:
        return
    rows: list[tuple[str, LatencyRow]] = [
        ("first packet", one.latency.cold),
        ("at 5 kB/s", one.latency.at_required_load),
        ("saturated", one.latency.under_saturation),
        ("TCP handshake", one.latency.tcp),
        ("ping", one.latency.icmp),
    ]
    for name, row in rows:
        if row.median_ms is not None:
            values = f"{milliseconds(row.median_ms)}, max {milliseconds(row.max_ms)}"
            yield name, f"{values} ({row.count} of {row.packet_bytes} bytes; {row.method})"
    if one.latency.host_overhead_ms is not None:
        yield "test host", f"adds {milliseconds(one.latency.host_overhead_ms)} to programs; not contained above"


def _doubts(
    name: str, rate_kb_s: float | None, detail: CapacityDetail | GoodputDetail | None
) -> Iterable[tuple[str, str]]:
    """What is to be said against a figure: why there is none, or that it is not sure."""
    if detail is None:
        return
    if rate_kb_s is None:
        if detail.reason is not None:
            yield name, f"not measured: {detail.reason}"
    elif detail.confidence == "low" or detail.reason is not None:
        yield name, f"{detail.confidence} confidence" + (f": {detail.reason}" if detail.reason is not None else "")


def _sustained(bandwidth: Bandwidth) -> Iterable[tuple[str, str]]:
    """What a long stream shows, where one was asked for."""
    if bandwidth.sustained_kB is None:
        return
    ways = (
        ("up", bandwidth.goodput_up_kB_s, bandwidth.goodput_up),
        ("down", bandwidth.goodput_down_kB_s, bandwidth.goodput_down),
    )
    for name, rate, stream in ways:
        if stream is not None and rate is not None:
            yield f"sustained {name}", sustained_text(stream, rate)


def _rates(bandwidth: Bandwidth) -> Iterable[tuple[str, str]]:
    require = bandwidth.require
    if require is not None:
        how = f"{require.transport}, {require.packet_bytes}-byte IP packets, {require.seconds:.1f} s"
        yield "bandwidth by", f"payload paced at {require.kB_s:g} kB/s both ways; {how}, {bytes_text(require.bytes)}"
    capacity = rate_text(bandwidth.capacity_up_kB_s, bandwidth.capacity_down_kB_s)
    if capacity is not None:
        cut = f"; cut short by the budget of {bandwidth.capacity_truncated}" if bandwidth.capacity_truncated else ""
        yield "capacity", f"{capacity} of IP packets (UDP trains, information){cut}"
        for name, detail in (("up", bandwidth.capacity_up), ("down", bandwidth.capacity_down)):
            if detail is not None and detail.burst_bytes is not None:
                burst = f"the first {bytes_text(detail.burst_bytes)} pass at {kilobytes_s(detail.burst_kB_s)}"
                yield f"burst {name}", f"{burst}, then the rate above"
    yield from _doubts("capacity up", bandwidth.capacity_up_kB_s, bandwidth.capacity_up)
    yield from _doubts("capacity down", bandwidth.capacity_down_kB_s, bandwidth.capacity_down)
    goodput = rate_text(bandwidth.goodput_up_kB_s, bandwidth.goodput_down_kB_s)
    if goodput is not None:
        yield "goodput", f"{goodput} of payload in one WebSocket over TCP (information)"
    yield from _sustained(bandwidth)
    yield from _doubts("goodput up", bandwidth.goodput_up_kB_s, bandwidth.goodput_up)
    yield from _doubts("goodput down", bandwidth.goodput_down_kB_s, bandwidth.goodput_down)
    for probe, reason in bandwidth.reasons.items():
        if reason != "left out by the plan":
            yield probe, f"not measured: {reason}"
