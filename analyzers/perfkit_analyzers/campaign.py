"""Many runs of many files added up: the sample of each parameter, per role, with its provenance.

Nothing here knows a file or a document: readers' events come in, totals and records go out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from perfkit.core.policy import Policy, Verdicts
from perfkit.core.sample import Flag, Reason, Row
from perfkit_analyzers.dialects.facts import Place
from perfkit_analyzers.ledger import EXCLUSIONS_LISTED, Part, PartKey, RowRef, RunLedger
from perfkit_analyzers.message import (
    LogEvent,
    Narration,
    NarrationKind,
    OcppMessage,
    Role,
    Skipped,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.tracker import Dut, RunResult, RunTracker

SKIPPED_LISTED = 1000
"""Skipped lines listed in a result; all of them are counted."""


class Record(msgspec.Struct, frozen=True):
    """A row with the run that it belongs to."""

    number: int
    row: Row
    file: str
    test_case: str | None
    verdict: str | None
    in_headline: bool
    flags: tuple[Flag, ...]


class RunSummary(msgspec.Struct, frozen=True):
    """A run without its rows."""

    file: str
    result: RunResult
    prompts: int
    clock_steps: int
    phases: tuple[str, ...]


class Total(msgspec.Struct):
    """Rows of one (parameter, combination, separate) over all runs that count, and the files of the extremes."""

    part: Part = msgspec.field(default_factory=Part)
    largest_file: str = ""
    longest_wait_file: str = ""
    resolution_ns: int = 0

    def add(self, part: Part, file: str, resolution_ns: int) -> None:
        """Take in the part of one run."""
        before = (self.part.largest, self.part.longest_wait)
        self.part.merge(part)
        if self.part.largest is not before[0]:
            self.largest_file = file
        if self.part.longest_wait is not before[1]:
            self.longest_wait_file = file
        self.resolution_ns = max(self.resolution_ns, resolution_ns)


class Exclusions(msgspec.Struct):
    """Excluded rows of one parameter and reason: all counted, the first thousand of each run listed."""

    count: int = 0
    rows: list[tuple[str, RowRef]] = []


class RoleTotals(msgspec.Struct):
    """Everything the runs of one role yielded. `set_aside` counts values outside the headline because of the verdict."""

    totals: dict[PartKey, Total] = {}
    exclusions: dict[tuple[str, Reason], Exclusions] = {}
    set_aside: Counter[str] = msgspec.field(default_factory=Counter)
    tool_times: Counter[int] = msgspec.field(default_factory=Counter)
    runs: int = 0

    def add(self, file: str, result: RunResult, *, counts: bool) -> None:
        """Take in a run; `counts` is false when its verdict keeps it out of the headline."""
        self.runs += 1
        for key, part in result.ledger.parts.items():
            if counts:
                self.totals.setdefault(key, Total()).add(part, file, result.resolution_ns)
            else:
                self.set_aside[key[0]] += sum(part.histogram.values()) + part.censored
        for reason_key, excluded in result.ledger.exclusions.items():
            group = self.exclusions.setdefault(reason_key, Exclusions())
            group.count += excluded.count
            group.rows += [(file, ref) for ref in excluded.rows[: max(0, EXCLUSIONS_LISTED - len(group.rows))]]
        self.tool_times.update(result.ledger.tool_times)


RecordSink = Callable[[Role | None, Record], None]


class Campaign:
    """Adds up the events of file after file."""

    def __init__(self, dut: Dut, policy: Policy, *, sink: RecordSink | None = None) -> None:
        """`sink` gets every row once its run's verdict is known; without it rows are only counted."""
        self.dut = dut
        self.policy = policy
        self.runs: list[RunSummary] = []
        self.by_role: dict[Role, RoleTotals] = {}
        self.skipped: list[tuple[str, Skipped]] = []
        self.skip_reasons: Counter[str] = Counter()
        self.ocpp_versions: Counter[str] = Counter()
        self._sink = sink
        self._next_number = 1

    def read(self, file: str, events: Iterable[LogEvent]) -> int:
        """Take in the events of one file; returns the number of runs in it."""
        runs_before = len(self.runs)
        run: _RunInFile | None = None
        transactions: dict[str, Place] = {}
        for event in events:
            kind = event.__class__
            if kind is OcppMessage:
                if run is None:
                    run = self._begin(TestCaseStarted(event.line, event.stamp_ns), transactions)  # type: ignore[union-attr]
                run.tracker.message(event)  # type: ignore[arg-type]
            elif isinstance(event, Skipped):
                self._skip(file, event)
            elif isinstance(event, TestCaseStarted):
                run = self._begin(event, transactions)
            elif isinstance(event, TestCaseEnded):
                if run is not None:
                    self._end(file, run, event)
                run = None
            elif isinstance(event, Narration) and run is not None:
                run.narration(event)
        return len(self.runs) - runs_before

    def _begin(self, started: TestCaseStarted, transactions: dict[str, Place]) -> _RunInFile:
        ledger = RunLedger(self._next_number, keep=self._sink is not None)
        tracker = RunTracker(started, dut=self.dut, policy=self.policy, ledger=ledger, transactions=transactions)
        return _RunInFile(tracker)

    def _skip(self, file: str, skipped: Skipped) -> None:
        self.skip_reasons[skipped.reason] += 1
        if len(self.skipped) < SKIPPED_LISTED:
            self.skipped.append((file, skipped))

    def _end(self, file: str, run: _RunInFile, ended: TestCaseEnded) -> None:
        result = run.tracker.finish(ended)
        self._next_number = result.ledger.next_number
        counts = self.counts(result.ended.verdict)
        if result.role is not None and result.left_out is None:
            self.by_role.setdefault(result.role, RoleTotals()).add(file, result, counts=counts)
            self.ocpp_versions[result.ocpp_version] += 1
        if self._sink is not None:
            for ref in result.ledger.kept:
                self._sink(result.role, _record(file, result, ref, counts=counts))
        result.ledger = RunLedger(0, keep=False)  # the rows have been handed on
        self.runs.append(RunSummary(file, result, run.prompts, run.clock_steps, tuple(run.phases)))

    def counts(self, verdict: str | None) -> bool:
        """True when values of a run with this verdict enter the headline (docs/method.md 9)."""
        return self.policy.verdicts is Verdicts.ALL or verdict in (None, "PASS")


class _RunInFile:
    """A run being read: its tracker and what is counted beside it."""

    def __init__(self, tracker: RunTracker) -> None:
        self.tracker = tracker
        self.prompts = 0
        self.clock_steps = 0
        self.phases: list[str] = []

    def narration(self, narration: Narration) -> None:
        """Count a line of narration and hand it on."""
        if narration.kind is NarrationKind.PROMPT:
            self.prompts += 1
        elif narration.kind is NarrationKind.CLOCK_STEP:
            self.clock_steps += 1
        elif narration.kind.value in ("preparation", "main", "restore"):
            self.phases.append(narration.kind.value)
        self.tracker.narration(narration)


def _record(file: str, result: RunResult, ref: RowRef, *, counts: bool) -> Record:
    row = ref.row
    is_value = row.value_ns is not None
    flags = row.flags if counts or not is_value else (*row.flags, Flag.VERDICT)
    in_headline = is_value and counts and not row.separate
    started, ended = result.started, result.ended
    return Record(ref.number, row, file, started.test_case, ended.verdict, in_headline, flags)
