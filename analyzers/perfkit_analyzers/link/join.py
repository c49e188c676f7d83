"""Puts the link beside the rows of each run, and adds up what it was (docs/method.md 12)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.link_state import NO_CLOCK, LinkAt, LinkSample, LinkStatus
from perfkit.core.policy import NetworkUse, Policy
from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit_analyzers.ledger import RunLedger
from perfkit_analyzers.link.intervals import Interval, TimeSet
from perfkit_analyzers.message import Role
from perfkit_analyzers.runs import RunResult

if TYPE_CHECKING:  # every campaign imports this module, and few are joined
    from perfkit_analyzers.link.clock import LogClocks, RunAlignment
    from perfkit_analyzers.link.history import LinkHistory

_FLAGS = {LinkStatus.NOT_MET: Flag.NETWORK, LinkStatus.UNCERTAIN: Flag.NETWORK_UNCERTAIN}


class LinkTally(msgspec.Struct):
    """What stood beside the values of one parameter; `latencies` counts how often each round trip did (in ms).

    The times are those of all intervals, of what was known of the link meanwhile, and of what was in specification.
    """

    statuses: Counter[LinkStatus] = msgspec.field(default_factory=Counter)
    excluded: int = 0
    latencies: Counter[float] = msgspec.field(default_factory=Counter)
    slowest: LinkSample | None = None
    weakest: LinkSample | None = None
    total_ns: int = 0
    known_ns: int = 0
    in_specification_ns: int = 0

    def add(self, link: LinkAt) -> None:
        """Take in what stood beside a value."""
        self.statuses[link.status] += 1
        latency, rssi = link.latency_ms, link.rssi_dbm
        if latency is not None:
            self.latencies[latency.value] += 1
            if self.slowest is None or latency.value > self.slowest.value:
                self.slowest = latency
        if rssi is not None and (self.weakest is None or rssi.value < self.weakest.value):
            self.weakest = rssi


class LinkJoin:
    """Judges the rows of run after run. `spans` are the runs by the monitor's clock, `tallies` by role, parameter."""

    def __init__(self, history: LinkHistory, clocks: LogClocks, policy: Policy) -> None:
        self.history = history
        self.clocks = clocks
        self.spans: dict[Role, list[Interval]] = defaultdict(list)
        self.tallies: dict[tuple[Role, str], LinkTally] = defaultdict(LinkTally)
        self.known = TimeSet(history.known)
        self.in_specification = TimeSet(history.in_specification)
        self._excludes = policy.network is NetworkUse.EXCLUDE

    def joined(self, file: str, result: RunResult, rows: RunLedger, *, counts: bool, keep: bool) -> RunLedger:
        """A ledger of a run's `rows` with the link beside them; `counts`, `keep` as for the campaign.

        Raises:
            InputError: the run was not there when the clocks were read.
        """
        ledger = RunLedger(rows.first_number, keep=keep)
        ledger.tool_times = rows.tool_times
        try:
            clock = self.clocks.of_run(file, result.started.line)
        except KeyError:
            raise InputError(f"{file}: the file changed while it was read") from None
        role = result.role
        if role is not None and result.left_out is None:
            self.spans[role] += clock.spans()
        for row, interval in self._rows(rows, clock):
            ledger.add(row)
            if role is not None and counts and row.link is not None and not row.separate:
                tally = self.tallies[role, row.parameter]
                tally.add(row.link)
                tally.excluded += row.reason is Reason.NETWORK
                if interval is not None:
                    self._add_time(tally, *interval)
        return ledger

    def _add_time(self, tally: LinkTally, start_ns: int, end_ns: int) -> None:
        tally.total_ns += end_ns - start_ns
        tally.known_ns += self.known.length_within(start_ns, end_ns)
        tally.in_specification_ns += self.in_specification.length_within(start_ns, end_ns)

    def _rows(self, ledger: RunLedger, clock: RunAlignment) -> Iterator[tuple[Row, Interval | None]]:
        """The rows with the link beside each value, and the interval of the value by the monitor's clock."""
        from perfkit_analyzers.link.clock import NoClock

        for ref in ledger.kept:
            row = ref.row
            if row.value_ns is None or row.stamp_ns is None:
                yield row, None
                continue
            end_ns = row.stamp_ns + (row.value_ns if row.from_request_ns is None else row.from_request_ns)
            start_ns = end_ns - row.value_ns
            aligned = clock.at(row.from_line, start_ns)
            if isinstance(aligned, NoClock):
                yield msgspec.structs.replace(row, link=NO_CLOCK), None
                continue
            interval = (start_ns - aligned.offset_ns, end_ns - aligned.offset_ns)
            yield self._with(row, self.history.judge(*interval, aligned.tolerance_ns)), interval

    def _with(self, row: Row, link: LinkAt) -> Row:
        """The row as the switch `network` wants it."""
        flag = _FLAGS.get(link.status)
        if flag is None:
            return msgspec.structs.replace(row, link=link)
        if flag is Flag.NETWORK and self._excludes:
            return _excluded(row, link)
        return msgspec.structs.replace(row, link=link, flags=(*row.flags, flag))


def _excluded(row: Row, link: LinkAt) -> Row:
    return msgspec.structs.replace(
        row,
        kind=RowKind.EXCLUSION,
        reason=Reason.NETWORK,
        flags=(),
        value_ns=None,
        from_request_ns=None,
        first_ns=None,
        net_ns=None,
        link=link,
    )
