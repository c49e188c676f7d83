"""How the link was during the measurement, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.network_join_record import LinkSummary, NetworkJoin
from perfkit.report.console_blocks import facts, heading
from perfkit.report.link_wording import check_text, clock_text, worst_text
from perfkit.report.network_wording import milliseconds
from perfkit.report.wording import counted, percent, seconds

if TYPE_CHECKING:
    from rich.console import RenderableType

GAPS_SHOWN = 3
CLOCKS_SHOWN = 4


def link_blocks(document: AnalysisDocument, *, full: bool) -> Iterable[RenderableType]:
    """Nothing where no record of the link was given."""
    if document.network is not None:
        yield heading("The link during the measurement (docs/method.md 12)")
        yield facts(_facts(document.network, full=full))


def _facts(network: NetworkJoin, *, full: bool) -> Iterator[tuple[str, str]]:
    for check in network.checks:
        yield "check", check_text(check)
    if not network.monitors:
        yield "watched", "no record of `perfkit monitor` was given: the link was checked, not watched"
    else:
        yield from _watched(network.during)
        yield from _gaps(network, full=full)
    clocks = network.clocks if full else network.clocks[:CLOCKS_SHOWN]
    for clock in clocks:
        yield "log clock", clock_text(clock)
    if network.connections is not None:
        seen = network.connections
        began = counted(seen.count, "connection")
        yield "log clock", f"{began} that both saw begin: the log has them {seen.median_s:.1f} s later (median)"
    if len(clocks) < len(network.clocks):
        yield "log clock", f"... and {len(network.clocks) - len(clocks)} more (--full shows all)"


def _watched(during: LinkSummary) -> Iterator[tuple[str, str]]:
    if during.share_known is None or during.share_in_specification is None:
        yield "watched", "no run could be joined to the records"
        return
    yield (
        "watched",
        f"{percent(during.share_known)} of {seconds(during.seconds, unit=True)} of test time, "
        f"{percent(during.share_in_specification)} in specification",
    )
    if during.latency_max_ms is not None:
        yield (
            "round trip",
            f"median {milliseconds(during.latency_median_ms)}, p95 {milliseconds(during.latency_p95_ms)} of "
            f"{counted(during.samples, 'sample')}; worst {worst_text(during.latency_max_ms, 'ms')}",
        )
    if during.rssi_min_dbm is not None:
        yield "RSSI", f"weakest {worst_text(during.rssi_min_dbm, 'dBm')}"


def _gaps(network: NetworkJoin, *, full: bool) -> Iterator[tuple[str, str]]:
    shown = network.gaps if full else sorted(network.gaps, key=lambda gap: -gap.seconds)[:GAPS_SHOWN]
    for gap in shown:
        yield "gap", f"{seconds(gap.seconds, unit=True)} from {gap.start}: {gap.reason or 'nobody was watching'}"
    if len(shown) < network.gap_count:
        more = "" if full else " (--full shows them)"
        yield "gap", f"... and {counted(network.gap_count - len(shown), 'shorter one')}{more}"
