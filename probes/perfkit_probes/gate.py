"""The network gate: is the link good enough for the performance measurement to count?

Thresholds: OCPP 1.6 Test Procedure & Test Plans V1.2.0, 6.2 and 8.2.2: bandwidth at least 5 kB/s (judged as payload, in
each direction), latency at most 1000 ms (median round trip of an idle link, IP packet of 84 bytes), RSSI at least
-81 dBm (CSQ 16) on mobile links. What could not be measured is neither met nor missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from perfkit.core.network_record import (
    THRESHOLDS,
    Bandwidth,
    Gate,
    Latency,
    NetworkDocument,
    Outcome,
    Reasons,
    Required,
    Rssi,
    TechnologyResult,
    Verdict,
    Verdicts,
)
from perfkit.core.rssi_rule import rssi_doubt


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and why it is not "met" (None where it is)."""

    verdict: Verdict
    reason: str | None = None


MET = Judgement(Verdict.MET)


def judge_rssi(rssi: Rssi | None, *, is_mobile: bool) -> Judgement:
    """Whether the median RSSI reaches the threshold.

    An RSSI that cannot decide (`perfkit.core.rssi_rule`) is not measured.
    """
    if not is_mobile:
        return Judgement(Verdict.NOT_APPLICABLE, "no mobile link was named")
    if rssi is None:
        return Judgement(Verdict.NOT_MEASURED, "there is no device to ask; add --dongle")
    if rssi.value_dbm is None:
        return Judgement(Verdict.NOT_MEASURED, rssi.reason or "the device tells no RSSI")
    text = f"{rssi.bound or ''}{rssi.value_dbm:g} dBm from {rssi.source}"
    doubt = rssi_doubt(
        rssi.value_dbm,
        THRESHOLDS.rssi_dbm,
        bound=rssi.bound,
        source=rssi.source,
        is_registered=rssi.rsrp_dbm is not None or rssi.rscp_dbm is not None,
    )
    if doubt is not None:
        return Judgement(Verdict.NOT_MEASURED, f"{text} {doubt}")
    if rssi.value_dbm >= THRESHOLDS.rssi_dbm:
        return MET
    return Judgement(
        Verdict.NOT_MET, f"{text}, median of {rssi.count}; at least {THRESHOLDS.rssi_dbm:g} dBm are required"
    )


def judge_latency(latency: Latency | None, *, why_not: str | None = None) -> Judgement:
    """Whether the median round trip of the idle link is within the threshold; `why_not` says why there is none."""
    if latency is None or latency.median_ms is None:
        reason = latency.reason if latency is not None else why_not
        return Judgement(Verdict.NOT_MEASURED, reason or "no round trip was measured")
    if latency.packet_bytes != THRESHOLDS.latency_packet_bytes:
        size = f"{latency.packet_bytes} bytes, not of {THRESHOLDS.latency_packet_bytes}"
        return Judgement(Verdict.NOT_MEASURED, f"the round trips are of packets of {size}")
    if latency.median_ms <= THRESHOLDS.latency_ms:
        return MET
    found = f"median {latency.median_ms:.1f} ms of {latency.count} packets"
    return Judgement(Verdict.NOT_MET, f"{found}; at most {THRESHOLDS.latency_ms:g} ms are allowed")


def judge_bandwidth(bandwidth: Bandwidth | None, *, why_not: str | None = None) -> Judgement:
    """Whether both directions carry the required payload, the worse one decides; `why_not` as for the latency."""
    require = bandwidth.require if bandwidth is not None else None
    if require is None:
        left_out = bandwidth.reasons.get("require") if bandwidth is not None else None
        return Judgement(Verdict.NOT_MEASURED, left_out or why_not or "the probe did not run")
    if require.kB_s < THRESHOLDS.bandwidth_kB_s:
        return Judgement(Verdict.NOT_MEASURED, f"only {require.kB_s:g} kB/s were asked for")
    directions = [("up", require.up, require.up_detail), ("down", require.down, require.down_detail)]
    for required, verdict in ((Required.NOT_MET, Verdict.NOT_MET), (Required.UNDECIDED, Verdict.NOT_MEASURED)):
        found = [f"{name}: {detail.reason}" for name, one, detail in directions if one is required]
        if found:
            return Judgement(verdict, "; ".join(found))
    return MET


def worst(gates: Iterable[Gate]) -> Gate:
    """The worst of several: not met before incomplete before met; incomplete when there are none."""
    found = set(gates)
    for gate in (Gate.NOT_MET, Gate.INCOMPLETE, Gate.MET):
        if gate in found:
            return gate
    return Gate.INCOMPLETE


def gate_of(verdicts: Verdicts) -> Gate:
    """The gate of one technology: one missed threshold decides, one that was not measured leaves it incomplete."""
    found = {verdicts.bandwidth, verdicts.latency, verdicts.rssi}
    if Verdict.NOT_MET in found:
        return Gate.NOT_MET
    return Gate.MET if found <= {Verdict.MET, Verdict.NOT_APPLICABLE} and Verdict.MET in found else Gate.INCOMPLETE


def overall(technologies: Iterable[TechnologyResult]) -> Gate:
    """The gate of all technologies; those without service do not count, and nothing that counts is incomplete."""
    return worst(one.gate for one in technologies if one.outcome is not Outcome.NO_SERVICE)


def is_consistent(document: NetworkDocument) -> bool:
    """Whether verdicts, gates and outcomes of a document that was read from a file fit each other."""
    parts = [one.gate is gate_of(one.verdicts) for one in document.technologies]
    return all(parts) and document.gate is overall(document.technologies)


def without_service(reason: str) -> tuple[Verdicts, Reasons]:
    """Verdicts where there is nothing to judge: the network does not offer the technology at this place."""
    none = Verdict.NOT_APPLICABLE
    return Verdicts(none, none, none), Reasons(reason, reason, reason)


def verdicts_of(bandwidth: Judgement, latency: Judgement, rssi: Judgement) -> tuple[Verdicts, Reasons]:
    """Three judgements as they stand in the document."""
    return (
        Verdicts(bandwidth.verdict, latency.verdict, rssi.verdict),
        Reasons(bandwidth.reason, latency.reason, rssi.reason),
    )


_WEAK = (
    "signal too weak: move the dongle to a window or outside, away from metal and the station's cabinet, "
    "use a USB extension cable or an external antenna, and look for other bands or another operator"
)
_HIDDEN = (
    "no RSSI: stock E3372h firmware hides it; use stick firmware or a newer dongle (-320), or read the RSSI with "
    "another instrument and note it beside this result"
)
_SLOW = (
    "bandwidth too low: other users and a worn-out data allowance slow a cell down; try another time of day, check the "
    "contract's throttle, and close everything else that uses the link"
)
_SLOW_2G = "2G: GPRS with three time slots carries less than 5 kB/s; EDGE would do, the operator must offer it here"
_LATE = (
    "latency too high: nothing else may use the link meanwhile; a target nearer to the operator, without VPN or proxy, "
    "shortens the way"
)
_LATE_2G = "2G: GPRS alone takes 600 to 1000 ms; EDGE or another technology is needed for less"
_NO_TARGET = (
    "bandwidth and latency need a far end: start `perfkit responder --listen 0.0.0.0:9310` beside OCTT and add "
    "--to HOST:9310"
)
_UNDECIDED = "bandwidth undecided: measure again when the link is quiet, or allow more bytes with --max-bytes"


def advice(technology: str, verdicts: Verdicts, reasons: Reasons, *, has_target: bool, rssi: Rssi | None) -> list[str]:
    """What can be done about each threshold that was missed or not measured; [] when there is nothing."""
    found = []
    if verdicts.rssi is Verdict.NOT_MET:
        found.append(_WEAK)
    elif verdicts.rssi is Verdict.NOT_MEASURED and rssi is not None and "hides" in (reasons.rssi or ""):
        found.append(_HIDDEN)
    if not has_target:
        return [*found, _NO_TARGET]
    is_2g = technology == "2g"
    if verdicts.bandwidth is Verdict.NOT_MET:
        found += [_SLOW, _SLOW_2G] if is_2g else [_SLOW]
    elif verdicts.bandwidth is Verdict.NOT_MEASURED and verdicts.latency is not Verdict.NOT_MEASURED:
        found.append(_UNDECIDED)
    if verdicts.latency is Verdict.NOT_MET:
        found += [_LATE, _LATE_2G] if is_2g else [_LATE]
    return found
