"""The link during the measurement, as the analysis joined it to the observations (docs/method.md 12)."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.link_state import LinkStatus
from perfkit.core.network_join_record import ConnectionCheck, LogClock, MonitorSession, NetworkJoin
from perfkit.report.content.blocks import cell, columns, fact, facts, paragraph
from perfkit.report.content.dates import utc_text
from perfkit.report.content.model import Block, Cell, Fact, Figure, Section, Table, Tone
from perfkit.report.content.quote import Quote, Write, replace_text, worded
from perfkit.report.inputs import Read
from perfkit.report.network_wording import milliseconds, milliseconds_figure
from perfkit.report.wording import NOTHING, counted

GAPS_SHOWN = 30
_STATUSES = {
    LinkStatus.IN_SPECIFICATION: "in specification",
    LinkStatus.NOT_MET: "not met",
    LinkStatus.UNCERTAIN: "uncertain",
    LinkStatus.INCOMPLETE: "incomplete",
    LinkStatus.NO_SAMPLE: "no sample",
    LinkStatus.NO_CLOCK: "no clock",
}
_TONES = {LinkStatus.NOT_MET: Tone.ALARM, LinkStatus.UNCERTAIN: Tone.CAUTION}
_CLOCKS = {
    "stated": "as stated",
    "messages": "by messages of the tool",
    "other_runs": "by the runs before and after",
    None: "no clock",
}
_SYNCHRONIZED = {True: "synchronised", False: "not synchronised", None: "not told"}
_NOTE = (
    "How many values of each parameter were taken while the link was in which state; the states are those of the "
    "method (12). The latencies are those beside the values; they are never subtracted."
)


def link_section(read: Read[AnalysisDocument] | None) -> Section | None:
    """Summary, the state beside the values, clocks, gaps; None where no record of the link was joined."""
    if read is None or read.document.network is None:
        return None
    join = read.document.network
    quote = Quote(read.id, "/network", join)
    blocks: list[Block] = [facts(_summary(quote, join)), _beside_values(read), _clocks(quote, join)]
    blocks += _sessions(quote, join)
    blocks += _gaps(quote, join)
    return Section("link", "", "The link during the measurement", tuple(blocks))


def _summary(root: Quote, join: NetworkJoin) -> Iterator[Fact]:
    quote, during = root.child("during"), join.during
    time = worded(quote.number("seconds", "s", "{:.0f}".format), "{} s of runs whose clock is known".format)
    yield fact("Time of the runs", time)
    if during.share_known is not None:
        yield fact("Link watched", worded(quote.share("share_known"), "{} of this time".format))
    if during.share_in_specification is not None:
        yield fact("In specification", worded(quote.share("share_in_specification"), "{} of this time".format))
    yield fact("Round trips measured", quote.count("samples"))
    if during.latency_median_ms is not None:
        latency = [worded(quote.number("latency_median_ms", "ms", milliseconds), "median {}".format)]
        latency += [worded(quote.number("latency_p95_ms", "ms", milliseconds), "p95 {}".format)]
        yield fact("Latency", *latency, *_worst(quote, "latency_max_ms", "maximum", milliseconds))
    if join.connections is not None:
        yield fact("Check of the clocks", *_connections(root.child("connections"), join.connections))
    if during.rssi_min_dbm is not None:
        yield fact("RSSI", *_worst(quote, "rssi_min_dbm", "minimum", lambda value: f"{value:g} dBm"))


def _connections(quote: Quote, check: ConnectionCheck) -> Iterator[Cell]:
    """Connections that both saw begin: how far apart they are."""
    yield replace_text(quote.count("count"), f"{counted(check.count, 'connection')} seen to begin by log and monitor")
    yield worded(quote.number("median_s", "s", "{:+.2f}".format), "later in the log by {} s (median)".format)
    yield worded(quote.number("lag_s", "s", "{:.2f}".format), "the monitor may have seen them up to {} s late".format)


def _worst(quote: Quote, name: str, label: str, write: Write) -> Iterator[Cell]:
    worst = getattr(quote.source, name)
    if worst is not None:
        unit = "ms" if name.endswith("_ms") else "dBm"
        value = quote.child(name).number("value", unit, write)
        where = f"at {utc_text(worst.time)} ({worst.file}:{worst.line})"
        yield worded(value, lambda text: f"{label} {text} {where}")


def _beside_values(read: Read[AnalysisDocument]) -> Table:
    """One row per parameter: how many values in which state, and the latency beside them."""
    rows: list[tuple[Cell, ...]] = []
    for index, parameter in enumerate(read.document.parameters):
        link = parameter.link
        if not parameter.applicable or link is None:
            continue
        quote = Quote(read.id, f"/parameters/{index}/link", link)
        rows.append(
            (
                cell(parameter.name),
                *(_status(quote, state, link.statuses.get(state)) for state in LinkStatus),
                quote.count("excluded"),
                quote.number("latency_median_ms", "ms", milliseconds_figure),
                quote.number("latency_p95_ms", "ms", milliseconds_figure),
                quote.number("latency_at_headline_ms", "ms", milliseconds_figure),
            )
        )
    latencies = (">Excluded", ">Latency median (ms)", ">p95 (ms)", ">Beside the measured value (ms)")
    return Table(
        key="link-values",
        caption="The link beside the values",
        columns=columns("Parameter", *(f">{_STATUSES[state].capitalize()}" for state in LinkStatus), *latencies),
        rows=tuple(rows),
        note=_NOTE,
        wide=True,
    )


def _status(quote: Quote, status: LinkStatus, count: int | None) -> Cell:
    """How many values are in a state; the document leaves out those that none is in."""
    if not count:
        return cell("0", Tone.MUTED)
    figure = Figure(count, "1", quote.document, f"{quote.pointer}/statuses/{status}")
    return Cell(f"{count:,}", _TONES.get(status, Tone.PLAIN), figure)


def _clocks(quote: Quote, join: NetworkJoin) -> Table:
    return Table(
        key="clocks",
        caption="How the clock of the log and that of the monitor belong together",
        columns=columns("Evidence", "Detail", ">Runs", ">Zone (s)", ">Tolerance (s)"),
        rows=tuple(_clock(quote.child("clocks", index), clock) for index, clock in enumerate(join.clocks)),
    )


def _clock(quote: Quote, clock: LogClock) -> tuple[Cell, ...]:
    evidence = cell(_CLOCKS.get(clock.source, clock.source or NOTHING), Tone.PLAIN if clock.source else Tone.CAUTION)
    zone = quote.number("utc_offset_s", "s", "{:+g}".format)
    return evidence, cell(clock.detail), quote.count("runs"), zone, quote.number("tolerance_s", "s", "{:g}".format)


def _sessions(quote: Quote, join: NetworkJoin) -> Iterator[Block]:
    rows = tuple(
        _session(quote.child("monitors", number).child("sessions", index), session)
        for number, monitor in enumerate(join.monitors)
        for index, session in enumerate(monitor.sessions)
    )
    if rows:
        yield Table(
            key="sessions",
            caption="Sessions of the monitor",
            columns=columns(
                "Session", "Host", "Host's clock", "Device", "From", "To", ">Interval (s)", ">Samples", "Operators"
            ),
            rows=rows,
            wide=True,
        )


def _session(quote: Quote, session: MonitorSession) -> tuple[Cell, ...]:
    return (
        cell(session.session),
        cell(session.host),
        cell(_SYNCHRONIZED[session.synchronized], Tone.PLAIN if session.synchronized else Tone.CAUTION),
        cell(session.device or NOTHING),
        cell(utc_text(session.start)),
        cell(utc_text(session.end)),
        quote.number("interval_s", "s", "{:g}".format),
        quote.count("samples"),
        cell(", ".join(session.operators) or NOTHING),
    )


def _gaps(quote: Quote, join: NetworkJoin) -> Iterator[Block]:
    if not join.gap_count:
        yield paragraph("There is no gap in the record of the link during the runs whose clock is known.")
        return
    shown = join.gaps[:GAPS_SHOWN]
    rows = []
    for index, gap in enumerate(shown):
        seconds = quote.child("gaps", index).number("seconds", "s", "{:.1f}".format)
        rows.append((cell(utc_text(gap.start)), cell(utc_text(gap.end)), seconds, cell(gap.reason or "nobody watched")))
    rest = join.gap_count - len(shown)
    count = replace_text(quote.count("gap_count"), counted(join.gap_count, "gap"))
    longest = worded(quote.number("longest_gap_s", "s", "{:.1f}".format), "longest {} s".format)
    yield facts([fact("Gaps", count, longest)])
    yield Table(
        key="gaps",
        caption="Stretches of the runs in which the state of the link is not known",
        columns=columns("From", "To", ">Length (s)", "Reason"),
        rows=tuple(rows),
        note=f"and {counted(rest, 'more gap')}" if rest else None,
    )
