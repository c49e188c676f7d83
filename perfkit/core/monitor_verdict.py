"""A sample of the monitor against the thresholds; the same judgement for the live view, the join and the plots."""

from __future__ import annotations

from perfkit.core.monitor_record import Sample, Signal
from perfkit.core.network_record import Thresholds, Verdict
from perfkit.core.rssi_rule import rssi_doubt


def latency_verdict(sample: Sample, thresholds: Thresholds) -> Verdict | None:
    """Whether the round trip is within the threshold; None: it was not due in this sample.

    A probe that was not answered is "not measured": a lost packet has no round trip (RFC 2681).
    """
    if sample.latency is None:
        return Verdict.NOT_MEASURED if "latency" in sample.reasons else None
    return Verdict.MET if sample.latency.value_ms <= thresholds.latency_ms else Verdict.NOT_MET


def rssi_verdict(sample: Sample, thresholds: Thresholds) -> Verdict | None:
    """Whether the RSSI reaches the threshold; None: it was not due in this sample."""
    if sample.signal is None:
        return Verdict.NOT_MEASURED if "signal" in sample.reasons else None
    return signal_verdict(sample.signal, thresholds)


def signal_verdict(signal: Signal, thresholds: Thresholds) -> Verdict:
    """Whether one reading reaches the threshold; an RSSI that cannot decide is "not measured"."""
    if signal.rssi_dbm is None:
        return Verdict.NOT_MEASURED
    doubt = rssi_doubt(
        signal.rssi_dbm,
        thresholds.rssi_dbm,
        bound=signal.bound,
        source=signal.source,
        is_registered=signal.rsrp_dbm is not None or signal.rscp_dbm is not None,
    )
    if doubt is not None:
        return Verdict.NOT_MEASURED
    return Verdict.MET if signal.rssi_dbm >= thresholds.rssi_dbm else Verdict.NOT_MET
