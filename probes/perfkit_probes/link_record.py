"""From what the probes and the radio device return to the values of the result document; no judgement here."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from perfkit.core.network_record import (
    Bandwidth,
    CapacityDetail,
    Cost,
    DeviceInfo,
    GoodputDetail,
    Latency,
    LatencyRow,
    PublicReference,
    Require,
    Required,
    RequireDirection,
    Rssi,
)
from perfkit.core.network_record import SignalReading as RecordedReading
from perfkit_probes import base, public_reference
from perfkit_probes.budget import Truncation
from perfkit_probes.link import LinkResult
from perfkit_probes.path import PathProof
from perfkit_probes.radio.base import Identity, SignalReading, TrafficCounters, summarize_signal

_BESIDE = ("rsrp_dbm", "rsrq_db", "sinr_db", "rscp_dbm", "ecio_db")
# The counters must show at least this share of what was sent and received; the rest is lost packets and rounding.
_PROOF_SHARE = 0.9


def device_record(identity: Identity, uri: str) -> DeviceInfo:
    """Which device it was, numbers masked."""
    return DeviceInfo(
        model=identity.model,
        firmware=identity.firmware,
        driver=identity.driver,
        hardware=identity.hardware,
        uri=uri,
        key=identity.key,
        imei=identity.imei_masked,
        iccid=identity.iccid_masked,
    )


def rssi_record(readings: Sequence[SignalReading]) -> Rssi:
    """The readings and their summary; the values beside the RSSI are medians of what was read."""
    summary = summarize_signal(list(readings))
    beside = {name: _median([getattr(one, name) for one in readings]) for name in _BESIDE}
    return Rssi(
        value_dbm=summary.median_dbm,
        bound=summary.bound,
        source=summary.source,
        csq=_whole_median([one.csq for one in readings]),
        count=summary.count,
        min_dbm=summary.min_dbm,
        max_dbm=summary.max_dbm,
        min_bound=summary.min_bound,
        max_bound=summary.max_bound,
        reason=summary.reason,
        hcsq=_whole_median([one.hcsq for one in readings]),
        rsrp_dbm=beside["rsrp_dbm"],
        rsrq_db=beside["rsrq_db"],
        sinr_db=beside["sinr_db"],
        rscp_dbm=beside["rscp_dbm"],
        ecio_db=beside["ecio_db"],
        readings=[_reading(one) for one in readings],
    )


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median_low(known) if known else None


def _whole_median(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return median_low(known) if known else None


def _reading(one: SignalReading) -> RecordedReading:
    return RecordedReading(
        time=one.time.isoformat(timespec="milliseconds"),
        rssi_dbm=one.rssi_dbm,
        bound=one.bound,
        source=one.source,
        reason=one.reason,
        csq=one.csq,
        hcsq=one.hcsq,
        rsrp_dbm=one.rsrp_dbm,
        rsrq_db=one.rsrq_db,
        sinr_db=one.sinr_db,
        rscp_dbm=one.rscp_dbm,
        ecio_db=one.ecio_db,
        band=one.band,
        cell=one.cell,
    )


def latency_record(result: base.LatencyResult) -> Latency:
    """The idle row as the gate reads it, and the other rows."""
    idle = result.idle
    return Latency(
        median_ms=idle.median_ms,
        p95_ms=idle.p95_ms,
        max_ms=idle.max_ms,
        min_ms=idle.min_ms,
        jitter_ms=idle.jitter_ms,
        loss=idle.loss,
        count=idle.count,
        sent=idle.sent,
        packet_bytes=idle.packet_bytes,
        method=idle.method,
        reason=idle.reason,
        cold=_row(result.cold),
        at_required_load=_row(result.at_required_load),
        under_saturation=_row(result.under_saturation),
        tcp=_row(result.tcp),
        icmp=_row(result.icmp),
        host_overhead_ms=result.host_overhead_ms,
    )


def _row(row: base.LatencyRow) -> LatencyRow:
    return LatencyRow(
        median_ms=row.median_ms,
        p95_ms=row.p95_ms,
        max_ms=row.max_ms,
        min_ms=row.min_ms,
        jitter_ms=row.jitter_ms,
        loss=row.loss,
        count=row.count,
        sent=row.sent,
        packet_bytes=row.packet_bytes,
        method=row.method,
        reason=row.reason,
    )


def bandwidth_record(link: LinkResult) -> Bandwidth:
    """The gate's question, capacity and goodput; probes that did not run are None with a reason."""
    capacity, goodput = link.capacity, link.goodput
    return Bandwidth(
        require=require_record(link.require) if link.require is not None else None,
        capacity_up_kB_s=capacity.up.sustained_kB_s if capacity else None,
        capacity_down_kB_s=capacity.down.sustained_kB_s if capacity else None,
        goodput_up_kB_s=goodput.up.kB_s if goodput else None,
        goodput_down_kB_s=goodput.down.kB_s if goodput else None,
        capacity_up=_capacity(capacity.up) if capacity else None,
        capacity_down=_capacity(capacity.down) if capacity else None,
        capacity_truncated=_cap(capacity.truncated) if capacity else None,
        goodput_up=_goodput(goodput.up) if goodput else None,
        goodput_down=_goodput(goodput.down) if goodput else None,
        reasons=dict(link.reasons),
        sustained_kB=goodput.sustained_bytes / 1000 if goodput and goodput.sustained_bytes else None,
    )


def _cap(truncated: Truncation | None) -> str | None:
    return None if truncated is None else truncated.value


def require_record(result: base.RequireResult) -> Require:
    """The gate's bandwidth question, both directions."""
    return Require(
        up=Required(result.up.verdict.value),
        down=Required(result.down.verdict.value),
        kB_s=result.up.required_kB_s,
        bytes=result.ip_bytes,
        seconds=result.seconds,
        transport=result.transport.value,
        packet_bytes=result.up.packet_bytes,
        truncated=_cap(result.truncated),
        up_detail=_direction(result.up),
        down_detail=_direction(result.down),
    )


def _direction(one: base.RequireDirection) -> RequireDirection:
    return RequireDirection(
        delivered_kB_s=one.delivered_kB_s,
        confidence=one.confidence.value,
        loss=one.loss,
        backlog_ms=one.backlog_ms,
        reason=one.reason,
    )


def _capacity(one: base.CapacityDirection) -> CapacityDetail:
    return CapacityDetail(
        burst_kB_s=one.burst_kB_s,
        burst_bytes=one.burst_bytes,
        confidence=one.confidence.value,
        loss=one.loss,
        packet_bytes=one.packet_bytes,
        reason=one.reason,
    )


def _goodput(one: base.GoodputDirection) -> GoodputDetail:
    return GoodputDetail(
        estimator=one.estimator,
        confidence=one.confidence.value,
        retransmissions=one.retransmissions,
        payload_bytes=one.payload_bytes,
        truncated=_cap(one.truncated),
        reason=one.reason,
        seconds=one.seconds,
        burst_kB_s=one.burst_kB_s,
        burst_bytes=one.burst_bytes,
    )


def reference_record(found: public_reference.PublicReference | None, reason: str | None = None) -> PublicReference:
    """The public reference, or the reason why there is none."""
    if found is None:
        return PublicReference(public_reference.LABEL, None, None, None, None, None, None, reason)
    return PublicReference(
        label=found.label,
        server=found.server,
        latency_ms=found.latency_ms,
        down_kB_s=found.down_kB_s,
        up_kB_s=found.up_kB_s,
        down_bytes=found.down_bytes,
        up_bytes=found.up_bytes,
        reason=None,
    )


def cost_record(
    proof: PathProof, before: TrafficCounters | None, after: TrafficCounters | None, *, is_loopback: bool
) -> Cost:
    """What was used by three counts, and whether interface and dongle show that the packets went through them.

    The dongle's counters begin anew with each data connection. A target on this computer is an emulated link: what goes
    there passes no dongle, and what its counters say is left out.
    """
    up, down = (None, None) if is_loopback else _grown(before, after)
    proven, text = proof.is_proven, proof.reason
    if up is not None and down is not None:
        shown = f"the dongle counted {up} bytes up and {down} down"
        seen = up >= _PROOF_SHARE * proof.own_sent_bytes and down >= _PROOF_SHARE * proof.own_received_bytes
        own = f"the probes sent {proof.own_sent_bytes} and received {proof.own_received_bytes}"
        text = f"{text}; {shown}" if seen else f"the packets did not pass through the dongle: {shown}; {own}"
        proven = proven is not False and seen
    return Cost(
        sent_bytes=proof.own_sent_bytes,
        received_bytes=proof.own_received_bytes,
        interface_sent_bytes=proof.interface_sent_bytes,
        interface_received_bytes=proof.interface_received_bytes,
        dongle_up_bytes=up,
        dongle_down_bytes=down,
        path_proven=proven,
        path=text,
    )


def _grown(before: TrafficCounters | None, after: TrafficCounters | None) -> tuple[int | None, int | None]:
    """Bytes up and down between two looks, None where they cannot be compared."""
    if before is None or after is None:
        return None, None
    up, down = after.up_bytes - before.up_bytes, after.down_bytes - before.down_bytes
    return (up, down) if up >= 0 and down >= 0 else (None, None)
