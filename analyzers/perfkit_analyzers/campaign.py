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
from perfkit_analyzers.ledger import EXCLUSIONS_LISTED, STAY, Part, PartKey, RowRef, RunLedger, Shift, add_histogram
from perfkit_analyzers.link.join import LinkJoin
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
from perfkit_analyzers.noted import shift
from perfkit_analyzers.runs import Dut, RunResult
from perfkit_analyzers.tracker import RunTracker

Transactions = dict[str, Place]
"""Where each running transaction is, by its id."""

SKIPPED_LISTED = 1000
"""Skipped lines listed in a result; all of them are counted."""

PROMPTS_LISTED = 100
"""Prompts of a run whose time is listed in a result; all of them are counted."""


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
    prompt_stamps_ns: tuple[int, ...]


class Total(msgspec.Struct):
    """Rows of one (parameter, combination, separate) over all runs that count, and the files of the extremes."""

    part: Part = msgspec.field(default_factory=Part)
    largest_file: str = ""
    longest_wait_file: str = ""
    resolution_ns: int = 0

    def add(self, part: Part, file: str, resolution_ns: int) -> None:
        """Take in the part of one run."""
        self.merge(Total(part, file, file, resolution_ns))

    def merge(self, other: Total, shift: Shift = STAY) -> None:
        """Take in another total."""
        before = (self.part.largest, self.part.longest_wait)
        self.part.merge(other.part, shift)
        if self.part.largest is not before[0]:
            self.largest_file = other.largest_file
        if self.part.longest_wait is not before[1]:
            self.longest_wait_file = other.longest_wait_file
        self.resolution_ns = max(self.resolution_ns, other.resolution_ns)


class Exclusions(msgspec.Struct):
    """Excluded rows of one parameter and reason: all counted, the first thousand listed."""

    count: int = 0
    rows: list[tuple[str, RowRef]] = []


class RoleTotals(msgspec.Struct):
    """Everything the runs of one role yielded; `set_aside` counts values that the verdict keeps out of the headline."""

    totals: dict[PartKey, Total] = {}
    exclusions: dict[tuple[str, Reason], Exclusions] = {}
    set_aside: Counter[str] = msgspec.field(default_factory=Counter)
    tool_times: dict[int, int] = {}
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
        add_histogram(self.tool_times, result.ledger.tool_times)

    def merge(self, other: RoleTotals, shift: Shift) -> None:
        """Take in the totals of a later part of the input."""
        self.runs += other.runs
        for key, total in other.totals.items():
            self.totals.setdefault(key, Total()).merge(total, shift)
        for reason_key, group in other.exclusions.items():
            mine = self.exclusions.setdefault(reason_key, Exclusions())
            mine.count += group.count
            room = max(0, EXCLUSIONS_LISTED - len(mine.rows))
            mine.rows += [(file, shift.ref(ref)) for file, ref in group.rows[:room]]
        self.set_aside.update(other.set_aside)
        add_histogram(self.tool_times, other.tool_times)


_HANDED_ON = RunLedger(0, keep=False)
"""What a finished run holds once its rows have been added up; one for all, since there may be thousands of runs."""

RecordSink = Callable[[Role | None, Record], None]
SkippedSink = Callable[[str, Skipped], None]
"""Takes the name of a file and a line of it that could not be read."""


class Campaign:
    """Adds up the events of file after file."""

    def __init__(
        self,
        dut: Dut,
        policy: Policy,
        *,
        sink: RecordSink | None = None,
        skipped_sink: SkippedSink | None = None,
        link: LinkJoin | None = None,
    ) -> None:
        """`sink` gets every row once its run's verdict is known; without it rows are only counted.

        `skipped_sink` gets every skipped line. `link` puts the state of the link beside the rows.
        """
        self.dut = dut
        self.policy = policy
        self.runs: list[RunSummary] = []
        self.by_role: dict[Role, RoleTotals] = {}
        self.skipped: list[tuple[str, Skipped]] = []
        self.skip_reasons: Counter[str] = Counter()
        self.ocpp_versions: Counter[str] = Counter()
        self._sink = sink
        self._skipped_sink = skipped_sink
        self._link = link
        self._next_number = 1
        self._payloads: dict[bytes, bytes] = {}

    def read(self, file: str, events: Iterable[LogEvent], transactions: Transactions | None = None) -> Transactions:
        """Take in the events of one file, or of a part of it that begins with a run.

        `transactions` are those that the run before the part left open; returned are those that the last run left open.
        """
        run: _RunInFile | None = None
        left_open: Transactions = transactions or {}
        for event in events:
            kind = event.__class__
            if kind is OcppMessage:
                if run is None:
                    run = self._begin(TestCaseStarted(event.line, event.stamp_ns), left_open)  # type: ignore[union-attr]
                run.tracker.message(event)  # type: ignore[arg-type]
            elif isinstance(event, Skipped):
                self._skip(file, event)
            elif isinstance(event, TestCaseStarted):
                run = self._begin(event, left_open)
            elif isinstance(event, TestCaseEnded):
                if run is not None:
                    left_open = self._end(file, run, event)
                run = None
            elif isinstance(event, Narration) and run is not None:
                run.narration(event)
        return left_open

    def _begin(self, started: TestCaseStarted, transactions: Transactions) -> _RunInFile:
        ledger = RunLedger(self._next_number, keep=self._sink is not None or self._link is not None)
        tracker = RunTracker(started, dut=self.dut, policy=self.policy, ledger=ledger, transactions=transactions)
        return _RunInFile(tracker)

    def _skip(self, file: str, skipped: Skipped) -> None:
        self.skip_reasons[skipped.reason] += 1
        if len(self.skipped) < SKIPPED_LISTED:
            self.skipped.append((file, skipped))
        if self._skipped_sink is not None:
            self._skipped_sink(file, skipped)

    def _end(self, file: str, run: _RunInFile, ended: TestCaseEnded) -> Transactions:
        result = run.tracker.finish(ended)
        self._next_number = result.ledger.next_number
        counts = self.counts(result.ended.verdict)
        if self._link is not None:
            result.ledger = self._link.joined(file, result, counts=counts, keep=self._sink is not None)
        if result.role is not None and result.left_out is None:
            self.by_role.setdefault(result.role, RoleTotals()).add(file, result, counts=counts)
            self.ocpp_versions[result.ocpp_version] += 1
        if self._sink is not None:
            for ref in result.ledger.kept:
                self._sink(result.role, _record(file, result, ref, counts=counts))
        result.ledger = _HANDED_ON
        for item in result.noted:  # runs ask for the same things again and again
            item.request = self._payloads.setdefault(item.request, item.request)
            item.answer = self._payloads.setdefault(item.answer, item.answer)
        self.runs.append(
            RunSummary(file, result, run.prompts, run.clock_steps, tuple(run.phases), tuple(run.prompt_stamps_ns))
        )
        return run.tracker.left_open

    def merge(self, later: Campaign, *, lines_before: int = 0) -> None:
        """Take in a later part of the input; `lines_before` are the lines of its file that are not in it."""
        shift = Shift(self._next_number - 1, lines_before)
        for role, totals in later.by_role.items():
            self.by_role.setdefault(role, RoleTotals()).merge(totals, shift)
        self.runs += [_shifted(run, lines_before) for run in later.runs] if lines_before else later.runs
        room = max(0, SKIPPED_LISTED - len(self.skipped))
        self.skipped += [
            (file, msgspec.structs.replace(s, line=s.line + lines_before)) for file, s in later.skipped[:room]
        ]
        self.skip_reasons.update(later.skip_reasons)
        self.ocpp_versions.update(later.ocpp_versions)
        self._next_number += later._next_number - 1

    def counts(self, verdict: str | None) -> bool:
        """True when values of a run with this verdict enter the headline (docs/method.md 9)."""
        return self.policy.verdicts is Verdicts.ALL or verdict in (None, "PASS")


def _shifted(run: RunSummary, lines: int) -> RunSummary:
    result = run.result
    result.started = msgspec.structs.replace(result.started, line=result.started.line + lines)
    result.ended = msgspec.structs.replace(result.ended, line=result.ended.line + lines)
    for shown in result.anomalies.lines.values():
        shown[:] = [line + lines for line in shown]
    shift(result.noted, result.payload_times, lines)
    return run


class _RunInFile:
    """A run being read: its tracker and what is counted beside it."""

    def __init__(self, tracker: RunTracker) -> None:
        self.tracker = tracker
        self.prompts = 0
        self.prompt_stamps_ns: list[int] = []
        self.clock_steps = 0
        self.phases: list[str] = []

    def narration(self, narration: Narration) -> None:
        """Count a line of narration and hand it on."""
        if narration.kind is NarrationKind.PROMPT:
            self.prompts += 1
            if narration.stamp_ns is not None and len(self.prompt_stamps_ns) < PROMPTS_LISTED:
                self.prompt_stamps_ns.append(narration.stamp_ns)
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
