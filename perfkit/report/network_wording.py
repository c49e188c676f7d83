"""Values of the network result as they are printed: units, rounding, plurals. kB is 1000 bytes."""

from __future__ import annotations

from perfkit.core.network_record import (
    Cost,
    Gate,
    GoodputDetail,
    Latency,
    Limits,
    PublicReference,
    RequireDirection,
    Rssi,
    Verdict,
)

NOTHING = "-"
VERDICTS = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "NOT MET",
    Verdict.NOT_MEASURED: "not measured",
    Verdict.NOT_APPLICABLE: "n/a",
}
GATES = {
    Gate.MET: "met",
    Gate.NOT_MET: "NOT MET",
    Gate.INCOMPLETE: "incomplete (a threshold could not be measured)",
}


def milliseconds(value_ms: float | None) -> str:
    """Milliseconds with their unit, "-" for None.

    Examples:
        >>> milliseconds(62.84), milliseconds(0.032), milliseconds(None)
        ('62.8 ms', '0.032 ms', '-')
    """
    return NOTHING if value_ms is None else f"{milliseconds_figure(value_ms)} ms"


def milliseconds_figure(value_ms: float) -> str:
    """Milliseconds to a tenth, below one to a thousandth: on one host a round trip takes some hundredths.

    Examples:
        >>> milliseconds_figure(62.84), milliseconds_figure(1000.04), milliseconds_figure(0.032)
        ('62.8', '1000.0', '0.032')
    """
    return f"{value_ms:.3f}" if 0 < abs(value_ms) < 1 else f"{value_ms:.1f}"


def kilobytes_s(value_kb_s: float | None) -> str:
    """A rate to three digits, "-" for None.

    Examples:
        >>> kilobytes_s(4.9), kilobytes_s(386.13), kilobytes_s(4827.0), kilobytes_s(None)
        ('4.90 kB/s', '386 kB/s', '4827 kB/s', '-')
    """
    if value_kb_s is None:
        return NOTHING
    decimals = 2 if value_kb_s < 10 else 1 if value_kb_s < 100 else 0
    return f"{value_kb_s:.{decimals}f} kB/s"


def bytes_text(size_bytes: int) -> str:
    """Bytes in kB or MB.

    Examples:
        >>> bytes_text(45_231), bytes_text(3_260_000), bytes_text(0)
        ('45.2 kB', '3.26 MB', '0.0 kB')
    """
    return f"{size_bytes / 1e6:.2f} MB" if size_bytes >= 1_000_000 else f"{size_bytes / 1e3:.1f} kB"


def direction_text(name: str, detail: RequireDirection) -> str:
    """What one direction delivered of the required payload."""
    return f"{name} {kilobytes_s(detail.delivered_kB_s)}"


def latency_text(latency: Latency) -> str:
    """Median, 95th percentile, maximum and loss of the idle link."""
    if latency.median_ms is None:
        return NOTHING
    rest = _tail(latency.p95_ms, latency.max_ms)
    lost = f", {100 * latency.loss:.0f} % lost" if latency.loss else ""
    return f"{milliseconds(latency.median_ms)} median ({rest}{lost}, n {latency.count})"


def _tail(p95_ms: float | None, max_ms: float | None) -> str:
    if p95_ms is None or max_ms is None:
        return ""
    return f"p95 {milliseconds_figure(p95_ms)}, max {milliseconds_figure(max_ms)}"


def rssi_text(rssi: Rssi) -> str:
    """The median with its bound, range, count and source."""
    if rssi.value_dbm is None:
        return NOTHING
    bound = f"{rssi.bound} " if rssi.bound else ""
    spread = f"{rssi.min_dbm:g} to {rssi.max_dbm:g}, " if rssi.min_dbm is not None and rssi.max_dbm is not None else ""
    return f"{bound}{rssi.value_dbm:g} dBm ({spread}n {rssi.count}, {rssi.source})"


def readings_text(rssi: Rssi) -> str:
    """The quantities beside the RSSI, which are information."""
    values = [
        ("CSQ", rssi.csq, ""),
        ("HCSQ", rssi.hcsq, ""),
        ("RSRP", rssi.rsrp_dbm, " dBm"),
        ("RSRQ", rssi.rsrq_db, " dB"),
        ("SINR", rssi.sinr_db, " dB"),
        ("RSCP", rssi.rscp_dbm, " dBm"),
        ("Ec/Io", rssi.ecio_db, " dB"),
    ]
    known = [f"{name} {value:g}{unit}" for name, value, unit in values if value is not None]
    last = rssi.readings[-1] if rssi.readings else None
    if last is not None:
        known += [f"band {last.band}"] if last.band else []
        known += [f"cell {last.cell}"] if last.cell else []
    return ", ".join(known) or "nothing beside the RSSI"


def rate_text(up_kb_s: float | None, down_kb_s: float | None) -> str | None:
    """Both directions of a rate, None when neither was measured."""
    if up_kb_s is None and down_kb_s is None:
        return None
    return f"up {kilobytes_s(up_kb_s)}, down {kilobytes_s(down_kb_s)}"


def cost_text(cost: Cost, used_bytes: int, budget: Limits | None) -> str:
    """What was used, by every count there is."""
    allowed = f" of {bytes_text(budget.max_bytes)} allowed" if budget is not None else ""
    cut = f", cut short by the budget of {budget.truncated}" if budget is not None and budget.truncated else ""
    parts = [f"{bytes_text(used_bytes)}{allowed}{cut} (own count)"]
    counts = [
        ("interface", cost.interface_sent_bytes, cost.interface_received_bytes),
        ("dongle", cost.dongle_up_bytes, cost.dongle_down_bytes),
    ]
    parts += [f"{bytes_text(up + down)} ({name})" for name, up, down in counts if up is not None and down is not None]
    return ", ".join(parts)


def reference_text(reference: PublicReference) -> str:
    """The figures of the public speed test under its label."""
    if reference.reason is not None:
        return f"{reference.label}: not measured: {reference.reason}"
    rates = rate_text(reference.up_kB_s, reference.down_kB_s) or NOTHING
    volume = bytes_text((reference.up_bytes or 0) + (reference.down_bytes or 0))
    return f"{reference.label}: {rates}, {milliseconds(reference.latency_ms)}, {volume}, server {reference.server}"


def sustained_text(stream: GoodputDetail, rate_kb_s: float) -> str:
    """What a long stream shows: whether the link slowed down for good, and how far that was tested."""
    tested = f"{bytes_text(stream.payload_bytes)} in {stream.seconds:.1f} s"
    cut = f"; cut short by the budget of {stream.truncated}" if stream.truncated else ""
    if stream.reason is not None:
        return f"{stream.reason} ({tested}{cut})"
    if stream.burst_bytes is None:
        return f"no fall of the rate within {tested}{cut}"
    burst = f"the first {bytes_text(stream.burst_bytes)} passed at {kilobytes_s(stream.burst_kB_s)}"
    return f"{burst}, the rest at {kilobytes_s(rate_kb_s)} ({tested}{cut})"
