"""Everything an analysis needs of the link: reads the records and the logs' clocks, and says in the end what it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.network_join_record import NetworkJoin
from perfkit.core.policy import Policy
from perfkit_analyzers.link.clock import LogClocks
from perfkit_analyzers.link.connections import HANDSHAKE_S
from perfkit_analyzers.link.evidence import read_clocks
from perfkit_analyzers.link.files import read_link_files
from perfkit_analyzers.link.history import LinkHistory
from perfkit_analyzers.link.join import LinkJoin
from perfkit_analyzers.link.summary import ClockGroups, network_join
from perfkit_analyzers.message import Role


class Link:
    """The records that were named, joined to the logs."""

    def __init__(self, records: Sequence[Path], logs: Sequence[str], policy: Policy) -> None:
        """Read the records, then the clocks of the logs.

        Raises:
            InputError: one of them cannot be read, or a record is none.
        """
        self._files = read_link_files(records)
        self.join = LinkJoin(LinkHistory(self._files.sessions), LogClocks(read_clocks(logs), policy), policy)

    def stated_in(self, document: AnalysisDocument, role: Role | None) -> AnalysisDocument:
        """The document with how the link was, and what limits the trust in that."""
        clocks = ClockGroups(
            self.join.clocks, {(run.file, run.first_line) for run in document.runs if run.left_out is None}
        )
        network = network_join(self.join, self._files, clocks, role)
        return msgspec.structs.replace(
            document,
            network=network,
            runs=[
                msgspec.structs.replace(run, clocks=clocks.of_run.get((run.file, run.first_line), []))
                for run in document.runs
            ],
            warnings=[*document.warnings, *warnings(network)],
        )


def _disagreement(network: NetworkJoin) -> Iterator[str]:
    """Whether connections that both saw show the clocks further apart than the tolerance allows."""
    seen = network.connections
    joined = [clock.tolerance_s for clock in network.clocks if clock.tolerance_s is not None]
    if seen is None or not joined or -min(joined) - seen.lag_s <= seen.median_s <= min(joined) + HANDSHAKE_S:
        return
    ahead = "ahead of" if seen.median_s > 0 else "behind"
    yield (
        f"the log's clock seems {abs(seen.median_s):.1f} s {ahead} the monitor's by {seen.count} "
        f"{'connection' if seen.count == 1 else 'connections'} that both saw begin: more than the tolerance; state it "
        "with --log-clock-offset"
    )


def _elsewhere(network: NetworkJoin) -> Iterator[str]:
    """Whether the records are of another time than the runs: another day, or a zone that was stated wrongly."""
    sessions = [session for monitor in network.monitors for session in monitor.sessions]
    if not sessions or not network.gaps or network.during.share_known:
        return
    begin, end = network.gaps[0].start, network.gaps[-1].end
    first, last = min(one.start for one in sessions), max(one.end for one in sessions)
    if last < begin or end < first:
        yield (
            f"no record of the link is of the time of the runs: the runs are from {begin} to {end}, the records from "
            f"{first} to {last}; are they the right files, and is the clock of the log what is said of it?"
        )


def warnings(network: NetworkJoin) -> Iterator[str]:
    """One sentence per thing that a reader must know of the join."""
    unknown = [clock for clock in network.clocks if clock.source is None]
    if unknown:
        runs = sum(clock.runs for clock in unknown)
        first = unknown[0]
        yield (
            f"the link is not joined to {runs} {'run' if runs == 1 else 'runs'}: {first.detail} "
            f"(first: {first.first_file}:{first.first_line})"
        )
    yield from _disagreement(network)
    yield from _elsewhere(network)
    for monitor in network.monitors:
        if monitor.unreadable_count:
            shown = monitor.unreadable[0]
            lines = f"{monitor.unreadable_count} {'line' if monitor.unreadable_count == 1 else 'lines'}"
            yield f"{monitor.path}: {lines} could not be read, {monitor.cut} of them half-written (first: {shown})"
        loose = [session for session in monitor.sessions if session.synchronized is False]
        if loose:
            yield (
                f"{monitor.path}:{loose[0].line}: the clock of {loose[0].host}, where the monitor ran, was not kept "
                "right by NTP; state how far it may be off with --log-clock-tolerance"
            )
        for session in monitor.sessions:
            if session.clock_steps:
                yield (
                    f"{monitor.path}:{session.line}: the clock of the monitor's host was stepped {session.clock_steps} "
                    f"{'time' if session.clock_steps == 1 else 'times'}; its times are taken to be right to "
                    f"{session.clock_error_s:.6g} s only"
                )
    for check in network.checks:
        late_s = -(check.seconds_before_first_run or 0.0)
        if late_s > 0:
            yield f"{check.path}: the link was checked {late_s:.0f} s after the first run began, not before it"
